"""Checks that hold for every dataset. Each says what it found, whether it passed or not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb

from data import periods
from data.formula import quoted
from data.manifest import Check, Manifest
from data.spec import UNASSIGNED
from pipelines.units import Series
from pipelines.workdays import working_days

_COMPARED_OVER = 12  # periods: a longer gap says nothing about a mistake
_KEPT_SHARE = 0.75  # least share of the practices of a period that the next one has too
_DRIFT = 0.005  # by which shares may be less for each month of a gap


def against_other_months(
    series: Series,
    month: date,
    totals: Mapping[date, Mapping[str, float | int]],
    *,
    known: Manifest | None,
) -> Check:
    """The control total against the closest earlier month held, within the series' tolerance."""
    kind = series.dataset.period
    noun = periods.NOUNS[kind][0]
    control = series.dataset.control
    if math.isinf(series.tolerance):
        found = f"{totals[month][control]:,}; the {noun}s are not comparable"
        return Check(f"{control} counted", True, found)
    name = f"{control} within {series.tolerance:.0%} a {noun}"
    earlier = [other for other in totals if other < month and control in totals[other]]
    if not earlier:
        return Check(name, True, f"no earlier {noun} is held to compare with")
    other = max(earlier)
    gap = periods.apart(kind, other, month)
    then_named = periods.label(kind, other)
    if gap > _COMPARED_OVER:
        found = f"the {noun} before that is held, {then_named}, is too long ago"
        return Check(name, True, found)
    now, then = totals[month][control], totals[other][control]
    if series.per_working_day:
        now, then = now / working_days(month), then / working_days(other)
    moved = now / then - 1 if then else 1.0
    unit = " per working day" if series.per_working_day else ""
    return Check(
        name,
        abs(moved) <= series.tolerance * gap,
        f"{now:,.0f}{unit}, {moved:+.1%} on {then_named}",
    )


def known_organisations(
    con: duckdb.DuckDBPyConnection, folder: Path, month: date, *, series: Series
) -> Check:
    """Most practices with figures must be known from the period before, where that is held.

    And most of those that had figures then must have some now: half a release is known whole.
    A list may name practices that have none: they are not asked about while others have some.
    """
    noun = periods.NOUNS[series.dataset.period][0]
    name = f"{series.known_share:.0%} known practices"
    if not (folder / "parts.parquet").exists():
        return Check(name, True, "the publisher gives areas only")
    earlier = sorted(
        path.parent
        for path in folder.parent.glob("*/parts.parquet")
        if path.parent.name < folder.name
    )
    if not earlier:
        return Check(name, True, f"no earlier {noun} is held to compare with")
    previous = earlier[-1]
    gap = periods.months_apart(date.fromisoformat(f"{previous.name}-01"), month)
    if gap > _COMPARED_OVER:
        return Check(name, True, f"the {noun} before that is held, {previous.name}, is long ago")
    now, before = (_with_figures(con, one, series) for one in (folder, previous))
    practices, were = _own(now), _own(before)
    if now and not practices:
        return Check(name, True, "the publisher's rows are of no practice")
    share = len(practices & _listed(con, previous)) / len(practices) if practices else 0.0
    kept = len(practices & were) / len(were) if were else 1.0
    least = series.known_share - _DRIFT * (gap - 1)
    least_kept = min(series.known_share, _KEPT_SHARE) - _DRIFT * (gap - 1)
    return Check(
        name,
        share >= least and kept >= least_kept,
        f"{share:.1%} of {len(practices):,} practices were there before, and {kept:.1%} of the "
        f"{len(were):,} before are still there",
    )


def _listed(con: duckdb.DuckDBPyConnection, folder: Path, where: str = "true") -> set[str]:
    """Codes of the rows of a period; `~` begins those that are of no practice."""
    path = str(folder / "parts.parquet")
    found = con.execute(f"SELECT practice FROM read_parquet(?) WHERE {where}", [path]).fetchall()
    return {code for (code,) in found}


def _with_figures(con: duckdb.DuckDBPyConnection, folder: Path, series: Series) -> set[str]:
    """Codes of the rows with a headline figure, or of all rows where none has one."""
    headline = series.dataset.measure(series.dataset.headline)
    figures = " OR ".join(f"{quoted(part)} IS NOT NULL" for part in headline.num_parts)
    return _listed(con, folder, figures) or _listed(con, folder)


def _own(codes: set[str]) -> set[str]:
    return {code for code in codes if not code.startswith(UNASSIGNED)}


def counts_are_positive(con: duckdb.DuckDBPyConnection, table: str, column: str) -> Check:
    """The publishers leave out what is 0, so a count is 1 or more."""
    wrong = con.execute(
        f"SELECT practice, {column} FROM {table} WHERE {column} < 1 ORDER BY 1, 2 LIMIT 1"
    ).fetchall()
    found = "every count is 1 or more"
    if wrong:
        found = f"{wrong[0][0]} has {wrong[0][1]:,} {column}"
    return Check("positive counts", not wrong, found)
