"""What a version changed against the one before, and figures as they were published on a day."""

from __future__ import annotations

import json
import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from data.questions import queries
from data.remembered import RESULTS
from data.versions import changes
from data.versions.db import LiveVersions
from data.versions.orgs import ENGLAND_ORG
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pipelines.datasets.list_sizes import series as list_sizes
from tests import worlds

JANUARY, MARCH, APRIL = worlds.MONTHS[1:]


def lists(home: Path, months: tuple[date, ...], *, seed: int = 5) -> Snapshot:
    folder = home / f"publisher-{seed}-{len(months)}"
    folder.mkdir(parents=True)
    files = {m: worlds.list_files(folder, m, random.Random(f"{seed}{m}")) for m in months}
    return worlds.publish(home, list_sizes.SERIES, files)


@pytest.fixture()
def restated(tmp_path: Path) -> tuple[Path, Snapshot, Snapshot]:
    """A version of two months, and one that restates the second and adds a third."""
    first = lists(tmp_path, (JANUARY, MARCH))
    folder = tmp_path / "later"
    folder.mkdir()
    files = {
        JANUARY: worlds.list_files(folder, JANUARY, random.Random(f"5{JANUARY}")),
        MARCH: worlds.list_files(folder, MARCH, random.Random("late returns")),
        APRIL: worlds.list_files(folder, APRIL, random.Random("new")),
    }
    second = worlds.publish(tmp_path, list_sizes.SERIES, files)
    return tmp_path, first, second


def test_a_record_tells_periods_rows_totals_and_movements(
    restated: tuple[Path, Snapshot, Snapshot],
) -> None:
    home, first, second = restated
    found = changes.record(store(home, "real"), "list-sizes", second.version)
    assert found is not None and found.previous == first.version
    assert [(c.period, c.kind) for c in found.periods] == [(APRIL, "new"), (MARCH, "revised")]
    registered = second.dataset.measure("registered_patients")
    revised = found.periods[1]
    assert revised.total_before == first.england(registered, MARCH)
    assert revised.total_now == second.england(registered, MARCH)
    assert revised.rows_now and revised.rows_before
    totals = changes.totals(store(home, "real"), "list-sizes", second.version)
    told = {(m.period, m.measure, m.level, m.code): (m.before, m.now) for m in totals}
    for measure in second.dataset.measures:
        before, now = first.england(measure, MARCH), second.england(measure, MARCH)
        shown = told.get((MARCH, measure.id, "england", "ENG"), (now, now))
        assert repr(shown) == repr((before, now))  # also where there is no number
    for code in second.codes("icb"):
        now = second.at(registered, "icb", code, month=MARCH)[0]
        if now == now:
            before = first.at(registered, "icb", code, month=MARCH)[0]
            assert told[MARCH, "registered_patients", "icb", code] == (before, now)
    assert not any(period == JANUARY for period, *_ in told)
    assert told[APRIL, "registered_patients", "england", "ENG"][0] is None


def test_the_largest_movements_are_those_of_a_plain_search(
    restated: tuple[Path, Snapshot, Snapshot],
) -> None:
    home, first, second = restated
    found = changes.changes(store(home, "real"), "list-sizes", second.version)
    assert found is not None
    registered = second.dataset.measure("registered_patients")
    moved = {
        code: abs(
            second.at(registered, "practice", code, month=MARCH)[0]
            - first.at(registered, "practice", code, month=MARCH)[0]
        )
        for code in first.codes("practice")
        if first.at(registered, "practice", code, month=MARCH)[0] > 0
    }
    practices = [m for m in found.largest if m.level == "practice"]
    assert practices[0].absolute == max(moved.values())
    assert moved[practices[0].code] == practices[0].absolute


def test_a_record_is_read_as_it_was_written_and_outlives_the_versions(
    restated: tuple[Path, Snapshot, Snapshot],
) -> None:
    home, first, second = restated
    shelf = store(home, "real")
    before = [changes.totals(shelf, "list-sizes", s.version) for s in (first, second)]
    derived = [changes.record(shelf, "list-sizes", s.version) for s in (first, second)]
    shutil.rmtree(first.folder)
    assert [changes.totals(shelf, "list-sizes", s.version) for s in (first, second)] == before
    RESULTS.empty()
    assert list(changes.history(shelf, "list-sizes")) == derived[::-1]
    assert changes.record(shelf, "list-sizes", second.version) == derived[1]


def test_a_damaged_record_is_derived_again(restated: tuple[Path, Snapshot, Snapshot]) -> None:
    home, _, second = restated
    shelf = store(home, "real")
    derived = changes.record(shelf, "list-sizes", second.version)
    changes.path(shelf, "list-sizes", second.version).write_text(json.dumps({"form": 0}))
    RESULTS.empty()
    assert changes.changes(shelf, "list-sizes", second.version) == derived


def test_a_first_version_has_nothing_before_it(tmp_path: Path) -> None:
    first = lists(tmp_path, (JANUARY, MARCH))
    found = changes.changes(store(tmp_path, "real"), "list-sizes", first.version)
    assert found is not None and found.previous is None and found.largest == ()
    assert {c.kind for c in found.periods} == {"new"}
    totals = changes.totals(store(tmp_path, "real"), "list-sizes", first.version)
    assert {m.level for m in totals} == {"england"}


def test_a_measure_has_the_value_that_had_been_published_by_a_day(tmp_path: Path) -> None:
    """Releases come out on the 15th of their month; the last one restates January."""
    first = lists(tmp_path, (JANUARY,))
    second = lists(tmp_path, (JANUARY, MARCH), seed=6)
    library = LiveVersions(tmp_path)
    registered = second.dataset.measure("registered_patients")

    def published_by(day: date) -> float | None:
        held = library.as_of("list-sizes", day)
        if held is None:
            return None
        return queries.figure(held, registered, ENGLAND_ORG, month=JANUARY).value

    assert published_by(date(2026, 1, 14)) is None
    assert published_by(date(2026, 1, 15)) == first.england(registered, JANUARY)
    assert published_by(date(2026, 3, 14)) == first.england(registered, JANUARY)
    assert published_by(date(2026, 3, 15)) == second.england(registered, JANUARY)
    assert published_by(date(2030, 1, 1)) == second.england(registered, JANUARY)
    assert first.england(registered, JANUARY) != second.england(registered, JANUARY)


def test_a_damaged_old_version_is_not_given_as_published(tmp_path: Path) -> None:
    first = lists(tmp_path, (JANUARY,))
    lists(tmp_path, (JANUARY, MARCH), seed=6)
    organisations = first.folder / "organisations.parquet"
    organisations.write_bytes(organisations.read_bytes()[:-1] + b"\x01")
    assert LiveVersions(tmp_path).as_of("list-sizes", date(2026, 2, 1)) is None
