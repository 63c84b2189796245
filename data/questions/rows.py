"""Rows of a dataset as the API and exports give them: one page at a time, never all of them.

A dataset gives wide rows: an organisation and a month, every part as a count, and every measure
that is a ratio under `rates`, with its two halves under `numerators` and `denominators`. Those in
`LONG` give long rows instead: one for each cell of the publisher's own table. Which rows a
selection holds is decided on arrays of (organisation, month); values are read for the rows of the
page only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data import periods
from data.datasets.list_sizes import QUINARY_BANDS, SEXES, band_part
from data.formula import ratio
from data.month_block import HOME_COLUMNS
from data.questions.coverage import named
from data.questions.selection import Key, Numbers, Places, Selection, places
from data.remembered import remembered
from data.spec import ENGLAND, Dataset, Measure
from data.versions.orgs import Organisations
from data.versions.snapshot import Floats, Membership, Snapshot

Row = dict[str, Any]
Flags = NDArray[np.bool_]


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

# Their address gives rows of the publisher's own table, which hold neither parts nor measures.
OF_THE_PUBLISHER = frozenset({"practices", "nwrs", "gp-patient-survey", "pcn-des"})


@dataclass(frozen=True, slots=True)
class Page:
    """Rows `offset` to `offset + limit` of `count`."""

    count: int
    rows: list[Row]


def page(
    snapshot: Snapshot,
    directory: Organisations,
    selection: Selection,
    *,
    offset: int,
    limit: int,
    fields: frozenset[str] = frozenset(),
) -> Page:
    """One page of a selection, in the order of organisation, month and cell.

    `fields` are some of `field_names`; without any, rows have them all.
    """
    found = places(snapshot, selection)
    long = LONG.get(snapshot.dataset.id)
    if long is not None:
        wanted = slice(offset, offset + limit)
        whole = _long(snapshot, directory, selection, long, found, wanted)
        if not fields:
            return whole
        cut = [{name: row[name] for name in row if name in fields} for row in whole.rows]
        return Page(whole.count, cut)
    keys = found.keys(offset, offset + limit)
    membership = selection.membership
    rows = _wide(snapshot, directory, keys, membership=membership, fields=fields)
    return Page(len(found), rows)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums of parts as one gather and one reduction. `whole` are the sums of counts only."""

    gather: Numbers
    starts: Numbers
    whole: Flags

    def of(self, snapshot: Snapshot, keys: Sequence[Key], membership: Membership) -> Floats:
        """(key, sum), NaN where a part of the sum is missing; decimals to their six places."""
        if not len(self.starts):
            return np.empty((len(keys), 0))
        parts = snapshot.counts(keys, membership, self.gather)
        totals = np.add.reduceat(parts, self.starts, axis=1)
        return totals if self.whole.all() else totals.round(DECIMALS)


DECIMALS = 6  # of a decimal part


def _listed(values: Floats, whole: Flags | None = None) -> list[list[Any]]:
    """Rows of Python numbers, None where missing; columns in `whole` as integers."""
    missing = np.isnan(values)
    if whole is not None and whole.all():
        numbers: NDArray[Any] = np.where(missing, 0, values).astype(np.int64)
    else:
        numbers = values
    if missing.any() or (whole is not None and whole.any() and not whole.all()):
        numbers = numbers.astype(object)
        if whole is not None and not whole.all():
            numbers[:, whole] = np.where(missing, 0, values)[:, whole].astype(np.int64)
        numbers[missing] = None
    rows: list[list[Any]] = numbers.tolist()
    return rows


@remembered
def _sums(snapshot: Snapshot, sums: tuple[tuple[str, ...], ...]) -> _Sums:
    positions = [snapshot.part_position(part) for parts in sums for part in parts]
    starts = [0, *accumulate(len(parts) for parts in sums[:-1])] if sums else []
    kinds = {part.id: part.kind for part in snapshot.dataset.parts}
    whole = [all(kinds[part] == "count" for part in parts) for parts in sums]
    return _Sums(
        np.array(positions, dtype=np.intp),
        np.array(starts, dtype=np.intp),
        np.array(whole, dtype=bool),
    )


def ratios(dataset: Dataset) -> tuple[Measure, ...]:
    """Measures that wide rows give under `rates`: plain totals are already among the counts."""
    return tuple(measure for measure in dataset.measures if measure.den)


IDENTITY = ("ods_code", "name", "month", *HOME_COLUMNS)


def identity(dataset: Dataset) -> tuple[str, ...]:
    """Names of a wide row's first columns; annual datasets have a `year` for a `month`."""
    period = periods.column(dataset)
    names = IDENTITY if dataset.has_practices else LONG_IDENTITY
    return tuple(period if name == "month" else name for name in names)


def code_column(dataset: Dataset) -> str:
    """The name of an organisation's code in a dataset's rows."""
    return "ods_code" if dataset.has_practices else "org"


def field_names(dataset: Dataset) -> tuple[str, ...]:
    """Every name by which a row's members can be chosen."""
    if long := LONG.get(dataset.id):
        return (*LONG_IDENTITY, *long.dims, long.value)
    return (
        *identity(dataset),
        *(part.id for part in dataset.parts),
        "rates",
        *(f"rates.{measure.id}" for measure in ratios(dataset)),
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a wide row holds: identity columns, counts, and rates in the order of their sums."""

    shown: tuple[int, ...]  # positions in `IDENTITY`
    names: tuple[str, ...]  # of the identity columns and the counts
    counts: int
    rates: tuple[str, ...]
    scales: Floats
    sums: _Sums


@remembered
def _layout(snapshot: Snapshot, fields: frozenset[str]) -> _Layout:
    columns = identity(snapshot.dataset)
    shown = tuple(i for i, name in enumerate(columns) if not fields or name in fields)
    counts = tuple(p.id for p in snapshot.dataset.parts if not fields or p.id in fields)
    measures = tuple(
        measure
        for measure in ratios(snapshot.dataset)
        if not fields or "rates" in fields or f"rates.{measure.id}" in fields
    )
    sums = (
        *((part,) for part in counts),
        *(measure.num_parts for measure in measures),
        *(measure.den_parts for measure in measures),
    )
    return _Layout(
        shown=shown,
        names=(*(columns[i] for i in shown), *counts),
        counts=len(counts),
        rates=tuple(measure.id for measure in measures),
        scales=np.array([measure.multiplier for measure in measures], dtype=np.float64),
        sums=_sums(snapshot, sums),
    )


def _wide(
    snapshot: Snapshot,
    directory: Organisations,
    keys: Sequence[Key],
    *,
    membership: Membership,
    fields: frozenset[str],
) -> list[Row]:
    if not keys:
        return []
    layout = _layout(snapshot, fields)
    totals = layout.sums.of(snapshot, keys, membership)
    identities = _identities(snapshot, directory, keys, membership=membership, layout=layout)
    numbers = _listed(totals, layout.sums.whole)
    counts, rates = layout.counts, layout.rates
    rows: list[Row] = [
        dict(zip(layout.names, known + values[:counts], strict=True))
        for known, values in zip(identities, numbers, strict=True)
    ]
    if rates:
        middle = counts + len(rates)
        rated = _rated(layout, totals[:, counts:middle], totals[:, middle:])
        for row, ratios_of, values in zip(rows, rated, numbers, strict=True):
            row["rates"] = dict(zip(rates, ratios_of, strict=True))
            row["numerators"] = dict(zip(rates, values[counts:middle], strict=True))
            row["denominators"] = dict(zip(rates, values[middle:], strict=True))
    return rows


def _rated(layout: _Layout, numerators: Floats, denominators: Floats) -> list[list[Any]]:
    return _listed(ratio(layout.scales, numerators, denominators))


def _identities(
    snapshot: Snapshot,
    directory: Organisations,
    keys: Sequence[Key],
    *,
    membership: Membership,
    layout: _Layout,
) -> list[list[Any]]:
    """The chosen columns of `IDENTITY` for each key."""
    written = snapshot.written
    columns = identity(snapshot.dataset)
    if [columns[position] for position in layout.shown] == [periods.column(snapshot.dataset)]:
        return [[written[month]] for _, _, month in keys]
    names = _names(snapshot, directory, keys)
    every: list[list[Any]]
    if not snapshot.dataset.has_practices:
        every = [
            [level, code, name, written[month]]
            for (level, code, month), name in zip(keys, names, strict=True)
        ]
        return [[row[position] for position in layout.shown] for row in every]
    homes: Sequence[Sequence[str | None]] = (
        snapshot.homes(keys, membership)
        if keys[0][0] == "practice"
        else [(None,) * len(HOME_COLUMNS)] * len(keys)
    )
    every = [
        [code, name, written[month], *home]
        for (_, code, month), name, home in zip(keys, names, homes, strict=True)
    ]
    if len(layout.shown) == len(IDENTITY):
        return every
    return [[row[position] for position in layout.shown] for row in every]


def _names(snapshot: Snapshot, directory: Organisations, keys: Sequence[Key]) -> list[str | None]:
    """Names of the organisations of keys; England's says how much of it a period covers."""
    known = {(level, code): directory.at(level, code) for level, code in {key[:2] for key in keys}}
    names = []
    for level, code, month in keys:
        org = known[level, code]
        if org is not None and level == "england":
            org = named(snapshot, directory, org, month=month)
        names.append(org.name if org else None)
    return names


LONG_IDENTITY = ("org_type", "org", "name", "month")


def _long(
    snapshot: Snapshot,
    directory: Organisations,
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
    numbers = _listed(sums.of(snapshot, keys, selection.membership), sums.whole)
    names = _names(snapshot, directory, keys)
    for (level, code, month), name, values in zip(keys, names, numbers, strict=True):
        about = dict(zip(LONG_IDENTITY, (level, code, name, month.isoformat()), strict=True))
        shown = cells if month in months else totals
        rows += [
            {**about, **dict(zip(long.dims, cell.labels, strict=True)), long.value: value}
            for cell, value in zip(cells, values, strict=True)
            if cell in shown
        ]
    skipped = wanted.start - int(ends[first] - each[first])
    return Page(count, rows[skipped : skipped + stop - wanted.start])


@remembered
def _months_with(snapshot: Snapshot, part: str) -> frozenset[date]:
    """Months for which the file that gives a part is loaded."""
    keys: list[Key] = [("england", ENGLAND, month) for month in snapshot.months]
    known = ~np.isnan(snapshot.counts(keys, "dated")[:, snapshot.part_position(part)])
    return frozenset(
        month for month, has in zip(snapshot.months, known.tolist(), strict=True) if has
    )
