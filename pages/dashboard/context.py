"""The state of a dashboard: what the address asks for, checked against what is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeVar, cast, get_args

from components.url_state import NONE, build, join, split
from data import periods
from data.periods import MONTHS_IN
from data.questions import queries
from data.questions.coverage import named
from data.questions.peers import groups
from data.remembered import Owner, remembered
from data.spec import Level, Measure, PeriodKind
from data.versions.db import library
from data.versions.orgs import ENGLAND_ORG, Org, Organisations
from data.versions.snapshot import Snapshot
from pages import links
from pages.catalogue import Tool
from pages.dashboard import pinned

Unit = Literal["rate", "count"]
Membership = Literal["dated", "current"]
Span = Literal["24", "36", "all"]

Choice = TypeVar("Choice", bound=str)

LISTS = "list-sizes"
# The levels by which the members of an area can be shown, the next one down first.
BELOW: dict[Level, tuple[Level, ...]] = {
    "practice": (),
    "pcn": ("practice",),
    "sub_icb": ("pcn", "practice"),
    "icb": ("sub_icb", "pcn", "practice"),
    "region": ("icb", "sub_icb"),
    "england": ("region", "icb"),
}
STANDARD = ("pcn", "icb", "england")  # comparators shown until the reader chooses others


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class View(Owner):
    """One view of a dashboard. A page is a function of it and of nothing else.

    Two views are never equal, so results kept for one are looked up by its identity, at no cost.
    """

    tool: Tool
    snapshot: Snapshot
    lists: Snapshot | None  # list sizes, for coverage and similar practices
    directory: Organisations
    org: Org
    chosen: bool  # whether the address names an organisation
    period: date  # its first day
    asked: str  # the period as asked for, where the version does not hold it
    unit: Unit
    group: str  # whom the organisation is compared with
    areas: tuple[Org, ...]  # the areas above it in that period, nearest first
    shown: tuple[str, ...]  # levels of `areas` that charts and tables show
    membership: Membership
    measure: Measure  # of the trend
    span: Span
    by: str  # the level of the members shown; empty for the next one down
    choices: Mapping[str, str]  # of the switches that only this tool has
    version: str = ""  # the earlier version of the data that the address names
    supplier: str  # of a practice's clinical system in that period; empty where not published

    @property
    def comparators(self) -> tuple[Org, ...]:
        return tuple(area for area in self.areas if area.level in self.shown)

    @property
    def england(self) -> Org:
        """England, by how much of it the period covers."""
        return self.org if self.org.level == "england" else self.areas[-1]

    @property
    def kind(self) -> PeriodKind:
        """What a period of the dataset is: a month, a quarter or a year."""
        return self.snapshot.dataset.period

    @property
    def noun(self) -> str:
        """What a period is called: month, quarter, year."""
        return periods.NOUNS[self.kind][0]

    @property
    def when(self) -> str:
        """The period as sentences say it: September 2026, 2025/26."""
        return self.label(self.period)

    @property
    def when_short(self) -> str:
        return self.short(self.period)

    def label(self, period: date) -> str:
        """A period of the dataset as sentences say it."""
        return periods.label(self.kind, period)

    def short(self, period: date) -> str:
        """A period of the dataset as tables say it."""
        return periods.short(self.kind, period)

    def between(self, first: date, last: date) -> str:
        """October 2023 to September 2026; one period alone when both are the same."""
        ends = dict.fromkeys((self.label(first), self.label(last)))
        return " to ".join(ends)

    @property
    def has_data(self) -> bool:
        return self.snapshot.published_in(
            self.org.level, self.org.code, self.period, membership=self.membership
        )


@dataclass(frozen=True, slots=True)
class UnknownOrg:
    """No organisation has the code that was asked for."""

    tool: Tool
    code: str
    nearest: tuple[Org, ...]


@dataclass(frozen=True, slots=True)
class Unpublished:
    """The dataset has no version yet."""

    tool: Tool


def _one_of(text: str | None, allowed: tuple[Choice, ...]) -> Choice:
    """The text if it is one of the choices, else the first of them."""
    return cast("Choice", text) if text in allowed else allowed[0]


def read(tool: Tool, values: Mapping[str, str | None]) -> View | UnknownOrg | Unpublished:
    """The view an address asks for.

    Unknown choices fall back to their defaults; an unknown organisation is an answer of its own.
    """
    current = library()
    live = current.current(tool.dataset)
    if live is None:
        return Unpublished(tool)
    earlier = pinned.version(tool.dataset, values.get(pinned.KEY) or "")
    snapshot = earlier or live
    directory = current.directory()
    code = (values.get("org") or "").strip()
    code = "" if code == NONE else code
    org = directory.get(code) if code else ENGLAND_ORG
    if org is None:
        return UnknownOrg(tool, code, tuple(directory.nearest_codes(code)))
    membership = _one_of(values.get("membership"), get_args(Membership))
    period, asked = _period(snapshot, org, values.get("month") or "", membership)
    above = tuple(
        named(snapshot, directory, area, month=period)
        for area in queries.comparators(
            snapshot, directory, org, month=period, membership=membership
        )
    )
    org = named(snapshot, directory, org, month=period)
    measures = {measure.id: measure for measure in snapshot.dataset.measures}
    supplier = (
        snapshot.home(org.code, period).get("supplier", "") if org.level == "practice" else ""
    )
    return View(
        tool=tool,
        snapshot=snapshot,
        lists=snapshot if tool.dataset == LISTS else current.current(LISTS),
        directory=directory,
        org=org,
        chosen=bool(code),
        period=period,
        asked=asked,
        unit=_one_of(values.get("unit"), get_args(Unit)),
        group=_one_of(values.get("group"), groups(org, above, supplier) or ("england",)),
        areas=above,
        shown=split(
            values.get("vs"),
            default=standard_comparators(above),
            allowed=[a.level for a in above],
        ),
        membership=membership,
        measure=measures.get(values.get("measure") or "", measures[tool.measure]),
        span=_one_of(values.get("span"), get_args(Span)),
        by=_one_of(values.get("by"), ("", *BELOW[org.level])),
        choices={
            switch.key: _one_of(values.get(switch.key), switch.values) for switch in tool.switches
        },
        version=earlier.version if earlier else "",
        supplier=supplier,
    )


def standard_comparators(above: tuple[Org, ...]) -> tuple[str, ...]:
    """Of the areas above an organisation, those shown until the reader chooses others."""
    return tuple(area.level for area in above if area.level in STANDARD)


def months(view: View) -> list[date]:
    """The periods of the trend, up to the view's own."""
    if view.span == "all":
        first, last = view.snapshot.months[0], view.period
        count = (last.year - first.year) * 12 + last.month - first.month + 1
    else:
        count = int(view.span) // MONTHS_IN[view.kind]
    return queries.last_months(view.snapshot, view.period, count)


def default_period(snapshot: Snapshot, org: Org, membership: Membership = "dated") -> date:
    """The newest month; for an organisation that is no longer there, its own last month."""
    if snapshot.published_in(org.level, org.code, snapshot.latest, membership=membership):
        return snapshot.latest
    ended = org.closed is not None or org.status == "closed" or _replaced(snapshot, org)
    months = snapshot.published(org.level, org.code, membership=membership) if ended else ()
    return months[-1] if months else snapshot.latest


def _replaced(snapshot: Snapshot, org: Org) -> bool:
    """Whether an area's code went out of use before the version's newest month."""
    if org.level in ("practice", "england") or org.last_month is None:
        return False
    return org.last_month < snapshot.latest


def _period(snapshot: Snapshot, org: Org, text: str, membership: Membership) -> tuple[date, str]:
    """The period to show, and what was asked for where the version does not hold it."""
    if not text:
        return default_period(snapshot, org, membership), ""
    period = periods.parse(snapshot.dataset.period, text.strip())
    if period in snapshot.months:
        return cast("date", period), ""
    if period is None:
        return default_period(snapshot, org, membership), text
    return nearest_period(snapshot.months, period), text


def nearest_period(held: tuple[date, ...] | list[date], period: date) -> date:
    """The closest of those held, the later of two that are equally close."""
    return min(held, key=lambda day: (abs((day - period).days), day < period))


def written(view: View, period: date) -> str:
    """A period as addresses write it: 2026-03, 2025-26."""
    return periods.key(view.kind, period)


def defaults(view: View) -> Mapping[str, str]:
    """What each control stands for when the address does not mention it."""
    return {
        "org": "",
        "month": written(view, default_period(view.snapshot, view.org, view.membership)),
        "unit": get_args(Unit)[0],
        "group": groups(view.org, view.areas)[0],
        "vs": join(standard_comparators(view.areas)),
        "membership": get_args(Membership)[0],
        "measure": view.tool.measure,
        "span": get_args(Span)[0],
        "by": "",
        pinned.KEY: "",
        **{switch.key: switch.values[0] for switch in view.tool.switches},
    }


def state(view: View) -> dict[str, str]:
    """The view as address values, every one of them."""
    return {
        "org": view.org.code if view.chosen else "",
        "month": written(view, view.period),
        "unit": view.unit,
        "group": view.group,
        "vs": join(view.shown),
        "membership": view.membership,
        "measure": view.measure.id,
        "span": view.span,
        "by": view.by,
        pinned.KEY: view.version,
        **view.choices,
    }


def query(view: View, **changed: str | None) -> str:
    """The query string of this view with some values changed; defaults are left out."""
    values = {**state(view), **changed}
    if changed.get("org") is not None and changed["org"] != view.org.code:
        values = {key: value for key, value in values.items() if key not in ("vs", "group", "by")}
    return build(values, defaults=defaults(view))


def href(view: View, **changed: str | None) -> str:
    """A link to this view with some values changed."""
    return links.path(view.tool.path) + query(view, **changed)


@remembered
def permanent_query(view: View) -> str:
    """The query string of this view with its organisation and period, whatever stands for them."""
    standard = defaults(view)
    values = {key: value for key, value in state(view).items() if value != standard[key]}
    return build({"org": view.org.code, "month": written(view, view.period), **values})


@remembered
def permanent(view: View) -> str:
    """The whole address of this view. It names the month, so that it stays what it is."""
    return links.absolute(links.path(view.tool.path) + permanent_query(view))


def at(view: View, org: Org) -> View:
    """The same view of another organisation, for figures beside its own."""
    return replace(view, org=org)
