"""Whom an organisation is compared with: one set of peers and one median for every surface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from data.questions import queries
from data.questions.coverage import named
from data.questions.names import short_name
from data.questions.queries import Figure
from data.spec import ENGLAND, LEVEL_NAMES, Level, Measure
from data.versions.orgs import Org, Organisations
from data.versions.snapshot import Floats, Membership, Snapshot

GROUPS = ("england", "region", "icb", "sub_icb", "pcn", "similar")
Group = Literal["england", "region", "icb", "sub_icb", "pcn", "similar", "supplier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An organisation in a period of a version, and what is needed to set it beside others."""

    snapshot: Snapshot
    lists: Snapshot | None  # list sizes, for coverage and similar practices
    directory: Organisations
    org: Org
    period: date
    membership: Membership = "dated"
    history: tuple[date, ...] = ()  # the periods by which its own history is judged

    @property
    def supplier(self) -> str:
        """Of a practice's clinical system in that period; empty where not published."""
        if self.org.level != "practice":
            return ""
        return self.snapshot.home(self.org.code, self.period).get("supplier", "")

    @property
    def areas(self) -> tuple[Org, ...]:
        """The areas above the organisation in that period, nearest first."""
        above = queries.comparators(
            self.snapshot,
            self.directory,
            self.org,
            month=self.period,
            membership=self.membership,
        )
        return tuple(self.named(area) for area in above)

    def named(self, org: Org) -> Org:
        """England by how much of it the period covers."""
        return named(self.snapshot, self.directory, org, month=self.period)

    def figure(self, measure: Measure, org: Org | None = None) -> Figure:
        """A measure in that period, of the organisation or of another."""
        return queries.figure(
            self.snapshot,
            measure,
            org or self.org,
            month=self.period,
            membership=self.membership,
        )


@dataclass(frozen=True, slots=True)
class Peers:
    """The benchmark group. `codes` is None for every organisation of the level in England."""

    group: str
    area: Org | None  # whose own value is the benchmark; None where that is a median
    codes: tuple[str, ...] | None
    name: str  # England, Northshire ICB, similar practices, practices using EMIS
    among: str  # practices in England

    @property
    def benchmark_name(self) -> str:
        """The benchmark as a card names it."""
        return f"Median of {self.name}" if self.area is None else self.name


def groups(org: Org, above: tuple[Org, ...], supplier: str = "") -> tuple[str, ...]:
    """The benchmark groups an organisation can be compared with, England first."""
    if org.level == "england":
        return ("england",)
    inside = [group for group in GROUPS if group in {area.level for area in above}]
    if org.level != "practice":
        return tuple(inside)
    return (*inside, "similar", "supplier") if supplier else (*inside, "similar")


def peers_of(subject: Subject, group: str) -> Peers:
    """The benchmark group of that name, which must be one of the organisation's `groups`."""
    plural = LEVEL_NAMES[subject.org.level][1]
    if group == "england":
        england = subject.directory.at("england", ENGLAND)
        area = subject.named(england) if england else None
        name = area.name if area else "England"
        return Peers("england", area, None, name, f"{plural} in England")
    codes = tuple(
        queries.peer_codes(
            subject.snapshot,
            subject.directory,
            subject.org,
            month=subject.period,
            group=group,
            membership=subject.membership,
            lists=subject.lists,
        )
    )
    if group == "similar":
        return Peers(group, None, codes, "similar practices", "practices with a similar list")
    if group == "supplier":
        using = subject.supplier
        return Peers(group, None, codes, f"{using} practices", f"practices using {using}")
    area = next(area for area in subject.areas if area.level == group)
    name = short_name(area)
    return Peers(group, area, codes, name, f"{plural} in {name}")


def spread_level(level: Level) -> Level:
    """Whose values a measure is spread over: of regions there are too few, and one England."""
    return "practice" if level in ("region", "england") else level


def spread(subject: Subject, group: Peers, measure: Measure) -> Floats:
    """Comparable values of the group, smallest first; nothing of a period that is not held."""
    if subject.period not in subject.snapshot.months:
        return np.empty(0)
    level = spread_level(subject.org.level)
    codes = group.codes if level == subject.org.level else None
    return queries.peer_values(subject.snapshot, measure, level, month=subject.period, codes=codes)


def benchmark(subject: Subject, group: Peers, measure: Measure) -> float | None:
    """The group's number: the area's own, or the median of its practices."""
    if group.area is not None:
        return subject.figure(measure, group.area).value
    values = spread(subject, group, measure)
    return queries.middle(values) if values.size else None
