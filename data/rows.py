"""Rows of a dataset as the API and exports give them: one page at a time, never all of them.

A dataset gives wide rows: a practice and a month, every part as a count and every measure that is
a ratio under `rates`. Those in `LONG` give long rows instead: one for each cell of the publisher's
own table. Which rows a selection holds is decided on arrays of (organisation, month); values are
read for the rows of the page only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.datasets.list_sizes import QUINARY_BANDS, SEXES, band_part
from data.orgs import Directory
from data.selection import Key, Places, Selection, places
from data.snapshot import HOME_COLUMNS, MISSING, Counts, Membership, Snapshot
from data.spec import ENGLAND, UNALLOCATED, Dataset, Measure

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One long row of an organisation and month: labels by dimension, and the parts it adds."""

    labels: tuple[str, ...]
    parts: tuple[str, ...]


def _list_size_cells() -> tuple[Cell, ...]:
    cells = [Cell(("ALL", "ALL"), ("registered",))]
    for name, sexes in (("ALL", tuple(SEXES)), *((name, (s,)) for s, name in SEXES.items())):
        if name != "ALL":
            every = tuple(band_part(sexes[0], band) for band in QUINARY_BANDS)
            cells.append(Cell((name, "ALL"), every))
        for band in QUINARY_BANDS:
            parts = tuple(band_part(sex, band) for sex in sexes)
            cells.append(Cell((name, band), parts))
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class Long:
    """How a dataset gives long rows. `needs` is the part without which a month has only totals."""

    dims: tuple[str, ...]
    value: str  # name of the number
    cells: tuple[Cell, ...]
    needs: str


LONG: dict[str, Long] = {
    "list-sizes": Long(
        dims=("sex", "age_band"),
        value="patients",
        cells=_list_size_cells(),
        needs=band_part("m", QUINARY_BANDS[0]),
    )
}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows `offset` to `offset + limit` of `count`."""

    count: int
    rows: list[Row]


def page(
    snapshot: Snapshot,
    directory: Directory,
    selection: Selection,
    *,
    offset: int,
    limit: int,
) -> Page:
    """One page of a selection, in the order of organisation, month and cell."""
    found = places(snapshot, selection)
    long = LONG.get(snapshot.dataset.id)
    if long is not None:
        return _long(snapshot, directory, selection, long, found, slice(offset, offset + limit))
    keys = found.keys(offset, offset + limit)
    return Page(len(found), _wide(snapshot, directory, keys, selection.membership))


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums of parts as one gather and one reduction: exact integers for many sums at once."""

    gather: NDArray[np.intp]
    starts: NDArray[np.intp]

    def of(self, block: Counts) -> list[list[int | None]]:
        """(row, sum) with None where any part is missing."""
        cells = block[:, self.gather]
        missing = cells == MISSING
        totals = np.add.reduceat(cells, self.starts, axis=1, dtype=np.int64)
        if not missing.any():
            return totals.tolist()
        absent = np.logical_or.reduceat(missing, self.starts, axis=1)
        whole = totals.astype(object)
        whole[absent] = None
        return whole.tolist()


@lru_cache(maxsize=64)
def _sums(snapshot: Snapshot, sums: tuple[tuple[str, ...], ...]) -> _Sums:
    positions = [snapshot.part_position(part) for parts in sums for part in parts]
    starts = [0, *accumulate(len(parts) for parts in sums[:-1])]
    return _Sums(np.array(positions, dtype=np.intp), np.array(starts, dtype=np.intp))


def ratios(dataset: Dataset) -> tuple[Measure, ...]:
    """Measures that wide rows give under `rates`: plain totals are already among the counts."""
    return tuple(measure for measure in dataset.measures if measure.den)


@lru_cache(maxsize=16)
def _wide_sums(snapshot: Snapshot) -> _Sums:
    measures = ratios(snapshot.dataset)
    return _sums(
        snapshot,
        (
            *((part.id,) for part in snapshot.dataset.parts),
            *(measure.num_parts for measure in measures),
            *(measure.den_parts for measure in measures),
        ),
    )


def _wide(
    snapshot: Snapshot, directory: Directory, keys: Sequence[Key], membership: Membership
) -> list[Row]:
    if not keys:
        return []
    dataset = snapshot.dataset
    names = [part.id for part in dataset.parts]
    measures = [(measure.id, measure.multiplier) for measure in ratios(dataset)]
    middle, last = len(names), len(names) + len(measures)
    current = membership == "current"
    rows = []
    for (_, code, month), sums in zip(
        keys, _wide_sums(snapshot).of(snapshot.counts(keys, membership)), strict=True
    ):
        row = _identity(snapshot, directory, code, month, None if current else month)
        row.update(zip(names, sums[:middle], strict=True))
        row["rates"] = {
            name: {
                "value": multiplier * n / d if d and n is not None else None,
                "numerator": n,
                "denominator": d,
            }
            for (name, multiplier), n, d in zip(
                measures, sums[middle:last], sums[last:], strict=True
            )
        }
        rows.append(row)
    return rows


IDENTITY = ("ods_code", "name", "month", *HOME_COLUMNS)


def _identity(
    snapshot: Snapshot, directory: Directory, code: str, month: date, home_of: date | None
) -> Row:
    org = directory.at("practice", code)
    home = snapshot.home(code, home_of)
    row: Row = {"ods_code": code, "name": org.name if org else None, "month": month.isoformat()}
    for column in HOME_COLUMNS:
        label = home.get(column)
        row[column] = label if label and label != UNALLOCATED else None
    return row


LONG_IDENTITY = ("org_type", "org", "name", "month")


def _long(
    snapshot: Snapshot,
    directory: Directory,
    selection: Selection,
    long: Long,
    found: Places,
    wanted: slice,
) -> Page:
    wanted_labels = dict(selection.labels)
    cells = [
        cell
        for cell in long.cells
        if all(
            wanted_labels.get(dim, label) == label
            for dim, label in zip(long.dims, cell.labels, strict=True)
        )
    ]
    totals = [cell for cell in cells if set(cell.labels) == {"ALL"}]
    months = _months_with(snapshot, long.needs)
    detailed = np.array([month in months for month in found.months], dtype=bool)
    each = np.where(detailed, len(cells), len(totals))[found.month] if len(found) else found.month
    ends = each.cumsum()
    count = int(ends[-1]) if len(ends) else 0
    stop = min(wanted.stop, count)
    if wanted.start >= stop:
        return Page(count, [])
    first = int(ends.searchsorted(wanted.start, side="right"))
    last = int(ends.searchsorted(stop, side="left"))
    keys = found.keys(first, last + 1)
    sums = _sums(snapshot, tuple(cell.parts for cell in cells))
    rows: list[Row] = []
    for (level, code, month), values in zip(
        keys, sums.of(snapshot.counts(keys, selection.membership)), strict=True
    ):
        org = directory.at(level, code)
        name = org.name if org else None
        identity = dict(zip(LONG_IDENTITY, (level, code, name, month.isoformat()), strict=True))
        shown = cells if month in months else totals
        rows += [
            {**identity, **dict(zip(long.dims, cell.labels, strict=True)), long.value: value}
            for cell, value in zip(cells, values, strict=True)
            if cell in shown
        ]
    skipped = wanted.start - int(ends[first] - each[first])
    return Page(count, rows[skipped : skipped + stop - wanted.start])


@lru_cache(maxsize=16)
def _months_with(snapshot: Snapshot, part: str) -> frozenset[date]:
    """Months for which the file that gives a part is loaded."""
    keys: list[Key] = [("england", ENGLAND, month) for month in snapshot.months]
    known = snapshot.counts(keys, "dated")[:, snapshot.part_position(part)] != MISSING
    return frozenset(
        month for month, has in zip(snapshot.months, known.tolist(), strict=True) if has
    )
