"""One published version, opened for reading: the array for hot questions, paths for SQL.

The array holds the cube's parts (organisation, month, part), as int32 where all of them are counts
and as float64 where not, and is memory-mapped, so that worker processes share its pages. What is
read from it is float64, NaN where missing. A trend or a national distribution is a slice of it and
takes microseconds; `data.questions.queries` turns slices into figures.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data import periods
from data.formula import MINIMUM_DENOMINATOR, NOT_SHARES, ratio
from data.month_block import CUBE, HOME_COLUMNS, MISSING
from data.registry import dataset
from data.remembered import Owner
from data.spec import ENGLAND, LEVELS, UNALLOCATED, Dataset, Level, Measure
from data.versions import array_cache
from data.versions.area_homes import AreaHomes
from data.versions.manifest import Manifest
from data.versions.todays_homes import of_numbers
from data.versions.watch import Watch, Watched

LAYOUT = 4  # raise it when a version's files change their names or meaning
ORGANISATIONS = "organisations.parquet"
FACT = "fact"

Membership = str  # "dated": as it was that month; "current": today's membership on all months
Floats = NDArray[np.float64]
Stored = NDArray[np.int32] | Floats
Cells = Callable[[list[int]], Floats]  # the parts in those columns, along the last axis


def month_folder(version_folder: Path, month: date) -> Path:
    return version_folder / "months" / f"{month:%Y-%m}"


def fact_name(table: str = FACT) -> str:
    """File of the publisher's grain in a month's folder: `fact.parquet`, `fact_times.parquet`."""
    return f"{FACT}.parquet" if table == FACT else f"{FACT}_{table}.parquet"


def read(cells: Stored) -> Floats:
    """Cells of an array as float64, NaN where missing."""
    if cells.dtype == np.float64:
        return np.asarray(cells, dtype=np.float64)
    found = cells.astype(np.float64)
    found[cells == MISSING] = np.nan
    return found


def present(cells: Stored) -> NDArray[np.bool_]:
    """Which cells of an array hold a number."""
    return ~np.isnan(cells) if cells.dtype == np.float64 else cells != MISSING


class VersionFiles:
    """A version's manifest and where its files are. Numbers are in a `Snapshot`."""

    def __init__(
        self, folder: Path, manifest: Manifest, *, declared: Dataset | None = None
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.dataset: Dataset = declared or dataset(manifest.dataset)
        self.months: tuple[date, ...] = tuple(sorted(manifest.periods))

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def latest(self) -> date:
        return self.months[-1]

    def label(self, period: date) -> str:
        """A period in words: March 2026, 2024/25, 2025."""
        return periods.label(self.dataset.period, period)

    @cached_property
    def written(self) -> dict[date, str]:
        """Periods as rows give them."""
        return {month: periods.written(self.dataset.period, month) for month in self.months}

    def path(self, name: str) -> str:
        """Path of one of the version's files, for `read_parquet`."""
        return str(self.folder / name)

    def cubes(self) -> list[str]:
        """Paths of every month's sums, as areas were then, for `read_parquet`."""
        return [str(month_folder(self.folder, month) / CUBE) for month in self.months]

    def fact_path(self, month: date, table: str = FACT) -> str:
        return str(month_folder(self.folder, month) / fact_name(table))


class Snapshot(VersionFiles, Owner):
    """A version that stays the same for as long as somebody holds it.

    Some of its months, where only those are asked about, cost what those months cost. Today's
    membership is then that of the last of them.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        *,
        declared: Dataset | None = None,
        months: Collection[date] | None = None,
    ) -> None:
        super().__init__(folder, manifest, declared=declared)
        if months is not None:
            self.months = tuple(month for month in self.months if month in months)
        names = None if months is None else [f"{month:%Y-%m}" for month in self.months]
        opened = array_cache.opened(folder, manifest, self.dataset, months=names)
        self._shared = opened.shared  # other processes open it for as long as this one has it
        self._watched = opened.watched
        arrays, keys = opened.arrays, opened.arrays.keys
        self._array: Stored = arrays.cube.swapaxes(0, 1)
        self._rows: dict[Membership, dict[str, dict[str, int]]] = {
            membership: {level: {} for level in LEVELS} for membership in ("dated", "current")
        }
        for row, key in enumerate(keys.organisations):
            level, code, membership = key.split("\t")
            self._rows[membership][level][sys.intern(code)] = row  # datasets share their codes
        self._has_current = any(self._rows["current"].values())
        self._columns = {month: column for column, month in enumerate(self.months)}
        self._parts = {part: position for position, part in enumerate(keys.parts)}
        self._array = self._with_later_parts(self._array)
        self._whole = {part.id for part in self.dataset.parts if part.kind == "count"}
        self._homes: NDArray[np.int32] = arrays.homes.swapaxes(0, 1)
        self._labels: list[str] = keys.labels
        self._label_numbers = {label: number for number, label in enumerate(self._labels)}
        self._label_months: dict[tuple[int, int], NDArray[np.intp]] = {}
        self._practices: list[str] = [sys.intern(code) for code in keys.practices]
        self._practice_rows = {code: row for row, code in enumerate(self._practices)}
        areas = [key.split("\t") for key in keys.areas]
        self.area_homes = AreaHomes(arrays.areas, areas, self._labels, self._columns)
        self._groups = {group: row for row, group in enumerate(keys.groups)}
        self._measures = {measure: row for row, measure in enumerate(keys.measures)}
        self._bench: Floats = np.moveaxis(arrays.bench, 0, 2)

    def _with_later_parts(self, array: Stored) -> Stored:
        """The array with parts declared since the version was made: missing throughout."""
        later = [part.id for part in self.dataset.parts if part.id not in self._parts]
        if not later:
            return array
        self._parts |= {part: len(self._parts) + n for n, part in enumerate(later)}
        nothing = np.nan if array.dtype == np.float64 else MISSING
        missing = np.full((*array.shape[:2], len(later)), nothing, dtype=array.dtype)
        return np.concatenate([array, missing], axis=2)

    def watch(self) -> Watch:
        """Its files, to be looked at for as long as it is read."""
        own = (Watched(self.folder / n, f.sha256) for n, f in self.manifest.files.items())
        return Watch((*self._watched, *own))

    def has(self, level: Level, code: str) -> bool:
        return code in self._rows["dated"][level]

    def codes(self, level: Level) -> tuple[str, ...]:
        """Codes of a level in the order of `distribution`, dated membership."""
        return self._level_rows[level][0]

    @cached_property
    def _level_rows(self) -> dict[str, tuple[tuple[str, ...], NDArray[np.intp]]]:
        return {
            level: (tuple(rows), np.fromiter(rows.values(), dtype=np.intp, count=len(rows)))
            for level, rows in self._rows["dated"].items()
        }

    def _row(self, level: Level, code: str, membership: Membership) -> int | None:
        if level in ("practice", "england") or not self._has_current:
            membership = "dated"
        return self._rows[membership][level].get(code)

    def _sum(self, cells: Cells, parts: Sequence[str]) -> Floats:
        """Sum of parts; NaN where any of them is missing."""
        return np.asarray(cells([self._parts[part] for part in parts]).sum(axis=-1))

    def _fractions(self, cells: Cells, measure: Measure) -> tuple[Floats, Floats, Floats]:
        """(value, numerator, denominator); the denominator of a plain total is NaN."""
        numerator = self._sum(cells, measure.num_parts)
        if not measure.den:
            return numerator, numerator, np.full_like(numerator, np.nan)
        denominator = self._sum(cells, measure.den_parts)
        return ratio(measure.multiplier, numerator, denominator), numerator, denominator

    def _of_month(self, rows: NDArray[np.intp], month: date) -> Cells:
        """The cells of some organisations in a month. A row of all parts is many times as long."""
        column = self._columns[month]
        return lambda parts: read(self._array[rows[:, None], column, parts])

    def trend(
        self, measure: Measure, level: Level, code: str, *, membership: Membership = "dated"
    ) -> tuple[Floats, Floats, Floats]:
        """(value, numerator, denominator) for every month of the version; NaN where missing."""
        row = self._row(level, code, membership)
        if row is None:
            empty = np.full(len(self.months), np.nan)
            return empty, empty, empty
        block = self._array[row]
        return self._fractions(lambda parts: read(block[:, parts]), measure)

    def at(
        self,
        measure: Measure,
        level: Level,
        code: str,
        *,
        month: date,
        membership: Membership = "dated",
    ) -> tuple[float, float, float]:
        """(value, numerator, denominator) of one month; NaN where missing."""
        row = self._row(level, code, membership)
        column = self._columns.get(month)
        if row is None or column is None:
            return (np.nan, np.nan, np.nan)
        cells = read(self._array[row, column]).tolist()
        numerator = self._total(cells, measure.num_parts)
        if not measure.den:
            return numerator, numerator, np.nan
        denominator = self._total(cells, measure.den_parts)
        value = ratio(measure.multiplier, numerator, denominator)
        return float(value), numerator, denominator

    def _total(self, cells: list[float], parts: Sequence[str]) -> float:
        """Sum of parts of one organisation and month; NaN where any of them is missing."""
        return sum([cells[self._parts[part]] for part in parts])

    def parts_at(
        self,
        level: Level,
        code: str,
        *,
        month: date,
        membership: Membership = "dated",
        parts: Sequence[str] | None = None,
    ) -> dict[str, float | None]:
        """Parts of one organisation in one month, all of them unless told otherwise.

        None where missing, counts as integers.
        """
        wanted = self._parts if parts is None else parts
        row = self._row(level, code, membership)
        column = self._columns.get(month)
        if row is None or column is None:
            return dict.fromkeys(wanted)
        cells = read(self._array[row, column]).tolist()
        found = {part: cells[self._parts[part]] for part in wanted}
        return {
            part: None if cell != cell else int(cell) if part in self._whole else cell
            for part, cell in found.items()
        }

    def published_in(
        self, level: Level, code: str, month: date, *, membership: Membership = "dated"
    ) -> bool:
        """Whether the organisation has anything in that month."""
        row = self._row(level, code, membership)
        column = self._columns.get(month)
        if row is None or column is None:
            return False
        return bool(present(self._array[row, column]).any())

    def published(
        self, level: Level, code: str, *, membership: Membership = "dated"
    ) -> tuple[date, ...]:
        """The months in which the organisation has anything, earliest first."""
        row = self._row(level, code, membership)
        if row is None:
            return ()
        known = np.flatnonzero(present(self._array[row]).any(axis=-1))
        return tuple(self.months[column] for column in known)

    def areas_in(self, level: Level, months: Sequence[date]) -> NDArray[np.bool_]:
        """(code in the order of `codes(level)`, month): whether there is anything."""
        columns = [self._columns[month] for month in months]
        block = self._array[self._level_rows[level][1]][:, columns]
        return np.asarray(present(block).any(axis=-1))

    def values(
        self,
        measures: Sequence[Measure],
        organisations: Sequence[tuple[Level, str]],
        *,
        month: date,
        membership: Membership = "dated",
    ) -> Floats:
        """(organisation, measure) in a month that the version holds; NaN where missing."""
        found = [self._row(level, code, membership) for level, code in organisations]
        rows = np.array([-1 if row is None else row for row in found], dtype=np.intp)
        cells = self._of_month(rows, month)
        values = np.stack([self._fractions(cells, one)[0] for one in measures], axis=-1)
        values[rows < 0] = np.nan
        return values

    def distribution(self, measure: Measure, level: Level, month: date) -> Floats:
        """Values of every organisation of a level, in the order of `codes(level)`."""
        return self._fractions(self._of_month(self._level_rows[level][1], month), measure)[0]

    def comparable(self, measure: Measure, level: Level, month: date) -> Floats:
        """`distribution` with NaN where the denominator is too small to compare."""
        return self.fractions(measure, level, month)[0]

    def fractions(
        self, measure: Measure, level: Level, month: date
    ) -> tuple[Floats, Floats, Floats]:
        """(`comparable`, numerators, denominators) of a level; a total's denominator is NaN."""
        cells = self._of_month(self._level_rows[level][1], month)
        value, numerator, denominator = self._fractions(cells, measure)
        base = self._sum(cells, (measure.base,)) if measure.base else denominator
        if measure.base or (measure.den and measure.unit not in NOT_SHARES):
            value[base < MINIMUM_DENOMINATOR] = np.nan
        return value, numerator, denominator

    @cached_property
    def presence(self) -> NDArray[np.bool_]:
        """(practice in the order of `practices`, month): whether the month holds the practice."""
        return np.asarray(self._homes[:, :, 0] >= 0)

    @property
    def practices(self) -> Sequence[str]:
        """Codes of the practices of any month, in the order of `presence`."""
        return self._practices

    def practice_row(self, code: str) -> int | None:
        """Place of a practice in `practices`."""
        return self._practice_rows.get(code)

    @cached_property
    def _folded_labels(self) -> dict[str, str]:
        return {label.casefold(): label for label in self._labels}

    def published_label(self, text: str) -> str | None:
        """A value of `HOME_COLUMNS` as the version writes it, given in either case of letters."""
        return self._folded_labels.get(text.casefold())

    def joined_labels(self, text: str) -> tuple[str, ...]:
        """Labels that are, or that join with others by a comma, the one that `text` names."""
        wanted = text.casefold()
        return tuple(
            label
            for folded, label in self._folded_labels.items()
            if folded == wanted or wanted in folded.split(", ")
        )

    def counts(
        self,
        keys: Sequence[tuple[Level, str, date]],
        membership: Membership,
        parts: NDArray[np.intp] | None = None,
    ) -> Floats:
        """Parts of (level, code, month) keys as float64 (key, part); NaN where none.

        `parts` are positions that `part_position` gives; all of them by default.
        """
        rows_of = {
            (level, code): self._row(level, code, membership)
            for level, code in {(level, code) for level, code, _ in keys}
        }
        rows = [rows_of[level, code] for level, code, _ in keys]
        known = np.array([-1 if row is None else row for row in rows], dtype=np.intp)
        columns = np.array([self._columns[month] for _, _, month in keys], dtype=np.intp)
        if parts is None:
            block = read(self._array[known, columns])
        else:
            block = read(self._array[known[:, None], columns[:, None], parts])
        block[known < 0] = np.nan
        return block

    def part_position(self, part: str) -> int:
        """Column of a part in `counts`."""
        return self._parts[part]

    @cached_property
    def _known_labels(self) -> list[str | None]:
        return [None if label in ("", UNALLOCATED) else label for label in self._labels]

    def homes(
        self, keys: Sequence[tuple[Level, str, date]], membership: Membership
    ) -> list[list[str | None]]:
        """`HOME_COLUMNS` of (level, practice, month) keys that the version holds."""
        rows = np.array([self._practice_rows[code] for _, code, _ in keys], dtype=np.intp)
        if membership == "current":
            numbers = self._current_homes[rows]
        else:
            columns = np.array([self._columns[month] for _, _, month in keys], dtype=np.intp)
            numbers = np.asarray(self._homes[rows, columns])
        known = self._known_labels
        return [[known[number] for number in home] for home in numbers.tolist()]

    @cached_property
    def _current_homes(self) -> NDArray[np.int32]:
        """(practice, column of HOME_COLUMNS): where each practice is, or would be, today."""
        return of_numbers(self._homes, self._labels)

    def home(self, practice: str, month: date | None = None) -> dict[str, str]:
        """`HOME_COLUMNS` of a practice in a month, or in its last month; empty if it has none."""
        row = self._practice_rows.get(practice)
        if row is None:
            return {}
        if month is None:
            numbers = self._current_homes[row]
        else:
            column = self._columns.get(month)
            if column is None or self._homes[row, column, 0] < 0:
                return {}
            numbers = self._homes[row, column]
        return {
            name: self._labels[number]
            for name, number in zip(HOME_COLUMNS, numbers.tolist(), strict=True)
        }

    def areas(
        self, level: Level, rows: NDArray[np.intp], columns: NDArray[np.intp] | None
    ) -> tuple[Sequence[str], NDArray[np.intp]]:
        """The area of a level that practices belong to: (codes, position of each in them).

        `rows` are places in `practices`, `columns` places in `months`; without columns as in the
        last month of each practice.
        """
        if level == "england":
            return (ENGLAND,), np.zeros(len(rows), dtype=np.intp)
        position = HOME_COLUMNS.index(level)
        if columns is None:
            numbers = self._current_homes[rows, position]
        else:
            numbers = self._homes[rows, columns, position]
        return self._labels, np.asarray(numbers, dtype=np.intp)

    def practices_in(
        self,
        column: str,
        label: str,
        month: date,
        *,
        membership: Membership = "dated",
    ) -> list[str]:
        """Codes of the practices that the month holds with `label` in one of `HOME_COLUMNS`.

        With `membership="current"` the label is that of each practice's latest month. An area
        whose code was not in use that month finds the practices that it had in the nearest month
        in which it was, so that old and new codes both resolve.
        """
        number = self._label_numbers.get(label)
        month_column = self._columns.get(month)
        if number is None or month_column is None:
            return []
        position = HOME_COLUMNS.index(column)
        that_month = self._homes[:, month_column, position]
        if membership == "current":
            chosen = self._current_homes[:, position] == number
        else:
            chosen = that_month == number
            if not chosen.any():
                in_use = self._in_use(position, number)
                if not in_use.size:
                    return []
                nearest = in_use[np.abs(in_use - month_column).argmin()]
                chosen = self._homes[:, nearest, position] == number
        rows = np.flatnonzero(chosen & (that_month >= 0))
        return [self._practices[row] for row in rows.tolist()]

    def _in_use(self, position: int, number: int) -> NDArray[np.intp]:
        """The months in which any practice has the label in that column of `HOME_COLUMNS`."""
        found = self._label_months.get((position, number))
        if found is None:
            found = np.flatnonzero((self._homes[:, :, position] == number).any(axis=0))
            self._label_months[position, number] = found
        return found

    def spread_of(self, measure: Measure, level: Level, peer: str) -> Floats | None:
        """(month, [organisations, mean, 10th … 90th percentile]) over the `level` in one area.

        NaN in months without values; None where the area has no organisation of the level.
        """
        row, column = self._groups.get(f"{level}\t{peer}"), self._measures.get(measure.id)
        return None if row is None or column is None else self._bench[row, column]

    def england(self, measure: Measure, month: date) -> float:
        return self.at(measure, "england", ENGLAND, month=month)[0]
