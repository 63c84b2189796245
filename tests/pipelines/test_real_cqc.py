"""The publisher's own rows: directory, GP ratings, London's locations, headings, frameworks.

London's locations are the publisher's content in a third party's layout; they are put under the
headings of the files that are loaded.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from click.testing import Result

from data.datasets.vocabulary import cqc
from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.terminal import data_command

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

OCTOBER, AUGUST = date(2026, 10, 1), date(2026, 8, 1)
EXPORT = "CQC_ratings_api_export_2026-10-05_first_rows.csv"
DIRECTORY = "CQC_directory_2026-10-05_first_rows.csv"
LISTS = ("gp-reg-pat-prac-all_2025-12-01.csv", "gp-reg-pat-prac-map_2025-12_reexport.csv.gz")
QUESTIONS = ("safe", "effective", "caring", "responsive", "well-led")
NAMES = ("Outstanding", "Good", "Requires improvement", "Inadequate")


def flask(home: Path, *arguments: str) -> Result:
    return data_command(Settings(home=home), *arguments)


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    folder = real_data / "cqc"
    if not folder.is_dir():
        pytest.skip(f"the files of the Care Quality Commission are not at {folder}")
    return folder


def opened(home: Path) -> Snapshot:
    found = LiveVersions(home).current("cqc")
    assert found is not None
    return found


def table(found: Snapshot, month: date, name: str = "fact") -> list[dict[str, Any]]:
    rows = duckdb.execute("FROM read_parquet(?)", [found.fact_path(month, name)])
    names = [column[0] for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def exported(folder: Path) -> list[dict[str, str]]:
    with (folder / EXPORT).open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def seen(folder: Path) -> list[dict[str, str]]:
    lines = (folder / DIRECTORY).read_text(encoding="utf-8-sig").split("\n")
    assert lines[2].startswith("This data was produced on 30 September 2026")
    return list(csv.DictReader(lines[4:]))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_the_export_and_the_directory_are_as_published(tmp_path: Path, folder: Path) -> None:
    home = tmp_path / "home"
    done = flask(
        home,
        "refresh",
        "cqc",
        "--from",
        str(folder / EXPORT),
        "--from",
        str(folder / DIRECTORY),
    )
    assert done.exit_code == 0, done.output
    found, published = opened(home), exported(folder)
    assert found.months == (OCTOBER,) and len(published) == 13
    facts = {row["location"]: row for row in table(found, OCTOBER)}
    assert facts.keys() == {row["locationId"] for row in published}
    for row in published:
        shown = facts[row["locationId"]]
        code = row["odsCode"]
        assert shown["practice"] == (code[:6] or f"~{row['locationId']}")
        assert shown["matched"] == {6: "code", 9: "branch", 0: ""}[len(code)]
        assert shown["overall"] == row["overallRating"]
        day = row["overallReportDate"]
        assert shown["report_date"] == (date.fromisoformat(day) if day else None)
        for question in QUESTIONS:
            assert shown[question.replace("-", "_")] == row[f"{question}Rating"]
    ratings = table(found, OCTOBER, "ratings")
    assert len(ratings) == 6 * 12  # one location has no rating
    speaking = [row for row in published if len(row["odsCode"]) == 6]
    england = found.parts_at("england", "ENG", month=OCTOBER)
    assert (england["locations"], england["unmatched"], england["practices"]) == (13, 1, 11)
    for question in ("overall", *QUESTIONS):
        counted = Counter(row[f"{question}Rating"] for row in speaking)
        for part, name in (*cqc.RATINGS.items(), ("none", "")):
            assert england[f"{question.replace('-', '_')}_{part}"] == counted[name]
    assert england["overall_good"] == 6 and england["overall_outstanding"] == 2
    gillmoss = facts["1-10598315280"]
    assert gillmoss["last_check"] == date(2023, 2, 17)
    assert gillmoss["service_types"] == "Doctors/GPs"
    assert gillmoss["website"] == "https://www.gillmossmedicalcentre.nhs.uk"
    assert flask(home, "verify").exit_code == 0


def test_every_row_of_the_directory_is_joined_by_location(tmp_path: Path, folder: Path) -> None:
    """The directory has no codes: its twelve locations are given as an export without any."""
    directory, (first, *_) = seen(folder), exported(folder)
    assert len(directory) == 12
    blank = dict.fromkeys(first, "") | {"registrationStatus": "Registered"}
    ids = "CQC Location ID (for office use only)"
    given = write(
        tmp_path / "CQC-ratings-2026-09-30.csv",
        [
            blank | {"locationId": row[ids], "name": row["Name"], "postalCode": row["Postcode"]}
            for row in directory
        ],
    )
    home = tmp_path / "home"
    done = flask(home, "refresh", "cqc", "--from", str(given), "--from", str(folder / DIRECTORY))
    assert done.exit_code == 0, done.output
    found = opened(home)
    facts = {row["location"]: row for row in table(found, found.latest)}
    for row in directory:
        shown = facts[row[ids]]
        checked = row["Date of latest check"]
        day = datetime.strptime(checked, "%d/%b/%Y - %H:%M").date() if checked else None
        assert (shown["last_check"], shown["matched"]) == (day, "")
        assert shown["service_types"].split("|") == list(
            dict.fromkeys(row["Service types"].split("|"))
        )
        assert shown["website"] == row["Service's website (if available)"]
    assert facts["1-10598418663"]["service_types"] == "Doctors/GPs|Mobile doctors"
    england = found.parts_at("england", "ENG", month=found.latest)
    assert (england["locations"], england["unmatched"], england["overall_good"]) == (12, 12, 0)


def test_loading_again_changes_nothing_and_older_files_do_not_go_backwards(
    tmp_path: Path, folder: Path
) -> None:
    home, published = tmp_path / "home", exported(folder)
    given = str(folder / EXPORT)
    assert flask(home, "refresh", "cqc", "--from", given).exit_code == 0
    first = opened(home).version
    assert "Nothing new" in flask(home, "refresh", "cqc", "--from", given).output
    assert opened(home).version == first
    spoilt = [row | {"overallRating": "Inadequate"} for row in published]
    for day, rows in (("2026-10-01", spoilt[::-1]), ("2026-09-05", spoilt[1:] + spoilt[:1])):
        older = write(tmp_path / f"CQC-ratings-{day}.csv", rows)
        assert flask(home, "refresh", "cqc", "--from", str(older)).exit_code == 0
    found = opened(home)
    assert found.months == (date(2026, 9, 1), OCTOBER)
    assert found.parts_at("england", "ENG", month=OCTOBER)["overall_good"] == 6
    assert found.parts_at("england", "ENG", month=found.months[0])["overall_inadequate"] == 11
    newer = write(tmp_path / "CQC-ratings-2026-10-19.csv", spoilt)
    assert flask(home, "refresh", "cqc", "--from", str(newer)).exit_code == 0
    good = [
        held.parts_at("england", "ENG", month=OCTOBER)["overall_good"]
        for version in sorted(store(home, "real").versions("cqc"))
        if (held := LiveVersions(home).version("cqc", version))
    ]
    assert good[0] == 6 and good[-1] == 0


@pytest.fixture(scope="module")
def london(folder: Path) -> list[dict[str, str]]:
    """GP locations of London in August 2026 as an export would have them, without report days."""
    with gzip.open(folder / "london_locations_api_derived_2026_08.json.gz", "rt") as text:
        locations = json.load(text)
    domains = json.loads((folder / "london_domain_ratings_api_derived_2026_08.json").read_text())
    assert (len(locations), len(domains)) == (16_015, 2_559)
    keys = {q: "wellLed" if q == "well-led" else q for q in QUESTIONS}
    return [
        {
            "locationId": one["locationId"],
            "odsCode": one["odsCode"],
            "name": one["name"],
            "region": one["region"],
            "localAuthority": one["localAuthority"],
            "postalCode": one["postcode"],
            "registrationStatus": one["registrationStatus"],
            "overallRating": one["currentRating"],
            "overallReportDate": "",
            **{
                f"{q}Rating": domains.get(one["locationId"], {}).get(key, "")
                for q, key in keys.items()
            },
        }
        for one in locations.values()
        if "doctors/gps" in (service.lower() for service in one["gacServiceTypes"])
    ]


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    """A home with the lists of December 2025, whose map has every practice of England."""
    home = tmp_path_factory.mktemp("cqc-lists") / "home"
    given = real_data / "patients_registered"
    arguments = [part for name in LISTS for part in ("--from", str(given / name))]
    done = flask(home, "refresh", "list-sizes", *arguments)
    assert done.exit_code == 0, done.output
    return home


def plain(name: str, postcode: str) -> tuple[str, str]:
    return re.sub(r"[^A-Z0-9]", "", name.upper().replace("&", "AND")), postcode.replace(" ", "")


def test_london_is_placed_by_codes_then_names(
    lists: Path, tmp_path: Path, london: list[dict[str, str]], real_data: Path
) -> None:
    given = write(tmp_path / "CQC-ratings-2026-08-10.csv", london)
    done = flask(lists, "refresh", "cqc", "--from", str(given))
    assert done.exit_code == 0, done.output
    found = opened(lists)
    registered = [row for row in london if row["registrationStatus"] == "Registered"]
    assert (len(london), len(registered)) == (4_645, 2_305)
    with gzip.open(real_data / "patients_registered" / LISTS[1], "rt") as text:
        mapped = list(csv.DictReader(text))
    with (real_data / "patients_registered" / LISTS[0]).open(encoding="utf-8-sig") as text:
        totals = {row["CODE"]: row["POSTCODE"] for row in csv.DictReader(text)}
    listed = {row["PRACTICE_CODE"]: row for row in mapped if row["PRACTICE_CODE"] in totals}
    named: dict[tuple[str, str], list[str]] = {}
    for code, row in listed.items():
        postcode = totals[code] or row["PRACTICE_POSTCODE"]
        named.setdefault(plain(row["PRACTICE_NAME"], postcode), []).append(code)
    ways: Counter[str] = Counter()
    own: dict[str, list[dict[str, str]]] = {}
    for row in registered:
        code, key = row["odsCode"], plain(row["name"], row["postalCode"])
        if re.fullmatch(r"[A-Z]\d{5}", code):
            ways["code"] += 1
            own.setdefault(code, []).append(row)
        elif re.fullmatch(r"[A-Z]\d{8}", code):
            ways["branch"] += 1
        elif len(named.get(key, ())) == 1:
            ways["name and postcode"] += 1
            own.setdefault(named[key][0], []).append(row)
        else:
            ways[""] += 1
    assert Counter(row["matched"] for row in table(found, AUGUST)) == ways
    assert ways["code"] == 1135
    england = found.parts_at("england", "ENG", month=AUGUST)
    assert (england["locations"], england["practices"]) == (2_305, len(own))
    assert england["unmatched"] == ways[""]
    assert england["dated_reports"] == england["old_reports"] == 0
    single = {code: rows[0] for code, rows in own.items() if len(rows) == 1}
    assert len(single) > 1100
    for code, row in single.items():
        parts = found.parts_at("practice", code, month=AUGUST)
        ids = [part for part, name in cqc.RATINGS.items() if name == row["overallRating"]]
        assert parts[f"overall_{ids[0] if ids else 'none'}"] == 1, code
    boroughs = Counter(listed[code]["ICB_CODE"] for code in own if code in listed)
    for icb, practices in boroughs.items():
        assert found.parts_at("icb", icb, month=AUGUST)["practices"] == practices
    checked = flask(lists, "verify", "--sample", "200")
    assert checked.exit_code == 0, checked.output


def test_the_published_headings_of_the_locations_workbook_are_read(
    tmp_path: Path, folder: Path, london: list[dict[str, str]]
) -> None:
    """Its headings are all that was seen of it; London's GP locations are put below them."""
    with (folder / "HSCA_Active_Locations_columns_2026.csv").open(encoding="utf-8-sig") as text:
        columns = [row["column"] for row in csv.DictReader(text)]
    assert len(columns) == 122
    at = {name: number for number, name in enumerate(columns)}
    given = [row for row in london if row["registrationStatus"] == "Registered"]
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        book.add_worksheet("README").write(0, 0, "CQC database as at 01 August 2026")
        sheet = book.add_worksheet("HSCA_Active_Locations")
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(given, 1):
            for name, value in (
                ("Location ID", row["locationId"]),
                ("Location Name", row["name"]),
                ("Location ODS Code", row["odsCode"]),
                ("Location Postal Code", row["postalCode"]),
                ("Location Primary Inspection Category", "GP Practices"),
                ("Location Latest Overall Rating", row["overallRating"]),
                ("Registered manager", "Somebody Whose Name Is Not Kept"),
            ):
                sheet.write(number, at[name], value)
        book.add_worksheet("Dual_Registration_Locations").write_row(0, 0, columns)
    path = tmp_path / "HSCA_Active_Locations.xlsx"
    path.write_bytes(packed.getvalue())
    home = tmp_path / "home"
    done = flask(home, "refresh", "cqc", "--from", str(path))
    assert done.exit_code == 0, done.output
    found = opened(home)
    assert found.months == (AUGUST,)
    england = found.parts_at("england", "ENG", month=AUGUST)
    assert england["locations"] == 2_305 and england["safe_good"] is None
    rated = [row["overallRating"] in NAMES for row in given]
    shown = sum(bool(row["is_rated"]) for row in table(found, AUGUST))
    assert shown == sum(rated) == 2_305 - 731
    stored = b"".join(path.read_bytes() for path in found.folder.rglob("*.parquet"))
    assert b"Whose Name" not in stored


def test_frameworks_and_mythbusters_are_those_compiled(folder: Path) -> None:
    compiled = json.loads((folder / "cqc_frameworks.json").read_text(encoding="utf-8"))
    held = {one.id: one for one in cqc.frameworks()}
    assert list(cqc.KEY_QUESTIONS.values()) == compiled["key_questions"]
    assert list(cqc.RATINGS.values()) == compiled["ratings"]
    for name, of, count in (
        ("single-assessment-framework", "single_assessment_framework_2023", 34),
        ("revised-2026", "revised_framework_2026_unconfirmed", 24),
    ):
        source = compiled[of]
        statements = source.get("quality_statements") or source["lines_of_enquiry"]
        assert {q: list(found) for q, found in held[name].statements.items()} == statements
        assert sum(map(len, held[name].statements.values())) == count
    assert not held["revised-2026"].is_dated
    known = [one["number"] for one in compiled["gp_mythbusters"]["seen"]]
    assert [one.number for one in cqc.mythbusters()] == known
    assert cqc.mythbuster_index() == compiled["gp_mythbusters"]["full_list_url"]
