"""PCN Adjusted Populations: a workbook for each year, with a title above its headings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import xlsxwriter

from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World

_JANUARY = 1
_PUBLISHED = (3, 28)  # month and day


def write(folder: Path, world: World) -> Writing:
    """One workbook for each January that the world has."""
    januaries = [n for n, month in enumerate(world.months) if month.month == _JANUARY]
    for done, number in enumerate(januaries, 1):
        year = world.months[number].year
        named = f"{year}-{(year + 1) % 100:02}"
        published = min(date(year, *_PUBLISHED), world.months[-1])
        path = folder / named / f"pcn-adjusted-populations-{named}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(path) as book:
            book.set_properties({"created": datetime.combine(published, time())})
            book.add_worksheet("Notes").write_column(
                0, 0, ["PCN adjusted populations", "Fictional practices and figures"]
            )
            sheet = book.add_worksheet("Practices")
            for place, row in enumerate(_rows(world, number)):
                sheet.write_row(place, 0, row)
        title = f"PCN Adjusted Populations {year}/{(year + 1) % 100:02}"
        slug = f"adjusted-populations-{named}"
        release = DemoRelease("adjusted-populations", slug, title, published, (path,))
        yield release, done / len(januaries)


def _rows(world: World, number: int) -> Iterator[tuple[str | int, ...]]:
    month = world.months[number]
    listed = world.history.listed(number)
    registered = world.history.registered(number)[listed]
    who = world.characters
    need = np.exp(0.12 * who.older + 0.006 * (who.deprivation - 23))[listed]
    share = registered * need
    adjusted = np.rint(share * registered.sum() / share.sum()).astype(np.int64)
    named = f"{month.year}/{(month.year + 1) % 100:02}"
    yield (f"PCN adjusted populations for {named}", "NHS England")
    yield (
        *("Practice code", "Practice name", "PCN code", "PCN name", "ICB code", "ICB name"),
        *("Region code", "Region name", f"Registered list size 1 January {month.year}"),
        f"Adjusted population 1 January {month.year}",
    )
    icb_of = world.icb_of_sub_icb(month)
    for practice, people, base in zip(listed, registered, adjusted, strict=True):
        site = world.practices[practice]
        icb = world.icbs[icb_of[world.sub_icb_of_practice[practice]]]
        region = world.regions[icb.region]
        pcn = world.history.pcn[practice, number]
        code, name = ("no_data", "no_data")
        if pcn >= 0:
            code, name = world.pcns[pcn].code, world.pcns[pcn].name.upper()
        yield (
            *(site.code, site.name.upper(), code, name, icb.code, icb.name),
            *(region.code, region.name, int(people), int(base)),
        )
