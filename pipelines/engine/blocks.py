"""What is worked out of one month's own files, written beside them.

    cube.parquet   every organisation at every level as it was that month, one column per part
    areas.parquet  every area: its name that month and the areas above it
    bench.parquet  deciles, mean and count per level, peer group and measure

Each file records a key of what it depends on, so that a file which came with an unchanged month
stays a link to that of the version before. Nothing depends on another month: what areas come to
with the practices of today is added up when a version is opened (`data.versions.todays_areas`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb

from data.formula import comparable_sql, quoted, type_of
from data.month_block import AREAS, BENCH, CUBE
from data.spec import ENGLAND, UNALLOCATED, UNASSIGNED, Dataset, Part
from pipelines.engine.geography import COLUMNS
from pipelines.engine.units import sql_text

UPPER = ("pcn", "sub_icb", "icb", "region")
DECILES = tuple(n / 10 for n in range(1, 10))
PATIENTS = "registered"  # part of list sizes by which most of an area's patients are told
_EARLIER = "current.parquet"  # sums of today's practices, which earlier versions have by month
_FORM = 1  # of the files; raise it when they change their meaning
_MEASURES_AT_ONCE = 40  # hundreds would not fit in memory


def write_month(
    con: duckdb.DuckDBPyConnection, folder: Path, dataset: Dataset, *, lists: str | None
) -> None:
    """Write the files of a month that are missing or were made of something else.

    `lists` is a table of practices and patients, for the areas of which practices belong to
    several.
    """
    month = date.fromisoformat(f"{folder.name}-01")
    parts = repr([(p.id, p.kind, p.spread) for p in dataset.parts])
    form = _key(_FORM, dataset.id, dataset.levels, parts)
    measures = [(m.id, comparable_sql(m)) for m in dataset.measures]
    keys = {CUBE: form, AREAS: form, BENCH: _key(form, measures)}
    (folder / _EARLIER).unlink(missing_ok=True)
    held = _held(con, folder, list(keys))
    stale = {name for name, key in keys.items() if held.get(name) != key}
    if not stale:
        return
    _load(con, folder, dataset)
    writers: dict[str, Callable[[Path], str]] = {
        CUBE: lambda _: _cube(con, dataset, month),
        AREAS: lambda _: _areas(con, dataset, month, lists),
        BENCH: lambda cube: _bench(con, dataset, cube, month),
    }
    for name, query in writers.items():
        if name in stale:
            _write(con, query(folder / CUBE), folder / name, keys[name])
    for table in ("parts", "geography", "published"):
        con.execute(f"DROP TABLE {table}")


def _key(*told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _held(con: duckdb.DuckDBPyConnection, folder: Path, names: list[str]) -> dict[str, str]:
    """The keys of the files that the folder has already."""
    paths = {str(folder / name): name for name in names if (folder / name).exists()}
    if not paths:
        return {}
    found = con.execute(
        "SELECT file_name, decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = 'key'",
        [list(paths)],
    ).fetchall()
    return {paths[path]: key for path, key in found}


def _write(con: duckdb.DuckDBPyConnection, query: str, target: Path, key: str) -> None:
    target.unlink(missing_ok=True)  # it may be a link to a file of the version before
    con.execute(
        f"COPY ({query}) TO {sql_text(target)} (FORMAT parquet, COMPRESSION zstd, "
        f"KV_METADATA {{key: '{key}'}})"
    )


def _load(con: duckdb.DuckDBPyConnection, folder: Path, dataset: Dataset) -> None:
    """The month's own files as tables, empty where there is none."""
    homes = ", ".join(f"{name} {'DATE' if name == 'month' else 'VARCHAR'}" for name in COLUMNS)
    columns = ", ".join(f"{quoted(part.id)} {type_of(part)}" for part in dataset.parts)
    for table, declared in (
        ("geography", homes),
        ("parts", f"practice VARCHAR, month DATE, {columns}"),
        ("published", f"month DATE, level VARCHAR, code VARCHAR, name VARCHAR, {columns}"),
    ):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({declared})")
        path = folder / f"{table}.parquet"
        if path.exists():
            con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {sql_text(path)}")


def _total(part: Part) -> str:
    """DuckDB sums are wider, which Parquet would silently turn into DOUBLE: cast back."""
    if part.spread == "published":
        return f"NULL::{type_of(part)} AS {quoted(part.id)}"
    return f"{part.spread}({quoted(part.id)})::{type_of(part)} AS {quoted(part.id)}"


def _belongings(dataset: Dataset) -> str:
    """Every area to which practices belong, one row for each.

    All of them are added up at once: a query that names hundreds of parts for each level takes
    longer to plan than to run.
    """
    named = [
        (level, f"'{ENGLAND}'" if level == "england" else level)
        for level in (*UPPER, "england")
        if level in dataset.levels
    ]
    selects = [
        f"SELECT practice, '{level}' AS level, {code} AS code FROM geography"
        for level, code in named
    ]
    return f"(FROM ({' UNION ALL '.join(selects)}) WHERE code NOT IN ('', '{UNALLOCATED}'))"


def _cube(con: duckdb.DuckDBPyConnection, dataset: Dataset, month: date) -> str:
    own = ", ".join(quoted(part.id) for part in dataset.parts)
    totals = ", ".join(_total(part) for part in dataset.parts)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE summed AS
        SELECT 'practice' AS level, practice AS code, pcn, sub_icb, icb, region, supplier, {own}
        FROM parts JOIN geography USING (practice, month)
        WHERE {dataset.has_practices} AND NOT starts_with(practice, '{UNASSIGNED}')
        UNION ALL
        SELECT level, code, NULL, NULL, NULL, NULL, NULL, {totals}
        FROM parts JOIN {_belongings(dataset)} USING (practice)
        GROUP BY level, code"""
    )
    filled = ", ".join(
        f"coalesce(s.{quoted(p.id)}, p.{quoted(p.id)}) AS {quoted(p.id)}" for p in dataset.parts
    )
    return f"""
        SELECT s.level, s.code, 'dated' AS membership, DATE '{month}' AS month, s.pcn, s.sub_icb,
               s.icb, s.region, s.supplier, {filled}
        FROM summed s LEFT JOIN published p ON p.level = s.level AND p.code = s.code
        UNION ALL
        SELECT level, code, 'dated', month, NULL, NULL, NULL, NULL, NULL, {own}
        FROM published p ANTI JOIN summed s ON p.level = s.level AND p.code = s.code
        WHERE {dataset.is_published_above} AND code NOT IN ('', '{UNALLOCATED}')
          AND list_contains({list(dataset.levels)}, level)
        ORDER BY level, code"""


def _areas(con: duckdb.DuckDBPyConnection, dataset: Dataset, month: date, lists: str | None) -> str:
    """Every area's name and the areas above it, and names that only the publisher's rows give.

    Where practices of an area belong to several, the ICB with most of its patients is taken, or
    with most of its practices where patients are not known, then the sub-ICB within that ICB.
    """
    patients = quoted(PATIENTS) if PATIENTS in {part.id for part in dataset.parts} else ""
    weighed = f"SELECT practice, {patients} AS patients FROM parts" if patients else lists
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE weights AS
        FROM ({weighed or "SELECT '' AS practice, 0 AS patients WHERE false"})"""
    )
    selects = " UNION ALL ".join(
        f"""SELECT '{level}' AS level, {level} AS code, {level}_name AS name, {sub_icb} AS sub_icb,
        {icb} AS icb, {region} AS region, practice FROM geography"""
        for level, sub_icb, icb, region in (
            ("pcn", "sub_icb", "icb", "region"),
            ("sub_icb", "''", "icb", "region"),
            ("icb", "''", "''", "region"),
            ("region", "''", "''", "''"),
        )
    )
    return f"""
        WITH belongs AS (
            SELECT level, code, sub_icb, icb, region, sum(coalesce(patients, 0)) AS patients,
                   count(*) AS practices
            FROM ({selects}) LEFT JOIN weights USING (practice)
            WHERE code NOT IN ('', '{UNALLOCATED}') AND NOT starts_with(code, '{UNASSIGNED}')
            GROUP BY ALL),
        shared AS (
            SELECT *, sum(patients) OVER in_icb AS icb_patients,
                   sum(practices) OVER in_icb AS icb_practices
            FROM belongs WINDOW in_icb AS (PARTITION BY level, code, icb)),
        placed AS (
            SELECT level, code, sub_icb, icb, region FROM shared
            QUALIFY row_number() OVER (PARTITION BY level, code ORDER BY
                icb = '', region = '', icb_patients DESC, icb_practices DESC, icb,
                patients DESC, practices DESC, sub_icb, region) = 1),
        named AS (
            SELECT level, code, name FROM ({selects}) GROUP BY level, code, name
            QUALIFY row_number() OVER (PARTITION BY level, code
                                       ORDER BY name = '', count(*) DESC, name) = 1)
        SELECT level, code, DATE '{month}' AS month, name, sub_icb, icb, region, true AS mapped
        FROM placed JOIN named USING (level, code)
        UNION ALL
        SELECT level, code, DATE '{month}', max(name), '', '', '', false
        FROM published ANTI JOIN placed USING (level, code)
        WHERE name <> '' GROUP BY level, code
        ORDER BY level, code"""


def _bench(con: duckdb.DuckDBPyConnection, dataset: Dataset, cube: Path, month: date) -> str:
    groups = [("true", f"'{ENGLAND}'")]
    groups += [(f"level = 'practice' AND {level} <> ''", level) for level in UPPER[1:]]
    selects = " UNION ALL ".join(
        f"""SELECT level, {peer} AS peer, DATE '{month}' AS month, measure,
            count(*)::INTEGER AS organisations, avg(value) AS mean,
            quantile_cont(value, {list(DECILES)}) AS deciles
            FROM long WHERE {where} GROUP BY ALL"""
        for where, peer in groups
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE benches (level VARCHAR, peer VARCHAR, month DATE,
        measure VARCHAR, organisations INTEGER, mean DOUBLE, deciles DOUBLE[])"""
    )
    for batch in _batches(len(dataset.measures)):
        measures = dataset.measures[batch]
        values = ", ".join(f"{comparable_sql(m)} AS {quoted(m.id)}" for m in measures)
        names = ", ".join(quoted(measure.id) for measure in measures)
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE long AS
            UNPIVOT (SELECT level, sub_icb, icb, region, {values} FROM {sql_text(cube)}
                     WHERE level <> 'england')
            ON {names} INTO NAME measure VALUE value"""
        )
        con.execute(f"INSERT INTO benches {selects}")
    con.execute("DROP TABLE long")
    return "FROM benches ORDER BY level, peer, measure"


def _batches(count: int) -> Iterator[slice]:
    for start in range(0, count, _MEASURES_AT_ONCE):
        yield slice(start, start + _MEASURES_AT_ONCE)
