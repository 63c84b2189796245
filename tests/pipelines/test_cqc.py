"""The Care Quality Commission: its page, its files in every form, and what it cannot be told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests import cqc_files as files
from tests.pipelines.desk import Desk
from tests.publication_site import Fault, PublicationSite

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
LOCATIONS = "01_October_2026_HSCA_Active_Locations.xlsx"
RATINGS = "01_October_2026_Latest_ratings.ods"
DIRECTORY = "05_October_2026_CQC_directory.csv"
CHECKED = (
    'The A81001 Surgery,,"1 Road,Town",TS1 1AA,1642000000,www.one.example,Doctors/GPs|Doctors/GPs,'
    "09/Jan/2021 - 00:00,Services for everyone,One Partners,Hartlepool,North East,"
    "https://www.cqc.org.uk/location/1-000000001,1-000000001,1-800000001"
)


@pytest.fixture()
def desk(tmp_path: Path) -> Iterator[Desk]:
    site = PublicationSite()
    with site.running():
        yield Desk(site, tmp_path / "home")


def opened(desk: Desk) -> Snapshot:
    found = LiveVersions(desk.home).current("cqc")
    assert found is not None
    return found


def ratings(
    tmp_path: Path, day: date = OCTOBER, rows: tuple[files.Row, ...] = files.RATINGS
) -> bytes:
    return files.open_document(tmp_path, "r.ods", "Locations", day, (files.RATING_HEADINGS, *rows))


def publish(desk: Desk, tmp_path: Path) -> None:
    """The page as it is in October 2026."""
    for title, name, body in (
        ("Care directory with filters", LOCATIONS, files.workbook(OCTOBER)),
        ("Care directory with ratings", RATINGS, ratings(tmp_path)),
        ("CQC care directory", DIRECTORY, files.directory(date(2026, 10, 5), [CHECKED])),
        ("Deactivated locations", "01_October_2026_Deactivated_Locations.ods", b"PK\x03\x04"),
    ):
        desk.site.add_cqc_file(title, name, body, folder="2026-10")


def verified(desk: Desk) -> None:
    done = desk.flask("verify", "--sample", "100")
    assert done.exit_code == 0, done.output


def load(desk: Desk, path: Path, body: bytes) -> str:
    path.write_bytes(body)
    return desk.flask("refresh", "cqc", "--from", str(path)).output


def facts(found: Snapshot, columns: str, month: date = OCTOBER) -> list[tuple[object, ...]]:
    rows = duckdb.execute(
        f"SELECT {columns} FROM read_parquet(?) ORDER BY location", [found.fact_path(month)]
    )
    return rows.fetchall()


def test_the_files_of_the_page_become_a_month(desk: Desk, tmp_path: Path) -> None:
    publish(desk, tmp_path)
    done = desk.flask("refresh", "cqc")
    assert done.exit_code == 0, done.output
    found = opened(desk)
    assert found.months == (OCTOBER,)
    assert desk.site.asked("01_October_2026_Deactivated_Locations.ods") == []
    assert facts(found, "practice, matched, speaks, overall, safe, well_led") == [
        ("A81001", "code", True, "Good", "Good", "Good"),
        ("A81002", "code", True, "Requires improvement", "Inadequate", "Inadequate"),
        ("A81003", "code", True, "", "", ""),
        ("A81001", "branch", False, "Inadequate", "", ""),
        ("~1-000000005", "", False, "Outstanding", "Outstanding", "Outstanding"),
    ]
    assert facts(found, "framework, last_check, service_types, website")[:2] == [
        ("before-november-2023", date(2021, 1, 9), "Doctors/GPs", "www.one.example"),
        ("single-assessment-framework", None, None, None),
    ]
    england = found.parts_at("england", "ENG", month=OCTOBER)
    assert (england["locations"], england["unmatched"], england["practices"]) == (5, 1, 3)
    value, good, rated = found.at(
        found.dataset.measure("overall_good"), "england", "ENG", month=OCTOBER
    )
    assert (value, good, rated) == (50.0, 1, 2)
    assert (england["dated_reports"], england["old_reports"]) == (2, 1)
    verified(desk)
    kept = found.folder.rglob("*.parquet")
    assert not any(b"A Name Not Kept" in path.read_bytes() for path in kept)
    assert "Nothing new" in desk.flask("refresh", "cqc").output


def test_the_next_month_is_added(desk: Desk, tmp_path: Path) -> None:
    publish(desk, tmp_path)
    assert desk.flask("refresh", "cqc").exit_code == 0
    desk.site.clear_cqc_page()
    november = date(2026, 11, 2)
    desk.site.add_cqc_file(
        "Care directory with filters",
        "02_November_2026_HSCA_Active_Locations.ods",
        files.open_document(
            tmp_path, "h.ods", "HSCA_Active_Locations", november, (files.HEADINGS, *files.PLACES)
        ),
        folder="2026-11",
    )
    done = desk.flask("refresh", "cqc")
    assert done.exit_code == 0, done.output
    found = opened(desk)
    assert found.months == (OCTOBER, date(2026, 11, 1))
    november_parts = found.parts_at("england", "ENG", month=found.latest)
    assert november_parts["overall_good"] == 1
    assert november_parts["safe_good"] is None  # the ratings file is not out yet
    assert "Key questions are missing" in " ".join(found.manifest.notes)
    assert facts(found, "last_check", found.latest)[0] == (date(2021, 1, 9),)
    verified(desk)


def test_a_location_without_a_code_is_found_by_name_and_postcode(
    desk: Desk, tmp_path: Path
) -> None:
    desk.publish_lists(date(2026, 2, 1))
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    lists = LiveVersions(desk.home).current("list-sizes")
    assert lists is not None
    (name, postcode), *_ = duckdb.execute(
        "SELECT practice_name, postcode FROM read_parquet(?) WHERE practice = 'A81001'",
        [str(lists.folder / "months" / "2026-02" / "geography.parquet")],
    ).fetchall()
    rows = (
        files.place(
            1,
            name.lower().replace(" ", "-"),
            "",
            "Good",
            "2025-03-04",
            postcode=postcode.replace(" ", "").lower(),
        ),
        files.place(2, name, "", "Good", postcode="ZZ9 9ZZ"),
        files.place(3, "Of no list", "Z99999", "Good", "2025-03-04"),
    )
    said = load(desk, tmp_path / LOCATIONS, files.workbook(OCTOBER, rows))
    assert "Published" in said
    found = opened(desk)
    assert facts(found, "practice, matched") == [
        ("A81001", "name and postcode"),
        ("~1-000000002", ""),
        ("Z99999", "code"),
    ]
    home = found.home("A81001", OCTOBER)
    assert home["icb"] and found.home("Z99999", OCTOBER)["icb"] == ""
    icb = found.parts_at("icb", home["icb"], month=OCTOBER)
    assert (icb["practices"], icb["overall_good"]) == (1, 1)
    assert found.parts_at("england", "ENG", month=OCTOBER)["practices"] == 2
    notes = " ".join(found.manifest.notes)
    assert "codes of locations that are of no practice with a list: 1 (Z99999);" in notes
    assert "practices with a list have no location of their own (A81002, " in notes
    verified(desk)


def test_one_location_speaks_for_a_practice(desk: Desk, tmp_path: Path) -> None:
    rows = (
        files.place(1, "Before", "A81001", "Good", "03/02/2019"),
        files.place(2, "After", "A81001", "Inadequate", "03/02/2024"),
        files.place(3, "Asleep", "A81001", "Outstanding", "03/02/2026", dormant="Y"),
        files.place(4, "Only a branch", "A81002001", "Good", "03/02/2026"),
    )
    load(desk, tmp_path / LOCATIONS, files.workbook(OCTOBER, rows))
    found = opened(desk)
    parts = found.parts_at("practice", "A81001", month=OCTOBER)
    assert (parts["locations"], parts["practices"]) == (3, 1)
    assert (parts["overall_inadequate"], parts["overall_good"]) == (1, 0)
    branch = found.parts_at("practice", "A81002", month=OCTOBER)
    assert (branch["locations"], branch["practices"], branch["overall_good"]) == (1, 0, 0)
    verified(desk)


def test_an_older_snapshot_of_the_month_does_not_go_backwards(desk: Desk, tmp_path: Path) -> None:
    later = (files.place(1, "One", "A81001", "Inadequate", "03/10/2026"), *files.PLACES[1:])
    load(desk, tmp_path / "late.xlsx", files.workbook(date(2026, 10, 20), later))
    first = store(desk.home, "real").manifest("cqc")
    load(desk, tmp_path / "early.xlsx", files.workbook(OCTOBER))
    load(desk, tmp_path / "september.xlsx", files.workbook(SEPTEMBER))
    found = opened(desk)
    assert found.months == (SEPTEMBER, OCTOBER)
    assert found.parts_at("practice", "A81001", month=OCTOBER)["overall_inadequate"] == 1
    assert found.parts_at("practice", "A81001", month=SEPTEMBER)["overall_good"] == 1
    latest = files.workbook(date(2026, 10, 27), files.PLACES)
    load(desk, tmp_path / "last.xlsx", latest)
    assert opened(desk).parts_at("practice", "A81001", month=OCTOBER)["overall_good"] == 1
    assert first is not None
    held = LiveVersions(desk.home).version("cqc", first.version)
    assert held and held.parts_at("practice", "A81001", month=OCTOBER)["overall_inadequate"] == 1


def test_ratings_that_are_none_of_the_four_are_kept_and_said(desk: Desk, tmp_path: Path) -> None:
    rows = (
        *files.RATINGS,
        ("1-000000003", "", "", "", "Overall", "Safe", "Inspected but not rated", "", "", ""),
        ("1-000000001", "", "", "", "Older people", "Safe", "Good", "03/02/2021", "", ""),
    )
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / LOCATIONS).write_bytes(files.workbook(OCTOBER))
    (tmp_path / "given" / RATINGS).write_bytes(ratings(tmp_path, rows=rows))
    done = desk.flask("refresh", "cqc", "--from", str(tmp_path / "given"))
    assert done.exit_code == 0, done.output
    found = opened(desk)
    table = found.fact_path(OCTOBER, "ratings")
    assert duckdb.execute(
        "SELECT rating, report_date, framework FROM read_parquet(?) WHERE practice = 'A81003'",
        [table],
    ).fetchall() == [("Inspected but not rated", "", "")]
    assert duckdb.execute(
        "SELECT count(*) FROM read_parquet(?) WHERE population_group = 'Older people'", [table]
    ).fetchall() == [(1,)]
    assert found.parts_at("practice", "A81003", month=OCTOBER)["safe_none"] == 1
    notes = " ".join(found.manifest.notes)
    assert "“Inspected but not rated” (1)" in notes
    verified(desk)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.GONE, "404|nothing"),
        (Fault.TRUNCATED, ""),
        (Fault.HTML_AS_FILE, "web page"),
        (Fault.REDIRECT_AWAY, "not one of the publishers"),
    ],
)
def test_a_broken_download_keeps_the_last_good_version(
    desk: Desk, tmp_path: Path, fault: Fault, reason: str
) -> None:
    publish(desk, tmp_path)
    assert desk.flask("refresh", "cqc").exit_code == 0
    good = opened(desk).version
    desk.site.clear_cqc_page()
    name = "01_November_2026_HSCA_Active_Locations.xlsx"
    body = files.workbook(date(2026, 11, 1))
    desk.site.add_cqc_file("Care directory with filters", name, body, folder="2026-11")
    desk.site.fault(name, fault)
    done = desk.flask("refresh", "cqc")
    assert done.exit_code == 1 and re.search(reason, done.output), done.output
    assert opened(desk).version == good
    desk.site.heal(name)
    assert desk.flask("refresh", "cqc").exit_code == 0
    assert opened(desk).latest == date(2026, 11, 1)


def test_a_page_without_its_files_says_so(desk: Desk) -> None:
    desk.site.add_cqc_file(
        "Something", "05_October_2026_CQC_directory.csv", files.directory(OCTOBER), folder="2026-10"
    )
    done = desk.flask("refresh", "cqc")
    assert done.exit_code == 1
    assert "links to no file HSCA_Active_Locations (it links to 05_October" in done.output


RENAMED = tuple("Location Code" if name == "Location ODS Code" else name for name in files.HEADINGS)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (files.workbook(OCTOBER, headings=RENAMED), "has headings that this series has not used"),
        (files.workbook(OCTOBER, files.PLACES[5:]), "no location whose primary inspection"),
        (files.workbook(OCTOBER, (*files.PLACES, files.PLACES[0])), "lists 1 more than once"),
        (
            files.workbook(OCTOBER, (files.place(1, "One", "A81001", "Good", "soon"),)),
            "the report of 1-000000001 has the day 'soon'",
        ),
        (files.workbook(OCTOBER, files.PLACES[:0]), "no location whose primary inspection"),
        (b"<html>Not here</html>", "web page"),
    ],
    ids=["renamed", "no GPs", "twice", "no day", "empty", "web page"],
)
def test_a_wrong_file_is_refused_and_named(
    desk: Desk, tmp_path: Path, body: bytes, reason: str
) -> None:
    load(desk, tmp_path / "good.xlsx", files.workbook(SEPTEMBER))
    said = load(desk, tmp_path / LOCATIONS, body)
    assert reason in said, said
    assert opened(desk).latest == SEPTEMBER


def test_a_file_without_a_day_is_refused(desk: Desk, tmp_path: Path) -> None:
    said = load(
        desk, tmp_path / "HSCA_Active_Locations.xlsx", files.workbook(OCTOBER, readme="Notes")
    )
    assert "does not say of which day it is" in said
    said = load(
        desk,
        tmp_path / "HSCA_Active_Locations_2026-10-01.xlsx",
        files.workbook(OCTOBER, readme="Other notes"),
    )
    assert "Published up to October 2026" in said


def test_a_change_of_more_than_two_per_cent_waits_for_a_person(desk: Desk, tmp_path: Path) -> None:
    many = tuple(files.place(n, f"P{n}", f"A8{n:04d}", "Good", "03/02/2021") for n in range(1, 101))
    load(desk, tmp_path / "september.xlsx", files.workbook(SEPTEMBER, many))
    said = load(desk, tmp_path / "october.xlsx", files.workbook(OCTOBER, many[:97]))
    assert "gp_locations within 2%" in said and opened(desk).latest == SEPTEMBER
    said = load(desk, tmp_path / "october-again.xlsx", files.workbook(OCTOBER, many[:99]))
    assert opened(desk).latest == OCTOBER, said


def test_a_directory_alone_waits_for_locations(desk: Desk, tmp_path: Path) -> None:
    said = load(desk, tmp_path / DIRECTORY, files.directory(date(2026, 9, 30), [CHECKED]))
    assert "can be shown only beside a release" in said
    load(desk, tmp_path / LOCATIONS, files.workbook(OCTOBER))
    assert facts(opened(desk), "service_types")[0] == ("Doctors/GPs",)


def test_ratings_of_another_layout_are_refused(desk: Desk, tmp_path: Path) -> None:
    odd = tuple((*row[:4], "All patients", *row[5:]) for row in files.RATINGS)
    (tmp_path / LOCATIONS).write_bytes(files.workbook(OCTOBER))
    desk.flask("refresh", "cqc", "--from", str(tmp_path / LOCATIONS))
    said = load(desk, tmp_path / RATINGS, ratings(tmp_path, rows=odd))
    assert "no rating of a key question for the population group Overall" in said
    assert "All patients" in said
    assert opened(desk).parts_at("practice", "A81001", month=OCTOBER)["overall_good"] == 1
