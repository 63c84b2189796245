"""The PCN workbook of the Organisation Data Service, with both of its sheets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import xlsxwriter

from pipelines.demo import names
from pipelines.demo.world import World

_PCNS_STARTED = date(2019, 7, 1)
_FORMER_PCN_EVERY = 20
_FORMER_PCN_CLOSED = date(2022, 3, 31)

_DETAILS = (
    *("PCN Code", "PCN Name", "Current Sub ICB Loc Code", "Sub ICB Location", "Open Date"),
    *("Close Date", "Address Line 1", "Address Line 2", "Address Line 3", "Address Line 4"),
    *("Address Line 5", "Postcode"),
)
_PARTNERS = (
    "Partner\nOrganisation\nCode",
    "Partner\nName",
    "Practice\nParent\nSub ICB Loc Code",
    "Practice\nParent\nSub ICB Loc Name",
    "PCN Code",
    "PCN Name",
    "PCN Parent\nSub ICB Loc Code",
    "PCN Parent\nSub ICB Loc Name",
    "Practice to PCN\nRelationship\nStart Date",
    "Practice to PCN\nRelationship\nEnd Date",
    "Practice Sub ICB Loc and PCN Sub ICB Loc Match ",
)


def write_workbook(path: Path, world: World, published: date) -> Path:
    """Dates are text and empty cells are empty text, as in the real workbook."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime.combine(published, time())})
        for sheet_name, headings, rows in (
            ("PCNDetails", _DETAILS, _pcn_rows(world)),
            ("PCN Core Partner Details", _PARTNERS, _partner_rows(world)),
        ):
            sheet = book.add_worksheet(sheet_name)
            sheet.write_row(0, 0, headings)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, row)
    return path


def _sub_icb_names(world: World) -> list[str]:
    icb_of = world.icb_of_sub_icb(world.months[-1])
    return [
        sub_icb.name(world.icbs[icb_of[position]]).upper()
        for position, sub_icb in enumerate(world.sub_icbs)
    ]


def _former_pcn(world: World, pcn: int) -> tuple[str, str]:
    return f"U97{pcn:03d}", f"{world.pcns[pcn].town} Collaborative PCN".upper()


def _has_former(pcn: int) -> bool:
    return pcn % _FORMER_PCN_EVERY == 2


def _pcn_rows(world: World) -> Iterator[tuple[str, ...]]:
    rng = world.random(8)
    sub_icb_names = _sub_icb_names(world)
    icb_of = world.icb_of_sub_icb(world.months[-1])
    for number, pcn in enumerate(world.pcns):
        area = world.regions[world.icbs[icb_of[pcn.sub_icb]].region].postcode_area
        address = (
            *(f"{rng.integers(1, 99)} {names.street(rng)}".upper(), "", "", pcn.town.upper(), ""),
            names.postcode(rng, area, number % 99 + 1),
        )
        place = (world.sub_icbs[pcn.sub_icb].code, sub_icb_names[pcn.sub_icb])
        opened = _PCNS_STARTED
        if _has_former(number):
            closed = (day_text(_PCNS_STARTED), day_text(_FORMER_PCN_CLOSED))
            yield (*_former_pcn(world, number), *place, *closed, *address)
            opened = _FORMER_PCN_CLOSED + timedelta(days=1)
        yield (pcn.code, pcn.name.upper(), *place, day_text(opened), "", *address)


def _partner_rows(world: World) -> Iterator[tuple[str | bool, ...]]:
    """A practice has a row for every PCN it was in; those that left end the day before."""
    sub_icb_names = _sub_icb_names(world)
    for number, site in enumerate(world.practices):
        home = int(world.sub_icb_of_practice[number])
        own = (site.code, site.name.upper(), world.sub_icbs[home].code, sub_icb_names[home])
        for pcn, name_and_code, start, end in _memberships(world, number):
            there = world.pcns[pcn].sub_icb
            place = (world.sub_icbs[there].code, sub_icb_names[there])
            yield (*own, *name_and_code, *place, day_text(start), day_text(end), home == there)


def _memberships(
    world: World, number: int
) -> Iterator[tuple[int, tuple[str, str], date, date | None]]:
    site = world.practices[number]
    held = world.history.holder[number]
    inside = np.flatnonzero(held == number)
    pcns = world.history.pcn[number, inside]
    if pcns[0] < 0:
        return
    changes = [0, *(np.flatnonzero(np.diff(pcns)) + 1)]
    for order, change in enumerate(changes):
        pcn = int(pcns[change])
        start = world.months[inside[change]] if order else max(site.opened, _PCNS_STARTED)
        end = site.closed
        if end is None and site.status == "DORMANT":
            end = world.months[inside[-1] + 1] - timedelta(days=1)
        if order + 1 < len(changes):
            end = world.months[inside[changes[order + 1]]] - timedelta(days=1)
        if not order and _has_former(pcn) and start < _FORMER_PCN_CLOSED:
            yield pcn, _former_pcn(world, pcn), start, _FORMER_PCN_CLOSED
            start = _FORMER_PCN_CLOSED + timedelta(days=1)
        yield pcn, (world.pcns[pcn].code, world.pcns[pcn].name.upper()), start, end


def day_text(day: date | None) -> str:
    """`YYYYMMDD` as in every report, empty for no day."""
    return f"{day:%Y%m%d}" if day else ""
