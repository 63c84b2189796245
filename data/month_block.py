"""The numbers of one month of a version as arrays, and the file in which a host keeps them.

    cube   parts (organisation, part): int32 where all are counts, float64 where not
    homes  areas and supplier of practices (practice, column), as numbers of labels
    areas  areas above areas (area, column), as numbers of labels
    bench  spread (peer group, measure, [organisations, mean, 9 deciles]), float64

A month has two: what it was, and beside it the practices that its cube does not name, with what is
theirs: rows of no practice, and those that the month's map has without a figure. Each follows from
some of the month's Parquet alone, so versions share it for as long as that stays what it is. What
areas come to with the practices of today is added up of both (`data.versions.todays_areas`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import numpy as np
import orjson
from numpy.typing import NDArray

from data.formula import quoted

CUBE = "cube.parquet"  # in a month's folder: as its organisations were that month
PARTS = "parts.parquet"  # every part of practices, and of rows of no practice
GEOGRAPHY = "geography.parquet"  # where they belonged that month
AREAS = "areas.parquet"  # names and homes of areas that month
BENCH = "bench.parquet"
BLOCKS = ((CUBE, AREAS, BENCH), (GEOGRAPHY, PARTS, CUBE))  # what each is filled from
HOME_COLUMNS = ("pcn", "sub_icb", "icb", "region", "supplier")
AREA_COLUMNS = ("sub_icb", "icb", "region")
CUBE_COLUMNS = ("level", "code", "membership", "month", *HOME_COLUMNS)
STATISTICS = 11  # organisations, mean, deciles
MISSING = np.iinfo(np.int32).min  # in an array of int32, which has no NaN
LARGEST = np.iinfo(np.int32).max
NOWHERE = -1  # the number of no label: not in that month
TABLES = ("cube", "homes", "areas", "bench")

_COLUMNS_AT_ONCE = 100  # of a month; more would take more memory than the month's block
_DIGEST = hashlib.sha256().digest_size
_LENGTH = 8  # bytes that hold the length of what rows and columns are


class BadBlock(ValueError):
    """The file does not hold what was written into it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the rows and columns of a block's tables are. Names of several words have tabs."""

    organisations: list[str]  # level, code, membership
    parts: list[str]
    practices: list[str]
    areas: list[str]  # level, code
    groups: list[str]  # level, peer
    measures: list[str]
    labels: list[str]
    kinds: dict[str, str]  # type of the cells of each table

    def shape(self, table: str) -> tuple[int, ...]:
        return {
            "cube": (len(self.organisations), len(self.parts)),
            "homes": (len(self.practices), len(HOME_COLUMNS)),
            "areas": (len(self.areas), len(AREA_COLUMNS)),
            "bench": (len(self.groups), len(self.measures), STATISTICS),
        }[table]


@dataclass(frozen=True, slots=True)
class Block:
    keys: Keys
    tables: dict[str, NDArray[Any]]


def fill(con: duckdb.DuckDBPyConnection, folder: Path, sources: Sequence[str]) -> Block:
    """One of `BLOCKS`, read from the Parquet in a month's folder."""
    labels: dict[str, int] = {}
    if GEOGRAPHY in sources:
        organisations, parts, cube, homes = _beside(con, folder, sources)
    else:
        source = Source("read_parquet(?)", [str(folder / CUBE)])
        organisations, parts, cube, homes = _cube(con, source)
    areas = _areas(con, folder / AREAS) if AREAS in sources else {}
    groups, measures, bench = (
        _bench(con, folder / BENCH) if BENCH in sources else ([], [], np.empty(0))
    )
    tables = {
        "cube": cube,
        "homes": _numbered(homes, labels),
        "areas": _numbered(areas, labels),
        "bench": bench,
    }
    kinds = {name: table.dtype.str for name, table in tables.items()}
    keys = Keys(
        organisations, parts, list(homes), list(areas), groups, measures, list(labels), kinds
    )
    return Block(keys, {name: table.reshape(keys.shape(name)) for name, table in tables.items()})


Homes = dict[str, Sequence[str]]
Cube = tuple[list[str], list[str], NDArray[Any], Homes]


@dataclass(frozen=True, slots=True)
class Source:
    """Rows as a cube has them, and the files that the SQL leaves open."""

    sql: str
    files: list[str]


def _columns(
    con: duckdb.DuckDBPyConnection, query: str, files: Sequence[str]
) -> list[NDArray[Any]]:
    """Columns of a query; cells without a number are masked."""
    return list(con.execute(query, files).fetchnumpy().values())


def _beside(con: duckdb.DuckDBPyConnection, folder: Path, sources: Sequence[str]) -> Cube:
    """What the month's map and parts have of codes that are no practice of its cube."""
    other = "practice NOT IN (SELECT code FROM read_parquet(?) WHERE level = 'practice')"
    rows = con.execute(
        f"""SELECT practice, {", ".join(HOME_COLUMNS)} FROM read_parquet(?)
        WHERE {other} ORDER BY practice""",
        [str(folder / GEOGRAPHY), str(folder / CUBE)],
    ).fetchall()
    homes: Homes = {row[0]: row[1:] for row in rows}
    if PARTS not in sources:
        return [], [], np.empty((0, 0), dtype="<i4"), homes
    nowhere = ", ".join(f"NULL::VARCHAR AS {name}" for name in HOME_COLUMNS)
    source = Source(
        f"""(SELECT 'practice' AS level, practice AS code, 'beside' AS membership, {nowhere},
        * EXCLUDE (practice) FROM read_parquet(?) WHERE {other})""",
        [str(folder / PARTS), str(folder / CUBE)],
    )
    organisations, parts, cells, _ = _cube(con, source)
    return organisations, parts, cells, homes


def _cube(con: duckdb.DuckDBPyConnection, source: Source) -> Cube:
    """Organisations, parts, cells, and the homes of practices."""
    described = con.execute(f"DESCRIBE SELECT * FROM {source.sql}", source.files).fetchall()
    kinds = {name: kind for name, kind, *_ in described if name not in CUBE_COLUMNS}
    parts = list(kinds)
    ordered = f"FROM {source.sql} ORDER BY level, code, membership"
    named = ("level", "code", "membership", *HOME_COLUMNS)
    about = con.execute(f"SELECT {', '.join(named)} {ordered}", source.files).fetchall()
    whole = all(kind == "BIGINT" for kind in kinds.values())
    cells = np.empty((len(about), len(parts)), dtype="<i4" if whole else "<f8")
    for start in range(0, len(parts), _COLUMNS_AT_ONCE):
        batch = parts[start : start + _COLUMNS_AT_ONCE]
        wanted = ", ".join(
            quoted(part) if whole else f"{quoted(part)}::DOUBLE AS {quoted(part)}" for part in batch
        )
        read_now = _columns(con, f"SELECT {wanted} {ordered}", source.files)
        for column, numbers in enumerate(read_now, start):
            if whole and np.any(np.ma.filled(np.ma.asarray(numbers), 0) > LARGEST):
                whole, cells = False, _as_floats(cells)
            known = np.ma.asarray(numbers if whole else numbers.astype(np.float64))
            cells[:, column] = np.ma.filled(known, MISSING if whole else np.nan)
    organisations = ["\t".join(row[:3]) for row in about]
    return organisations, parts, cells, {r[1]: r[3:] for r in about if r[0] == "practice"}


def _as_floats(cells: NDArray[Any]) -> NDArray[Any]:
    """Numbers that an int32 does not hold all of: twice the size, on the disk and in memory."""
    return np.where(cells == MISSING, np.nan, cells).astype("<f8")


def _areas(con: duckdb.DuckDBPyConnection, file: Path) -> Homes:
    """Sub-ICB, ICB and region of each PCN, sub-ICB and ICB on the month's map."""
    rows = con.execute(
        f"""SELECT level, code, {", ".join(AREA_COLUMNS)} FROM read_parquet(?)
        WHERE mapped ORDER BY level, code""",
        [str(file)],
    ).fetchall()
    return {"\t".join(row[:2]): row[2:] for row in rows}


def _numbered(homes: Homes, labels: dict[str, int]) -> NDArray[Any]:
    numbers = [[labels.setdefault(one, len(labels)) for one in home] for home in homes.values()]
    return np.array(numbers, dtype="<i4")


def _bench(con: duckdb.DuckDBPyConnection, file: Path) -> tuple[list[str], list[str], NDArray[Any]]:
    deciles = ", ".join(f"deciles[{n}]" for n in range(1, 10))
    group, measure, *statistics = _columns(
        con,
        f"""SELECT concat(level, chr(9), peer), measure, organisations::DOUBLE, mean, {deciles}
        FROM read_parquet(?)""",
        [str(file)],
    )
    groups, measures = sorted(set(group)), sorted(set(measure))
    row = _places(group, groups), _places(measure, measures)
    bench = np.full((len(groups), len(measures), STATISTICS), np.nan, dtype="<f8")
    for place, numbers in enumerate(statistics):
        bench[(*row, place)] = np.ma.filled(np.ma.asarray(numbers), np.nan)
    return groups, measures, bench


def _places(names: NDArray[Any], known: Sequence[str]) -> NDArray[np.intp]:
    at = {name: place for place, name in enumerate(known)}
    return np.array([at[name] for name in names.tolist()], dtype=np.intp)


def packed(block: Block) -> Iterator[bytes]:
    """A block as a file: the SHA-256 of the keys, their length, the keys, the tables."""
    keys = orjson.dumps(block.keys)
    yield hashlib.sha256(keys).digest()
    yield len(keys).to_bytes(_LENGTH, "little")
    yield keys
    for name in TABLES:
        yield block.tables[name].tobytes()


def read_keys(stream: BinaryIO) -> Keys:
    """The keys alone, checked. The tables follow in the stream."""
    digest, length = stream.read(_DIGEST), stream.read(_LENGTH)
    text = stream.read(int.from_bytes(length, "little"))
    if hashlib.sha256(text).digest() != digest:
        raise BadBlock("the keys are not what was written")
    return Keys(**orjson.loads(text))


def read_homes(stream: BinaryIO) -> tuple[Keys, NDArray[Any]]:
    """The keys and the table of homes, without what lies between them."""
    keys = read_keys(stream)
    stream.seek(_bytes(keys, "cube"), os.SEEK_CUR)
    return keys, _table(stream, keys, "homes")


def read(stream: BinaryIO) -> Block:
    """A block whose file has been checked."""
    keys = read_keys(stream)
    return Block(keys, {name: _table(stream, keys, name) for name in TABLES})


def _bytes(keys: Keys, table: str) -> int:
    return np.dtype(keys.kinds[table]).itemsize * int(np.prod(keys.shape(table)))


def _table(stream: BinaryIO, keys: Keys, name: str) -> NDArray[Any]:
    try:
        body = stream.read(_bytes(keys, name))
        return np.frombuffer(body, dtype=keys.kinds[name]).reshape(keys.shape(name))
    except ValueError as error:
        raise BadBlock(f"{name} ends early") from error
