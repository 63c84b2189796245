"""Quality and Outcomes Framework: the raw archive of each year that the world holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.datasets.vocabulary.qof import REGISTERS, Indicator, indicators
from pipelines.demo import csv_text
from pipelines.demo.characters import Floats
from pipelines.demo.csv_text import line
from pipelines.demo.history import UNALLOCATED
from pipelines.demo.layout import Indices
from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World

_MEAN_DEPRIVATION = 23.0
_PUBLISHED = (8, 27)  # month and day after the year ends
_OLD_SET = "2023/24"  # indicators of the years before 2025/26
# Condition group: share of its list on the register, tilt by age, tilt by deprivation.
_RATES: dict[str, tuple[float, float, float]] = {
    "AF": (0.022, 0.9, -0.05),
    "AST": (0.065, 0.0, 0.05),
    "CAN": (0.037, 0.7, -0.06),
    "CHD": (0.03, 0.8, 0.06),
    "CKD": (0.045, 0.8, 0.03),
    "COPD": (0.019, 0.6, 0.25),
    "DEM": (0.008, 1.0, 0.0),
    "DEP": (0.14, 0.0, 0.08),
    "DM": (0.078, 0.3, 0.1),
    "EP": (0.008, 0.0, 0.1),
    "HF": (0.011, 0.8, 0.05),
    "HYP": (0.15, 0.6, 0.02),
    "LD": (0.006, 0.0, 0.08),
    "MH": (0.01, -0.1, 0.16),
    "NDH": (0.09, 0.4, 0.05),
    "OB": (0.138, 0.1, 0.12),
    "OST": (0.012, 0.6, -0.02),
    "PAD": (0.0056, 0.7, 0.15),
    "PC": (0.0055, 0.6, 0.0),
    "RA": (0.0079, 0.4, 0.0),
    "STIA": (0.019, 0.8, 0.04),
}
_LIST_SHARES = {
    "TOTAL": 1.0,
    "06OV": 0.944,
    "16OV": 0.828,
    "17OV": 0.816,
    "18OV": 0.804,
    "50OV": 0.367,
}
_COHORTS = {"BP": 0.4, "SMOK": 0.22, "CS": 0.24, "VI": 0.011, "CHOL": 0.055, "CD": 0.05}
_REGISTER_INDICATORS = frozenset(
    (
        *("AF001", "AST005", "CAN001", "CHD001", "CKD005", "COPD015", "DEM001", "DM017", "EP001"),
        *("HF001", "HYP001", "LD004", "MH001", "OB003", "OST004", "PAD001", "PC001", "RA001"),
        "STIA001",
    )
)
_NEW_CASES = "DEP004"
_USUAL = (40.0, 90.0)  # thresholds of indicators of which none are known
_TARGET = 0.97  # of the upper threshold: what most practices reach


def write(folder: Path, world: World) -> Writing:
    ends = [at for at, month in enumerate(world.months) if month.month == 3]
    for done, end in enumerate(ends, start=1):
        last = world.months[end]
        if (last.year, *_PUBLISHED) > (
            world.months[-1].year,
            world.months[-1].month,
            world.months[-1].day,
        ):
            continue
        tag = f"{(last.year - 1) % 100:02}{last.year % 100:02}"
        slug = f"{last.year - 1}-{last.year % 100:02}"
        path = folder / slug / f"QOF{tag}.zip"
        csv_text.write_zip(path, Year(world, end).members(tag))
        release = DemoRelease(
            "qof",
            slug,
            f"Quality and Outcomes Framework, {slug}",
            date(last.year, *_PUBLISHED),
            (path,),
        )
        yield release, done / len(ends)


@dataclass(frozen=True)
class Year:
    """One year of every practice that is there at its end."""

    world: World
    end: int  # position of March

    @cached_property
    def practices(self) -> Indices:
        return self.world.history.listed(self.end)

    @cached_property
    def _poverty(self) -> Floats:
        who = self.world.characters
        return ((who.deprivation - _MEAN_DEPRIVATION) / 10)[self.practices]

    @cached_property
    def lists(self) -> dict[str, NDArray[np.int64]]:
        total = self.world.history.registered(self.end)[self.practices]
        older = self.world.characters.older[self.practices]
        return {
            base: np.rint(total * share ** np.exp(-0.5 * older)).astype(np.int64)
            for base, share in _LIST_SHARES.items()
        }

    @cached_property
    def registers(self) -> dict[str, NDArray[np.int64]]:
        rng = self.world.random(41)  # the same practices stand out every year
        older = self.world.characters.older[self.practices]
        found = {}
        for group, (rate, by_age, by_poverty) in _RATES.items():
            own = rng.normal(0, 0.12, len(self.world.practices))[self.practices]
            share = rate * np.exp(by_age * older + by_poverty * self._poverty + own)
            listed = self.lists[REGISTERS[group].list_type]
            found[group] = np.minimum(np.rint(share * listed), listed).astype(np.int64)
        return found

    @cached_property
    def _indicators(self) -> tuple[Indicator, ...]:
        last = self.world.months[self.end].year
        year = f"{last - 1}/{last % 100:02}"
        own = tuple(one for one in indicators() if one.year == year)
        return own or tuple(one for one in indicators() if one.year == _OLD_SET)

    def members(self, tag: str) -> Iterator[tuple[str, csv_text.Chunks]]:
        world, month = self.world, self.world.months[self.end]
        yield f"PREVALENCE_{tag}.csv", [csv_text.text(self._prevalence())]
        icb_of = world.icb_of_sub_icb(month)
        region_of = np.array([icb.region for icb in world.icbs])
        region = region_of[icb_of[world.sub_icb_of_practice[self.practices]]]
        lines = self._achievement()
        for number, each in enumerate(world.regions):
            chosen = np.flatnonzero(region == number)
            name = each.name.upper().replace(" ", "_")
            if len(chosen):
                start = line(each.code, each.ons_code, name)
                yield f"ACHIEVEMENT_{name}_{tag}.csv", [self._region(start, lines, chosen)]
        yield f"MAPPING_INDICATORS_{tag}.csv", [csv_text.text(self._mapping())]
        yield f"MAPPING_NHS_GEOGRAPHIES_{tag}.csv", [csv_text.text(self._geography(icb_of))]
        yield f"ORGANISATION_REFERENCE_{tag}.csv", [csv_text.text(self._organisations())]

    def _prevalence(self) -> Iterator[str]:
        yield "PRACTICE_CODE,GROUP_CODE,REGISTER,PATIENT_LIST_TYPE,PRACTICE_LIST_SIZE"
        for at, practice in enumerate(self.practices):
            for group in sorted(_RATES):
                base = REGISTERS[group].list_type
                yield (
                    f"{self.world.codes[practice]},{group},{self.registers[group][at]}.0,{base},"
                    f"{self.lists[base][at]}"
                )

    def _achievement(self) -> list[list[str]]:
        """Lines of each practice: code, indicator, measure, value."""
        rng = self.world.random(42, self.end)
        size = len(self.practices)
        care = self.world.random(43).normal(0, 1, len(self.world.practices))[self.practices]
        found: list[list[str]] = [[] for _ in range(size)]
        for one in self._indicators:
            cells = self._cells(one, rng, care)
            for at, practice in enumerate(self.practices):
                start = f"{self.world.codes[practice]},{one.indicator}"
                found[at] += [
                    f"{start},{measure},{values[at]:.10g}"
                    for measure, values in cells.items()
                    if "DENOMINATOR" not in cells or cells["DENOMINATOR"][at] > 0
                ]
        return found

    def _cells(
        self, one: Indicator, rng: np.random.Generator, care: Floats
    ) -> dict[str, NDArray[np.float64]]:
        size = len(self.practices)
        if one.domain == "QI":
            return {"ACHIEVED_POINTS": np.where(rng.random(size) < 0.95, one.points, 0)}
        if one.indicator in _REGISTER_INDICATORS:
            register = self.registers[one.group].astype(float)
            return {"REGISTER": register, "ACHIEVED_POINTS": np.full(size, one.points)}
        if one.group in self.registers:
            cohort = self.registers[one.group] * rng.uniform(0.35, 0.95)
        else:
            cohort = self.lists["TOTAL"] * _COHORTS[one.group]
        cohort = np.rint(cohort)
        pcas = np.minimum(rng.binomial(cohort.astype(int), 0.06), cohort)
        eligible = cohort - pcas
        lower, upper = (
            one.lower_threshold or _USUAL[0],
            one.upper_threshold or _USUAL[1],
        )
        odds = np.clip(upper / 100 * _TARGET, 0.02, 0.97)
        leaning = np.log(odds / (1 - odds)) + 0.35 * care - 0.12 * self._poverty
        met = rng.binomial(eligible.astype(int), 1 / (1 + np.exp(-leaning))).astype(float)
        share = 100 * met / np.maximum(eligible, 1)
        points = np.round(one.points * np.clip((share - lower) / (upper - lower), 0, 1), 2)
        cells = {
            "NUMERATOR": met,
            "DENOMINATOR": eligible,
            "PCAS": pcas.astype(float),
            "ACHIEVED_POINTS": points,
        }
        if one.indicator == _NEW_CASES:
            cells["NEWLY_DIAGNOSED"] = cohort
        return cells

    @staticmethod
    def _region(start: str, lines: Sequence[list[str]], chosen: Indices) -> bytes:
        heading = (
            "REGION_ODS_CODE,REGION_ONS_CODE,REGION_NAME,PRACTICE_CODE,INDICATOR_CODE,MEASURE,VALUE"
        )
        return csv_text.text((heading, *(f"{start},{row}" for at in chosen for row in lines[at])))

    def _mapping(self) -> Iterator[str]:
        yield (
            "INDICATOR_CODE,INDICATOR_POINT_VALUE,GROUP_CODE,GROUP_DESCRIPTION,DOMAIN_CODE,"
            "DOMAIN_DESCRIPTION,PATIENT_LIST_TYPE"
        )
        for one in self._indicators:
            yield line(
                one.indicator,
                f"{one.points:g}",
                one.group,
                one.group_name,
                one.domain,
                one.domain_name,
                one.list_type or "TOTAL",
            )

    def _geography(self, icb_of: Indices) -> Iterator[str]:
        yield (
            "NAT_ONS_CODE,NAT_CODE,NAT_COUNTRY,REGION_ODS_CODE,REGION_ONS_CODE,REGION_NAME,"
            "ICB_ODS_CODE,ICB_ONS_CODE,ICB_NAME,SUB_ICB_ODS_CODE,SUB_ICB_ONS_CODE,SUB_ICB_NAME,"
            "PCN_ODS_CODE,PCN_NAME,PRACTICE_CODE,PRACTICE_NAME"
        )
        world = self.world
        for practice in self.practices:
            at = int(world.sub_icb_of_practice[practice])
            icb, sub_icb = world.icbs[int(icb_of[at])], world.sub_icbs[at]
            region = world.regions[icb.region]
            home = int(world.history.pcn[practice, self.end])
            pcn = ("U", "Unallocated")
            if home != UNALLOCATED:
                pcn = (world.pcns[home].code, world.pcns[home].name)
            yield line(
                "E92000001",
                "ENG",
                "England",
                region.code,
                region.ons_code,
                region.name,
                icb.code,
                icb.ons_code,
                icb.name,
                sub_icb.code,
                sub_icb.ons_code,
                sub_icb.name(icb),
                *pcn,
                world.codes[practice],
                world.practices[practice].name,
            )

    def _organisations(self) -> Iterator[str]:
        yield "PRACTICE_CODE,REVISED_MAX_POINTS"
        points = sum(one.points for one in self._indicators)
        for practice in self.practices:
            yield f"{self.world.codes[practice]},{points:g}"
