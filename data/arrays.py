"""The numbers of a version's Parquet as arrays, written a month at a time.

    cube.npy    parts (month, organisation, part): int32 where all are counts, float64 where not
    homes.npy   areas and supplier of practices (month, practice, column), as numbers of labels
    areas.npy   areas above areas (month, area, column), as numbers of labels
    bench.npy   spread (month, peer group, measure, [organisations, mean, 9 deciles]), float64
    arrays.json what the rows and columns are

Months come first, so that one month is in memory at a time however many there are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import numpy as np
from numpy.typing import NDArray

from data.formula import quoted

CUBE = "cube.parquet"  # in a month's folder: as its organisations were that month
CURRENT = "current.parquet"  # the same of the practices that areas have today
AREAS = "areas.parquet"  # names and homes of areas that month
BENCH = "bench.parquet"
ARRAY = "cube.npy"
HOMES = "homes.npy"
AREA_HOMES = "areas.npy"
BENCH_ARRAY = "bench.npy"
ARRAYS = (ARRAY, HOMES, AREA_HOMES, BENCH_ARRAY)
INDEX = "arrays.json"
HOME_COLUMNS = ("pcn", "sub_icb", "icb", "region", "supplier")
AREA_COLUMNS = ("sub_icb", "icb", "region")
CUBE_COLUMNS = ("level", "code", "membership", "month", *HOME_COLUMNS)
STATISTICS = 11  # organisations, mean, deciles
MISSING = np.iinfo(np.int32).min  # in an array of int32, which has no NaN
NOWHERE = -1  # the number of no label: not in that month

Key = tuple[str, ...]
_COLUMNS_AT_ONCE = 100  # of a month; more would take more memory than the month's block


def fill(
    con: duckdb.DuckDBPyConnection, version: Path, months: Sequence[str], target: Path
) -> None:
    """Write the arrays of a version's months (`2026-03`), in that order, into a folder."""
    blocks = _Blocks(con, version, months)
    index = {"months": list(months)}
    index |= _write_cube(blocks, target / ARRAY)
    labels: dict[str, int] = {}
    index |= _write_homes(blocks, target / HOMES, labels)
    index |= _write_areas(blocks, target / AREA_HOMES, labels)
    index |= _write_bench(blocks, target / BENCH_ARRAY)
    index["labels"] = list(labels)
    (target / INDEX).write_text(json.dumps(index), encoding="utf-8")


class _Blocks:
    """The Parquet files of a version's months."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, version: Path, months: Sequence[str]
    ) -> None:
        self.con = con
        self.folders = [version / "months" / month for month in months]

    def every(self, *names: str) -> list[str]:
        """The files of those names in all months."""
        paths = [folder / name for folder in self.folders for name in names]
        return [str(path) for path in paths if path.exists()]

    def rows(self, query: str, *given: Any) -> list[tuple[Any, ...]]:
        return self.con.execute(query, list(given)).fetchall()

    def types(self, names: Sequence[str]) -> dict[str, str]:
        """Columns of the files and their types, in the order of the newest month."""
        files = self.every(*names)
        described = self.rows(f"DESCRIBE SELECT * FROM read_parquet('{files[-1]}')")
        return {name: kind for name, kind, *_ in described}


def _write_cube(blocks: _Blocks, path: Path) -> dict[str, Any]:
    files = blocks.every(CUBE, CURRENT)
    organisations = blocks.rows(
        "SELECT DISTINCT level, code, membership FROM read_parquet(?) ORDER BY ALL", files
    )
    row_of: dict[Key, int] = {key: row for row, key in enumerate(organisations)}
    kinds = {n: k for n, k in blocks.types((CUBE,)).items() if n not in CUBE_COLUMNS}
    parts = list(kinds)
    missing: float = MISSING if _are_integers(blocks, files, kinds) else np.nan
    with _Array(path, missing, (len(organisations), len(parts)), len(blocks.folders)) as array:
        for folder in blocks.folders:
            _place(blocks, folder, array.block, parts, row_of)
            array.write()
    return {
        "organisations": organisations,
        "parts": parts,
        "practices": [code for level, code, _ in organisations if level == "practice"],
    }


def _place(
    blocks: _Blocks, folder: Path, block: NDArray[Any], parts: Sequence[str], row_of: dict[Key, int]
) -> None:
    """Put the numbers of a month where its organisations are in the month's block."""
    paths = [str(folder / name) for name in (CUBE, CURRENT) if (folder / name).exists()]
    found = "FROM read_parquet(?) ORDER BY membership, level, code"
    keys = blocks.rows(f"SELECT level, code, membership {found}", paths)
    rows = np.array([row_of[key] for key in keys], dtype=np.intp)
    kind = "INTEGER" if block.dtype == np.int32 else "DOUBLE"
    missing = MISSING if kind == "INTEGER" else np.nan
    for start in range(0, len(parts), _COLUMNS_AT_ONCE):
        batch = parts[start : start + _COLUMNS_AT_ONCE]
        wanted = ", ".join(f"{quoted(part)}::{kind} AS {quoted(part)}" for part in batch)
        numbers = blocks.con.execute(f"SELECT {wanted} {found}", [paths]).fetchnumpy()
        for column, part in enumerate(batch, start):
            block[rows, column] = np.ma.filled(np.ma.asarray(numbers[part]), missing)


def _are_integers(blocks: _Blocks, files: Sequence[str], kinds: dict[str, str]) -> bool:
    """Whether an int32 holds every part: half of float64, on the disk and in memory."""
    if any(kind != "BIGINT" for kind in kinds.values()):
        return False
    largest = ", ".join(f"max({quoted(part)})" for part in kinds)
    found = blocks.rows(f"SELECT greatest({largest}) FROM read_parquet(?)", files)[0][0]
    return found is None or found <= np.iinfo(np.int32).max


def _write_homes(blocks: _Blocks, path: Path, labels: dict[str, int]) -> dict[str, Any]:
    """PCN, sub-ICB, ICB, region and supplier of each practice in each month that has it."""
    practices = "FROM read_parquet(?) WHERE level = 'practice'"
    codes = blocks.rows(f"SELECT DISTINCT code {practices} ORDER BY code", blocks.every(CUBE))
    row_of = {key: row for row, key in enumerate(codes)}
    columns = ", ".join(HOME_COLUMNS)
    with _Array(path, NOWHERE, (len(codes), len(HOME_COLUMNS)), len(blocks.folders)) as array:
        for folder in blocks.folders:
            found = f"SELECT code, {columns} {practices}"
            for code, *home in blocks.rows(found, str(folder / CUBE)):
                array.block[row_of[(code,)]] = _numbered(home, labels)
            array.write()
    return {}


def _numbered(home: Sequence[str], labels: dict[str, int]) -> list[int]:
    return [labels.setdefault(label, len(labels)) for label in home]


def _write_areas(blocks: _Blocks, path: Path, labels: dict[str, int]) -> dict[str, Any]:
    """Sub-ICB, ICB and region of each PCN, sub-ICB and ICB in each month whose map has it."""
    mapped = "FROM read_parquet(?) WHERE mapped"
    areas = blocks.rows(f"SELECT DISTINCT level, code {mapped} ORDER BY ALL", blocks.every(AREAS))
    row_of: dict[Key, int] = {key: row for row, key in enumerate(areas)}
    columns = ", ".join(AREA_COLUMNS)
    with _Array(path, NOWHERE, (len(areas), len(AREA_COLUMNS)), len(blocks.folders)) as array:
        for folder in blocks.folders:
            found = f"SELECT level, code, {columns} {mapped}"
            for level, code, *home in blocks.rows(found, str(folder / AREAS)):
                array.block[row_of[level, code]] = _numbered(home, labels)
            array.write()
    return {"areas": areas}


def _write_bench(blocks: _Blocks, path: Path) -> dict[str, Any]:
    files = blocks.every(BENCH)
    groups = blocks.rows("SELECT DISTINCT level, peer FROM read_parquet(?) ORDER BY ALL", files)
    found = blocks.rows("SELECT DISTINCT measure FROM read_parquet(?) ORDER BY ALL", files)
    row_of: dict[Key, int] = {group: row for row, group in enumerate(groups)}
    measures = [measure for (measure,) in found]
    measure_of = {measure: column for column, measure in enumerate(measures)}
    shape = (len(groups), len(measures), STATISTICS)
    with _Array(path, np.nan, shape, len(blocks.folders)) as array:
        for folder in blocks.folders:
            rows = blocks.con.execute(
                "SELECT level, peer, measure, organisations, mean, deciles FROM read_parquet(?)",
                [str(folder / BENCH)],
            )
            while batch := rows.fetchmany(10_000):
                for level, peer, measure, count, mean, deciles in batch:
                    array.block[row_of[level, peer], measure_of[measure]] = (count, mean, *deciles)
            array.write()
    return {"groups": groups, "measures": measures}


class _Array:
    """A `.npy` file of (month, ...) that is written one month's block after the other.

    Written as a stream, because a full disk ends a process that maps holes.
    """

    def __init__(self, path: Path, missing: float, shape: tuple[int, ...], months: int) -> None:
        self._missing = missing
        kind = "<i4" if isinstance(missing, int) else "<f8"
        self.block: NDArray[Any] = np.full(shape, missing, dtype=kind)
        self._about = {"descr": kind, "fortran_order": False, "shape": (months, *shape)}
        self._path = path

    def __enter__(self) -> _Array:
        self._stream: BinaryIO = self._path.open("wb")
        np.lib.format.write_array_header_1_0(self._stream, self._about)
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def write(self) -> None:
        """Put the block behind those before it and empty it for the next month."""
        self._stream.write(self.block.data)
        self.block.fill(self._missing)
