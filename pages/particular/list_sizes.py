"""What is particular to list sizes: growth, sentences, cards, pyramid and landscapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from components import blocks
from components.blocks import Absent, Sentence
from components.charts.specs import Values
from components.kpi import Kpi
from components.table import Column
from data import format as fmt
from data.provenance import Working
from data.questions import landscape, queries
from data.questions.change import Change, change
from data.questions.names import in_sentence
from data.questions.peers import Peers
from data.questions.queries import Figure
from data.spec import Measure
from data.versions.orgs import Org
from pages.dashboard import cards, figures, peers, sentences, trends
from pages.dashboard.breakdowns import shown_orgs
from pages.dashboard.context import View, months
from pages.dashboard.declaration import Extra
from pages.dashboard.words import short_name

OTHER_LISTS = (
    "Registered, weighted (Carr-Hill) and adjusted populations are three different numbers. "
    "This page shows registered patients only."
)


def measure(view: View, measure_id: str) -> Measure:
    return view.snapshot.dataset.measure(measure_id)


def registered(view: View) -> Figure:
    return peers.figure(view, measure(view, "registered_patients"))


def _change(view: View, now: Figure, *, months: int) -> Change:
    return change(view.snapshot, view.directory, now, months=months, membership=view.membership)


def summary(view: View, group: Peers) -> list[Sentence]:
    """The summary, from the same figures as the cards."""
    now = registered(view)
    return [
        sentences.list_size(now, name=in_sentence(view.org)),
        sentences.growth([_change(view, now, months=12)]),
        sentences.jump(_change(view, now, months=1)),
    ]


def size(view: View, group: Peers) -> Kpi:
    """The card of the list, with its change over a month."""
    now = registered(view)
    moved = cards.month_change(view, now)
    return replace(cards.card(view, group, now.measure), change=moved.card)


def year(view: View, group: Peers) -> Kpi:
    """The card of the change over a year."""
    now = registered(view)
    return _change_card(view, "a year", _change(view, now, months=12), now)


def _change_card(view: View, over: str, moved: Change, now: Figure) -> Kpi:
    """A change in patients, its percentage beside it."""
    earlier = moved.earlier
    before = f"{earlier.when_short}: {fmt.value(earlier.value, 'count')}"
    return Kpi(
        label=f"Change over {over}",
        value=moved.absolute,
        unit="count",
        change=moved.card if moved.absolute is not None else "",
        beside=(moved.moves or before) if moved.absolute is not None else "",
        missing=fmt.sentence_case(moved.why),
        explain=change_working(view, over, moved, now),
    )


def change_working(view: View, over: str, moved: Change, now: Figure) -> Working:
    """The subtraction, with both counts and the files of the later month."""
    then = moved.earlier.when
    base = figures.working(view, now)
    return replace(
        base,
        measure=f"Change over {over}",
        value=moved.absolute,
        formula=f"Registered patients in {now.when} less those in {then}",
        numerator=now.value,
        numerator_label=f"Registered patients, {now.when}",
        filters=f"{base.filters}; {then}: {fmt.value(moved.earlier.value, 'count')}",
        moved=moved.moved_words,
    )


def growth_lines(view: View) -> blocks.Figure:
    """Change on a year earlier, month by month, for the organisation and the areas shown."""
    when = months(view)
    name = short_name(view.org)
    lines = trends.lines_of(view, view.comparators, lambda org: _yearly(view, when, org))
    now = registered(view)
    year = cards.year_change(view, now)
    title = "Growth over a year"
    if year.clear is not None:
        title = f"Registered patients: {year.words}"
    frame = figures.frame(
        view, "trend-growth", title, f"Registered patients, % change on a year earlier, {name}"
    )
    if not any(value is not None for value in lines[0].values):
        words = f"There is no month of {name} with a list both then and a year earlier."
        return blocks.Figure(frame, Absent(words, "empty"))
    chart = trends.compared(trends.axis(view, when), lines, "percent", axis="fit")
    return blocks.Figure(frame, chart, change_working(view, "a year", year, now))


def indexed_lines(view: View) -> blocks.Figure:
    """The list beside those of the areas shown, each set to 100 in the first month of all."""
    when = months(view)
    name = short_name(view.org)
    one = measure(view, "registered_patients")
    every = {org.code: trends.values(view, one, when, org) for org in shown_orgs(view)}
    start = next((at for at in range(len(when)) if all(line[at] for line in every.values())), None)
    now = registered(view)
    frame = figures.frame(
        view,
        "trend-index",
        "List size set to 100",
        f"Registered patients, {name} and the areas shown, 100 = {view.label(when[start or 0])}",
    )
    if start is None:
        words = f"There is no month in which {name} and all areas shown have a list."
        return blocks.Figure(frame, Absent(words, "empty"))
    lines = trends.lines_of(
        view, view.comparators, lambda org: _indexed(every[org.code], start=start)
    )
    chart = trends.compared(trends.axis(view, when), lines, "points", axis="fit")
    return blocks.Figure(frame, chart, figures.working(view, now))


def _indexed(values: Values, *, start: int) -> Values:
    """Each value in % of the one at `start`."""
    base = values[start]
    return tuple(None if value is None or not base else 100 * value / base for value in values)


def _yearly(view: View, when: Sequence, org: Org) -> tuple[float | None, ...]:
    one = measure(view, "registered_patients")
    now = trends.values(view, one, when, org)
    before = trends.values(view, one, [queries.months_before(m, 12) for m in when], org)
    return tuple(
        100 * (a / b - 1) if a is not None and b else None for a, b in zip(now, before, strict=True)
    )


def growth_by_code(view: View, orgs: Sequence[Org]) -> dict[str, float | None]:
    """Change over 12 months in % of each organisation."""
    found: dict[str, float | None] = {}
    one = measure(view, "registered_patients")
    growth = landscape.growth(view.snapshot, one, "practice", view.period, 12)
    at = queries.places(view.snapshot, "practice")
    for org in orgs:
        if org.level == "practice":
            found[org.code] = queries.optional(growth[at[org.code]]) if org.code in at else None
        else:
            now = peers.figure(view, one, org)
            found[org.code] = cards.year_change(view, now).percent
    return found


def growth_column(view: View, orgs: Sequence[Org]) -> Extra:
    """Growth beside size in the table of members."""
    return Extra(Column("Change over 12 months, %", "percent"), growth_by_code(view, orgs))


def notes(view: View) -> tuple[str, ...]:
    return (OTHER_LISTS,)
