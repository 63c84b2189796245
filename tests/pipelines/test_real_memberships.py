"""The publisher's own histories of memberships, read here by other means than the pipeline's."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from tests.pipelines.test_real_files import flask

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real-memberships")]

AUGUST = date(2025, 8, 1)
Membership = tuple[str, str, str, str]  # practice, parent, first and last day


@pytest.fixture(scope="module")
def ods(real_data: Path) -> Path:
    return real_data / "ods"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, ods: Path) -> Path:
    home = tmp_path_factory.mktemp("real-memberships") / "home"
    flask(home, "refresh", "practices", "--from", str(ods))
    done = flask(home, "accept", "practices", "2026-10", "--why", "a sample of the register")
    assert done.exit_code == 0, done.output
    return home


@pytest.fixture(scope="module")
def register(home: Path) -> Snapshot:
    found = LiveVersions(home).current("practices")
    assert found is not None
    return found


def held(register: Snapshot, kind: str) -> Counter[Membership]:
    found = duckdb.execute(
        "SELECT practice, parent, joined, ended FROM read_parquet(?) WHERE kind = ?",
        [register.fact_path(AUGUST, "memberships"), kind],
    ).fetchall()
    return Counter((p, parent, joined, ended) for p, parent, joined, ended in found)


def listed(register: Snapshot) -> set[str]:
    """Every practice of the register, closed ones too."""
    found = duckdb.execute(
        "SELECT practice FROM read_parquet(?)", [register.fact_path(AUGUST)]
    ).fetchall()
    return {code for (code,) in found}


def dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""


def test_commissioners_are_as_in_epcmem(register: Snapshot, ods: Path) -> None:
    with gzip.open(ods / "epcmem_legacy_2023.csv.gz", "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    assert len(rows) == 47_822
    known = listed(register)
    printed = Counter(
        (row[0], row[1], dashed(row[3]), dashed(row[4])) for row in rows if row[0] in known
    )
    assert held(register, "commissioner") == printed
    assert printed.total() == 31_024
    assert held(register, "commissioner")["A81001", "5E1", "2001-04-01", "2013-03-31"] == 1


def test_pcns_are_as_in_the_newer_workbook(register: Snapshot, ods: Path) -> None:
    book = CalamineWorkbook.from_path(ods / "ePCN_2024-10.xlsx")
    rows = book.get_sheet_by_name("PCN Core Partner Details").to_python()[1:]
    known = listed(register)
    printed = Counter(
        (str(row[0]), str(row[4]), dashed(str(row[8])), dashed(str(row[9])))
        for row in rows
        if row[0] in known
    )
    assert held(register, "pcn") == printed
    ended = sum(bool(last) for _, _, _, last in printed.elements())
    assert (printed.total(), ended) == (7701, 1480)


def test_the_history_is_older_than_the_register_and_a_note_says_so(register: Snapshot) -> None:
    notes = " ".join(register.manifest.notes)
    assert "epcmem_legacy_2023.csv.gz, whose newest change is of 1 October 2019." in notes
    assert "In August 2025 the register has 3,117 of 6,198 open practices under another" in notes
    assert re.search(r"and 22 more that the history lacks \([A-Z]\d{5}, .* and 17 more\)", notes)


def test_verify_reads_memberships_again(home: Path) -> None:
    done = flask(home, "verify")
    assert done.exit_code == 0, done.output
    assert "rows of other tables those read there" in done.output
