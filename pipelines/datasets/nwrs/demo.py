"""General Practice Workforce: the practice-level archive of each month."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from data.datasets.nwrs import GP_AGES, GP_TOTALS, ROLES, TOTAL
from data.datasets.nwrs import GROUPS as GROUP_NAMES
from pipelines.demo import csv_text
from pipelines.demo.csv_text import line
from pipelines.demo.history import UNALLOCATED
from pipelines.demo.release import DemoRelease, Writing, last_thursday
from pipelines.demo.staff import GROUPS, RATES, SOURCES, Staff
from pipelines.demo.world import World, add_months

_IDENTITY = (
    "PRAC_CODE",
    "PRAC_NAME",
    "PCN_CODE",
    "PCN_NAME",
    "SUB_ICB_CODE",
    "SUB_ICB_NAME",
    "ICB_CODE",
    "ICB_NAME",
    "REGION_CODE",
    "REGION_NAME",
    "TOTAL_PATIENTS",
    "GP_SOURCE",
    "NURSE_SOURCE",
    "DPC_SOURCE",
    "ADMIN_SOURCE",
)
_TRAINEES, _LOCUMS = "TRN_GR", "LOCUM"
_NOT_REPORTED = 2  # positions in `SOURCES` from here on
_PREFIX = {"GP": "GP", "NURSES": "N", "DPC": "DPC", "ADMIN": "ADMIN"}


def write(folder: Path, world: World) -> Writing:
    """One release for each census; the newest has the high-level file too."""
    staff = Staff(world)
    for done, number in enumerate(staff.months, start=1):
        month = world.months[number]
        slug = census_slug(month)
        path = folder / slug / f"GPWPracticeCSV.{month:%m%Y}.zip"
        newest = number == staff.months[-1]
        csv_text.write_zip(path, _members(staff, number, high_level=newest))
        release = DemoRelease(
            "nwrs",
            slug,
            f"General Practice Workforce, {census_day(month):%-d %B %Y}",
            last_thursday(add_months(month, 1)),
            (path,),
        )
        yield release, done / len(staff.months)


def census_day(month: date) -> date:
    return month + timedelta(days=calendar.monthrange(month.year, month.month)[1] - 1)


def census_slug(month: date) -> str:
    """`30-june-2026`: the releases of both workforce series are named after the day."""
    return f"{census_day(month):%-d-%B-%Y}".lower()


def _members(
    staff: Staff, number: int, *, high_level: bool
) -> Iterator[tuple[str, csv_text.Chunks]]:
    tables = _Tables(staff, number)
    name = f"General Practice – {staff.world.months[number]:%B %Y} Practice Level"
    yield f"1 {name} - Detailed.csv", [csv_text.text(tables.detailed())]
    if high_level:
        yield f"3 {name} - High level.csv", [csv_text.text(tables.high_level())]


class _Tables:
    """The files of one census. Unreported groups are NA in every column."""

    def __init__(self, staff: Staff, number: int) -> None:
        self._world, self._number = staff.world, number
        people, fte = staff.people(number), staff.fte(number)
        column = {key: at for at, key in enumerate(RATES)}
        none = np.zeros(len(staff.world.practices))
        self._hc: dict[tuple[str, str], np.ndarray] = {}
        self._fte: dict[tuple[str, str], np.ndarray] = {}
        for group in GROUPS:
            for role in ROLES[group]:
                at = column.get((group, role))
                self._hc[group, role] = none if at is None else people[:, at]
                self._fte[group, role] = none if at is None else fte[:, at]
            self._add(group, TOTAL, ())
        self._add("GP", "EXTG", (_TRAINEES,))
        self._add("GP", "EXL", (_LOCUMS,))
        self._add("GP", "EXTGL", (_TRAINEES, _LOCUMS))
        self._ages = staff.gp_ages(self._hc["GP", TOTAL].astype(np.int64))
        self._sources = staff.sources(number)

    def _add(self, group: str, name: str, without: tuple[str, ...]) -> None:
        roles = [role for role in ROLES[group] if not role.startswith(without or ("?",))]
        self._hc[group, name] = np.sum([self._hc[group, role] for role in roles], axis=0)
        self._fte[group, name] = np.sum([self._fte[group, role] for role in roles], axis=0)

    @staticmethod
    def _roles(group: str) -> tuple[str, ...]:
        return (TOTAL, *(GP_TOTALS if group == "GP" else ()), *ROLES[group])

    def _headings(self) -> Iterator[str]:
        yield from _IDENTITY
        for group in GROUPS:
            for unit in ("HC", "FTE"):
                for role in self._roles(group):
                    who = f"{_PREFIX[group]}_{role}"
                    if role == TOTAL:
                        who = group
                    yield f"TOTAL_{who}_{unit}"
        yield from (f"TOTAL_GP_HC_{band}" for band in GP_AGES)

    def detailed(self) -> Iterator[str]:
        yield line(*self._headings())
        lists = self._world.history.registered(self._number)
        for practice in self._world.history.listed(self._number):
            cells = [_identity(self._world, practice, self._number), str(lists[practice])]
            cells += [SOURCES[self._sources[group][practice]] for group in GROUPS]
            for group in GROUPS:
                cells += self._numbers(group, practice)
            gps = self._sources["GP"][practice] < _NOT_REPORTED
            cells += [str(n) if gps else "NA" for n in self._ages[practice]]
            yield ",".join(cells)

    def _numbers(self, group: str, practice: int) -> list[str]:
        roles = self._roles(group)
        if self._sources[group][practice] >= _NOT_REPORTED:
            return ["NA"] * (2 * len(roles))
        return [
            *(f"{self._hc[group, role][practice]:.0f}" for role in roles),
            *(f"{self._fte[group, role][practice]:.10g}" for role in roles),
        ]

    def high_level(self) -> Iterator[str]:
        yield line(
            "PRAC_CODE", "PRAC_NAME", "STAFF_GROUP", "DETAILED_STAFF_ROLE", "MEASURE", "VALUE"
        )
        for practice in self._world.history.listed(self._number):
            who = line(self._world.codes[practice], self._world.practices[practice].name.upper())
            for group in GROUPS:
                known = self._sources[group][practice] < _NOT_REPORTED
                for role in (TOTAL, *ROLES[group]):
                    name = "Total" if role == TOTAL else ROLES[group][role]
                    for unit, table in (("FTE", self._fte), ("Headcount", self._hc)):
                        value = f"{table[group, role][practice]:.10g}" if known else "NA"
                        yield f"{who},{line(GROUP_NAMES[group], name, unit, value)}"


def _identity(world: World, practice: int, number: int) -> str:
    """PRAC_CODE to REGION_NAME."""
    month = world.months[number]
    found = world.practices[practice]
    home = int(world.history.pcn[practice, number])
    pcn = ("Unaligned", "Unaligned")
    if home != UNALLOCATED:
        pcn = (world.pcns[home].code, world.pcns[home].name.upper())
    at = int(world.sub_icb_of_practice[practice])
    icb = world.icbs[int(world.icb_of_sub_icb(month)[at])]
    region = world.regions[icb.region]
    sub_icb = world.sub_icbs[at]
    return line(
        found.code,
        found.name.upper(),
        *pcn,
        sub_icb.code,
        sub_icb.name(icb),
        icb.code,
        f"NHS {icb.short_name} ICB",
        region.code,
        region.name,
    )
