"""Which practices a period must share with the one before, whatever the dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from data.datasets.cloud_telephony import DATASET
from data.versions.manifest import Check, PeriodRecord
from pipelines.engine.checks import beside
from pipelines.engine.folder import write_table
from pipelines.engine.series import series
from pipelines.engine.sizes import measure
from tests.access_files import TELEPHONY, calls_files
from tests.pipelines.test_access_refresh import FEBRUARY, MARCH, Desk, running
from tests.pipelines.test_telephony_participation import ANSWERS, NOBODY, participation

TWELVE = [f"A810{n:02}" for n in range(1, 13)]
Figures = Sequence[tuple[str, int | None]]  # practices with their inbound calls


def held(practices: Sequence[str]) -> Figures:
    return [(code, 100) for code in practices]


def silent(practices: Sequence[str]) -> Figures:
    return [(code, None) for code in practices]


def check(folder: Path, *, february: Figures, march: Figures) -> Check:
    """March beside February, as for who has figures."""
    with duckdb.connect() as con:
        sizes = []
        for month, rows in ((FEBRUARY, february), (MARCH, march)):
            home = folder / f"{month:%Y-%m}"
            home.mkdir()
            values = ", ".join(f"('{code}', {'NULL' if n is None else n})" for code, n in rows)
            write_table(
                con, f"FROM (VALUES {values}) AS parts(practice, inbound)", home / "parts.parquet"
            )
            record = PeriodRecord(len(rows), {DATASET.control: 1}, "r", {}, "key")
            sizes.append(measure(con, home, month, record, series=series(DATASET.id)))
        _, found, *_ = beside(series(DATASET.id), sizes[1], sizes[0])
        return found


def test_a_list_that_names_practices_without_figures_is_no_change(tmp_path: Path) -> None:
    more = [f"B820{n:02}" for n in range(1, 13)]
    found = check(tmp_path, february=held(TWELVE), march=[*held(TWELVE), *silent(more)])
    assert found.passed and "100.0% of 12 practices" in found.found


def test_practices_with_figures_that_nobody_knew_are_refused(tmp_path: Path) -> None:
    unknown = [f"B820{n:02}" for n in range(1, 7)]
    found = check(tmp_path, february=held(TWELVE), march=held([*TWELVE, *unknown]))
    assert not found.passed and "66.7% of 18 practices were there before" in found.found


@pytest.mark.parametrize("lost", ["left out", "without figures"])
def test_a_release_that_lost_a_third_of_its_practices_is_refused(tmp_path: Path, lost: str) -> None:
    gone = [] if lost == "left out" else silent(TWELVE[8:])
    found = check(tmp_path, february=held(TWELVE), march=[*held(TWELVE[:8]), *gone])
    assert not found.passed and "66.7% of the 12 before are still there" in found.found


def test_where_no_row_has_a_figure_all_rows_are_compared(tmp_path: Path) -> None:
    found = check(tmp_path, february=silent(TWELVE), march=silent([*TWELVE, "B82001"]))
    assert found.passed and "92.3% of 13 practices" in found.found


def test_where_no_row_has_a_figure_unknown_practices_are_refused(tmp_path: Path) -> None:
    other = [f"B820{n:02}" for n in range(1, 13)]
    found = check(tmp_path, february=silent(TWELVE), march=silent([*TWELVE[:8], *other]))
    assert not found.passed and "40.0% of 20 practices" in found.found


def test_shared_accounts_are_no_practices(tmp_path: Path) -> None:
    found = check(tmp_path, february=held([*TWELVE, "~1"]), march=held([*TWELVE, "~2", "~3"]))
    assert found.passed and "100.0% of 12 practices" in found.found


def test_rows_of_areas_are_of_no_practice(tmp_path: Path) -> None:
    rows = [*TWELVE, *(f"~U800{n:02}" for n in range(1, 7))]
    values = ", ".join(f"('{code}', 'IND{n}')" for code in rows for n in range(2))
    yearly = replace(series("pcn-des"), kinds_of_rows={"fact": ("indicator",)})
    record = PeriodRecord(len(TWELVE), {}, "r", {}, "key")
    with duckdb.connect() as con:
        write_table(
            con,
            f"FROM (VALUES {values}) AS rows(practice, indicator)",
            tmp_path / "fact.parquet",
        )
        whole = measure(con, tmp_path, MARCH, record, series=series("pcn-des"))
        each = measure(con, tmp_path, MARCH, record, series=yearly)
    assert whole.reach == {"fact": 12}
    assert each.reach == {"fact IND0": 12, "fact IND1": 12}


@pytest.fixture()
def telephony(tmp_path: Path) -> Iterator[Desk]:
    for desk in running(tmp_path, DATASET.id, TELEPHONY):
        desk.publish(FEBRUARY, calls_files(FEBRUARY))
        assert desk.refresh().exit_code == 0
        yield desk


def test_the_first_month_with_a_participation_list_is_published(telephony: Desk) -> None:
    """Twelve practices have calls in both months; the list of March names twelve others too."""
    answers = {**ANSWERS, **{f"B820{n:02}": NOBODY for n in range(1, 13)}}
    telephony.publish(MARCH, calls_files(MARCH) | participation(MARCH, answers=answers))
    done = telephony.refresh()
    assert done.exit_code == 0, done.output
    assert {m: r.practices for m, r in telephony.manifest().periods.items()} == {
        FEBRUARY: 12,
        MARCH: 12,
    }
    assert telephony.flask("verify").exit_code == 0
