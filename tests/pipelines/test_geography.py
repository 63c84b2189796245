"""Where practices belong: what a dataset's own files say, and the rest from list sizes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.versions.snapshot import Snapshot
from pipelines.engine import geography
from pipelines.engine.units import Sources
from tests import worlds


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return worlds.build(tmp_path_factory.mktemp("home"))["list-sizes"]


def _completed(
    lists: Snapshot, folder: Path, listed: str, placed: date
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    sources = Sources(date(2025, 4, 1), {}, {}, {"list-sizes": lists}, placed)
    with duckdb.connect() as con:
        said = geography.complete(con, sources, listed, folder)
        rows = con.execute(
            "SELECT practice, practice_name, pcn, sub_icb, icb, icb_name, region, month::VARCHAR "
            "FROM read_parquet(?)",
            [str(folder / "geography.parquet")],
        ).fetchall()
    return {row[0]: row[1:] for row in rows}, said


def test_a_bare_code_gets_the_map_of_the_period(lists: Snapshot, tmp_path: Path) -> None:
    found, said = _completed(lists, tmp_path, "SELECT 'C82001' AS practice", date(2026, 3, 1))
    assert found == {
        "C82001": ("MILL LANE SURGERY", "U22221", "03W", "QK1", "ICB QK1", "Y60", "2025-04-01")
    }
    assert said == (
        (
            "March 2026: 7 of the 8 practices with a list in March 2026 are not in the files "
            "(A81001, A81002, A81003, A81004, C82002 and 2 more)."
        ),
    )


def test_the_nearest_month_stands_in_and_is_named(lists: Snapshot, tmp_path: Path) -> None:
    found, said = _completed(lists, tmp_path, "SELECT 'C82001' AS practice", date(2026, 9, 1))
    assert found["C82001"][3] == "QNEW"
    assert "that of April 2026" in said[0]


def test_a_gap_that_means_something_is_not_filled(lists: Snapshot, tmp_path: Path) -> None:
    """An account that practices of two ICBs share has a sub-ICB location and no ICB."""
    sources = Sources(date(2025, 4, 1), {}, {}, {"list-sizes": lists}, date(2026, 3, 1))
    listed = "SELECT unnest(['~03W', 'Z00001']) AS practice, '03W' AS sub_icb"
    shared = "starts_with(l.practice, '~')"
    with duckdb.connect() as con:
        geography.complete(con, sources, listed, tmp_path, as_listed=shared)
        rows = con.execute(
            "SELECT practice, icb, region FROM read_parquet(?) ORDER BY practice",
            [str(tmp_path / "geography.parquet")],
        ).fetchall()
    assert rows == [("Z00001", "QK1", "Y60"), ("~03W", "", "")]


def test_what_the_files_say_stands(lists: Snapshot, tmp_path: Path) -> None:
    listed = """SELECT * FROM (VALUES ('C82001', 'U99999', '04V'), ('Z00001', '', '03W'),
        ('~03W', '', '03W')) t(practice, pcn, sub_icb)"""
    found, _ = _completed(lists, tmp_path, listed, date(2026, 3, 1))
    assert found["C82001"][1:4] == ("U99999", "04V", "QK2")
    assert found["Z00001"][1:4] == ("", "03W", "QK1")
    assert found["~03W"][1:6] == ("", "03W", "QK1", "ICB QK1", "Y60")
