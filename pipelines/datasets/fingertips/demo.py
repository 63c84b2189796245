"""Fingertips: downloads of one group of the profile of general practice, in the long form.

Registers are those of the Quality and Outcomes Framework and deprivation is that of the world.
Every download repeats England with and without its parent, has its area types in their own words
and leaves limits, notes and values out where the publisher does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import sqrt
from pathlib import Path

import numpy as np

from pipelines.datasets.qof.demo import Year
from pipelines.demo import csv_text
from pipelines.demo.characters import Floats
from pipelines.demo.csv_text import line
from pipelines.demo.history import UNALLOCATED
from pipelines.demo.layout import Indices
from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World

_HEADINGS = (
    "Indicator ID",
    "Indicator Name",
    "Parent Code",
    "Parent Name",
    "Area Code",
    "Area Name",
    "Area Type",
    "Sex",
    "Age",
    "Category Type",
    "Category",
    "Time period",
    "Value",
    "Lower CI 95.0 limit",
    "Upper CI 95.0 limit",
    "Lower CI 99.8 limit",
    "Upper CI 99.8 limit",
    "Count",
    "Denominator",
    "Value note",
    "Recent Trend",
    "Compared to England value or percentiles",
    "Compared to percentiles",
    "Time period Sortable",
    "New data",
    "Compared to goal",
    "Time period range",
)
_SMOKING, _DEMENTIA, _DISABILITY, _DEPRIVATION = "91547", "247", "200", "94240"
_NAMES = {
    _SMOKING: ("Smoking prevalence in adults (15+) - current smokers (QOF)", "15+ yrs"),
    _DEMENTIA: ("Dementia: QOF prevalence (all ages)", "All ages"),
    _DISABILITY: ("Learning disability: QOF prevalence (all ages)", "All ages"),
    _DEPRIVATION: ("Deprivation score (IMD 2025)", "All ages"),
}
_DEFINITIONS = {
    _SMOKING: "Current smokers among patients aged 15 and over, on the practice's record",
    _DEMENTIA: "Patients on the dementia register among all registered patients",
    _DISABILITY: "Patients on the learning disability register among all registered patients",
    _DEPRIVATION: "Mean score of the places where registered patients live",
}
_START = "national-general-practice-profiles--20--practice-summary--2000005"
_KINDS = (
    ("gps", "GPs", 7),
    ("pcns", "PCNs", 204),
    ("icb-sub-locations", "ICB sub-locations", 66),
    ("icbs", "ICBs", 221),
    ("nhs-regions", "NHS region", 223),
)
_SMALLEST_LIST = 1000  # practices with fewer patients are left out
_NOT_GIVEN = 0.004  # share of practices without a value in the source
_Z = {"95": 1.96, "99.8": 3.0902}
_SMOKERS_FROM_15 = 0.84  # of a list is 15 or over
_DEPRIVATION_YEAR = 2025


@dataclass(frozen=True, slots=True)
class _Area:
    code: str
    name: str
    members: Indices  # places among the year's practices


@dataclass(frozen=True)
class _Figures:
    """Counts and denominators of one indicator and year, practice by practice."""

    indicator: str
    period: str  # as published
    start: int  # calendar year with which it begins
    counts: Floats
    denominators: Floats

    @property
    def is_score(self) -> bool:
        return self.indicator == _DEPRIVATION


def write(folder: Path, world: World) -> Writing:
    """What a refresh would get on the last day of the world: every year in each download."""
    years = [_Profile(world, at) for at, month in enumerate(world.months) if _is_out(world, month)]
    if not years:
        return
    home = folder / "national-general-practice-profiles"
    home.mkdir(parents=True, exist_ok=True)
    files = [home / "indicator-metadata--20.csv"]
    files[0].write_bytes(csv_text.text(_metadata()))
    for position, (slug, kind, number) in enumerate(_KINDS):
        path = home / f"{_START}--{slug}--{number}.csv"
        rows = (row for year in years for row in year.rows(position, kind))
        path.write_bytes(csv_text.text((line(*_HEADINGS), *rows)))
        files.append(path)
    yield (
        DemoRelease(
            "fingertips",
            home.name,
            "Fingertips: National General Practice Profiles",
            world.months[-1],
            tuple(files),
        ),
        1.0,
    )


def _is_out(world: World, month: date) -> bool:
    """A year that ended in March is shown from the autumn on."""
    return month.month == 3 and (world.months[-1] - month).days > 180


def _metadata() -> Iterator[str]:
    yield line(
        "Indicator ID",
        "Indicator",
        "Definition",
        "Rationale",
        "Data source",
        "Caveats",
        "Frequency",
        "Unit",
        "Value type",
        "Year type",
        "Polarity",
    )
    for code, (name, _) in _NAMES.items():
        score = code == _DEPRIVATION
        yield line(
            code,
            name,
            _DEFINITIONS[code],
            "Fictional figures for demonstration",
            "Demonstration",
            "Depends on what practices record",
            "Annual",
            "" if score else "%",
            "Score" if score else "Proportion",
            "Calendar" if score else "Financial",
            "Not applicable",
        )


@dataclass(frozen=True)
class _Profile:
    """The indicators of one financial year, which ends in the month at `end`."""

    world: World
    end: int

    @cached_property
    def _year(self) -> Year:
        return Year(self.world, self.end)

    @cached_property
    def _figures(self) -> tuple[_Figures, ...]:
        first = self.world.months[self.end].year - 1
        period = f"{first}/{(first + 1) % 100:02}"
        lists = self._year.lists["TOTAL"].astype(float)
        found = [
            _Figures(_DEMENTIA, period, first, self._year.registers["DEM"].astype(float), lists),
            _Figures(_DISABILITY, period, first, self._year.registers["LD"].astype(float), lists),
            _Figures(_SMOKING, period, first, *self._smokers(lists)),
        ]
        if first == _DEPRIVATION_YEAR:
            score = self.world.characters.deprivation[self._year.practices]
            found.append(_Figures(_DEPRIVATION, str(first), first, score * lists, lists))
        return tuple(found)

    def _smokers(self, lists: Floats) -> tuple[Floats, Floats]:
        who = self.world.characters
        rng = self.world.random(61)
        poverty = ((who.deprivation - 23) / 10)[self._year.practices]
        own = rng.normal(0, 0.14, len(self.world.practices))[self._year.practices]
        adults = np.rint(lists * _SMOKERS_FROM_15)
        trend = 0.97 ** (self.world.months[self.end].year - 2023)
        share = np.clip(0.145 * trend * np.exp(0.28 * poverty + own), 0.01, 0.6)
        return np.rint(adults * share), adults

    @cached_property
    def _areas(self) -> tuple[tuple[_Area, ...], ...]:
        """Areas of each kind in the order of `_KINDS`."""
        world, who = self.world, self._year.practices
        sub_icb = world.sub_icb_of_practice[who]
        icb = world.icb_of_sub_icb(world.months[self.end])[sub_icb]
        region = np.array([one.region for one in world.icbs])[icb]
        pcn = world.history.pcn[who, self.end]
        return (
            tuple(
                _Area(world.codes[practice], world.practices[practice].name, np.array([at]))
                for at, practice in enumerate(who)
            ),
            tuple(
                _Area(world.pcns[one].code, world.pcns[one].name, np.flatnonzero(pcn == one))
                for one in np.unique(pcn)
                if one != UNALLOCATED
            ),
            tuple(
                _Area(
                    f"n{world.sub_icbs[one].ons_code}",
                    f"{world.icbs[icb[sub_icb == one][0]].short_name} ICB - "
                    f"{world.sub_icbs[one].code} ",
                    np.flatnonzero(sub_icb == one),
                )
                for one in np.unique(sub_icb)
            ),
            tuple(
                _Area(
                    f"n{world.icbs[one].ons_code}",
                    f"{world.icbs[one].name} - {world.icbs[one].code}",
                    np.flatnonzero(icb == one),
                )
                for one in np.unique(icb)
            ),
            tuple(
                _Area(
                    world.regions[one].ons_code,
                    f"{world.regions[one].name} NHS Region",
                    np.flatnonzero(region == one),
                )
                for one in np.unique(region)
            ),
        )

    def rows(self, position: int, kind: str) -> Iterator[str]:
        """The year's rows of one kind of area, England first and again with a parent."""
        rng = self.world.random(62, self.end)
        left_out = rng.random(len(self._year.practices)) < _NOT_GIVEN
        for one in self._figures:
            if one.is_score and kind == "PCNs":
                continue  # listed for PCNs, and without any row of theirs
            whole = _value(one, float(one.counts.sum()), float(one.denominators.sum()))
            england = _Area("E92000001", "England", np.arange(len(one.counts)))
            yield self._row(one, england, "England", whole, ("", ""))
            yield self._row(one, england, "England", whole)
            for area in self._areas[position]:
                small = float(one.denominators[area.members].sum()) < _SMALLEST_LIST
                if kind != "GPs" or not small:
                    hidden = kind == "GPs" and bool(left_out[area.members[0]])
                    yield self._row(one, area, kind, whole, hidden=hidden)

    def _row(
        self,
        one: _Figures,
        area: _Area,
        kind: str,
        england: float,
        parent: Sequence[str] = ("E92000001", "England"),
        *,
        hidden: bool = False,
    ) -> str:
        count = float(one.counts[area.members].sum())
        denominator = float(one.denominators[area.members].sum())
        value = _value(one, count, denominator)
        low, high = _limits(count, denominator, _Z["95"])
        lower, upper = _limits(count, denominator, _Z["99.8"])
        numbers: list[object] = [value, low, high, lower, upper, round(count), round(denominator)]
        compared = "Similar" if low <= england <= high else "Higher" if low > england else "Lower"
        note, trend = "", "Cannot be calculated"
        if one.is_score:
            numbers[1:] = [""] * 4 + ["", ""]
            compared = "Not compared"
        if hidden:
            numbers, compared = [""] * 7, ""
            note, trend = "Value missing in source data", ""
        name, age = _NAMES[one.indicator]
        return line(
            one.indicator,
            name,
            *parent,
            area.code,
            area.name,
            kind,
            "Persons",
            age,
            "",
            "",
            one.period,
            *numbers,
            note,
            trend,
            "Not compared" if kind == "England" and not parent[0] else compared,
            "Not compared",
            f"{one.start}0000",
            "",
            "",
            "1y",
        )


def _value(one: _Figures, count: float, denominator: float) -> float:
    return round((1 if one.is_score else 100) * count / denominator, 9)


def _limits(count: float, denominator: float, z: float) -> tuple[float, float]:
    """Wilson's limits of a percentage."""
    share = min(count / denominator, 1.0)
    middle = share + z * z / (2 * denominator)
    half = z * sqrt(share * (1 - share) / denominator + (z / (2 * denominator)) ** 2)
    scale = 100 / (1 + z * z / denominator)
    return round((middle - half) * scale, 9), round((middle + half) * scale, 9)
