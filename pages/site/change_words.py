"""What a version changed, in sentences and tables, for the page and the feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components.table import Cell, Column, Table
from data import format as fmt
from data.registry import dataset
from data.spec import Dataset, Level, Unit
from data.versions.changes import Changes, Movement
from data.versions.orgs import Organisations
from data.versions.revisions import Kind
from pages.dashboard.words import period, span

HAPPENED: dict[Kind, str] = {
    "new": "New",
    "revised": "Revised",
    "reissued": "Same totals",
    "withdrawn": "No longer published",
}
_VERBS: dict[Kind, str] = {
    "new": "Adds",
    "revised": "Revises",
    "reissued": "Issues again with the same totals",
    "withdrawn": "Withdraws",
}
MOST_ROWS = 200


def title(changes: Changes) -> str:
    """The heading of one version: Registered patients, published here on 12 March 2026."""
    return f"{dataset(changes.dataset).title}, {fmt.full_date(changes.made_at.date())}"


def summary(changes: Changes) -> str:
    """What happened to which periods: Adds March 2026. Revises January 2026 and February 2026.

    Periods that came out the same are mentioned only where nothing else happened. What was undone
    begins with that and the reason.
    """
    if changes.previous is None:
        periods = changes.kinds("new")
        words = span(dataset(changes.dataset), periods[0], periods[-1])
        return f"{changes.why} The first version held here: {words}.".strip()
    said = [
        f"{verb} {_periods(dataset(changes.dataset), changes.kinds(kind))}."
        for kind, verb in _VERBS.items()
        if changes.kinds(kind)
    ]
    if len(said) > 1 and changes.kinds("reissued"):
        said = [sentence for sentence in said if not sentence.startswith(_VERBS["reissued"])]
    if changes.reread:
        said.append("The files are now read in a different way.")
    if changes.why:
        return " ".join([changes.why, *(said or ["No figure changes."])])
    return " ".join(said) or "The same figures, worked out again."


def _periods(declared: Dataset, periods: Sequence[date]) -> str:
    """Periods in words; a long list with gaps only by its ends and number."""
    if len(periods) <= 3:
        names = [period(declared, one) for one in periods]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"{len(periods)} periods, {span(declared, periods[0], periods[-1])}"


def headline(changes: Changes) -> str:
    """The England total of the newest period that changed, before and now."""
    declared = dataset(changes.dataset)
    measure = declared.measure(declared.headline)
    moved = [one for one in changes.periods if one.total_now is not None]
    moved = [one for one in moved if one.total_now != one.total_before]
    if not moved:
        return ""
    newest = max(moved, key=lambda one: one.period)
    words = f"{measure.label} in England in {period(declared, newest.period)}: "
    words += fmt.value(newest.total_now, measure.unit)
    if newest.total_before is None:
        return f"{words}."
    return f"{words}, before {fmt.value(newest.total_before, measure.unit)}."


def period_table(changes: Changes) -> Table:
    declared = dataset(changes.dataset)
    what = declared.measure(declared.headline).label
    columns = (
        Column("Period"),
        Column("What happened"),
        Column(f"{what} before", "count"),
        Column(f"{what} now", "count"),
        Column("Practices before", "count"),
        Column("Practices now", "count"),
        Column("Rows before", "count"),
        Column("Rows now", "count"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            period(declared, one.period),
            HAPPENED[one.kind],
            one.total_before,
            one.total_now,
            one.practices_before,
            one.practices_now,
            one.rows_before,
            one.rows_now,
        )
        for one in changes.periods[:MOST_ROWS]
    ]
    return Table("Periods that changed", columns, tuple(rows))


def england_table(changes: Changes, moved: Sequence[Movement]) -> Table:
    """Measures of England that differ, newest period first."""
    declared = dataset(changes.dataset)
    columns = (
        Column("Measure"),
        Column("Period"),
        Column("Before"),
        Column("Now"),
        Column("Change"),
    )
    rows = [
        (_label(declared, one), period(declared, one.period), *_values(declared, one))
        for one in sorted(moved, key=lambda one: one.period, reverse=True)
        if _shows(declared, one)
    ]
    return Table("England, measures that changed", columns, tuple(rows[:MOST_ROWS]))


def organisation_table(
    caption: str, changes: Changes, moved: Sequence[Movement], directory: Organisations
) -> Table:
    """Measures of organisations, named as they are called now."""
    declared = dataset(changes.dataset)
    columns = (
        Column("Organisation"),
        Column("Measure"),
        Column("Period"),
        Column("Before"),
        Column("Now"),
        Column("Change"),
    )
    rows = [
        (
            _name(directory, one.level, one.code),
            _label(declared, one),
            period(declared, one.period),
            *_values(declared, one),
        )
        for one in moved
        if _shows(declared, one)
    ]
    return Table(caption, columns, tuple(rows[:MOST_ROWS]))


def _name(directory: Organisations, level: Level, code: str) -> str:
    org = directory.at(level, code)
    return fmt.organisation(org.name, code) if org else code


def _known(declared: Dataset, measure_id: str) -> bool:
    return any(measure.id == measure_id for measure in declared.measures)


def _label(declared: Dataset, moved: Movement) -> str:
    """The measure's label; its id where the measure is no longer declared."""
    if not _known(declared, moved.measure):
        return moved.measure
    return declared.measure(moved.measure).label


def _unit(declared: Dataset, moved: Movement) -> Unit:
    known = _known(declared, moved.measure)
    return declared.measure(moved.measure).unit if known else "count"


def _shows(declared: Dataset, moved: Movement) -> bool:
    """Whether the two values can be told apart as they are written."""
    unit = _unit(declared, moved)
    return fmt.value(moved.before, unit) != fmt.value(moved.now, unit)


def _values(declared: Dataset, moved: Movement) -> tuple[str, str, str]:
    unit = _unit(declared, moved)
    change = fmt.change(moved.now, moved.before, unit)
    if unit == "count" and moved.now is not None and moved.before is not None:
        change = fmt.signed(moved.now - moved.before, unit)
    return fmt.value(moved.before, unit), fmt.value(moved.now, unit), change
