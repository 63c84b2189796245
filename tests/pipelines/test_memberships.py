"""Memberships with their dates: from two files, of practices in the register, refused if absurd."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from click.testing import Result

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from tests.pipelines.desk import Desk
from tests.publication_site import PublicationSite

Row = tuple[str, ...]
EPCMEM: tuple[Row, ...] = (
    ("A81001", "5E1", "W", "20010401", "20130331", "0"),
    ("A81001", "16C", "W", "20130401", "", "0"),
    ("A81002", "00K", "W", "20130401", "", "0"),
    ("Y12345", "00K", "W", "20130401", "", "0"),
)


def practice(code: str) -> Row:
    head = (code, f"THE {code} SURGERY", "Y63", "QHM", "1 HIGH ST", "", "", "TOWN", "", "TS1 1AA")
    dates = ("19740401", "", "ACTIVE", "B", "16C", "20200401", "")
    return (*head, *dates, "01642 000000", *[""] * 3, "1", "", "16C", "", "RO76", "")


def quoted(rows: Sequence[Row]) -> str:
    return "".join('"' + '","'.join(row) + '"\n' for row in rows)


def give(desk: Desk, folder: Path, **reports: Sequence[Row]) -> Result:
    folder.mkdir(exist_ok=True)
    arguments = []
    for name, rows in reports.items():
        path = folder / f"{name}{'_2026-03-01' if name == 'epraccur' else ''}.csv"
        path.write_text(quoted(rows), encoding="utf-8")
        arguments += ["--from", str(path)]
    return desk.flask("refresh", "practices", *arguments)


@pytest.fixture()
def desk(tmp_path: Path) -> Desk:
    return Desk(PublicationSite(), tmp_path / "home")


def register(desk: Desk) -> Snapshot:
    found = LiveVersions(desk.home).current("practices")
    assert found is not None
    return found


def memberships(desk: Desk) -> list[tuple[str, ...]]:
    found = register(desk)
    return duckdb.execute(
        "SELECT practice, kind, parent, joined, ended FROM read_parquet(?) ORDER BY ALL",
        [found.fact_path(found.latest, "memberships")],
    ).fetchall()


def refresh(desk: Desk, tmp_path: Path, epcmem: Sequence[Row] = EPCMEM) -> Result:
    listed = [practice(code) for code in ("A81001", "A81002", "A81003")]
    with desk.site.running():
        return give(desk, tmp_path / "given", epraccur=listed, epcmem=epcmem)


def test_memberships_of_the_registers_practices_have_their_dates(
    desk: Desk, tmp_path: Path
) -> None:
    done = refresh(desk, tmp_path)
    assert done.exit_code == 0, done.output
    assert memberships(desk) == [
        ("A81001", "commissioner", "16C", "2013-04-01", ""),
        ("A81001", "commissioner", "5E1", "2001-04-01", "2013-03-31"),
        ("A81002", "commissioner", "00K", "2013-04-01", ""),
    ]
    notes = " ".join(register(desk).manifest.notes)
    assert "from epcmem.csv, whose newest change is of 1 April 2013." in notes
    assert "1 of 2 open practices under another commissioner" in notes
    assert "commissioners (A81002), and 1 more that the history lacks (A81003)." in notes
    assert register(desk).home("A81002", register(desk).latest)["sub_icb"] == "16C"


def test_files_of_no_single_period_say_that_they_stand_beside_all(
    desk: Desk, tmp_path: Path
) -> None:
    done = refresh(desk, tmp_path)
    assert "practices: epcmem.csv: used for March 2026.\n" in done.output
    with desk.site.running():
        done = give(
            desk, tmp_path / "later", epcmem_later=(*EPCMEM[:2], ("A81003", *EPCMEM[1][1:]))
        )
    assert done.exit_code == 0, done.output
    assert "epcmem_later.csv: it stands beside every period, as epcmem.csv does;" in done.output
    assert "not used" not in done.output


def test_without_the_history_there_is_none(desk: Desk, tmp_path: Path) -> None:
    with desk.site.running():
        done = give(desk, tmp_path / "given", epraccur=[practice("A81001")])
    assert done.exit_code == 0, done.output
    assert memberships(desk) == []
    assert not any("commissioner" in note for note in register(desk).manifest.notes)


ABSURD: tuple[Row, ...] = (
    ("A81003", "5E1", "W", "20130401", "20010331", "0"),
    ("A81002", "5E1", "W", "20120401", "20140331", "0"),
    ("A81002", "5E1", "W", "20120401", "", "0"),
    ("A81003", "5E1", "W", "20131301", "", "0"),
)


@pytest.mark.parametrize("row", ABSURD, ids=["backwards", "overlap", "open", "month"])
def test_a_file_of_absurd_days_is_refused(desk: Desk, tmp_path: Path, row: Row) -> None:
    done = refresh(desk, tmp_path, (*EPCMEM, row))
    assert done.exit_code == 1 and "3 of 4 memberships have days that make sense" in done.output
    assert LiveVersions(desk.home).current("practices") is None


@pytest.mark.parametrize("row", ABSURD, ids=["backwards", "overlap", "open", "month"])
def test_a_single_absurd_day_is_kept_as_published_and_noted(
    desk: Desk, tmp_path: Path, row: Row
) -> None:
    sane = [
        ("A81001", f"9{n:02}", "W", f"{1880 + n}0401", f"{1881 + n}0331", "0") for n in range(100)
    ]
    done = refresh(desk, tmp_path, (*EPCMEM, *sane, row))
    assert done.exit_code == 0, done.output
    (note,) = (note for note in register(desk).manifest.notes if "as published" in note)
    assert "1 of 104 memberships" in note and row[0] in note
    assert any(parent == "5E1" and code == row[0] for code, _, parent, *_ in memberships(desk))
    assert desk.flask("verify").exit_code == 0
