"""Sums of the practices that areas have today are exactly what SQL says, whoever moves or is gone.

Practices move and close, one is on a map without figures, rows of no practice move too, and numbers
are missing: nothing of this is in the month whose sums it changes.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from data.formula import quoted, type_of
from data.spec import Dataset, Measure, Part
from data.versions.manifest import FileRecord, Manifest, PeriodRecord, Release
from data.versions.snapshot import LAYOUT, Snapshot
from data.versions.store import sha256_of
from pipelines.engine import geography
from pipelines.engine.assemble import assemble, month_of
from pipelines.engine.folder import write_table
from tests import todays_sums
from tests.worlds import store

MONTHS = tuple(date(2026, month, 1) for month in (1, 2, 3))
PARTS = (
    Part("people", "People", "sum(people)"),
    Part("pounds", "Pounds", "sum(pounds)", kind="decimal"),
    Part("days", "Days", "max(days)", spread="max"),
    Part("told", "Told", "sum(told)", spread="published"),
)
DECLARED = Dataset(
    id="moving",
    title="Moving",
    publisher="Nobody",
    series="Moving",
    source_url="https://example.org",
    cadence="monthly",
    publication_lag="never",
    dims=(),
    headline="people",
    control="people",
    parts=PARTS,
    measures=(Measure("people", "People", num="people", rollup="sum"),),
    breakdowns=(),
    caveats=("Invented.",),
)
CODES = tuple(f"P{number}" for number in range(40)) + ("~S1", "~S2")


def _cells(chance: random.Random) -> str:
    """Numbers of the parts, of which some are missing."""
    given = (
        str(chance.randrange(9_000)),
        f"{chance.randrange(10**9)}.{chance.randrange(10**6):06}",
        str(chance.randrange(20)),
        str(chance.randrange(9)),
    )
    return ", ".join("NULL" if chance.random() < 0.3 else number for number in given)


def _write_month(con: duckdb.DuckDBPyConnection, folder: Path, month: date) -> None:
    chance = random.Random(month.month)
    target = month_of(folder, month)
    there = [code for code in CODES if chance.random() < 0.8]
    parts = ", ".join(f"('{code}', {_cells(chance)})" for code in there if chance.random() < 0.8)
    typed = ", ".join(f"{quoted(part.id)}::{type_of(part)} AS {quoted(part.id)}" for part in PARTS)
    names = ", ".join(quoted(part.id) for part in PARTS)
    write_table(
        con,
        f"""SELECT practice, DATE '{month}' AS month, {typed}
        FROM (VALUES {parts}) t(practice, {names})""",
        target / "parts.parquet",
    )
    homes = ", ".join(
        str(
            (
                code,
                chance.choice(("", "U1", "U2", "U3")),
                *chance.choice((("S1", "I1"), ("S2", "I2"))),
            )
        )
        for code in there
    )
    geography.write(
        con,
        f"""SELECT DATE '{month}' AS month, practice, practice AS practice_name, '' AS postcode,
        pcn, pcn AS pcn_name, sub_icb, sub_icb AS sub_icb_name, icb, icb AS icb_name,
        'R1' AS region, 'R1' AS region_name, '' AS supplier
        FROM (VALUES {homes}) t(practice, pcn, sub_icb, icb)""",
        str(target / "geography.parquet"),
    )


def _snapshot(home: Path, declared: Dataset) -> Snapshot:
    folder = store(home, "real").version_folder("moving", "v")
    with duckdb.connect() as con:
        for month in MONTHS:
            _write_month(con, folder, month)
        assemble(con, folder, declared)
    manifest = Manifest(
        dataset="moving",
        version="v",
        made_at=datetime.now(UTC),
        demo=False,
        transform=1,
        layout=LAYOUT,
        releases=(Release("r", "R", "", None, ()),),
        inputs={},
        periods=dict.fromkeys(MONTHS, PeriodRecord(2, {}, "r", {}, "key")),
        checks=(),
        notes=(),
        files={
            str(path.relative_to(folder)): FileRecord(sha256_of(path), path.stat().st_size, None)
            for path in folder.rglob("*.parquet")
        },
    )
    return Snapshot(folder, manifest, declared=declared)


@pytest.mark.parametrize("levels", [DECLARED.levels, ("sub_icb", "icb", "region", "england")])
def test_sums_of_today_are_those_of_sql(tmp_path: Path, levels: tuple[str, ...]) -> None:
    declared = replace(DECLARED, levels=levels)
    snapshot = _snapshot(tmp_path, declared)
    names = ", ".join(quoted(part.id) for part in PARTS)
    with duckdb.connect() as con:
        todays_sums.load(con, snapshot)
        rows = con.execute(
            f"SELECT level, code, month, {names} FROM sums WHERE membership = 'current'"
        ).fetchall()
        ((unlike,),) = con.execute(
            "SELECT count(*) FROM sums a JOIN sums b USING (level, code, month) "
            "WHERE a.membership < b.membership AND a.pounds <> b.pounds"
        ).fetchall()
    assert len(rows) >= 5 * len(MONTHS) and unlike > 4  # somebody moved
    for level, code, month, *cells in rows:
        parts = snapshot.parts_at(level, code, month=month, membership="current")
        expected = [None if cell is None else float(cell) for cell in cells]
        assert list(parts.values()) == expected, (level, code, month)
