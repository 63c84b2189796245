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

from data.month_block import AREAS, BENCH, CUBE, CURRENT
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


def test_sums_of_today_follow_a_practice_that_moved(versions: Path, taken: dict[int, int]) -> None:
    """The new month moves a practice: what its areas have today differs in every month."""
    first = f"months/{grown.month_at(0):%Y-%m}/{CURRENT}"
    before, after = versions / f"held-{MANY}" / first, versions / f"more-{MANY}" / first
    query = "SELECT code, n01 FROM read_parquet(?) WHERE level = 'pcn'"
    then, now = (dict(duckdb.execute(query, [str(p)]).fetchall()) for p in (before, after))
    assert sum(then.values()) == sum(now.values())
    # The practice of the last month is back in its own PCN, that of the new one is in the next.
    assert {code for code in then if then[code] != now[code]} == {"U2", "U3"}


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


def _bytes_of_its_own(before: Path, after: Path) -> dict[str, int]:
    """Bytes by name of the files that a version does not share with the one before."""
    shared = {path.stat().st_ino for path in before.rglob("*.parquet")}
    found: dict[str, int] = {}
    for path in after.rglob("*.parquet"):
        if path.stat().st_ino not in shared:
            found[path.name] = found.get(path.name, 0) + path.stat().st_size
    return found


def test_one_month_more_takes_the_disk_of_a_month(versions: Path, taken: dict[int, int]) -> None:
    """Only what areas have today of earlier months is written again, if a practice moved."""
    few, many = (
        _bytes_of_its_own(versions / f"held-{held}", versions / f"more-{held}")
        for held in (FEW, MANY)
    )
    assert sum(many.values()) < 2 * sum(few.values())
    assert sum(many.values()) - many[CURRENT] < 1.1 * (sum(few.values()) - few[CURRENT])
