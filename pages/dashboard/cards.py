"""Headline cards: value, change on a comparable month, benchmark, place, and its working."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from components.charts.palette import Role
from components.kpi import Kpi
from components.spine import Peer, Row
from data import format as fmt
from data.periods import MONTHS_IN
from data.questions import absence, queries
from data.questions.change import Change, change
from data.questions.peers import Peers
from data.questions.queries import Figure
from data.questions.verdict import Verdict
from data.spec import LEVEL_NAMES, Measure
from data.versions.snapshot import Floats
from pages.dashboard import figures, peers
from pages.dashboard.context import View
from pages.dashboard.words import brief, kind_of

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


def card(view: View, group: Peers, measure: Measure) -> Kpi:
    """One measure of the view's organisation as a card."""
    now = peers.figure(view, measure)
    verdict = peers.verdict(view, group, now)
    year = year_change(view, now)
    moved = year.card
    beside = verdict.against
    thin = peers.is_thin(view)
    if thin and not measure.is_size:
        beside = THIN
    if verdict.status == "below_base":
        moved, beside = counts_words(now), missing_words(view, verdict)
    return Kpi(
        label=measure.name,
        value=now.value,
        unit=measure.unit,
        change=moved,
        beside=beside[:1].upper() + beside[1:],
        position=verdict.chip,
        status=verdict.status,
        missing=missing_words(view, verdict),
        greyed=thin or verdict.status == "below_base",
        explain=replace(figures.working(view, now), moved=year.moved_words),
    )


def missing_words(view: View, verdict: Verdict) -> str:
    """Why there is no value, or none to compare: Not loaded here for Sep 2026."""
    if verdict.status is None:
        return ""
    words = fmt.sentence_case(absence.words(verdict.status, view.snapshot.dataset, view.org.level))
    return words if verdict.figure.value is not None else f"{words}, {view.when_short}"


def spine_peers(view: View) -> list[Peer]:
    """Columns of the comparison: the organisation, then the areas that are shown."""
    shown = [Peer("you", brief(view.org))]
    return shown + [Peer(peers.role(area), kind_of(area)) for area in view.comparators]


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
    if spread.size <= queries.FEW_PEERS:
        places = {}  # a strip of a handful would look like a distribution
    moved = year_change(view, now)
    return Row(
        label=measure.label,
        detail=detail(measure),
        unit=measure.unit,
        values=tuple(values),
        percentiles=places,
        middle=queries.middle(spread) if spread.size else None,
        ends=_ends(view, spread),
        position=verdict.chip,
        href=href,
        group=heading,
        interval=fmt.interval(now.low, now.high, measure.unit),
        moved=moved.card,
        greyed=thin or verdict.status == "below_base",
        status=verdict.status,
        note=_why(view, verdict),
        history=verdict.history.words if verdict.history else "",
        explain=replace(figures.working(view, now), moved=moved.moved_words),
    )


def _why(view: View, verdict: Verdict) -> str:
    """Why there is no value, or with its counts why it is not compared: too few (2 of 2)."""
    words = missing_words(view, verdict)
    counts = counts_words(verdict.figure) if verdict.figure.value is not None else ""
    return f"{words} ({counts})" if words and counts else words


def _ends(view: View, spread: Floats) -> tuple[float | None, float | None] | None:
    """What stands in place of strips: England has no place on one."""
    if view.org.level != "england":
        return None
    if not spread.size:
        return None, None
    low, high = np.quantile(spread, (0.1, 0.9))
    return float(low), float(high)


def detail(measure: Measure) -> str:
    """The unit, where the values do not carry it."""
    return "" if measure.unit == "percent" else fmt.UNIT_WORDS[measure.unit]


def among(view: View, group: Peers) -> str:
    """The heading of the strips."""
    if view.org.level == "england":
        return LEVEL_NAMES["practice"][1]
    if peers.spread_level(view) != view.org.level:
        return "practices in England"
    return group.among
