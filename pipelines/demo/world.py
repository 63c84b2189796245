"""The fictional England: one story that every demonstration dataset tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

import numpy as np

from pipelines.demo import characters, history, layout, names
from pipelines.demo.characters import Characters
from pipelines.demo.history import History
from pipelines.demo.layout import Indices, Layout

REORGANISED = date(2026, 4, 1)  # the day some pairs of ICBs became one, with new codes
# The day of a change that is made up: worlds that reach it prove that codes may change once more.
REORGANISED_AGAIN = date(2027, 4, 1)
_ICBS_ESTABLISHED = date(2022, 7, 1)

Status = Literal["ACTIVE", "INACTIVE", "DORMANT"]


@dataclass(frozen=True, slots=True)
class Region:
    code: str
    name: str
    ons_code: str
    postcode_area: str


@dataclass(frozen=True, slots=True)
class Icb:
    code: str
    short_name: str
    ons_code: str
    region: int  # position
    opened: date
    closed: date | None

    @property
    def name(self) -> str:
        return f"NHS {self.short_name} Integrated Care Board"


@dataclass(frozen=True, slots=True)
class SubIcb:
    code: str
    ons_code: str

    def name(self, icb: Icb) -> str:
        """It carries the name of its ICB, and so changes with it."""
        return f"NHS {icb.short_name} ICB - {self.code}"


@dataclass(frozen=True, slots=True)
class Pcn:
    code: str
    name: str
    sub_icb: int  # position
    town: str


@dataclass(frozen=True, slots=True)
class Practice:
    code: str
    name: str
    street: str
    town: str
    postcode: str
    telephone: str
    opened: date
    closed: date | None
    status: Status
    successor: int | None  # position of the practice that took its patients


@dataclass(frozen=True)
class World:
    """Entities refer to each other by position. `months` are the firsts of the list sizes."""

    seed: int
    months: tuple[date, ...]
    regions: tuple[Region, ...]
    icbs: tuple[Icb, ...]
    sub_icbs: tuple[SubIcb, ...]
    pcns: tuple[Pcn, ...]
    practices: tuple[Practice, ...]
    layout: Layout
    history: History
    characters: Characters

    @cached_property
    def sub_icb_of_practice(self) -> Indices:
        return self.layout.sub_icb_of_practice

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(practice.code for practice in self.practices)

    @cached_property
    def _icb_now(self) -> Indices:
        before = len(self.layout.region_of_icb)
        successor = np.arange(before)
        for number, pair in enumerate(self.layout.icb_mergers):
            successor[list(pair)] = before + number
        return successor[self.layout.icb_of_sub_icb]

    @cached_property
    def _icb_later(self) -> Indices:
        """After the made-up change: the last ICB is made of those that end on the day before it."""
        ended = [
            n for n, icb in enumerate(self.icbs) if icb.closed == _day_before(REORGANISED_AGAIN)
        ]
        return np.where(np.isin(self._icb_now, ended), len(self.icbs) - 1, self._icb_now)

    def icb_of_sub_icb(self, on: date) -> Indices:
        """Position of the ICB of every sub-ICB location on that day."""
        if on >= REORGANISED_AGAIN:
            return self._icb_later
        return self._icb_now if on >= REORGANISED else self.layout.icb_of_sub_icb

    def random(self, *purpose: int) -> np.random.Generator:
        """A generator of its own for each purpose, so that no part disturbs another."""
        return np.random.default_rng([self.seed, *purpose])


def add_months(month: date, count: int) -> date:
    """The first of the month that many months later (or earlier, when negative)."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def build_world(*, practices: int, months: int, end: date, seed: int) -> World:
    """The world whose list sizes run for `months` months and one before, up to `end`."""
    rng = np.random.default_rng([seed, 1])
    timeline = tuple(add_months(end, back) for back in range(-months, 1))
    plan = layout.lay_out(practices, rng)
    who = characters.draw(plan, rng)
    past = history.live_through(plan, len(timeline), size=who.size, growth=who.growth, rng=rng)
    place = names.towns(rng)
    pcns = tuple(
        _pcn(number, int(sub_icb), next(place))
        for number, sub_icb in enumerate(plan.sub_icb_of_pcn)
    )
    return World(
        seed=seed,
        months=timeline,
        regions=tuple(Region(*row) for row in names.REGIONS[: int(plan.region_of_icb.max()) + 1]),
        icbs=_icbs(plan) if end < REORGANISED_AGAIN else _merged_again(_icbs(plan)),
        sub_icbs=tuple(
            SubIcb(names.sub_icb_code(n), f"E38{990001 + n}")
            for n in range(len(plan.icb_of_sub_icb))
        ),
        pcns=pcns,
        practices=_practices(plan, past, pcns, timeline, rng),
        layout=plan,
        history=past,
        characters=who,
    )


def _pcn(number: int, sub_icb: int, town: str) -> Pcn:
    if number == 0:
        return Pcn("U99001", "Hartley Vale PCN", sub_icb, "Hartley")
    kinds = ("PCN", "Valley PCN", "and District PCN", "Health PCN", "North PCN", "Alliance PCN")
    return Pcn(
        f"U{99001 + number % 999 - 1000 * (number // 999)}",
        f"{town} {kinds[number % 6]}",
        sub_icb,
        town,
    )


def _icbs(plan: Layout) -> tuple[Icb, ...]:
    merging = {icb for pair in plan.icb_mergers for icb in pair}
    icbs = [
        Icb(
            names.icb_code(number),
            names.COUNTIES[number],
            f"E54{990001 + number}",
            int(region),
            _ICBS_ESTABLISHED,
            _day_before(REORGANISED) if number in merging else None,
        )
        for number, region in enumerate(plan.region_of_icb)
    ]
    for number, (first, second) in enumerate(plan.icb_mergers):
        joined = f"{icbs[first].short_name}, {icbs[second].short_name}".replace(" and ", ", ")
        *others, last = joined.split(", ")
        icbs.append(
            Icb(
                names.merged_icb_code(number),
                f"{', '.join(others)} and {last}",
                f"E54{990901 + number}",
                icbs[first].region,
                REORGANISED,
                None,
            )
        )
    return tuple(icbs)


def _merged_again(icbs: tuple[Icb, ...]) -> tuple[Icb, ...]:
    """An ICB of April 2026 joined by a neighbour that had kept its code, under a third code."""
    first = next(icb for icb in icbs if icb.opened == REORGANISED)
    others = [icb for icb in icbs if icb.closed is None and icb != first]
    joins = min(others, key=lambda icb: icb.region != first.region)
    ended = [
        replace(icb, closed=_day_before(REORGANISED_AGAIN)) if icb in (first, joins) else icb
        for icb in icbs
    ]
    name = f"Greater {first.short_name.partition(',')[0].partition(' and ')[0]}"
    merged = Icb(
        names.merged_icb_code(27), name, "E54990990", first.region, REORGANISED_AGAIN, None
    )
    return (*ended, merged)


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _practices(
    plan: Layout,
    past: History,
    pcns: tuple[Pcn, ...],
    timeline: tuple[date, ...],
    rng: np.random.Generator,
) -> tuple[Practice, ...]:
    region_of_practice = plan.region_of_icb[plan.icb_of_sub_icb[plan.sub_icb_of_practice]]
    found = []
    for number, code in enumerate(names.practice_codes(len(plan.pcn_of_practice))):
        home = int(plan.pcn_of_practice[number])
        town, street = pcns[home].town, names.street(rng)
        name = names.practice_name(rng, town, street)
        if number < len(names.HARTLEY):
            _, name, street = names.HARTLEY[number]
        holders = past.holder[number]
        opened = timeline[int(np.argmax(holders >= 0))]
        if holders[0] >= 0:
            opened = _long_ago(rng)
        left = np.flatnonzero((holders != number) & (holders >= 0))
        status: Status = "ACTIVE"
        if len(left):
            status = "DORMANT" if number in past.dormant else "INACTIVE"
        found.append(
            Practice(
                code=code,
                name=name,
                street=f"{rng.integers(1, 160)} {street}",
                town=town,
                postcode=names.postcode(
                    rng,
                    names.REGIONS[int(region_of_practice[number])][3],
                    home % 99 + 1,
                ),
                telephone=names.telephone(rng),
                opened=opened,
                closed=timeline[left[0]] - timedelta(days=1) if status == "INACTIVE" else None,
                status=status,
                successor=int(holders[left[0]]) if len(left) else None,
            )
        )
    return tuple(found)


def _long_ago(rng: np.random.Generator) -> date:
    if rng.random() < 0.6:
        return date(1974, 4, 1)
    return date(int(rng.integers(1976, 2020)), int(rng.integers(1, 13)), 1)
