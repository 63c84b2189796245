"""The publisher's own telephony workbooks give the publisher's own totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pipelines.files.archive import xlsx_rows
from tests.pipelines.terminal import data_command

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real-telephony")]

BOOK = "Cloud Based Telephony Publication Summary {}.xlsx"
BOOKS = {
    date(2025, 10, 1): BOOK.format("October 2025_v2"),
    date(2025, 11, 1): BOOK.format("November 2025"),
    date(2026, 2, 1): BOOK.format("February 2026"),
}
FEBRUARY = date(2026, 2, 1)
# Rows of practices, their total as the workbook prints it above them, rows called Unassigned.
TOTALS = {
    date(2025, 10, 1): (4376, 31_444_618, 83),
    date(2025, 11, 1): (4691, 29_439_840, 102),
    date(2026, 2, 1): (4771, 29_211_036, 100),
}
# Place of each count in the sheets, as one sees it in the workbook.
SUMMARY = {
    "inbound": 11,
    "answered": 13,
    "ended_in_menu": 15,
    "callback_requested": 17,
    "missed": 20,
    "callback_made": 23,
}
BANDS = {
    "Table 4": {
        "wait_under_1": 15,
        "wait_1_to_2": 17,
        "wait_2_to_5": 19,
        "wait_over_5": 21,
        "duration_under_1": 24,
        "duration_1_to_2": 26,
        "duration_2_to_5": 28,
        "duration_over_5": 30,
    },
    "Table 5": {
        "missed_wait_under_1": 15,
        "missed_wait_1_to_2": 17,
        "missed_wait_2_to_5": 19,
        "missed_wait_over_5": 21,
    },
}


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    found = real_data / "cloud_telephony"
    if not found.is_dir():
        pytest.skip(f"the publisher's files are not at {found}")
    return found


def refresh(home: Path, *paths: Path, dataset: str = "cloud-telephony") -> Result:
    given = [argument for path in paths for argument in ("--from", path)]
    return data_command(Settings(home=home), "refresh", dataset, *given)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Snapshot:
    home = tmp_path_factory.mktemp("real-telephony") / "home"
    done = refresh(home, folder)
    assert done.exit_code == 0, done.output
    found = LiveVersions(home).current("cloud-telephony")
    assert found is not None
    return found


def body(path: Path, sheet: str) -> Iterator[Sequence[object]]:
    """Rows of practices and shared accounts: those with a region code in the tenth column."""
    for row in xlsx_rows(path, sheet):
        if len(str(row[9])) == 3 or row[9] == "Unmapped":
            yield row


def count(cell: object) -> int | None:
    return None if cell in ("", "-") else round(float(str(cell)))


def test_every_workbook_gives_the_total_it_prints(snapshot: Snapshot) -> None:
    for month, (practices, inbound, _) in TOTALS.items():
        record = snapshot.manifest.periods[month]
        assert (record.practices, record.totals) == (practices, {"inbound": inbound})
    assert all(check.passed for check in snapshot.manifest.checks)
    names = Counter(check.name for check in snapshot.manifest.checks)
    assert names["total of England, CBT001"] == names["total of England, CBT006"] == 3
    assert names["calls by day and time add up"] == 3


@pytest.mark.parametrize("month", list(BOOKS))
def test_practices_are_as_published(snapshot: Snapshot, folder: Path, month: date) -> None:
    """A practice of two editions has a copyright line for a month and is there all the same."""
    path = folder / BOOKS[month]
    england: Counter[str] = Counter()
    by_region: Counter[str] = Counter()
    unassigned, seen = 0, 0
    for row in body(path, "Table 3"):
        counts = {part: count(row[at]) for part, at in SUMMARY.items()}
        england += Counter({part: number or 0 for part, number in counts.items()})
        by_region[str(row[9])] += counts["inbound"] or 0
        if row[1] == "Unassigned":
            unassigned += 1
            continue
        seen += 1
        shown = snapshot.parts_at("practice", str(row[1]), month=month)
        assert {part: shown[part] for part in counts} == counts, row[1]
        assert (shown["practices"], shown["unassigned"]) == (1, 0)
    assert (seen, england["inbound"], unassigned) == TOTALS[month]
    for sheet, columns in BANDS.items():
        for row in body(path, sheet):
            counts = {part: count(row[at]) for part, at in columns.items()}
            england += Counter({part: number or 0 for part, number in counts.items()})
            if row[1] != "Unassigned":
                shown = snapshot.parts_at("practice", str(row[1]), month=month)
                assert {part: shown[part] for part in counts} == counts, row[1]
    shown = snapshot.parts_at("england", "ENG", month=month)
    assert {part: shown[part] for part in england} == england
    inbound = snapshot.dataset.measure("inbound")
    for region, number in by_region.items():
        if region != "Unmapped":
            assert snapshot.at(inbound, "region", region, month=month)[0] == number


def test_shared_accounts_count_in_areas_and_are_no_practice(
    snapshot: Snapshot, folder: Path
) -> None:
    shared = [row for row in body(folder / BOOKS[FEBRUARY], "Table 3") if row[1] == "Unassigned"]
    assert len(shared) == 100
    calls = sum(count(row[11]) or 0 for row in shared)
    england = snapshot.parts_at("england", "ENG", month=FEBRUARY)
    assert england["unassigned"] == calls
    assert england["practices"] == 4771
    assert not [code for code in snapshot.practices if code.startswith(("~", "Unassigned"))]
    chilterns = [row for row in body(folder / BOOKS[FEBRUARY], "Table 3") if row[3] == "U09531"]
    inbound = snapshot.dataset.measure("inbound")
    expected = sum(count(row[11]) or 0 for row in chilterns)
    assert snapshot.at(inbound, "pcn", "U09531", month=FEBRUARY)[0] == expected
    assert any(row[1] == "Unassigned" for row in chilterns)
    assert not snapshot.has("icb", "Unmapped")


def test_a_shared_account_counts_where_the_workbook_puts_it_beside_a_practice_map(
    folder: Path, real_data: Path, tmp_path: Path
) -> None:
    """An account of 71E whose ICB is Unmapped is in no ICB, though the map knows that of 71E."""
    november, home = date(2025, 11, 1), tmp_path / "home"
    lists = real_data / "patients_registered"
    files = ("gp-reg-pat-prac-all_2025-12-01.csv", "gp-reg-pat-prac-map_2025-12_reexport.csv.gz")
    assert refresh(home, *(lists / name for name in files), dataset="list-sizes").exit_code == 0
    assert refresh(home, folder / BOOKS[november]).exit_code == 0
    snapshot = LiveVersions(home).current("cloud-telephony")
    assert snapshot is not None
    inbound = snapshot.dataset.measure("inbound")
    published: Counter[tuple[str, str]] = Counter()
    for row in body(folder / BOOKS[november], "Table 3"):
        for level, at in (("pcn", 3), ("sub_icb", 5), ("icb", 7), ("region", 9)):
            published[level, str(row[at])] += count(row[11]) or 0
    assert published["icb", "QJM"] == 353_262 and published["sub_icb", "71E"]
    for (level, code), calls in published.items():
        if code not in ("Unmapped", "Unallocated", "U"):
            shown = snapshot.at(inbound, level, code, month=november)  # type: ignore[arg-type]
            assert shown[0] == calls, (level, code)


def test_shares_come_from_counts_as_the_rows_print_them(snapshot: Snapshot) -> None:
    """Labels of durations are a row out of place in the summary from January 2026."""
    shown = {
        measure.id: round(snapshot.england(measure, FEBRUARY) / 100, 3)
        for measure in snapshot.dataset.measures
        if measure.unit == "percent"
    }
    assert shown["answered_share"] == 0.552
    assert shown["ended_in_menu_share"] == 0.265
    assert shown["callback_requested_share"] == 0.075
    assert shown["callback_made_share"] == 0.996
    assert shown["missed_share"] == 0.108
    assert shown["answered_within_1"] == 0.455
    assert shown["answered_within_5"] == 0.789
    assert (shown["practice_coverage"], shown["patient_coverage"]) == (0.823, 0.839)
    parts = snapshot.parts_at("england", "ENG", month=FEBRUARY)
    answered = parts["answered"] or 0
    lasted = [
        round((parts[f"duration_{b}"] or 0) / answered, 3)
        for b in ("under_1", "1_to_2", "2_to_5", "over_5")
    ]
    assert lasted == [0.231, 0.359, 0.332, 0.079]


def test_england_by_day_and_time_is_as_published(snapshot: Snapshot, folder: Path) -> None:
    bands: Counter[int] = Counter()
    mondays = 0
    for row in xlsx_rows(folder / BOOKS[FEBRUARY], "Table 2"):
        if isinstance(row[1], date):
            mondays += (count(row[2]) or 0) * (row[0] == "Monday")
            bands += Counter({column: count(row[column]) or 0 for column in range(4, 13)})
    shown = snapshot.parts_at("england", "ENG", month=FEBRUARY)
    names = [part.id for part in snapshot.dataset.parts if part.id.startswith("band_")]
    assert [shown[name] for name in names] == [bands[column] for column in range(4, 13)]
    assert (shown["day_monday"], shown["timed"]) == (mondays, 29_211_036)
    assert snapshot.parts_at("region", "Y61", month=FEBRUARY)["band_08_10"] is None


def test_what_is_missing_is_missing(snapshot: Snapshot) -> None:
    ashmore = snapshot.parts_at("practice", "M92022", month=FEBRUARY)
    assert (ashmore["inbound"], ashmore["ended_in_menu"]) == (2461, None)
    assert ashmore["patients"] is None  # no list sizes are held here
    assert any("restated for England as 29,469,074" in note for note in snapshot.manifest.notes)


def test_loading_again_changes_nothing_and_older_files_do_not_go_backwards(
    folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shelf = store(home, "real")
    assert refresh(home, folder / BOOKS[FEBRUARY]).exit_code == 0
    first = shelf.current_version("cloud-telephony")
    assert refresh(home, folder / BOOKS[FEBRUARY]).exit_code == 0
    assert shelf.current_version("cloud-telephony") == first
    assert refresh(home, folder / BOOKS[date(2025, 11, 1)]).exit_code == 0
    manifest = shelf.manifest("cloud-telephony")
    assert manifest is not None and manifest.latest == FEBRUARY
    totals = {month: record.totals["inbound"] for month, record in manifest.periods.items()}
    assert totals == {month: TOTALS[month][1] for month in (date(2025, 11, 1), FEBRUARY)}
    earlier = LiveVersions(home).version("cloud-telephony", str(first))
    assert earlier is not None and earlier.months == (FEBRUARY,)
