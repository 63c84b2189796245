"""The publisher's own files of online consultations give the publisher's own totals."""

from __future__ import annotations

import csv
import gzip
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import Result

from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pipelines.cli.recounting import recount
from pipelines.cli.verify import verify_store
from pipelines.datasets.online_consultations import times as online_times
from pipelines.engine.reading.england_table import read_months
from pipelines.engine.series import series
from pipelines.engine.tables import Tables
from pipelines.fetch.landing import land_copy
from pipelines.files.archive import xlsx_rows
from pipelines.files.unpacking import Unpacker
from tests.pipelines.terminal import data_command

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real-online")]

BOOK = "Submissions via OC Systems in General Practice - {}.xlsx"
JUNE, MARCH = date(2025, 6, 1), date(2025, 3, 1)
TIMES = "Submissions via OC Systems By Day and Time - {} 2025_reexport.csv.gz"
TOTALS = {  # of the sheet of practices, added up by hand
    "2024-04-01": 3_209_764,
    "2025-02-01": 4_267_633,
    "2025-03-01": 4_724_314,
    "2025-06-01": 5_675_043,
    "2025-09-01": 6_532_742,
    "2025-10-01": 8_330_625,
    "2025-11-01": 7_409_171,
    "2025-12-01": 7_373_760,
    "2026-02-01": 8_615_369,
}
TYPES = {
    "clinical": "OC_SUBMISSION_TYPE_CLINICAL",
    "administrative": "OC_SUBMISSION_TYPE_ADMIN",
    "other": "OC_SUBMISSION_TYPE_OTHER",
    "submissions": "OC_TOTAL_SUBMISSIONS",
}


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    found = real_data / "online_consultations"
    if not found.is_dir():
        pytest.skip(f"the publisher's files are not at {found}")
    return found


def refresh(home: Path, *paths: Path) -> Result:
    given = [argument for path in paths for argument in ("--from", path)]
    return data_command(Settings(home=home), "refresh", "online-consultations", *given)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    home = tmp_path_factory.mktemp("real-online") / "home"
    done = refresh(home, folder)
    assert done.exit_code == 0, done.output
    return home


@pytest.fixture(scope="module")
def snapshot(home: Path) -> Snapshot:
    found = LiveVersions(home).current("online-consultations")
    assert found is not None
    return found


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def practices(path: Path) -> Iterator[dict[str, object]]:
    """Rows of the sheet of practices by heading, without the marks of notes."""
    names: list[str] = []
    for cells in xlsx_rows(path, "Table 2"):
        if isinstance(cells[0], date):
            yield dict(zip(names, cells, strict=False))
        elif str(cells[0]).startswith("Month"):
            names = [str(cell).partition(" [")[0] for cell in cells]


def test_every_file_gives_the_total_it_prints(snapshot: Snapshot) -> None:
    records = snapshot.manifest.periods
    assert {m.isoformat(): r.totals["submissions"] for m, r in records.items()} == TOTALS
    assert (records[MARCH].practices, records[JUNE].practices) == (6213, 6194)
    assert all(check.passed for check in snapshot.manifest.checks)
    agreed = [c.found for c in snapshot.manifest.checks if c.name == "total of England"]
    assert len(agreed) == 7  # every workbook; the CSVs of March 2025 came without one


@pytest.mark.parametrize("month", ["June 2025", "December 2025", "April 2024"])
def test_practices_of_a_workbook_are_as_published(
    snapshot: Snapshot, folder: Path, month: str
) -> None:
    when = datetime.strptime(month, "%B %Y").date()
    name = BOOK.format(month)
    if month == "April 2024":
        name = name.replace("OC Systems", "Online Consultation Systems")
    england: Counter[str] = Counter()
    seen = 0
    for row in practices(folder / name):
        seen += 1
        shown = snapshot.parts_at("practice", str(row["GP Code"]), month=when)
        received = float(str(row["Submissions"])) > 0
        expected = {
            "submissions": row["Submissions"],
            "clinical": row["Clinical Submissions"],
            "administrative": row["Administrative Submissions"],
            "other": row["Other/Unknown Type Submissions"],
            "patients": row["Registered Patient Count"],
        }
        assert {part: shown[part] for part in expected} == (
            expected if received else dict.fromkeys(expected)  # unknown is not zero
        )
        assert shown["registered"] == row["Registered Patient Count"]
        assert shown["participating"] == row.get("Participation")
        assert (shown["practices"] is None) == ("Participation" not in row)
        england["receiving"] += received
        for part, number in expected.items():
            england[part] += round(float(str(number))) if received else 0
    assert seen == snapshot.manifest.periods[when].practices
    shown = snapshot.parts_at("england", "ENG", month=when)
    for part, number in england.items():
        if part != "receiving" or shown["practices"] is not None:
            assert shown[part] == number
    rate = snapshot.england(snapshot.dataset.measure("per_1000"), when)
    published = {
        "June 2025": 98.9200453198536,
        "December 2025": 118.2963215881883,
        "April 2024": 65.41501490950411,
    }
    assert rate == pytest.approx(published[month], rel=1e-12)  # as Table 1 prints it


def test_march_is_as_in_the_two_csvs(snapshot: Snapshot, folder: Path) -> None:
    by_practice: dict[str, dict[str, float]] = {}
    regions: Counter[str] = Counter()
    for half in ("north", "south"):
        name = BOOK.format("March 2025").removesuffix(".xlsx")
        for row in rows(folder / f"{name}_{half}_regions_last2months_reexport.csv.gz"):
            if row["MONTH"] == "2025-03-01":
                by_practice.setdefault(row["GP_CODE"], {})[row["METRIC"]] = float(row["VALUE"])
                if row["METRIC"] == "OC_TOTAL_SUBMISSIONS":
                    regions[row["REGION_CODE"]] += int(row["VALUE"])
    assert len(by_practice) == 6213
    for code, metrics in by_practice.items():
        shown = snapshot.parts_at("practice", code, month=MARCH)
        used = metrics["OC_SYSTEM_USAGE"] == 1
        assert shown["receiving"] == metrics["OC_SYSTEM_USAGE"]
        for part, metric in TYPES.items():
            assert shown[part] == (metrics[metric] if used else None), (code, part)
    submissions = snapshot.dataset.measure("submissions")
    for region, number in regions.items():
        assert snapshot.at(submissions, "region", region, month=MARCH)[0] == number


def test_june_by_day_and_time_equals_the_workbook(snapshot: Snapshot, folder: Path) -> None:
    timed: dict[str, Counter[str]] = {}
    for row in rows(folder / TIMES.format("June")):
        tally = timed.setdefault(row["GP_CODE"], Counter())
        count = int(row["VALUE"])
        tally["timed"] += count
        tally[row["WEEKDAY"]] += count
        tally[row["SUBMISSION_TIME"]] += count
        if row["SUBMISSION_TIME"] != "Unknown" and (
            row["SUBMISSION_TIME"][:2] in ("00", "06", "18") or row["WEEKDAY"][0] == "S"
        ):
            tally["outside"] += count
    assert len(timed) == 5535
    england: Counter[str] = Counter()
    for code, tally in timed.items():
        england += tally
        shown = snapshot.parts_at("practice", code, month=JUNE)
        assert shown["timed"] == shown["submissions"] == tally["timed"]
        assert shown["day_monday"] == tally["Monday"]
        assert shown["band_unknown"] == tally["Unknown"]
        assert shown["outside_core"] == tally["outside"]
    assert england["timed"] == 5_675_043
    shown = snapshot.parts_at("england", "ENG", month=JUNE)
    assert (shown["band_08_10"], shown["band_unknown"]) == (1_565_411, 72_701)
    assert snapshot.parts_at("england", "ENG", month=MARCH)["timed"] is None
    cells, total = duckdb.execute(
        "SELECT count(*), sum(value) FROM read_parquet(?)", [snapshot.fact_path(JUNE, "time")]
    ).fetchall()[0]
    assert (cells, total) == (172_599, 5_675_043)


@pytest.mark.parametrize(
    ("month", "bands"),
    [
        ("June 2025", 9),
        ("September 2025", 9),
        ("October 2025", 9),
        ("November 2025", 9),
        ("December 2025", 8),
        ("February 2026", 8),
    ],
)
def test_averages_by_weekday_and_time_are_as_printed_and_stand_for_the_total(
    snapshot: Snapshot, folder: Path, month: str, bands: int
) -> None:
    when = datetime.strptime(month, "%B %Y").date()
    heads: list[str] = []
    printed: dict[tuple[str, str], float] = {}
    for cells in xlsx_rows(folder / BOOK.format(month), "Table 3"):
        if cells[0] == "Day":
            heads = [str(cell).partition(" [")[0] for cell in cells[1:]]
        elif heads and str(cells[0]).endswith("day"):
            for band, cell in zip(heads, cells[1:], strict=False):
                printed[str(cells[0]), band] = float(str(cell))
    shown = duckdb.execute(
        "SELECT practice, month, weekday, band, average FROM read_parquet(?)",
        [snapshot.fact_path(when, "averages")],
    ).fetchall()
    assert {row[:2] for row in shown} == {("ENG", when)}
    assert {(day, band): float(average) for _, _, day, band, average in shown} == printed
    assert len(shown) == len(printed) == 7 * bands
    days = Counter(
        f"{when + timedelta(days=n):%A}" for n in range(monthrange(when.year, when.month)[1])
    )
    stood_for = sum(average * days[day] for _, _, day, _, average in shown)
    assert stood_for == TOTALS[when.isoformat()]
    found = [
        check.name
        for check in snapshot.manifest.checks
        if check.name.startswith("averages") and check.found.startswith(month)
    ]
    assert set(found) == {
        "averages by day and time",
        "averages stand for the total",
        *(["averages by day and time agree"] if month == "June 2025" else []),
    }


def test_april_2024_has_no_averages(snapshot: Snapshot) -> None:
    assert not Path(snapshot.fact_path(date(2024, 4, 1), "averages")).exists()


def test_verify_reads_the_averages_again(home: Path, snapshot: Snapshot) -> None:
    held = store(home, "real")
    again = recount(held, snapshot.manifest, JUNE)
    assert again.cells["averages"]["ENG", "Monday", "06:00 - 07:59"] == Decimal("102307.8")
    assert len(again.cells["averages"]) == 63
    assert recount(held, snapshot.manifest, date(2024, 4, 1)).cells["averages"] == {}
    assert all(check.passed for check in verify_store(held, sample=40))


def test_april_by_day_and_time_has_joined_suppliers_in_one_order(
    folder: Path, tmp_path: Path
) -> None:
    """April has no practice file here, so it makes no month of its own; its rows are read."""
    shelf = store(tmp_path, "real")
    one = series("online-consultations")
    now = datetime.fromisoformat("2025-05-29T09:30:00+00:00")
    land_copy(
        shelf.landing, one.dataset.id, folder / TIMES.format("April"), release="local", now=now
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with duckdb.connect() as con, Unpacker() as unpacker:
        found = Tables(shelf.landing, one, scratch, unpacker=unpacker, progress=lambda *_: None)
        assert [(t.kind, t.period) for t in found.all] == [("time", date(2025, 4, 1))]
        checks = online_times.load(con, found.all, date(2025, 4, 1))
        assert all(check.passed for check in checks)
        total, practices_seen = con.execute(
            "SELECT sum(value), count(DISTINCT practice) FROM times"
        ).fetchall()[0]
        assert (total, practices_seen) == (4_747_764, 5367)
        joined = con.execute(
            "SELECT DISTINCT supplier FROM times WHERE contains(supplier, ', ')"
        ).fetchall()
    assert joined
    assert all(list(names) == sorted(names) for (text,) in joined for names in [text.split(", ")])


def test_suppliers_are_split_sorted_and_spelled_one_way(snapshot: Snapshot) -> None:
    december = date(2025, 12, 1)
    assert snapshot.home("A81004", december)["supplier"] == "ECONSULT HEALTH LIMITED, TPP"
    labels = {snapshot.home(code, december).get("supplier", "") for code in snapshot.practices} - {
        ""
    }
    assert "NOT KNOWN" in labels and not any("NO DATA" in label for label in labels)
    assert not any("UK LTD" in label for label in labels)


def test_notes_say_what_the_publisher_says_and_restates(snapshot: Snapshot) -> None:
    notes = " ".join(snapshot.manifest.notes)
    assert "December 2025 includes data from Blinx for the first time" in notes
    assert "June 2025 has been restated for England as 6,191,384 submissions" in notes


def test_loading_again_changes_nothing_and_older_files_do_not_go_backwards(
    folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert refresh(home, folder / BOOK.format("December 2025")).exit_code == 0
    shelf = store(home, "real")
    first = shelf.current_version("online-consultations")
    again = refresh(home, folder / BOOK.format("December 2025"))
    assert again.exit_code == 0
    assert shelf.current_version("online-consultations") == first
    assert refresh(home, folder / BOOK.format("June 2025")).exit_code == 0
    manifest = shelf.manifest("online-consultations")
    assert manifest is not None and manifest.latest == date(2025, 12, 1)
    assert {m.isoformat(): r.totals["submissions"] for m, r in manifest.periods.items()} == {
        key: TOTALS[key] for key in ("2025-06-01", "2025-12-01")
    }


def test_two_releases_of_a_month_leave_both_versions(folder: Path, tmp_path: Path) -> None:
    """The workbook of September, then a later release whose CSV restates the month."""
    home = tmp_path / "home"
    september = date(2025, 9, 1)
    assert refresh(home, folder / BOOK.format("September 2025")).exit_code == 0
    header = [
        "MONTH",
        "GP_CODE",
        "GP_NAME",
        "PCN_CODE",
        "PCN_NAME",
        "SUB_ICB_LOCATION_CODE",
        "SUB_ICB_LOCATION_NAME",
        "ICB_CODE",
        "ICB_NAME",
        "REGION_CODE",
        "REGION_NAME",
        "SUPPLIER",
        "METRIC",
        "VALUE",
    ]
    later = tmp_path / "later.csv"
    metrics = {
        "Submissions": "OC_TOTAL_SUBMISSIONS",
        "Clinical Submissions": "OC_SUBMISSION_TYPE_CLINICAL",
        "Administrative Submissions": "OC_SUBMISSION_TYPE_ADMIN",
        "Other/Unknown Type Submissions": "OC_SUBMISSION_TYPE_OTHER",
        "Registered Patient Count": "PATIENTS_REGISTERED",
        "Participation": "OC_PARTICIPATION",
    }
    with later.open("w", newline="", encoding="utf-8") as text:
        writer = csv.writer(text)
        writer.writerow(header)
        for month in ("01/09/2025", "01/10/2025"):
            for row in practices(folder / BOOK.format("September 2025")):
                about = list(row.values())[1:12]
                more = int(row["GP Code"] == "A81001")
                for heading, metric in metrics.items():
                    added = more * (metric in (TYPES["submissions"], TYPES["clinical"]))
                    value = round(float(str(row[heading]))) + added
                    writer.writerow([month, *about, metric, value])
    done = refresh(home, later)
    assert done.exit_code == 0, done.output
    library = LiveVersions(home)
    versions = library.store.versions("online-consultations")
    totals = []
    for version in versions:
        kept = library.version("online-consultations", version)
        assert kept is not None
        totals.append(kept.england(kept.dataset.measure("submissions"), september))
    assert totals == [6_532_743, 6_532_742]  # newest first


def test_england_sheets_are_found_by_what_they_say(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        'Table 1,x\n,,"Feb-26 [10,11]",2026-01-31,2025-12-01 00:00:00\n'
        "Coverage,Open active practices,3,2,1\n",
        encoding="utf-8",
    )
    assert read_months(sheet) == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    sheet.write_text("Month,GP Code\n2026-02-01,A81001\n", encoding="utf-8")
    assert read_months(sheet) == ()
