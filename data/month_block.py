"""The numbers of one month of a version as arrays, and the file in which a host keeps them.

    cube   parts (organisation, part): int32 where all are counts, float64 where not
    homes  areas and supplier of practices (practice, column), as numbers of labels
    areas  areas above areas (area, column), as numbers of labels
    bench  spread (peer group, measure, [organisations, mean, 9 deciles]), float64

A month has two: what it was, and the sums of the practices that areas have today. Each follows from
some of the month's Parquet alone, so versions share it for as long as that stays what it is. The
second, a small part of the first, changes with every practice that moves.
"""

from __future__ import annotations

import hashlib
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
CURRENT = "current.parquet"  # the same of the practices that areas have today
AREAS = "areas.parquet"  # names and homes of areas that month
BENCH = "bench.parquet"
BLOCKS = ((CUBE, AREAS, BENCH), (CURRENT,))  # what each is filled from
HOME_COLUMNS = ("pcn", "sub_icb", "icb", "region", "supplier")
AREA_COLUMNS = ("sub_icb", "icb", "region")
CUBE_COLUMNS = ("level", "code", "membership", "month", *HOME_COLUMNS)
STATISTICS = 11  # organisations, mean, deciles
MISSING = np.iinfo(np.int32).min  # in an array of int32, which has no NaN
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
    month = _Month(con, folder)
    labels: dict[str, int] = {}
    organisations, parts, cube = _cube(month, sources[0])
    practices, homes = _homes(month, labels) if CUBE in sources else ([], [])
    areas, above = _areas(month, labels) if AREAS in sources else ([], [])
    groups, measures, bench = _bench(month) if BENCH in sources else ([], [], np.empty(0))
    tables = {
        "cube": cube,
        "homes": np.array(homes, dtype="<i4"),
        "areas": np.array(above, dtype="<i4"),
        "bench": bench,
    }
    kinds = {name: table.dtype.str for name, table in tables.items()}
    keys = Keys(organisations, parts, practices, areas, groups, measures, list(labels), kinds)
    return Block(keys, {name: table.reshape(keys.shape(name)) for name, table in tables.items()})


@dataclass(frozen=True, slots=True)
class _Month:
    """The Parquet of a month."""

    con: duckdb.DuckDBPyConnection
    folder: Path

    def rows(self, query: str, file: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query, [str(self.folder / file)]).fetchall()

    def columns(self, query: str, file: str) -> list[NDArray[Any]]:
        """Columns of numbers; those without a number are masked."""
        return list(self.con.execute(query, [str(self.folder / file)]).fetchnumpy().values())


def _cube(month: _Month, file: str) -> tuple[list[str], list[str], NDArray[Any]]:
    described = month.rows("DESCRIBE SELECT * FROM read_parquet(?)", file)
    kinds = {name: kind for name, kind, *_ in described if name not in CUBE_COLUMNS}
    parts = list(kinds)
    ordered = "FROM read_parquet(?) ORDER BY level, code, membership"
    keys = ["\t".join(key) for key in month.rows(f"SELECT level, code, membership {ordered}", file)]
    whole = _are_integers(month, file, kinds)
    kind, missing = ("INTEGER", MISSING) if whole else ("DOUBLE", np.nan)
    cells = np.empty((len(keys), len(parts)), dtype="<i4" if whole else "<f8")
    for start in range(0, len(parts), _COLUMNS_AT_ONCE):
        batch = parts[start : start + _COLUMNS_AT_ONCE]
        wanted = ", ".join(f"{quoted(part)}::{kind} AS {quoted(part)}" for part in batch)
        for column, numbers in enumerate(month.columns(f"SELECT {wanted} {ordered}", file), start):
            cells[:, column] = np.ma.filled(np.ma.asarray(numbers), missing)
    return keys, parts, cells


def _are_integers(month: _Month, file: str, kinds: dict[str, str]) -> bool:
    """Whether an int32 holds every part: half of float64, on the disk and in memory."""
    if any(kind != "BIGINT" for kind in kinds.values()):
        return False
    largest = ", ".join(f"max({quoted(part)})" for part in kinds)
    most = month.rows(f"SELECT greatest({largest}) FROM read_parquet(?)", file)[0][0]
    return most is None or most <= np.iinfo(np.int32).max


def _numbered(homes: Sequence[Sequence[str]], labels: dict[str, int]) -> list[list[int]]:
    return [[labels.setdefault(label, len(labels)) for label in home] for home in homes]


def _homes(month: _Month, labels: dict[str, int]) -> tuple[list[str], list[list[int]]]:
    """PCN, sub-ICB, ICB, region and supplier of each practice."""
    rows = month.rows(
        f"""SELECT code, {", ".join(HOME_COLUMNS)} FROM read_parquet(?)
        WHERE level = 'practice' ORDER BY code""",
        CUBE,
    )
    return [code for code, *_ in rows], _numbered([home for _, *home in rows], labels)


def _areas(month: _Month, labels: dict[str, int]) -> tuple[list[str], list[list[int]]]:
    """Sub-ICB, ICB and region of each PCN, sub-ICB and ICB on the month's map."""
    rows = month.rows(
        f"""SELECT level, code, {", ".join(AREA_COLUMNS)} FROM read_parquet(?)
        WHERE mapped ORDER BY level, code""",
        AREAS,
    )
    above = _numbered([home for _, _, *home in rows], labels)
    return ["\t".join(row[:2]) for row in rows], above


def _bench(month: _Month) -> tuple[list[str], list[str], NDArray[Any]]:
    groups = month.rows("SELECT DISTINCT level, peer FROM read_parquet(?) ORDER BY ALL", BENCH)
    measures = month.rows("SELECT DISTINCT measure FROM read_parquet(?) ORDER BY ALL", BENCH)
    deciles = ", ".join(f"deciles[{n}]" for n in range(1, 10))
    row, column, *statistics = month.columns(
        f"""SELECT dense_rank() OVER (ORDER BY level, peer) - 1,
                   dense_rank() OVER (ORDER BY measure) - 1,
                   organisations::DOUBLE, mean, {deciles} FROM read_parquet(?)""",
        BENCH,
    )
    bench = np.full((len(groups), len(measures), STATISTICS), np.nan, dtype="<f8")
    for place, numbers in enumerate(statistics):
        bench[row, column, place] = np.ma.filled(np.ma.asarray(numbers), np.nan)
    return ["\t".join(group) for group in groups], [name for (name,) in measures], bench


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


def read(stream: BinaryIO) -> Block:
    """A block whose file has been checked."""
    keys = read_keys(stream)
    tables = {}
    for name in TABLES:
        kind, shape = np.dtype(keys.kinds[name]), keys.shape(name)
        body = stream.read(kind.itemsize * int(np.prod(shape)))
        try:
            tables[name] = np.frombuffer(body, dtype=kind).reshape(shape)
        except ValueError as error:
            raise BadBlock(f"{name} ends early") from error
    return Block(keys, tables)
