"""Checks that hold for every dataset. Each says what it found, whether it passed or not.

Two periods are compared by their control total, by who has figures in both and by their rows for
each practice. The tolerances are those of the series, from what its months and revisions differ
by: lists keep 99.4 % of their practices in a month and appointments 99.5 %, rows for a practice
move by up to 13 %.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import duckdb

from data import periods
from data.versions.manifest import Check
from pipelines.engine.sizes import PLACES, Size
from pipelines.engine.units import Series
from pipelines.engine.workdays import working_days

_AHEAD = 183  # days before it begins that a year may be published
_COMPARED_OVER = 12  # periods: totals and rows of a longer gap say nothing about a mistake
_DRIFT = 0.005  # by which shares may be less for each month of a gap
_FEW = 2  # practices that may be lost, where that is not more than a quarter of all; else one
_ADDED = 0.1  # by which the rows of the earlier period may be fewer still
_REACH = 0.85  # least share of a neighbour's practices that each table or indicator has
_MOST = 0.5  # share of a table's practices below which a kind of its rows is not of all of them
_UNPLACED = 0.005  # share of practices that leave all areas: real maps of years show 0 and 0.4 %
PLACED = "practices in areas"
_REVISED_ROWS = 0.95  # least number of rows for each practice beside those it replaces
_REVISED_KEPT = 0.98  # least share of practices that a file keeps of the one it replaces


def has_begun(series: Series, period: date) -> Check:
    """What is counted has been; what is set for a year may be out before it begins."""
    today = date.today()
    is_set_before = series.dataset.period not in ("month", "quarter")
    latest = today + timedelta(days=_AHEAD if is_set_before else 0)
    found = f"it begins on {period:%d %B %Y}; today is {today:%d %B %Y}"
    return Check("period is not in the future", period <= latest, found)


def is_of_series(series: Series, period: date) -> Check:
    found = f"it begins on {period:%d %B %Y}, and the series on {series.first:%d %B %Y}"
    return Check("period is not before the series", period >= series.first, found)


def beside(series: Series, this: Size, other: Size) -> tuple[Check, ...]:
    """A period beside another, earlier or later, in the words of the first."""
    return (
        _total(series, this, other),
        _organisations(series, this, other),
        _rows(series, this, other),
        _reach(series, this, other),
        _homes(series, this, other),
    )


def _gap(series: Series, this: Size, other: Size) -> int:
    return periods.apart(series.dataset.period, *sorted((this.month, other.month)))


def _total(series: Series, this: Size, other: Size) -> Check:
    """The control total, within the series' tolerance for every period between the two."""
    kind = series.dataset.period
    noun = periods.NOUNS[kind][0]
    control = series.dataset.control
    if math.isinf(series.tolerance):
        found = f"{this.record.totals[control]:,}; the {noun}s are not comparable"
        return Check(f"{control} counted", True, found)
    name = f"{control} within {series.tolerance:.0%} a {noun}"
    gap = _gap(series, this, other)
    named = series.named(other.month)
    if gap > _COMPARED_OVER:
        return Check(name, True, f"{named} is too far away")
    here, there = (
        size.record.totals[control] / (working_days(size.month) if series.per_working_day else 1)
        for size in (this, other)
    )
    now, then = (here, there) if this.month > other.month else (there, here)
    moved = now / then - 1 if then else 1.0
    unit = " per working day" if series.per_working_day else ""
    if this.month > other.month:
        found = f"{here:,.0f}{unit}, {moved:+.1%} on {named}"
    else:
        found = f"{here:,.0f}{unit}, from which {named} is {moved:+.1%}"
    return Check(name, abs(moved) <= series.tolerance * gap, found)


def _organisations(series: Series, this: Size, other: Size) -> Check:
    """Most practices with figures are known from the earlier of two periods, and stay there.

    Half a release is known whole. A list may name practices that have no figure: they are not
    asked about while others have some.
    """
    name = f"{series.known_share:.0%} known practices"
    if not this.amounts or not other.amounts:
        return Check(name, True, "the publisher gives areas only")
    earlier, later = sorted((this, other), key=lambda size: size.month)
    gap = periods.months_apart(earlier.month, later.month)
    share = len(later.codes & earlier.listed) / len(later.codes)
    kept = len(later.codes & earlier.codes)
    known = share >= series.known_share - _DRIFT * (gap - 1) or not later.of_practices
    least = series.kept_share - _DRIFT * (gap - 1)
    if this is later:
        found = (
            f"{share:.1%} of {len(later.codes):,} practices were there before, and "
            f"{kept / len(earlier.codes):.1%} of the {len(earlier.codes):,} before "
            "are still there"
        )
    else:
        found = (
            f"{len(this.codes):,} practices where {series.named(other.month)} has "
            f"{len(other.codes):,}, {share:.1%} of them here too"
        )
    return Check(name, known and _enough_kept(earlier, kept, least), found)


def _enough_kept(earlier: Size, kept: int, least: float) -> bool:
    return enough(len(earlier.codes), kept, least)


def enough(were: int, kept: int, least: float) -> bool:
    few = min(_FEW, max(were // 4, were > 1))
    return were - kept <= max((1 - least) * were, few)


def _rows(series: Series, this: Size, other: Size) -> Check:
    """Rows for each practice, where both periods are made of the same kinds of files."""
    name = "rows for each practice"
    same = this.record.sources.keys() == other.record.sources.keys()
    if not same or _gap(series, this, other) > _COMPARED_OVER:
        return Check(name, True, "not made of the same kinds of files")
    named = series.named(other.month)
    for fewer, more in ((this, other), (other, this)):
        # Rows are added more readily than left out: a publisher counts something new.
        least = series.rows_share - (_ADDED if fewer.month < more.month else 0)
        if lost := _lost_rows(fewer, more, least=series.rows_shares, otherwise=least):
            here, there = lost if fewer is this else reversed(lost)
            found = f"{here:,.1f} rows for each practice where {named} has {there:,.1f}"
            return Check(name, False, found)
    return Check(name, True, f"as in {named}")


def lacks_rows(series: Series, this: Size, other: Size) -> bool:
    """Whether a period has too few rows for each practice beside another, or of some kind."""
    if this.record.sources.keys() != other.record.sources.keys():
        return False
    lost = _lost_rows(this, other, least=series.rows_shares, otherwise=series.rows_share)
    return bool(lost or _lost_reach(this, other, least=_REACH, series=series))


def _lost_rows(
    fewer: Size, more: Size, *, least: Mapping[str, float], otherwise: float
) -> tuple[float, float] | None:
    """Rows for each practice in both, of a table of which the first has too few."""
    for table in fewer.rows.keys() & more.rows.keys():
        few, many = (
            size.rows[table] / max(1, len(size.codes) or size.record.practices)
            for size in (fewer, more)
        )
        if few < least.get(table, otherwise) * many:
            return few, many
    return None


def _reach(series: Series, this: Size, other: Size) -> Check:
    """Practices of each table and indicator that both have; a new or retired one says nothing."""
    name = "practices of each kind of row"
    gap = periods.months_apart(*sorted((this.month, other.month)))
    named = series.named(other.month)
    for fewer, more in ((this, other), (other, this)):
        # Practices join more readily than they leave, where the series says so.
        least = min(_REACH, series.known_share) if fewer.month < more.month else _REACH
        if lost := _lost_reach(fewer, more, least=least - _DRIFT * (gap - 1), series=series):
            kind, here, there = lost
            here, there = (here, there) if fewer is this else (there, here)
            found = f"{kind}: {here:,} practices where {named} has {there:,}"
            return Check(name, False, found)
    return Check(name, True, f"about as many as in {named}")


def _homes(series: Series, this: Size, other: Size) -> Check:
    """Practices of both periods that are in an area in one of them, where each has its own map."""
    kinds = {*series.placing_kinds}
    own = kinds & this.record.sources.keys() and kinds & other.record.sources.keys()
    if not own or _gap(series, this, other) > _COMPARED_OVER:
        return Check(PLACED, True, "not placed by maps of their own")
    named = series.named(other.month)
    for fewer, more in ((this, other), (other, this)):
        if lost := _lost_homes(fewer, more):
            area, few, many = lost
            here, there = (few, many) if fewer is this else (many, few)
            found = f"{here:,} practices are in {area} where {named} has {there:,} of the same"
            return Check(PLACED, False, found)
    return Check(PLACED, True, f"about as many as in {named}")


def _lost_homes(fewer: Size, more: Size) -> tuple[str, int, int] | None:
    """The kind of area in which too few practices of both are in the first, with both numbers."""
    for level, area in PLACES.items():
        were = more.placed.get(level, frozenset()) & fewer.listed
        kept = len(were & fewer.placed.get(level, frozenset()))
        if not enough(len(were), kept, 1 - _UNPLACED):
            return area, kept, len(were)
    return None


def _lost_reach(
    fewer: Size, more: Size, *, least: float, series: Series
) -> tuple[str, int, int] | None:
    """What has rows of too few practices in the first, with the practices of both."""
    for kind in sorted(fewer.reach.keys() & more.reach.keys()):
        table = kind.partition(" ")[0]
        few, many = fewer.reach[kind], more.reach[kind]
        whole = max(many for other, many in more.reach.items() if other.split(" ")[0] == table)
        own = min(least, series.rows_shares.get(table, least)) if table == kind else least
        if many >= _MOST * whole and not enough(many, few, own):
            return kind, few, many
    return None


def instead_of(series: Series, this: Size, before: Size) -> tuple[Check, ...]:
    """A period beside the version of it that it would replace: revisions lose next to nothing."""
    control = series.dataset.control
    was, now = before.record, this.record
    kept = len(this.codes & before.codes)
    practices = Check(
        "practices kept",
        not any(before.amounts.values()) or _enough_kept(before, kept, _REVISED_KEPT),
        f"{len(before.codes):,} practices → {len(this.codes):,}, of which {kept:,} were there",
    )
    then, again = (
        (was.totals.get(control, 0), now.totals[control])
        if not kept
        else (
            sum(before.amounts[code] for code in this.codes & before.codes),
            sum(this.amounts[code] for code in this.codes & before.codes),
        )
    )
    moved = float(again) / float(then) - 1 if then else 0.0
    total = Check(
        f"{control} revised",
        -series.revised <= moved <= max(series.revised, series.tolerance),
        f"{was.totals.get(control, 0):,} → {now.totals[control]:,}, {moved:+.1%} where both have "
        "figures",
    )
    if homeless := _lost_homes(this, before):
        area, few, many = homeless
        found = f"of {many:,} practices that were in {area}, {few:,} are in one"
        return practices, total, Check(PLACED, False, found)
    if gone := _lost_reach(this, before, least=_REVISED_KEPT, series=series):
        kind, few, many = gone
        reached = Check("practices kept", False, f"{kind}: {many:,} practices → {few:,}")
        return practices, total, reached
    same = was.sources.keys() == now.sources.keys()
    lost = _lost_rows(*_of_both(this, before), least={}, otherwise=_REVISED_ROWS) if same else None
    if lost is None:
        return practices, total
    found = f"{lost[1]:,.1f} rows for each practice → {lost[0]:,.1f}"
    return practices, total, Check("rows kept", False, found)


def _of_both(this: Size, before: Size) -> tuple[Size, Size]:
    """Two sizes with the rows of the practices of both: a part that is added has its own.

    Tables that are not of practices keep all of theirs.
    """
    codes = this.codes & before.codes
    if not codes:
        return this, before

    def cut(size: Size) -> Size:
        rows = {
            table: sum(own.get(code, 0) for code in codes) if own else size.rows[table]
            for table, own in size.own_rows.items()
        }
        amounts = {code: size.amounts[code] for code in codes}
        return replace(size, amounts=amounts, rows=rows)

    return cut(this), cut(before)


def counts_are_positive(con: duckdb.DuckDBPyConnection, table: str, column: str) -> Check:
    """The publishers leave out what is 0, so a count is 1 or more."""
    wrong = con.execute(
        f"SELECT practice, {column} FROM {table} WHERE {column} < 1 ORDER BY 1, 2 LIMIT 1"
    ).fetchall()
    found = "every count is 1 or more"
    if wrong:
        found = f"{wrong[0][0]} has {wrong[0][1]:,} {column}"
    return Check("positive counts", not wrong, found)
