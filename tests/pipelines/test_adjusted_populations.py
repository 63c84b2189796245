"""Adjusted populations: the first issue of 2025/26, workbooks, live discovery, wrong files."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.desk import Desk
from tests.publication_site import PublicationSite

Y2025, Y2026 = date(2025, 4, 1), date(2026, 4, 1)
FACTS = "pcn_adjusted_population_2025-01-01.csv"
HEADINGS = (
    "Practice code",
    "Practice name",
    "PCN code",
    "PCN name",
    "Region code",
    "Registered list 1 January 2026",
    "Adjusted population 1 January 2026",
)
ROWS: list[tuple[str | int, ...]] = [
    ("A81001", "ONE", "U00001", "FIRST PCN", "Y63", 100, 110),
    ("A81002", "TWO", "U00001", "FIRST PCN", "Y63", 200, 195),
    ("A81003", "THREE", "no_data", "no_data", "Y60", 50, 45),
]


def workbook(headings: tuple[str, ...] = HEADINGS, *, first: int = 110) -> bytes:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as book:
        book.add_worksheet("Notes").write(0, 0, "About this workbook")
        sheet = book.add_worksheet("Practices")
        sheet.write_row(0, 0, ("PCN adjusted populations", "NHS England"))
        sheet.write_row(2, 0, headings)
        for number, row in enumerate(ROWS, 3):
            sheet.write_row(number, 0, (*row[:-1], first) if number == 3 else row)
    return packed.getvalue()


@pytest.fixture()
def desk(tmp_path: Path) -> Iterator[Desk]:
    site = PublicationSite()
    with site.running():
        yield Desk(site, tmp_path / "home")


def adjusted(desk: Desk) -> Snapshot:
    found = LiveVersions(desk.home).current("adjusted-populations")
    assert found is not None
    return found


def load(desk: Desk, path: Path, body: bytes) -> str:
    path.write_bytes(body)
    return desk.flask("refresh", "adjusted-populations", "--from", str(path)).output


@pytest.mark.real
def test_the_first_issue_of_2025_adds_up(desk: Desk, real_data: Path) -> None:
    path = real_data.parent / "facts" / FACTS
    if not path.exists():
        pytest.skip(f"the copy of the first issue is not at {path}")
    done = desk.flask("refresh", "adjusted-populations", "--from", str(path))
    assert done.exit_code == 0, done.output
    found = adjusted(desk)
    assert found.months == (Y2025,)
    record = found.manifest.periods[Y2025]
    assert (record.practices, record.totals) == (6249, {"adjusted_population": 63_724_141})
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    sums: Counter[str] = Counter()
    for row in rows:
        shown = found.parts_at("practice", row["practice_code"], month=Y2025)
        assert shown["registered"] == int(row["registered_list_2025_01_01"])
        assert shown["adjusted"] == int(row["adjusted_population_2025_01_01"])
        if row["pcn_code"].startswith("U"):
            sums[row["pcn_code"]] += int(row["adjusted_population_2025_01_01"])
    for pcn, total in sums.items():
        assert found.parts_at("pcn", pcn, month=Y2025)["adjusted"] == total
    england = found.parts_at("england", "ENG", month=Y2025)
    assert england["registered"] == 63_724_163
    caritas = found.parts_at("pcn", "U74819", month=Y2025)
    assert (caritas["registered"], caritas["adjusted"]) == (65_887, 67_928)
    assert desk.flask("verify").exit_code == 0
    again = desk.flask("refresh", "adjusted-populations", "--from", str(path))
    assert "Nothing new" in again.output


def test_a_workbook_is_found_on_the_contract_page(desk: Desk) -> None:
    desk.site.add_contract_file(
        "PCN Adjusted Populations 2026/27", "PRN02500-pcn-adjusted-populations.xlsx", workbook()
    )
    done = desk.flask("refresh", "adjusted-populations")
    assert done.exit_code == 0, done.output
    found = adjusted(desk)
    assert found.months == (Y2026,)
    assert found.parts_at("pcn", "U00001", month=Y2026)["adjusted"] == 305
    assert found.parts_at("england", "ENG", month=Y2026)["registered"] == 350
    assert found.home("A81003", Y2026)["pcn"] == "U"
    assert desk.flask("verify").exit_code == 0
    assert found.manifest.release.title == "PCN Adjusted Populations 2026/27"


def test_a_page_without_the_workbook_says_so(desk: Desk) -> None:
    desk.site.add_contract_file("Something else", "other.xlsx", workbook())
    done = desk.flask("refresh", "adjusted-populations")
    assert done.exit_code == 1 and "no workbook of adjusted populations" in done.output


def test_a_reissue_replaces_and_both_versions_stay(desk: Desk, tmp_path: Path) -> None:
    load(desk, tmp_path / "adjusted-populations.xlsx", workbook())
    held = store(desk.home, "real")
    first = held.manifest("adjusted-populations")
    load(desk, tmp_path / "adjusted-populations-june.xlsx", workbook(first=120))
    second = held.manifest("adjusted-populations")
    assert first and second and first.version != second.version
    for manifest, total in ((first, 350), (second, 360)):
        snapshot = Snapshot(held.version_folder("adjusted-populations", manifest.version), manifest)
        assert snapshot.parts_at("england", "ENG", month=Y2026)["adjusted"] == total
    older = workbook(tuple(name.replace("2026", "2025") for name in HEADINGS))
    load(desk, tmp_path / "adjusted-populations-old.xlsx", older)
    assert adjusted(desk).latest == Y2026
    assert adjusted(desk).parts_at("england", "ENG", month=Y2026)["adjusted"] == 360


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (workbook((*HEADINGS[:6], "Something")), "has no table with headings that"),
        (
            workbook(tuple(re.sub(" 1 January 2026", "", name) for name in HEADINGS)),
            "says neither which 1 January",
        ),
        (workbook(first=-5), "1 lists are negative"),
        (b"<html>Not here</html>", "web page"),
    ],
)
def test_a_wrong_file_is_refused_and_named(
    desk: Desk, tmp_path: Path, body: bytes, reason: str
) -> None:
    said = load(desk, tmp_path / "adjusted-populations.xlsx", body)
    assert re.search(reason, said), said
    assert LiveVersions(desk.home).current("adjusted-populations") is None
