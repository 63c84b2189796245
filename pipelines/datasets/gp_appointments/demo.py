"""Appointments in General Practice: the practice-level crosstab, its mapping and the coverage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.spec import UNALLOCATED
from pipelines.datasets.gp_appointments.demo_activity import SLOTS, Activity, Appointments
from pipelines.demo import csv_text, mix
from pipelines.demo.csv_text import line
from pipelines.demo.layout import Indices
from pipelines.demo.release import DemoRelease, Writing, last_thursday, month_slug
from pipelines.demo.world import World, add_months

_ENGLAND_SCALE = 1000  # practices; above it every month comes out once
_MONTHS_IN_A_RELEASE = 3
_MONTHLY_RELEASES = 4
_SPLIT_MONTHS = (3, 10)  # too many rows for a spreadsheet, so published in two parts
_PARTS = {
    "London_East_South": ("Y56", "Y61", "Y59", "Y58"),
    "Midlands_North": ("Y60", "Y62", "Y63"),
}

_CROSSTAB = line(
    *("APPOINTMENT_MONTH_START_DATE", "GP_CODE", "GP_NAME", "SUPPLIER", "PCN_CODE", "PCN_NAME"),
    *("SUB_ICB_LOCATION_CODE", "SUB_ICB_LOCATION_NAME", "HCP_TYPE", "APPT_MODE"),
    *("NATIONAL_CATEGORY", "TIME_BETWEEN_BOOK_AND_APPT", "COUNT_OF_APPOINTMENTS", "APPT_STATUS"),
)
_MAPPING = line(
    *("GP_CODE", "GP_NAME", "SUPPLIER", "PCN_CODE", "PCN_NAME", "SUB_ICB_LOCATION_CODE"),
    *("SUB_ICB_LOCATION_NAME", "ICB_CODE", "ICB_NAME", "REGION_CODE", "REGION_NAME"),
)
_COVERAGE = line(
    *("SUB_ICB_LOCATION_CODE", "ICB_ONS_CODE", "REGION_CODE", "Appointment_Month"),
    *("Included Practices", "Open Practices", "Patients registered at included practices"),
    "Patients registered at open practices",
)


def write(folder: Path, world: World) -> Writing:
    """Releases of three months each, so that every month is in at least one.

    The last four come out monthly and revise each other, as the publisher's do; those before
    them every third month. At the scale of England all come every third month.
    """
    activity = Activity(world)
    ends = release_ends(len(world.months) - 1, len(world.practices))
    covered: dict[int, Indices] = {}
    for done, end in enumerate(ends, start=1):
        month = world.months[end]
        slug = month_slug(month)
        inside = range(max(0, end - _MONTHS_IN_A_RELEASE + 1), end + 1)
        path = folder / slug / f"Practice_Level_Crosstab_{_tag(month)}.zip"
        csv_text.write_zip(path, _members(world, activity, inside, covered))
        coverage = folder / slug / "APPOINTMENTS_GP_COVERAGE.csv"
        coverage.write_bytes(csv_text.text(_coverage_lines(world, covered)))
        release = DemoRelease(
            "gp-appointments",
            slug,
            f"Appointments in General Practice, {month:%B %Y}",
            last_thursday(add_months(month, 1)),
            (path, coverage),
        )
        yield release, done / len(ends)


def release_ends(months: int, practices: int) -> list[int]:
    """Position of the last month of each release, in publication order."""
    monthly = _MONTHLY_RELEASES if practices <= _ENGLAND_SCALE else 1
    recent = list(range(months - 1, max(-1, months - 1 - monthly), -1))
    earlier = list(range(recent[-1] - _MONTHS_IN_A_RELEASE, -1, -_MONTHS_IN_A_RELEASE))
    if (earlier or recent)[-1] >= _MONTHS_IN_A_RELEASE:
        earlier.append((earlier or recent)[-1] - _MONTHS_IN_A_RELEASE)
    return sorted(recent + earlier)


def _members(
    world: World, activity: Activity, inside: range, covered: dict[int, Indices]
) -> Iterator[tuple[str, csv_text.Chunks]]:
    """The newest month first, then the mapping as it stands in that month."""
    region_of_icb = np.array([icb.region for icb in world.icbs])
    for number in reversed(inside):
        month = world.months[number]
        rows = activity.published(number, release=inside[-1] - number)
        covered[number] = np.unique(rows.practice)
        if month.month not in _SPLIT_MONTHS:
            yield f"Practice_Level_Crosstab_{_tag(month)}.csv", _crosstab(world, number, rows)
            continue
        sub_icb = world.sub_icb_of_practice[rows.practice]
        region = region_of_icb[world.icb_of_sub_icb(month)[sub_icb]]
        for part, codes in _PARTS.items():
            here = [n for n, each in enumerate(world.regions) if each.code in codes]
            name = f"Practice_Level_Crosstab_{part}_{_tag(month)}.csv"
            chosen = np.isin(region, here)
            if chosen.any():  # a very small world need not reach every region
                yield name, _crosstab(world, number, _only(rows, chosen))
    named = world.history.listed(inside[-1])
    for number in inside:
        named = np.union1d(named, covered[number])
    mapping = "".join(f"{row}\r\n" for row in _mapping_lines(world, inside[-1], named))
    yield "Mapping.csv", [mapping.encode()]


def _only(rows: Appointments, chosen: NDArray[np.bool_]) -> Appointments:
    return Appointments(
        rows.practice[chosen],
        rows.slot[chosen],
        rows.wait[chosen],
        rows.status[chosen],
        rows.count[chosen],
    )


def _crosstab(world: World, number: int, rows: Appointments) -> csv_text.Chunks:
    icb_of = world.icb_of_sub_icb(world.months[number])
    when = f"{world.months[number]:%d%b%Y}".upper()
    practices = []
    for practice in range(len(world.practices)):
        practices.append(f"{when},{_practice_columns(world, practice, number, icb_of)}")
    slots = [
        line(mix.STAFF[staff], mix.MODES[mode], mix.CATEGORIES[category].name)
        for staff, mode, category in SLOTS
    ]
    yield csv_text.text([_CROSSTAB])
    for block in csv_text.blocks(len(rows.count)):
        yield csv_text.joined(
            csv_text.repeated(practices, rows.practice[block]),
            csv_text.repeated(slots, rows.slot[block]),
            csv_text.repeated(mix.WAITS, rows.wait[block]),
            csv_text.numbers(rows.count[block]),
            csv_text.repeated(mix.STATUSES, rows.status[block]),
        )


def _practice_columns(world: World, practice: int, number: int, icb_of: Indices) -> str:
    """GP_CODE to SUB_ICB_LOCATION_NAME."""
    site = world.practices[practice]
    pcn = int(world.history.pcn[practice, number])
    code, name = UNALLOCATED, "UNALLOCATED"
    if pcn >= 0:
        code, name = world.pcns[pcn].code, world.pcns[pcn].name.upper()
    position = int(world.sub_icb_of_practice[practice])
    sub_icb = world.sub_icbs[position]
    system = world.characters.appointment_system[practice]
    return line(
        *(site.code, site.name.upper(), system, code, name),
        *(sub_icb.code, sub_icb.name(world.icbs[int(icb_of[position])])),
    )


def _mapping_lines(world: World, number: int, named: Indices) -> Iterator[str]:
    icb_of = world.icb_of_sub_icb(world.months[number])
    yield _MAPPING
    for practice in named:
        icb = world.icbs[icb_of[world.sub_icb_of_practice[practice]]]
        region = world.regions[icb.region]
        yield (
            _practice_columns(world, int(practice), number, icb_of)
            + ","
            + line(icb.code, icb.name, region.code, region.name)
        )


def _coverage_lines(world: World, covered: dict[int, Indices]) -> Iterator[str]:
    yield _COVERAGE
    open_months = sorted(covered)
    tables = []
    for number in open_months:
        lists = world.history.registered(number)
        included = np.isin(np.arange(len(lists)), covered[number])
        tables.append((number, lists, included & (lists > 0), lists > 0))
    for position, sub_icb in enumerate(world.sub_icbs):
        here = world.sub_icb_of_practice == position
        for number, lists, included, listed in tables:
            month: date = world.months[number]
            icb = world.icbs[world.icb_of_sub_icb(month)[position]]
            yield line(
                sub_icb.code,
                icb.ons_code,
                world.regions[icb.region].ons_code,
                f"{month:%d%b%Y}".upper(),
                int((here & included).sum()),
                int((here & listed).sum()),
                int(lists[here & included].sum()),
                int(lists[here & listed].sum()),
            )


def _tag(month: date) -> str:
    return f"{month:%b_%y}"
