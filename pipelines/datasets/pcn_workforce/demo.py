"""Primary Care Network Workforce: the individual-level archive of each month."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipelines.datasets.nwrs.demo import census_day, census_slug
from pipelines.demo import csv_text
from pipelines.demo.csv_text import line
from pipelines.demo.history import UNALLOCATED
from pipelines.demo.release import DemoRelease, Writing, last_thursday
from pipelines.demo.staff import Staff
from pipelines.demo.world import World, add_months

_COLUMNS = line(
    *("Data_source", "CENSUS_YEAR", "CENSUS_MONTH", "PCN_CODE", "PCN_NAME", "SUB_ICB_CODE"),
    *("SUB_ICB_NAME", "ICB_CODE", "ICB_NAME", "COMM_REGION_CODE", "COMM_REGION_NAME"),
    *("STAFF_GROUP", "STAFF_ROLE", "DETAILED_STAFF_ROLE", "FTE", "UNIQUE_IDENTIFIER"),
)
_DPC, _ADMIN = "Other Direct Patient Care staff", "Other Admin/Non-clinical staff"
# (group, role, detailed role, posts per 10,000 patients, hours a week)
_POSTS = (
    (_DPC, "Pharmacists", "Pharmacist", 1.15, 31),
    (_DPC, "Care Coordinators", "Care Coordinator", 1.05, 29),
    (_DPC, "Social Prescribing Link Workers", "Social Prescribing Link Worker", 0.5, 31),
    (_DPC, "Pharmacy Technicians", "Pharmacy Technician", 0.42, 31),
    (_DPC, "Physiotherapists", "Physiotherapist", 0.36, 27),
    (_DPC, "General Practice Assistants", "General Practice Assistant", 0.33, 28),
    (_DPC, "Paramedics", "Paramedic", 0.24, 31),
    (_DPC, "Health and Wellbeing Coaches", "Health and Wellbeing Coach", 0.2, 30),
    (_DPC, "Physician Associates", "Physician Associate", 0.18, 32),
    ("Other GPs", "Salaried GPs", "Salaried By PCN", 0.32, 20),
    ("Other Nurses", "Advanced Nurse Practitioners", "Advanced Nurse Practitioner", 0.17, 28),
    ("Directors", "Medical Clinical Director (GP)", "Clinical Director – Medical", 0.17, 8),
    (_ADMIN, "Managers", "Manager", 0.14, 30),
    (_ADMIN, "Digital and Transformation Leads", "Digital and Transformation Lead", 0.09, 30),
    (_ADMIN, "Other Admin/Non-clinical", "Other", 0.3, 25),
)
_CONTRACTED = 0.15  # share of posts that another organisation fills
_SHARED = 0.04  # share of people who also work for the next PCN
_FIRST_PERSON = 200_000
_YEARLY_GROWTH = 0.06
_WEEK = 37.5


def write(folder: Path, world: World) -> Writing:
    months = Staff(world).months
    for done, number in enumerate(months, start=1):
        month = world.months[number]
        slug = census_slug(month)
        path = folder / slug / f"PCNWFIndividualCSV.{month:%m%Y}.zip"
        member = f"1.Primary Care Networks - {month:%B %Y} Individual Level.csv"
        text = "﻿".encode() + csv_text.text((_COLUMNS, *_people(world, number)))
        csv_text.write_zip(path, [(member, [text])])
        release = DemoRelease(
            "pcn-workforce",
            slug,
            f"Primary Care Network Workforce, {census_day(month):%-d %B %Y}",
            last_thursday(add_months(month, 1)),
            (path,),
        )
        yield release, done / len(months)


def _people(world: World, number: int) -> Iterator[str]:
    """A row for each person and PCN. The same people, with the same numbers, every month."""
    month = world.months[number]
    lists = world.history.registered(number)
    pcn_of = world.history.pcn[:, number]
    patients = np.zeros(len(world.pcns))
    placed = pcn_of != UNALLOCATED
    np.add.at(patients, pcn_of[placed], lists[placed])
    rng = world.random(34)
    shape = (len(world.pcns), len(_POSTS))
    rounding, hours = rng.random(shape), rng.lognormal(0, 0.15, shape)
    keenness = rng.lognormal(0, 0.2, len(world.pcns))
    years = (number - len(world.months)) / 12
    homes = [_home(world, pcn, number) for pcn in range(len(world.pcns))]
    person = _FIRST_PERSON
    for pcn, home in enumerate(homes):
        for at, (group, role, detailed, rate, usual) in enumerate(_POSTS):
            expected = patients[pcn] / 10_000 * rate * keenness[pcn] * (1 + _YEARLY_GROWTH * years)
            fte = round(min(37.5, round(usual * hours[pcn, at] * 2) / 2) / _WEEK, 9)
            post = line(group, role, detailed, f"{fte:.10g}")
            for each in range(int(expected + rounding[pcn, at])):
                luck = world.seed * 7919 + pcn * 613 + at * 101 + each * 37
                number_of = person + pcn * 1000 + at * 40 + each
                if luck % 100 < 100 * _CONTRACTED:
                    yield f"NWRS contracted services,{month.year},{month.month},{home},{post},"
                    continue
                yield f"NWRS Staff,{month.year},{month.month},{home},{post},{number_of}"
                if luck % 100 >= 100 - 100 * _SHARED:
                    other = homes[(pcn + 1) % len(homes)]
                    yield f"NWRS Staff,{month.year},{month.month},{other},{post},{number_of}"


def _home(world: World, pcn: int, number: int) -> str:
    """PCN_CODE to COMM_REGION_NAME."""
    found = world.pcns[pcn]
    icb = world.icbs[int(world.icb_of_sub_icb(world.months[number])[found.sub_icb])]
    sub_icb, region = world.sub_icbs[found.sub_icb], world.regions[icb.region]
    return line(
        found.code,
        found.name.upper(),
        sub_icb.code,
        sub_icb.name(icb),
        icb.code,
        f"NHS {icb.short_name} ICB",
        region.code,
        region.name,
    )
