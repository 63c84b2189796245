"""Whom an organisation is compared with, and what that group's number is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from components.charts.palette import Role
from data.questions import funnel, queries
from data.questions.coverage import coverage_of
from data.questions.queries import Deciles, Figure
from data.questions.verdict import Verdict, difference
from data.spec import ENGLAND, LEVEL_NAMES, Level, Measure
from data.versions.orgs import Org
from data.versions.snapshot import Floats, Snapshot
from pages.dashboard.context import View
from pages.dashboard.words import lower_first, short_name

LEAST_COVERED = 80.0  # % of patients under which an area's value is greyed and gets no position


@dataclass(frozen=True, slots=True)
class Peers:
    """The benchmark group. `codes` is None for every organisation of the level in England."""

    group: str
    area: Org | None  # whose own value is the benchmark; None where that is a median
    codes: tuple[str, ...] | None
    name: str  # England, Northshire ICB, similar practices, practices using EMIS
    among: str  # practices in England


def peers(view: View) -> Peers:
    """The benchmark group of a view."""
    plural = LEVEL_NAMES[view.org.level][1]
    if view.group in ("similar", "supplier"):
        codes = queries.peer_codes(
            view.snapshot,
            view.directory,
            view.org,
            month=view.period,
            group=view.group,
            lists=view.lists,
        )
        names = {
            "similar": ("similar practices", "practices with a similar list"),
            "supplier": (f"{view.supplier} practices", f"practices using {view.supplier}"),
        }
        return Peers(view.group, None, tuple(codes), *names[view.group])
    if view.group == "england":
        england = view.directory.at("england", ENGLAND)
        return Peers("england", england, None, "England", f"{plural} in England")
    area = next(area for area in view.areas if area.level == view.group)
    codes = queries.peer_codes(
        view.snapshot,
        view.directory,
        view.org,
        month=view.period,
        group=view.group,
        membership=view.membership,
    )
    return Peers(
        view.group, area, tuple(codes), short_name(area), f"{plural} in {short_name(area)}"
    )


def figure(view: View, measure: Measure, org: Org | None = None) -> Figure:
    """A measure in the view's month, of its organisation or of another."""
    return queries.figure(
        view.snapshot, measure, org or view.org, month=view.period, membership=view.membership
    )


def benchmark(view: View, group: Peers, measure: Measure) -> float | None:
    """The group's number: the area's own, or the median of its practices."""
    if group.area is not None:
        return figure(view, measure, group.area).value
    values = spread(view, group, measure)
    return queries.middle(values) if values.size else None


def benchmark_name(group: Peers) -> str:
    """The benchmark as a card names it."""
    return f"Median of {group.name}" if group.area is None else group.name


def verdict(view: View, group: Peers, now: Figure) -> Verdict:
    """All that may be said of a figure of the view's organisation in its group.

    A size is compared with nothing; of an area too few of whose patients are covered, only the
    comparator's value is given.
    """
    name = benchmark_name(group)
    if group.area is None:
        name = f"the {lower_first(name)}"
    if now.measure.is_size or now.org.level == "england":
        return Verdict(figure=now)
    value = benchmark(view, group, now.measure)
    if is_thin(view):
        return Verdict(figure=now, comparator=name, benchmark=value)
    clear = difference(now, value)
    position = queries.position(view.snapshot, now, codes=group.codes)
    judged = position is not None and clear in ("above", "below")
    unusual = None
    if judged:
        between = funnel.between_variance(view.snapshot, now.measure, now.org.level, now.period)
        unusual = funnel.outside(now, value, between)
    return Verdict(
        figure=now,
        comparator=name,
        benchmark=value,
        among=group.among,
        position=position,
        difference=clear,
        unusual=unusual,
    )


def spread_level(view: View) -> Level:
    """Whose values a measure is spread over: practices for England, else those of its level."""
    return "practice" if view.org.level == "england" else view.org.level


def spread(view: View, group: Peers, measure: Measure) -> Floats:
    """Comparable values of the group, smallest first; nothing of a period that is not held."""
    if view.period not in view.snapshot.months:
        return np.empty(0)
    return queries.peer_values(
        view.snapshot, measure, spread_level(view), month=view.period, codes=group.codes
    )


def is_thin(view: View) -> bool:
    """Whether too few of an area's patients are covered to say where it lies."""
    if view.lists is None or view.org.level == "practice" or view.lists is view.snapshot:
        return False
    covered = coverage_of(
        view.snapshot, view.lists, view.org, month=view.period, membership=view.membership
    )
    if covered is None or covered.patients_percent is None:
        return False
    return covered.patients_percent < LEAST_COVERED


def deciles(
    snapshot: Snapshot, measure: Measure, level: Level = "practice", peer: str = ENGLAND
) -> dict[date, Deciles]:
    """The distribution of a measure in every month of a version."""
    return {one.period: one for one in queries.deciles(snapshot, measure, level=level, peer=peer)}


def role(org: Org) -> Role:
    """The colour and mark of a comparator, the same on every page."""
    roles: dict[Level, Role] = {
        "pcn": "pcn",
        "sub_icb": "sub_icb",
        "icb": "icb",
        "region": "region",
        "england": "england",
    }
    return roles[org.level]
