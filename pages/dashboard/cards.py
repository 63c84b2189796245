"""Headline cards: value, change on a comparable month, benchmark, place, and its working."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from components.charts.palette import Role
from components.kpi import Kpi
from components.spine import Peer, Row
from data import format as fmt
from data.periods import MONTHS_IN
from data.questions import queries
from data.questions.change import Change, change
from data.questions.peers import Peers
from data.questions.queries import Figure
from data.spec import LEVEL_NAMES, Measure
from data.versions.snapshot import Floats
from pages.dashboard import figures, peers
from pages.dashboard.context import View
from pages.dashboard.words import LEVEL_WORDS, brief

THIN = "Too few patients covered to compare"


def year_change(view: View, now: Figure) -> Change:
    return change(view.snapshot, view.directory, now, months=12, membership=view.membership)


def month_change(view: View, now: Figure) -> Change:
    months = MONTHS_IN[view.kind]
    return change(view.snapshot, view.directory, now, months=months, membership=view.membership)


def counts_words(now: Figure) -> str:
    """The count beside a rate: 246 of 6,001."""
    if now.denominator is None or now.measure.unit not in ("percent", "per_1000"):
        return ""
    top, bottom = fmt.value(now.numerator, "count"), fmt.value(now.denominator, "count")
    if now.measure.unit == "per_1000":
        return f"{top} for {bottom} patients"
    return f"{top} of {bottom}"


def card(
    view: View, group: Peers, measure: Measure, *, extra: tuple[str, ...] = (), label: str = ""
) -> Kpi:
    """One measure of the view's organisation as a card."""
    now = peers.figure(view, measure)
    year = year_change(view, now)
    context = [counts_words(now), *(extra or (year.card,))]
    verdict = peers.verdict(view, group, now)
    if verdict.benchmark is not None:
        context.append(f"{group.benchmark_name} {fmt.value(verdict.benchmark, measure.unit)}")
    if peers.is_thin(view) and not measure.is_size:
        context.append(THIN)
    return Kpi(
        label=label or measure.name,
        value=now.value,
        unit=measure.unit,
        context=tuple(line for line in context if line),
        position=verdict.chip,
        place=verdict.place,
        missing=missing_words(view, measure),
        explain=replace(figures.working(view, now), moved=year.moved_words),
    )


def missing_words(view: View, measure: Measure) -> str:
    """Why a value is missing: the month, or this measure of the month."""
    if not view.has_data:
        return f"Not published for {view.when_short}"
    if measure.unit == "per_1000":
        return f"No list size for {view.when_short}"
    return f"Not published for {view.when_short}"


def spine_peers(view: View) -> list[Peer]:
    """Columns of the comparison: the organisation, then the areas that are shown."""
    shown = [Peer("you", brief(view.org))]
    return shown + [Peer(peers.role(area), LEVEL_WORDS[area.level]) for area in view.comparators]


def spine_marks(view: View, group: Peers) -> list[Peer]:
    """The marks of the strips, which England has none of; within a group areas have no place."""
    if view.org.level == "england":
        return []
    shown = spine_peers(view) if group.codes is None else [Peer("you", brief(view.org))]
    return [*shown, Peer("median", middle_name(view, group))]


def middle_name(view: View, group: Peers) -> str:
    """Whose value the middle of the strips is."""
    if group.codes is not None:
        return f"Median of {group.among}"
    return f"Median {LEVEL_NAMES[peers.spread_level(view)][0]}"


def spine_row(
    view: View, group: Peers, measure: Measure, *, heading: str, thin: bool, href: str
) -> Row:
    """One measure compared: values of all columns, and where each lies among practices."""
    now = peers.figure(view, measure)
    values: list[float | None] = [now.value]
    places: dict[Role, float | None] = {}
    verdict = peers.verdict(view, group, now)
    level = peers.spread_level(view)
    if verdict.place is not None:
        places["you"] = verdict.place.percentile
    if level != view.org.level and view.org.level != "england":
        places["you"] = queries.percentile_of(
            view.snapshot, measure, now.value, level, month=view.period
        )
    for area in view.comparators:
        value = peers.figure(view, measure, area).value
        values.append(value)
        if group.codes is None:
            places[peers.role(area)] = queries.percentile_of(
                view.snapshot, measure, value, level, month=view.period
            )
    spread = peers.spread(view, group, measure)
    moved = year_change(view, now)
    return Row(
        label=measure.label,
        detail=detail(measure),
        unit=measure.unit,
        values=tuple(values),
        percentiles=places,
        middle=queries.middle(spread) if spread.size else None,
        spread=_ends(view, spread, measure),
        position=verdict.chip,
        href=href,
        group=heading,
        interval=remark(now),
        moved=moved.card,
        greyed=thin,
        explain=replace(figures.working(view, now), moved=moved.moved_words),
    )


def _ends(view: View, spread: Floats, measure: Measure) -> str:
    """What stands in place of a strip: England has no place on one, nor has what nobody has."""
    if not spread.size:
        return "Nobody to compare with"
    if view.org.level != "england":
        return ""
    low, high = (fmt.value(float(np.quantile(spread, at)), measure.unit) for at in (0.1, 0.9))
    return f"8 of 10 practices from {low} to {high}"


def detail(measure: Measure) -> str:
    """The unit, where the values do not carry it."""
    return "" if measure.unit == "percent" else fmt.UNIT_WORDS[measure.unit]


def remark(now: Figure) -> str:
    """The interval, and the direction where one is agreed."""
    parts = []
    low, high = now.interval
    if low is not None:
        parts.append(f"95% interval {fmt.between(low, high, now.measure.unit)}")
    if now.measure.polarity != "neutral":
        parts.append(fmt.direction(now.measure.polarity))
    return ", ".join(parts)


def among(view: View, group: Peers) -> str:
    """The heading of the strips."""
    if view.org.level == "england":
        return LEVEL_NAMES["practice"][1]
    if peers.spread_level(view) != view.org.level:
        return "practices in England"
    return group.among
