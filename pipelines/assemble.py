"""Month folders in, one queryable version out: cube, array and benchmarks.

A staged version holds `months/<YYYY-MM>/` with
    fact.parquet        the publisher's grain, typed: practice, dimensions, count
    parts.parquet       one row per practice, one column per part of the declaration
    geography.parquet   one row per practice: its name and where it belonged that month
    published.parquet   optional: parts the publisher gives above practice level: month, level,
                        code, name (optional) and some of the parts
    fact_<id>.parquet   optional: the declaration's extra tables
Parts and geography may be missing where the publisher gives areas only. A row whose code begins
with `~` is of no practice (a shared telephone account, a row by PCN): it counts in the areas of
its geography and appears nowhere by itself.
Month folders that did not change are hard links to the earlier version, so a new month costs
what a month costs. What this module adds covers all months:
    cube.parquet        every organisation at every level x month, sorted by organisation
    cube.npy            the same numbers as an array (organisation, month, part)
    bench.parquet       deciles, mean and count per level, peer group, month and measure
    bench.npy           the same numbers as an array (peer group, measure, month, statistic)
    organisations.parquet  every code with its latest name and the months in which it was used
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from data.formula import comparable_sql, quoted, type_of
from data.snapshot import (
    ARRAY,
    ARRAY_INDEX,
    BENCH,
    BENCH_ARRAY,
    BENCH_INDEX,
    CUBE,
    HOME_COLUMNS,
    HOMES,
    MISSING,
    ORGANISATIONS,
    month_folder,
)
from data.spec import ENGLAND, UNALLOCATED, UNASSIGNED, Dataset, Part
from pipelines.geography import COLUMNS

UPPER = ("pcn", "sub_icb", "icb", "region")
_COLUMNS_AT_ONCE = 20  # hundreds would not fit in memory
DECILES = tuple(n / 10 for n in range(1, 10))


def assemble(con: duckdb.DuckDBPyConnection, staged: Path, dataset: Dataset) -> dict[str, int]:
    """Write the version-wide files of a staged version; return the rows of every table by name."""
    months = sorted(folder.name for folder in (staged / "months").iterdir())
    _load(con, staged, dataset)
    _write_cube(con, staged / CUBE, dataset)
    _write_array(con, staged, dataset, months)
    _write_bench(con, staged, dataset, months)
    _write_organisations(con, staged / ORGANISATIONS)
    tables = [str(path) for path in sorted(staged.rglob("*.parquet"))]
    counted = con.execute(
        "SELECT file_name, num_rows FROM parquet_file_metadata(?)", [tables]
    ).fetchall()
    return {str(Path(name).relative_to(staged)): rows for name, rows in counted}


def _load(con: duckdb.DuckDBPyConnection, staged: Path, dataset: Dataset) -> None:
    homes = ", ".join(f"{name} {'DATE' if name == 'month' else 'VARCHAR'}" for name in COLUMNS)
    columns = ", ".join(f"{quoted(part.id)} {type_of(part)}" for part in dataset.parts)
    _collect(con, staged, "geography", homes)
    _collect(con, staged, "parts", f"practice VARCHAR, month DATE, {columns}")
    _collect(
        con,
        staged,
        "published",
        f"month DATE, level VARCHAR, code VARCHAR, name VARCHAR, {columns}",
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE latest AS
        SELECT practice, max_by(struct_pack(pcn, sub_icb, icb, region), month) AS home
        FROM geography GROUP BY practice"""
    )


def _collect(con: duckdb.DuckDBPyConnection, staged: Path, table: str, columns: str) -> None:
    """One kind of table of every month that has it, as a temporary table of that name."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")
    found = sorted((staged / "months").glob(f"*/{table}.parquet"))
    if found:
        con.execute(
            f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?, union_by_name = true)",
            [[str(path) for path in found]],
        )


def _total(part: Part) -> str:
    """DuckDB sums are wider, which Parquet would silently turn into DOUBLE: cast back."""
    if part.spread == "published":
        return f"NULL::{type_of(part)} AS {quoted(part.id)}"
    return f"{part.spread}({quoted(part.id)})::{type_of(part)} AS {quoted(part.id)}"


def _belongings(dataset: Dataset) -> str:
    """Every area to which a practice belonged in a month, and those to which it belongs now.

    All of them are added up at once: a query that names hundreds of parts for each level takes
    longer to plan than to run.
    """
    named = [
        (level, f"'{ENGLAND}'" if level == "england" else level)
        for level in (*UPPER, "england")
        if level in dataset.levels
    ]
    selects = [
        f"SELECT practice, month, '{level}' AS level, {code} AS code, 'dated' AS membership "
        "FROM geography"
        for level, code in named
    ]
    selects += [
        f"SELECT practice, month, '{level}', home.{code}, 'current' "
        "FROM parts JOIN latest USING (practice)"
        for level, code in named
        if level != "england"
    ]
    return f"FROM ({' UNION ALL '.join(selects)}) WHERE code NOT IN ('', '{UNALLOCATED}')"


def _write_cube(con: duckdb.DuckDBPyConnection, target: Path, dataset: Dataset) -> None:
    own = ", ".join(quoted(part.id) for part in dataset.parts)
    totals = ", ".join(_total(part) for part in dataset.parts)
    con.execute(f"CREATE OR REPLACE TEMP TABLE belongs AS {_belongings(dataset)}")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE summed AS
        SELECT 'practice' AS level, practice AS code, 'dated' AS membership, month,
               pcn, sub_icb, icb, region, supplier, {own}
        FROM parts JOIN geography USING (practice, month)
        WHERE {dataset.has_practices} AND NOT starts_with(practice, '{UNASSIGNED}')
        UNION ALL
        SELECT level, code, membership, month, NULL, NULL, NULL, NULL, NULL, {totals}
        FROM parts JOIN belongs USING (practice, month) GROUP BY level, code, membership, month"""
    )
    con.execute("DROP TABLE belongs")
    filled = ", ".join(
        f"coalesce(s.{quoted(p.id)}, p.{quoted(p.id)}) AS {quoted(p.id)}" for p in dataset.parts
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE cube AS
        SELECT s.level, s.code, s.membership, s.month, s.pcn, s.sub_icb, s.icb, s.region,
               s.supplier, {filled}
        FROM summed s LEFT JOIN published p
          ON s.membership = 'dated' AND p.level = s.level AND p.code = s.code
         AND p.month = s.month
        UNION ALL
        SELECT level, code, 'dated', month, NULL, NULL, NULL, NULL, NULL, {own}
        FROM published p ANTI JOIN summed s
          ON s.membership = 'dated' AND p.level = s.level AND p.code = s.code
         AND p.month = s.month
        WHERE {dataset.is_published_above} AND code NOT IN ('', '{UNALLOCATED}')
          AND list_contains({list(dataset.levels)}, level)
        ORDER BY level, code, membership, month"""
    )
    con.execute("DROP TABLE summed")
    con.execute(f"COPY cube TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def _write_array(
    con: duckdb.DuckDBPyConnection, staged: Path, dataset: Dataset, months: list[str]
) -> None:
    """The cube as an array (organisation, month, part), as `data.snapshot` reads it.

    Written through a mapped file, so that its size is not one of memory.
    """
    organisations = con.execute(
        "SELECT DISTINCT level, code, membership FROM cube ORDER BY ALL"
    ).fetchall()
    row_of = {key: row for row, key in enumerate(organisations)}
    month_of = {month: column for column, month in enumerate(months)}
    shape = (len(organisations), len(months), len(dataset.parts))
    kind, missing = ("INTEGER", MISSING) if _are_integers(con, dataset) else ("DOUBLE", np.nan)
    array = _blank(staged / ARRAY, shape, missing)
    keys = con.execute(
        "SELECT level, code, membership, strftime(month, '%Y-%m') FROM cube ORDER BY rowid"
    ).fetchall()
    rows = np.array([row_of[key[:3]] for key in keys], dtype=np.intp)
    columns = np.array([month_of[key[3]] for key in keys], dtype=np.intp)
    for batch in _batches(len(dataset.parts)):
        parts = dataset.parts[batch]
        wanted = ", ".join(f"{quoted(part.id)}::{kind} AS {quoted(part.id)}" for part in parts)
        found = con.execute(f"SELECT {wanted} FROM cube ORDER BY rowid").fetchnumpy()
        for index, part in enumerate(parts, batch.start):
            column = np.ma.asarray(found[part.id])
            array[rows, columns, index] = np.ma.filled(column, missing)
    array.flush()
    practices = [key[1] for key in organisations if key[0] == "practice"]
    index_of = {
        "organisations": organisations,
        "months": months,
        "parts": [part.id for part in dataset.parts],
        "practices": practices,
        "labels": _write_homes(con, staged, practices, month_of),
    }
    (staged / ARRAY_INDEX).write_text(json.dumps(index_of), encoding="utf-8")


def _are_integers(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> bool:
    """Whether an int32 holds every part: half of float64, on the disk and in memory."""
    if any(part.kind != "count" for part in dataset.parts):
        return False
    largest = ", ".join(f"max({quoted(part.id)})" for part in dataset.parts)
    found = con.execute(f"SELECT greatest({largest}) FROM cube").fetchall()[0][0]
    return found is None or found <= np.iinfo(np.int32).max


def _blank(
    path: Path, shape: tuple[int, int, int], missing: float
) -> np.memmap[tuple[int, ...], Any]:
    """A mapped array of a number's absence, int32 for an integer and float64 for NaN.

    It is written first: a full disk ends a process that maps holes.
    """
    one = np.full(shape[1:], missing, dtype="<i4" if isinstance(missing, int) else "<f8")
    about = {"descr": one.dtype.str, "fortran_order": False, "shape": shape}
    written = one.tobytes()
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, about)
        for _ in range(shape[0]):
            stream.write(written)
    return np.lib.format.open_memmap(path, mode="r+")


def _write_homes(
    con: duckdb.DuckDBPyConnection,
    staged: Path,
    practices: list[str],
    month_of: dict[str, int],
) -> list[str]:
    """PCN, sub-ICB, ICB, region and supplier of each practice and month, as label numbers.

    Writes int32 (practice, month, column of `HOME_COLUMNS`), -1 where the practice has no row;
    returns the labels.
    """
    row_of = {code: row for row, code in enumerate(practices)}
    columns = ", ".join(HOME_COLUMNS)
    found = con.execute(
        f"""SELECT code, strftime(month, '%Y-%m'), {columns} FROM cube WHERE level = 'practice'"""
    ).fetchall()
    labels: dict[str, int] = {}
    homes = np.full((len(practices), len(month_of), len(HOME_COLUMNS)), -1, dtype=np.int32)
    for code, month, *home in found:
        homes[row_of[code], month_of[month]] = [labels.setdefault(h, len(labels)) for h in home]
    np.save(staged / HOMES, homes)
    return list(labels)


def _write_bench(
    con: duckdb.DuckDBPyConnection, staged: Path, dataset: Dataset, months: list[str]
) -> None:
    groups = [("true", f"'{ENGLAND}'")]
    groups += [(f"level = 'practice' AND {level} <> ''", level) for level in UPPER[1:]]
    selects = " UNION ALL ".join(
        f"""SELECT level, {peer} AS peer, month, measure, count(*)::INTEGER AS organisations,
            avg(value) AS mean, quantile_cont(value, {list(DECILES)}) AS deciles
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
            UNPIVOT (SELECT level, month, sub_icb, icb, region, {values} FROM cube
                     WHERE membership = 'dated' AND level <> 'england')
            ON {names} INTO NAME measure VALUE value"""
        )
        con.execute(f"INSERT INTO benches {selects}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bench AS FROM benches ORDER BY level, peer, measure, month"
    )
    con.execute("DROP TABLE long")
    con.execute("DROP TABLE benches")
    con.execute(f"COPY bench TO '{staged / BENCH}' (FORMAT parquet, COMPRESSION zstd)")
    _write_bench_array(con, staged, dataset, months)


def _batches(count: int) -> Iterator[slice]:
    for start in range(0, count, _COLUMNS_AT_ONCE):
        yield slice(start, start + _COLUMNS_AT_ONCE)


def _write_bench_array(
    con: duckdb.DuckDBPyConnection, staged: Path, dataset: Dataset, months: list[str]
) -> None:
    """The same as float64 (peer group, measure, month, [organisations, mean, 9 deciles])."""
    groups = con.execute("SELECT DISTINCT level, peer FROM bench ORDER BY ALL").fetchall()
    row_of = {group: row for row, group in enumerate(groups)}
    measure_of = {measure.id: row for row, measure in enumerate(dataset.measures)}
    month_of = {month: row for row, month in enumerate(months)}
    shape = (len(groups), len(dataset.measures), len(months), 2 + len(DECILES))
    array = np.full(shape, np.nan)
    found = con.execute(
        "SELECT level, peer, measure, strftime(month, '%Y-%m'), organisations, mean, deciles "
        "FROM bench"
    )
    while batch := found.fetchmany(10_000):
        for level, peer, measure, month, count, mean, cuts in batch:
            at = (row_of[level, peer], measure_of[measure], month_of[month])
            array[at] = (count, mean, *cuts)
    np.save(staged / BENCH_ARRAY, array)
    index = {"groups": groups, "measures": list(measure_of)}
    (staged / BENCH_INDEX).write_text(json.dumps(index), encoding="utf-8")


def _write_organisations(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    selects = [
        f"""SELECT '{level}' AS level, {code} AS code, max_by({name}, month) AS name,
            max_by({postcode}, month) AS postcode, min(month) AS first_month,
            max(month) AS last_month, max_by(struct_pack(pcn := {pcn}, sub_icb := {sub_icb},
            icb := {icb}, region), month) AS home
            FROM geography WHERE {code} <> '' AND {code} <> '{UNALLOCATED}'
              AND NOT starts_with({code}, '{UNASSIGNED}') GROUP BY {code}"""
        for level, code, name, postcode, pcn, sub_icb, icb in (
            ("practice", "practice", "practice_name", "postcode", "pcn", "sub_icb", "icb"),
            ("pcn", "pcn", "pcn_name", "''", "''", "sub_icb", "icb"),
            ("sub_icb", "sub_icb", "sub_icb_name", "''", "''", "''", "icb"),
            ("icb", "icb", "icb_name", "''", "''", "''", "''"),
            ("region", "region", "region_name", "''", "''", "''", "''"),
        )
    ]
    con.execute(f"CREATE OR REPLACE TEMP TABLE named AS {' UNION ALL '.join(selects)}")
    con.execute(
        """INSERT INTO named
        SELECT level, code, max_by(name, month), '', min(month), max(month),
               struct_pack(pcn := '', sub_icb := '', icb := '', region := '')
        FROM published ANTI JOIN named USING (level, code)
        WHERE name <> '' GROUP BY level, code"""
    )
    con.execute(
        f"COPY (FROM named ORDER BY level, code) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )


def month_of(staged: Path, month: date) -> Path:
    """Where a month's files go in a staged version; made if it is not there."""
    folder = month_folder(staged, month)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
