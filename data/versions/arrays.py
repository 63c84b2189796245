"""The numbers of all months of a version as arrays in one file, which processes map into memory.

The file holds what rows and columns are, then a record for each month: the tables of its block
(`data.month_block`), laid out in the rows and columns that all months have together. An array of
(month, ...) is a view that steps from record to record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
from numpy.typing import NDArray

from data.month_block import MISSING, NOWHERE, TABLES, Block, Keys, read, read_keys
from data.spec import Dataset
from data.versions.todays_areas import of_today

_ALIGNED = 64  # bytes
_LENGTH = 8  # bytes that hold the length of what rows and columns are


@dataclass(frozen=True, slots=True)
class Arrays:
    """Tables of (month, ...) and what their rows and columns are."""

    months: list[str]  # as `2026-03`
    keys: Keys
    cube: NDArray[Any]
    homes: NDArray[np.int32]
    areas: NDArray[np.int32]
    bench: NDArray[np.float64]


def write(stream: BinaryIO, months: dict[str, list[Path]], *, declared: Dataset) -> None:
    """Write the arrays of the blocks of months, of which one month is in memory at a time."""
    today = of_today([months[month] for month in reversed(months)], declared)
    keys = _together([months[month][0] for month in reversed(months)], today.organisations)
    todays_rows = _places(today.organisations, keys.organisations)
    named = {name: getattr(keys, name) for name in Keys.__slots__}
    about = orjson.dumps({"months": list(months), "keys": named})
    stream.write(len(about).to_bytes(_LENGTH, "little"))
    stream.write(about)
    stream.write(bytes(-(_LENGTH + len(about)) % _ALIGNED))
    for paths in months.values():
        tables = _tables(keys)
        blocks = [_read(path) for path in paths]
        _place(blocks[0], tables, keys)
        tables["cube"][todays_rows] = _stored(today.sums(blocks, keys.parts), tables["cube"].dtype)
        for table in tables.values():
            stream.write(table.data)
            stream.write(bytes(-table.nbytes % _ALIGNED))


def view(buffer: Any) -> Arrays:
    """The arrays in a file that is mapped into memory."""
    length = int.from_bytes(buffer[:_LENGTH], "little")
    about = orjson.loads(buffer[_LENGTH : _LENGTH + length])
    keys, months = Keys(**about["keys"]), about["months"]
    record = sum(_aligned(_size(keys, name)) for name in TABLES)
    start, tables = _aligned(_LENGTH + length), {}
    for name in TABLES:
        kind, shape = np.dtype(keys.kinds[name]), keys.shape(name)
        steps = [kind.itemsize * int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
        tables[name] = np.ndarray(
            (len(months), *shape), kind, buffer, offset=start, strides=(record, *steps)
        )
        start += _aligned(_size(keys, name))
    return Arrays(months, keys, *(tables[name] for name in TABLES))


def _aligned(size: int) -> int:
    return size + -size % _ALIGNED


def _size(keys: Keys, table: str) -> int:
    return np.dtype(keys.kinds[table]).itemsize * int(np.prod(keys.shape(table)))


def _read(path: Path) -> Block:
    with path.open("rb") as source:
        return read(source)


def _stored(cells: NDArray[np.float64], kind: np.dtype[Any]) -> NDArray[Any]:
    """Sums as the cube holds them. England's are larger, so an int32 that holds those is enough."""
    if kind == np.float64:
        return cells
    return np.where(np.isnan(cells), MISSING, cells).astype(kind)


def _together(blocks: Sequence[Path], organisations: Sequence[str]) -> Keys:
    """The rows and columns of all blocks, and more rows; parts in the order of the first."""
    every: dict[str, dict[str, None]] = {name: {} for name in Keys.__slots__ if name != "kinds"}
    kinds: dict[str, str] = {}
    for path in blocks:
        with path.open("rb") as source:
            own = read_keys(source)
        for name, known in every.items():
            known |= dict.fromkeys(getattr(own, name))
        wide = kinds.get("cube", own.kinds["cube"])
        kinds = own.kinds | ({"cube": wide} if wide == "<f8" else {})
    every["organisations"] |= dict.fromkeys(organisations)
    ordered = {
        name: list(known) if name in ("parts", "labels") else sorted(known)
        for name, known in every.items()
    }
    return Keys(**ordered, kinds=kinds)


def _tables(keys: Keys) -> dict[str, NDArray[Any]]:
    """The tables of a month of which nothing is known."""
    whole = keys.kinds["cube"] == "<i4"
    nothing = {"cube": MISSING if whole else np.nan, "bench": np.nan}
    return {
        name: np.full(keys.shape(name), nothing.get(name, NOWHERE), dtype=keys.kinds[name])
        for name in TABLES
    }


def _place(block: Block, tables: Mapping[str, NDArray[Any]], keys: Keys) -> None:
    """Put a block where its rows and columns are among those of all months."""
    own, cube = block.keys, block.tables["cube"]
    if tables["cube"].dtype == np.float64 and cube.dtype != np.float64:
        cube = np.where(cube == MISSING, np.nan, cube)
    rows, columns = _places(own.organisations, keys.organisations), _places(own.parts, keys.parts)
    tables["cube"][rows[:, None], columns] = cube
    rows, columns = _places(own.groups, keys.groups), _places(own.measures, keys.measures)
    tables["bench"][rows[:, None], columns] = block.tables["bench"]
    labels = np.array([*_places(own.labels, keys.labels), NOWHERE], dtype="<i4")
    tables["homes"][_places(own.practices, keys.practices)] = labels[block.tables["homes"]]
    tables["areas"][_places(own.areas, keys.areas)] = labels[block.tables["areas"]]


def _places(own: Sequence[str], every: Sequence[str]) -> NDArray[np.intp]:
    """Where each of a block's rows or columns is among those of all months."""
    at = {key: place for place, key in enumerate(every)}
    return np.array([at[key] for key in own], dtype=np.intp)
