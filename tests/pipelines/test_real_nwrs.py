"""The workforce files of practices and PCNs, as the publisher gave them."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result

from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.terminal import data_command

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

JULY, JUNE = date(2025, 7, 1), date(2026, 6, 1)
PRACTICES = "practice_level_detailed_2025_07_7practices.csv"
PEOPLE = "1.Primary Care Networks - June 2026 Individual Level.csv.gz"
LEVELS = {
    "pcn": "PCN_CODE",
    "sub_icb": "SUB_ICB_CODE",
    "icb": "ICB_CODE",
    "region": "COMM_REGION_CODE",
}
DATASETS = ("nwrs", "pcn-workforce")


def flask(home: Path, *arguments: str) -> Result:
    return data_command(Settings(home=home), *arguments)


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    folder = real_data / "gp_workforce"
    if not folder.is_dir():
        pytest.skip(f"the publisher's workforce files are not at {folder}")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """The whole folder given at once, definitions and samples of other files and all."""
    home = tmp_path_factory.mktemp("workforce") / "home"
    for dataset in DATASETS:
        done = flask(home, "refresh", dataset, "--from", str(folder))
        assert done.exit_code == 0, done.output
    return home


def opened(home: Path, dataset: str) -> Snapshot:
    found = LiveVersions(home).current(dataset)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def practices(folder: Path) -> list[dict[str, str]]:
    with (folder / PRACTICES).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.fixture(scope="module")
def people(folder: Path) -> list[dict[str, str]]:
    with gzip.open(folder / PEOPLE, "rt", encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def number(text: str) -> float | None:
    return None if text in ("", "NA") else float(text)


def test_every_figure_of_the_seven_practices_is_as_published(
    home: Path, practices: list[dict[str, str]]
) -> None:
    shown = opened(home, "nwrs")
    names = {
        "gp": "total_gp",
        "gp_qualified": "total_gp_extg",
        "gp_permanent": "total_gp_extgl",
        "nurses": "total_nurses",
        "dpc": "total_dpc",
        "admin": "total_admin",
    }
    assert len(practices) == 7
    for row in practices:
        parts = shown.parts_at("practice", row["prac_code"], month=JULY)
        assert parts["patients"] == int(row["total_patients"])
        for part, column in names.items():
            fte = number(row[f"{column}_fte"])
            assert parts[f"{part}_fte"] == (None if fte is None else pytest.approx(fte, abs=1e-6))
            assert parts[f"{part}_headcount"] == number(row[f"{column}_hc"])
        roles = {
            part: parts[part]
            for part in parts
            if part.startswith("dpc_") and part.endswith("_fte") and part != "dpc_fte"
        }
        assert len(roles) == 40
        for part, fte in roles.items():
            assert fte == pytest.approx(number(row[f"total_{part}"]), abs=1e-6), part
    densham = shown.parts_at("practice", "A81001", month=JULY)
    assert densham["nurses_fte"] is None and densham["nurses_headcount"] is None  # NA, never 0
    assert densham["clinical_fte"] is None
    assert densham["dpc_hi_thera_fte"] is None  # the column was blank: superseded in 2024
    england = shown.parts_at("england", "ENG", month=JULY)
    assert england["patients"] == sum(int(row["total_patients"]) for row in practices) == 74_745
    assert england["gp_fte"] == pytest.approx(43.5936, abs=1e-5)
    assert england["nurses_patients"] == 74_745 - 3849
    assert (england["nurses_practices"], england["gp_practices"]) == (6, 7)


def test_facts_keep_roles_ages_and_sources(home: Path, practices: list[dict[str, str]]) -> None:
    shown = opened(home, "nwrs")
    with LiveVersions(home).cursor() as cursor:
        facts = cursor.execute(
            "SELECT role, headcount, fte, source FROM read_parquet(?) "
            "WHERE practice = 'A81001' AND staff_group = 'NURSES'",
            [shown.fact_path(JULY)],
        ).fetchall()
        ages = cursor.execute(
            "SELECT sum(headcount) FROM read_parquet(?) WHERE staff_group = 'GP' AND role = 'TOTAL'"
            " AND headcount IS NOT NULL",
            [shown.fact_path(JULY, "ages")],
        ).fetchall()[0][0]
    assert len(facts) == 10
    assert {fact[1:] for fact in facts} == {(None, None, "Fully estimated - no data provided")}
    assert ages == sum(int(row["total_gp_hc"]) for row in practices) == 58


def test_the_pcn_file_adds_up_at_every_level(home: Path, people: list[dict[str, str]]) -> None:
    shown = opened(home, "pcn-workforce")
    assert len(people) == 39_940
    fte: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    groups: Counter[str] = Counter()
    for row in people:
        exact = Decimal(row["FTE"]).quantize(Decimal("0.000001"))
        for level, column in (*LEVELS.items(), ("england", "")):
            area = (level, row[column] if column else "ENG")
            fte[area] += exact
            if row["Data_source"] == "NWRS Staff":
                names[area].add(row["UNIQUE_IDENTIFIER"])
        groups[row["STAFF_GROUP"]] += 1
    assert Counter(level for level, _ in fte) == {
        "pcn": 1271,
        "sub_icb": 106,
        "icb": 36,
        "region": 7,
        "england": 1,
    }
    assert groups["Directors"] == 1203
    for (level, code), total in fte.items():
        parts = shown.parts_at(level, code, month=JUNE)  # type: ignore[arg-type]
        assert parts["fte"] == pytest.approx(float(total), abs=1e-6), code
        people_there = len(names[level, code]) or None  # unknown where there is FTE alone
        assert parts["people"] == people_there, code
    england = shown.parts_at("england", "ENG", month=JUNE)
    assert england["fte"] == pytest.approx(31_253.3286, abs=0.001)
    assert england["people"] == 32_545
    assert england["pcns"] == 1271
    assert shown.codes("practice") == ()


def test_headcounts_of_pcns_do_not_add_up_and_are_not_added(home: Path) -> None:
    shown = opened(home, "pcn-workforce")
    pcns = [shown.parts_at("pcn", code, month=JUNE)["people"] for code in shown.codes("pcn")]
    assert None in pcns  # PCNs of contracted services, of which FTE alone is published
    assert sum(people for people in pcns if people is not None) > 32_545


def test_status_gives_the_control_totals(home: Path) -> None:
    status = json.loads(flask(home, "status", "--json").stdout)
    assert status["nwrs"]["periods"] == {
        "2025-07-01": {"practices": 7, "gp_fte": 43.593601, "release": "local-2025-07"}
    }
    june = status["pcn-workforce"]["periods"]["2026-06-01"]
    assert june["fte"] == pytest.approx(31_253.3286, abs=0.001)


def test_verification_agrees_and_loading_again_changes_nothing(home: Path, folder: Path) -> None:
    for dataset in DATASETS:
        before = opened(home, dataset).version
        done = flask(home, "refresh", dataset, "--from", str(folder))
        assert done.exit_code == 0 and "Nothing new" in done.output
        assert opened(home, dataset).version == before
    done = flask(home, "verify", "--sample", "300")
    assert done.exit_code == 0, done.output


def test_an_older_file_after_a_newer_one_does_not_go_backwards(
    tmp_path: Path, folder: Path
) -> None:
    """The July file, re-dated, stands for earlier and later issues."""
    text = (folder / PRACTICES).read_text(encoding="utf-8")
    assert text.count('"2025","07"') == 7
    home = tmp_path / "home"
    for month, name in (("07", "july"), ("06", "june")):
        path = tmp_path / f"{name}.csv"
        path.write_text(text.replace('"2025","07"', f'"2025","{month}"'), encoding="utf-8")
        assert flask(home, "refresh", "nwrs", "--from", str(path)).exit_code == 0
    shown = opened(home, "nwrs")
    assert shown.months == (date(2025, 6, 1), JULY)
    assert shown.latest == JULY


def test_two_issues_of_a_month_are_both_there(tmp_path: Path, folder: Path) -> None:
    text = (folder / PRACTICES).read_text(encoding="utf-8")
    home = tmp_path / "home"
    for name, body in (("first", text), ("second", text.replace('"3849"', '"3950"', 1))):
        path = tmp_path / f"{name}.csv"
        path.write_text(body, encoding="utf-8")
        assert flask(home, "refresh", "nwrs", "--from", str(path)).exit_code == 0
    shelf, library = store(home, "real"), LiveVersions(home)
    lists = []
    for version in sorted(shelf.versions("nwrs")):
        held = library.version("nwrs", version)
        assert held is not None
        lists.append(held.parts_at("practice", "A81001", month=JULY)["patients"])
    assert lists == [3849, 3950]


@pytest.mark.parametrize("month", ["2023-01", "2023-02"])
def test_zero_before_february_2023_is_missing_where_nothing_was_provided(
    tmp_path: Path, folder: Path, month: str
) -> None:
    """The July file as it would have been written before: 0 where it now has NA."""
    year, number = month.split("-")
    text = (folder / PRACTICES).read_text(encoding="utf-8")
    text = text.replace('"2025","07"', f'"{year}","{number}"').replace('"NA"', '"0"')
    path = tmp_path / "old.csv"
    path.write_text(text, encoding="utf-8")
    home = tmp_path / "home"
    assert flask(home, "refresh", "nwrs", "--from", str(path)).exit_code == 0
    parts = opened(home, "nwrs").parts_at(
        "practice", "A81001", month=date.fromisoformat(f"{month}-01")
    )
    expected = None if month == "2023-01" else 0
    assert parts["nurses_fte"] == parts["nurses_headcount"] == expected
    assert parts["gp_ret_fte"] == 0  # GPs were fully provided, so this zero is a zero
    assert flask(home, "verify").exit_code == 0
