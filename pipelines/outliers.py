"""Figures out of all proportion to the same practice's periods around them.

They are published as they are: the publisher gave them. A note says so, and administrators see
which they are, because most are slips of somebody's keyboard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb

from data.formula import quoted
from data.manifest import Outlier
from data.snapshot import month_folder
from data.spec import UNASSIGNED, Dataset, Part
from pipelines.units import Series, sql_text

_TIMES = 10  # by which it is more or less than both of the others
_ALIKE = 2  # times by which those two may differ from each other
_LEAST = {"count": (20, 200), "decimal": (1, 50)}  # of those two, and of the difference
_MOST_PARTS = 300
_KEPT = 200  # of a period, those that differ most
_NAMED = 3
WORDS = "out of all proportion"


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
    looked = ", ".join(_case(part) for part in parts)
    own, before, after = (f"read_parquet({sql_text(path)})" for path in paths)
    found = con.execute(
        f"""SELECT practice, odd.part, odd.value, odd.before, odd.after FROM (
            SELECT practice, unnest(list_filter([{looked}], lambda one: one IS NOT NULL)) AS odd
            FROM {own} x JOIN {before} b USING (practice) JOIN {after} a USING (practice)
            WHERE NOT starts_with(practice, '{UNASSIGNED}'))
        ORDER BY greatest(odd.value / odd.before, odd.before / odd.value) DESC, 1, 2
        LIMIT {_KEPT}"""
    ).fetchall()
    for practice, part, value, earlier, later in found:
        yield Outlier(period, practice, part, value, earlier, later)


def _case(part: Part) -> str:
    value, before, after = (f"{table}.{quoted(part.id)}::DOUBLE" for table in "xba")
    least, apart = _LEAST[part.kind]
    # least() and greatest() pass over what is not there.
    low, high = f"least({before}, {after})", f"greatest({before}, {after})"
    return (
        f"CASE WHEN {before} + {after} IS NOT NULL AND {low} >= {least} "
        f"AND {high} <= {_ALIKE} * {low} AND ("
        f"({value} >= {_TIMES} * {high} AND {value} - {high} >= {apart}) OR "
        f"({value} > 0 AND {_TIMES} * {value} <= {low} AND {low} - {value} >= {apart})) "
        f"THEN {{part: {sql_text(part.id)}, value: {value}, before: {before}, after: {after}}} END"
    )
