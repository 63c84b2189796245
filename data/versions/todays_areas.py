"""What areas come to with the practices that they have today, for every month.

A practice that moves changes this in every month, however many are held. So no month stores it:
it is added up of the month's practices while months are put together (`data.versions.arrays`),
exactly, as SQL adds up the same columns. A practice is today where its last month has it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.month_block import HOME_COLUMNS, MISSING, NOWHERE, Block, Keys, read_homes
from data.spec import UNALLOCATED, Dataset, Part
from data.versions.todays_homes import carried_on

_COLUMNS_AT_ONCE = 100  # more would take more memory than the month's block
_PLACES = 10.0**6  # a decimal has six: as whole numbers they add up exactly
_UPPER = HOME_COLUMNS[:4]  # the areas of a practice

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class TodaysAreas:
    """The areas of today of the practices of some months."""

    organisations: list[str]  # level, code, membership
    groups: dict[str, int]  # of practices: those in the same areas
    areas: Numbers  # (level, group): place in `organisations`
    parts: dict[str, Part]

    def sums(self, blocks: Sequence[Block], parts: Sequence[str]) -> Floats:
        """(organisation, part) of a month; NaN where missing."""
        at = {part: place for place, part in enumerate(parts)}
        sums = np.full((len(self.organisations), len(parts)), np.nan)
        known = [part for part in parts if self._adds_up(part)]
        sorted_rows = [self._sorted(block.keys) for block in blocks]
        for start in range(0, len(known), _COLUMNS_AT_ONCE):
            batch = [self.parts[part] for part in known[start : start + _COLUMNS_AT_ONCE]]
            columns = [at[part.id] for part in batch]
            scales = np.array([1.0 if part.kind == "count" else _PLACES for part in batch])
            largest = np.array([part.spread == "max" for part in batch])
            added = [
                _added(groups, _cells(block, rows, batch) * scales, largest)
                for block, (rows, groups) in zip(blocks, sorted_rows, strict=True)
            ]
            groups, cells = (np.concatenate(both) for both in zip(*added, strict=True))
            for level in self.areas:
                owners = level[groups]
                order = _in_order(owners)
                places, totals = _added(owners[order], cells[order], largest)
                sums[places[:, None], columns] = totals / scales
        return sums

    def _adds_up(self, part: str) -> bool:
        return part in self.parts and self.parts[part].spread != "published"

    def _sorted(self, keys: Keys) -> tuple[Numbers, Numbers]:
        """A block's rows of practices that are somewhere today, and their groups, ascending."""
        first, codes = _practices(keys)
        groups = np.array([self.groups.get(code, NOWHERE) for code in codes], dtype=np.intp)
        order = _in_order(groups)
        return first + order, groups[order]


def of_today(latest_first: Sequence[Sequence[Path]], declared: Dataset) -> TodaysAreas:
    """The areas that practices have in the last of the months whose blocks are given."""
    homes: dict[str, tuple[str, ...]] = {}
    counted: set[str] = set()
    present: set[str] = set()
    for blocks in latest_first:
        for path in blocks:
            with path.open("rb") as source:
                keys, numbers = read_homes(source)
            counted.update(_practices(keys)[1])
            for row, code in enumerate(keys.practices):
                if code not in homes:
                    areas = numbers[row, : len(_UPPER)].tolist()
                    homes[code] = tuple(keys.labels[number] for number in areas)
        present = present or set(homes)
    moved = carried_on(
        (home for code, home in homes.items() if code not in present),
        (homes[code] for code in present),
    )
    homes |= {code: moved[home] for code, home in homes.items() if code not in present}
    groups: dict[tuple[str, ...], int] = {}
    group_of = {
        code: groups.setdefault(homes[code], len(groups)) for code in counted if code in homes
    }
    levels = [level for level in _UPPER if level in declared.levels]
    named = [[_key(level, home) for home in groups] for level in levels]
    organisations = sorted({key for keys_of_level in named for key in keys_of_level if key})
    places = {key: place for place, key in enumerate(organisations)}
    placed = [[places.get(key, NOWHERE) for key in keys_of_level] for keys_of_level in named]
    return TodaysAreas(
        organisations,
        group_of,
        np.array(placed, dtype=np.intp).reshape(len(levels), len(groups)),
        {part.id: part for part in declared.parts},
    )


def _key(level: str, home: Sequence[str]) -> str:
    """The organisation of a level that practices with that home count in; empty where none is."""
    code = home[_UPPER.index(level)]
    return "" if code in (None, "", UNALLOCATED) else f"{level}\t{code}\tcurrent"


def _practices(keys: Keys) -> tuple[int, list[str]]:
    """The first of a block's rows of practices, which follow one another, and their codes."""
    rows = keys.organisations
    first, end = bisect_left(rows, "practice\t"), bisect_left(rows, "practice\n")
    return first, [key.split("\t")[1] for key in rows[first:end]]


def _in_order(owners: Numbers) -> Numbers:
    """Places of those that are somewhere, by owner."""
    order = np.argsort(owners, kind="stable")
    return order[np.searchsorted(owners[order], 0) :]


def _cells(block: Block, rows: Numbers, parts: Sequence[Part]) -> Floats:
    """(row, part) of a block; NaN where missing."""
    at = {part: place for place, part in enumerate(block.keys.parts)}
    columns = [n for n, part in enumerate(parts) if part.id in at]
    places = [at[parts[n].id] for n in columns]
    stored = _of_columns(block.tables["cube"], rows, places)
    numbers = stored.astype(np.float64)
    if stored.dtype != np.float64:
        np.putmask(numbers, stored == MISSING, np.nan)
    if len(columns) == len(parts):
        return numbers
    cells = np.full((len(rows), len(parts)), np.nan)
    cells[:, columns] = numbers
    return cells


def _of_columns(table: NDArray[Any], rows: Numbers, places: Sequence[int]) -> NDArray[Any]:
    """Columns that follow one another, as those of a month mostly do, are copied in one piece."""
    if places and list(places) == list(range(places[0], places[0] + len(places))):
        return table[rows, places[0] : places[0] + len(places)]
    return table[np.ix_(rows, np.array(places, dtype=np.intp))]


def _added(owners: Numbers, cells: Floats, largest: NDArray[np.bool_]) -> tuple[Numbers, Floats]:
    """Owners of rows in their order and their sums, or the largest of a column.

    NaN where all are missing. Cells are whole numbers, so that they add up exactly.
    """
    if not owners.size:
        return owners, cells
    starts = np.flatnonzero(np.diff(owners, prepend=NOWHERE))
    whole = np.rint(cells)
    missing = np.isnan(whole)
    tops = np.fmax.reduceat(whole[:, largest], starts)
    if missing.any():
        np.putmask(whole, missing, 0)
        totals = np.add.reduceat(whole, starts)
        np.putmask(totals, np.logical_and.reduceat(missing, starts), np.nan)
    else:
        totals = np.add.reduceat(whole, starts)
    totals[:, largest] = tops
    return owners[starts], totals
