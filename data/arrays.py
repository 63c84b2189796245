"""The numbers of all months of a version as arrays in one file, which processes map into memory.

The file holds what rows and columns are, then a record for each month: the tables of its block
(`data.month_block`), laid out in the rows and columns that all months have together. An array of
(month, ...) is a view that steps from record to record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
from numpy.typing import NDArray

from data.month_block import MISSING, NOWHERE, TABLES, Block, Keys, read, read_keys

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


def write(stream: BinaryIO, months: Sequence[str], blocks: Sequence[Path]) -> None:
    """Write the arrays of months, of which one is in memory at a time."""
    keys = _together(blocks)
    named = {name: getattr(keys, name) for name in Keys.__slots__}
    about = orjson.dumps({"months": list(months), "keys": named})
    stream.write(len(about).to_bytes(_LENGTH, "little"))
    stream.write(about)
    stream.write(bytes(-(_LENGTH + len(about)) % _ALIGNED))
    for path in blocks:
        with path.open("rb") as source:
            block = read(source)
        for table in _placed(block, keys):
            stream.write(table.tobytes())
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


def _together(blocks: Sequence[Path]) -> Keys:
    """The rows and columns of all blocks; parts in the order of the newest month."""
    every: dict[str, dict[str, None]] = {name: {} for name in Keys.__slots__ if name != "kinds"}
    kinds: dict[str, str] = {}
    for path in reversed(blocks):
        with path.open("rb") as source:
            own = read_keys(source)
        for name, known in every.items():
            known |= dict.fromkeys(getattr(own, name))
        wide = kinds.get("cube", own.kinds["cube"])
        kinds = own.kinds | ({"cube": wide} if wide == "<f8" else {})
    ordered = {
        name: list(known) if name in ("parts", "labels") else sorted(known)
        for name, known in every.items()
    }
    return Keys(**ordered, kinds=kinds)


def _placed(block: Block, keys: Keys) -> Iterator[NDArray[Any]]:
    """The tables of a block in the rows and columns of all months."""
    own = block.keys
    cube = block.tables["cube"]
    missing: float = np.nan
    if keys.kinds["cube"] == "<i4":
        missing = MISSING
    elif cube.dtype != np.float64:
        cube = np.where(cube == MISSING, np.nan, cube)
    numbers = np.array([*_places(own.labels, keys.labels), NOWHERE], dtype="<i4")
    rows = {
        "cube": (own.organisations, keys.organisations),
        "homes": (own.practices, keys.practices),
        "areas": (own.areas, keys.areas),
        "bench": (own.groups, keys.groups),
    }
    columns = {"cube": (own.parts, keys.parts), "bench": (own.measures, keys.measures)}
    tables = {
        "cube": (cube, missing),
        "homes": (numbers[block.tables["homes"]], NOWHERE),
        "areas": (numbers[block.tables["areas"]], NOWHERE),
        "bench": (block.tables["bench"], np.nan),
    }
    for name in TABLES:
        table, nothing = tables[name]
        whole = np.full(keys.shape(name), nothing, dtype=keys.kinds[name])
        at = _places(*rows[name])
        if name in columns:
            whole[at[:, None], _places(*columns[name])] = table
        else:
            whole[at] = table
        yield whole


def _places(own: Sequence[str], every: Sequence[str]) -> NDArray[np.intp]:
    """Where each of a block's rows or columns is among those of all months."""
    at = {key: place for place, key in enumerate(every)}
    return np.array([at[key] for key in own], dtype=np.intp)
