"""The controls of a dashboard: organisation, period, unit, comparators, group and switches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.blocks import Bar, Choice, Control, Ticks
from components.selector import Comparator, Option
from pages.dashboard import context, peers
from pages.dashboard.context import View
from pages.dashboard.words import LEVEL_WORDS, kind_of, short_name

MEMBERSHIPS = (
    Option("dated", "Its practices of each month"),
    Option("current", "Today's practices in every month"),
)


def bar(view: View, units: Sequence[Option]) -> Bar:
    """The controls above the page of a view."""
    return Bar(
        label="Practice, PCN or area",
        code=view.org.code if view.chosen else "",
        text=view.org.label if view.chosen else "",
        controls=tuple(_controls(view)),
        more=tuple(_more(view, units)),
        summary=_summary(view),
    )


def _controls(view: View) -> Iterator[Control]:
    standard = context.defaults(view)
    yield Choice(
        name="month",
        label=view.noun.capitalize(),
        options=tuple(
            Option(context.written(view, month), view.label(month))
            for month in reversed(view.snapshot.months)
        ),
        value=context.written(view, view.period),
        default=standard["month"],
    )
    if view.areas:
        yield Ticks(
            name="vs",
            label="Compare with",
            options=tuple(
                Comparator(area.level, kind_of(area), peers.role(area)) for area in view.areas
            ),
            values=view.shown,
            default=context.standard_comparators(view.areas),
        )


def _more(view: View, units: Sequence[Option]) -> Iterator[Control]:
    """What stands behind a line: fewer readers change it."""
    standard = context.defaults(view)
    yield Choice(
        name="unit",
        label="Show as",
        options=tuple(units),
        value=view.unit,
        default=standard["unit"],
        look="segments",
    )
    if view.org.level != "england":
        yield Choice(
            name="group",
            label="Peer group",
            options=tuple(_groups(view)),
            value=view.group,
            default=standard["group"],
        )
    if view.org.level not in ("practice", "england") or view.chosen:
        yield Choice(
            name="membership",
            label="Practices counted in an area",
            options=MEMBERSHIPS,
            value=view.membership,
            default=standard["membership"],
        )
    for switch in view.tool.switches:
        yield Choice(
            name=switch.key,
            label=switch.label,
            options=tuple(Option(value, words) for value, words in switch.options),
            value=view.choices[switch.key],
            default=standard[switch.key],
            look="segments",
        )


def _groups(view: View) -> list[Option]:
    names = {area.level: short_name(area) for area in view.areas}
    words = {
        "similar": "Practices with a similar list size",
        "supplier": f"Practices with the same clinical system ({view.supplier})",
        "england": view.england.name,
    }
    return [
        Option(group, words.get(group) or f"{LEVEL_WORDS[group]}: {names[group]}")  # type: ignore[index]
        for group in context.groups(view.org, view.areas, view.supplier)
    ]


def _summary(view: View) -> str:
    """The choices behind the button of a phone."""
    against = [kind_of(area) for area in view.comparators]
    return f"{view.when}, with {', '.join(against)}" if against else view.when
