"""A version is made of months: an unchanged one is a link, and one is in memory at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from data.month_block import AREAS, BENCH, CUBE
from pipelines.engine import geography
from pipelines.engine.assemble import assemble, month_of
from tests.pipelines import grown

ROOT = Path(__file__).parents[2]
FEW, MANY = 1, 13


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Versions of few and of many months, and each with one more, made in a process of its own."""
    folder = tmp_path_factory.mktemp("versions")
    grown.grow(None, folder / f"held-{FEW}", range(FEW))
    grown.grow(folder / f"held-{FEW}", folder / f"held-{MANY}", range(FEW, MANY))
    return folder


@pytest.fixture(scope="module")
def taken(versions: Path) -> dict[int, int]:
    """Bytes that one month more takes, by the months held before."""
    command = [sys.executable, "-m", "tests.pipelines.grown", str(versions)]
    return {
        held: int(subprocess.check_output([*command, str(held)], cwd=ROOT, text=True))
        for held in (FEW, MANY)
    }


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_one_month_more_takes_as_much_memory_after_many_as_after_few(taken: dict[int, int]) -> None:
    assert taken[FEW] > 10_000_000  # so that there is something to compare
    assert taken[MANY] <= 1.25 * taken[FEW]


def test_months_that_did_not_change_are_links(versions: Path, taken: dict[int, int]) -> None:
    held, more = versions / f"held-{MANY}", versions / f"more-{MANY}"
    for month in map(grown.month_at, range(MANY)):
        for name in ("parts.parquet", "geography.parquet", CUBE, AREAS, BENCH):
            path = f"months/{month:%Y-%m}/{name}"
            assert os.stat(held / path).st_ino == os.stat(more / path).st_ino, path


def test_a_practice_that_moves_changes_no_file_of_the_months_held(
    versions: Path, taken: dict[int, int]
) -> None:
    """The new month moves a practice, and only its own files and the list of codes are new."""
    new = {
        held: _files_of_its_own(versions / f"held-{held}", versions / f"more-{held}")
        for held in (FEW, MANY)
    }
    for held, files in new.items():
        month = f"months/{grown.month_at(held):%Y-%m}"
        assert {name for name in files if not name.startswith(month)} == {"organisations.parquet"}
    few, many = (sum(files.values()) for files in new.values())
    assert len(new[FEW]) == len(new[MANY]) and many < 1.1 * few


def test_sums_of_today_that_an_earlier_version_wrote_by_month_leave(
    versions: Path, tmp_path: Path
) -> None:
    first = versions / f"held-{FEW}" / "months"
    shutil.copytree(first, tmp_path / "months", copy_function=os.link)
    (month,) = (tmp_path / "months").iterdir()
    shutil.copy(month / CUBE, month / "current.parquet")
    with grown.connect() as con:
        rows = assemble(con, tmp_path, grown.DECLARED)
    assert not [name for name in rows if name.endswith("current.parquet")]
    assert not (month / "current.parquet").exists()


def test_a_month_is_worked_out_again_when_its_declaration_changes(
    versions: Path, tmp_path: Path
) -> None:
    """In a file of its own: the version before keeps what it had."""
    fewer = replace(grown.DECLARED, measures=grown.DECLARED.measures[:3])
    first = versions / f"held-{FEW}"
    shutil.copytree(first / "months", tmp_path / "months", copy_function=os.link)
    with grown.connect() as con:
        assemble(con, tmp_path, fewer)
    bench = f"months/{grown.month_at(0):%Y-%m}/{BENCH}"
    query = "SELECT count(DISTINCT measure) FROM read_parquet(?)"
    counts = [
        duckdb.execute(query, [str(version / bench)]).fetchall()[0][0]
        for version in (first, tmp_path)
    ]
    assert counts == [grown.PARTS, 3]


def _home_of_a_pcn(
    folder: Path, practices: dict[str, tuple[str, str]], patients: dict[str, int]
) -> tuple[str, str]:
    """(sub-ICB, ICB) of the PCN to which practices of some sub-ICBs and ICBs belong."""
    month = grown.month_at(0)
    listed = ", ".join(f"('{code}', '{sub}', '{icb}')" for code, (sub, icb) in practices.items())
    weights = ", ".join(f"('{code}', {count})" for code, count in patients.items())
    known = f"SELECT * FROM (VALUES {weights}) t(practice, patients)" if patients else ""
    with grown.connect() as con:
        geography.write(
            con,
            f"""SELECT DATE '{month}' AS month, practice, '' AS practice_name, '' AS postcode,
            'U1' AS pcn, 'PCN' AS pcn_name, sub_icb, '' AS sub_icb_name, icb, '' AS icb_name,
            'R1' AS region, '' AS region_name, '' AS supplier
            FROM (VALUES {listed}) t(practice, sub_icb, icb)""",
            str(month_of(folder, month) / "geography.parquet"),
        )
        assemble(con, folder, grown.DECLARED, lists={month: known} if known else {})
        query = "SELECT sub_icb, icb FROM read_parquet(?) WHERE level = 'pcn'"
        path = folder / "months" / f"{month:%Y-%m}" / AREAS
        (found,) = con.execute(query, [str(path)]).fetchall()
    return found


@pytest.mark.parametrize(
    ("practices", "patients", "home"),
    [
        ({"A": ("S1", "I1"), "B": ("S2", "I2")}, {"A": 10, "B": 11}, ("S2", "I2")),
        ({"A": ("S1", "I1"), "B": ("S2", "I2")}, {"A": 10, "B": 10}, ("S1", "I1")),
        ({"A": ("S1", "I1"), "B": ("S2", "I2"), "C": ("S2", "I2")}, {}, ("S2", "I2")),
        # The ICB of most patients first, then its sub-ICB: no sub-ICB of it need be the largest.
        (
            {"A": ("S1", "I1"), "B": ("S2", "I1"), "C": ("S3", "I2")},
            {"A": 40, "B": 30, "C": 45},
            ("S1", "I1"),
        ),
        ({"A": ("", ""), "B": ("S2", "I2")}, {"A": 90, "B": 10}, ("S2", "I2")),
    ],
)
def test_an_area_of_several_is_of_the_one_with_most_patients_else_practices(
    tmp_path: Path,
    practices: dict[str, tuple[str, str]],
    patients: dict[str, int],
    home: tuple[str, str],
) -> None:
    assert _home_of_a_pcn(tmp_path, practices, patients) == home


def _files_of_its_own(before: Path, after: Path) -> dict[str, int]:
    """Bytes by name of the files that a version does not share with the one before."""
    shared = {path.stat().st_ino for path in before.rglob("*.parquet")}
    return {
        str(path.relative_to(after)): path.stat().st_size
        for path in after.rglob("*.parquet")
        if path.stat().st_ino not in shared
    }
