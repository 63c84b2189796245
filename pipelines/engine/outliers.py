"""Figures out of all proportion to the same practice's periods around them.

They are published as they are: the publisher gave them. A note says so, and administrators see
which they are, because most are slips of somebody's keyboard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from data.formula import quoted
from data.spec import UNASSIGNED, Dataset, Part
from data.versions.manifest import Outlier
from data.versions.snapshot import month_folder
from pipelines.engine.units import Series, sql_text

_TIMES = 10  # by which it is more or less than both of the others
_ALIKE = 2  # times by which those two may differ from each other
_LEAST = {"count": (20, 200), "decimal": (1, 50)}  # of those two, and of the difference
_MOST_PARTS = 300
_PARTS_AT_ONCE = 60  # more would take more memory
_KEPT = 200  # of a period, those that differ most
_NAMED = 3
WORDS = "out of all proportion"

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def find(
    con: duckdb.DuckDBPyConnection,
    staged: Path,
    dataset: Dataset,
    *,
    held: Sequence[date],
    built: Collection[date],
) -> Iterator[Outlier]:
    """Outliers of every period that was built now, and of those beside them."""
    parts, again = _parts(dataset), affected(held, built)
    for at, period in enumerate(held):
        if period not in again or not parts:
            continue
        beside = _beside(held, at)
        paths = [month_folder(staged, month) / "parts.parquet" for month in (period, *beside)]
        if len(beside) == 2 and all(path.exists() for path in paths):
            yield from _of_period(con, period, parts, paths)


def affected(held: Sequence[date], built: Collection[date]) -> set[date]:
    """The periods of which `find` says anew whether they have outliers."""
    return {
        period for at, period in enumerate(held) if set(built) & set(held[max(0, at - 2) : at + 3])
    }


def notes(series: Series, found: Sequence[Outlier]) -> list[str]:
    """One for each period, with the first few named."""
    labels = {part.id: part.label for part in series.dataset.parts}
    said = []
    for period in sorted({one.period for one in found}):
        here = [one for one in found if one.period == period]
        named = "; ".join(
            f"{one.practice}, {labels.get(one.part, one.part)}: {one.value:,.10g} where "
            f"{one.before:,.10g} and {one.after:,.10g} stand beside it"
            for one in here[:_NAMED]
        )
        more = f"; and {len(here) - _NAMED:,} more" if len(here) > _NAMED else ""
        said.append(
            f"{series.named(period)} has figures {WORDS} to the same practice's "
            f"other periods, which are shown as published: {named}{more}."
        )
    return said


def _parts(dataset: Dataset) -> list[Part]:
    """What measures count, without what only divides."""
    wanted = dict.fromkeys(part for measure in dataset.measures for part in measure.num_parts)
    found = [dataset.part(part) for part in wanted]
    return [part for part in found if part.spread == "sum"][:_MOST_PARTS]


def _beside(held: Sequence[date], at: int) -> Sequence[date]:
    """The periods before and after; at either end the two nearest."""
    if at == 0:
        return held[1:3]
    return held[at - 2 : at] if at == len(held) - 1 else (held[at - 1], held[at + 1])


def _of_period(
    con: duckdb.DuckDBPyConnection, period: date, parts: Sequence[Part], paths: Sequence[Path]
) -> Iterator[Outlier]:
    """In arrays: a query that names hundreds of parts takes longer to plan than to run."""
    found: list[Outlier] = []
    for start in range(0, len(parts), _PARTS_AT_ONCE):
        batch = parts[start : start + _PARTS_AT_ONCE]
        tables = [_numbers(con, path, batch) for path in paths]
        shared = sorted(set.intersection(*(set(codes) for codes, _ in tables)))
        own, before, after = (cells[[codes[code] for code in shared]] for codes, cells in tables)
        for row, column in np.argwhere(_are_odd(own, before, after, batch)).tolist():
            numbers = (float(cells[row, column]) for cells in (own, before, after))
            found.append(Outlier(period, shared[row], batch[column].id, *numbers))
    found.sort(key=lambda one: (-_times(one), one.practice, one.part))
    yield from found[:_KEPT]


def _numbers(
    con: duckdb.DuckDBPyConnection, path: Path, parts: Sequence[Part]
) -> tuple[dict[str, int], Floats]:
    """The row of each practice, and its parts; NaN where one is not there."""
    columns = ", ".join(f"{quoted(part.id)}::DOUBLE" for part in parts)
    table = con.execute(
        f"""SELECT practice, {columns} FROM {sql_text(path)}
        WHERE NOT starts_with(practice, '{UNASSIGNED}')"""
    ).fetchnumpy()
    practices, *numbers = table.values()
    cells = [np.ma.filled(np.ma.asarray(column), np.nan) for column in numbers]
    return {code: row for row, code in enumerate(practices)}, np.stack(cells, axis=1)


def _are_odd(value: Floats, before: Floats, after: Floats, parts: Sequence[Part]) -> Flags:
    least, apart = np.array([_LEAST[part.kind] for part in parts], dtype=np.float64).T
    low, high = np.minimum(before, after), np.maximum(before, after)
    more = (value >= _TIMES * high) & (value - high >= apart)
    less = (value > 0) & (_TIMES * value <= low) & (low - value >= apart)
    return (low >= least) & (high <= _ALIKE * low) & (more | less)


def _times(one: Outlier) -> float:
    return max(one.value / one.before, one.before / one.value)
