"""GP Contract Services: a page for each year, with the core contract of every quarter.

The carers file and the MMR file follow the layout that the pipeline expects of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from data.datasets.vocabulary.gp_contract import CARERS
from pipelines.datasets.gp_contract.demo_services import GROUPS, ContractServices, Counts, Row
from pipelines.demo import csv_text
from pipelines.demo.csv_text import line
from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World, add_months

_HEADINGS = (
    *("QUALITY_SERVICE", "PRACTICE_CODE", "PRACTICE_NAME", "ACH_DATE", "IND_CODE", "MEASURE"),
    *("MEASURE_TYPE", "VALUE"),
)
_CARERS_HEADINGS = (
    *("QUALITY_SERVICE", "SUB_ICB_LOCATION_CODE", "SUB_ICB_LOCATION_NAME", "ACH_DATE"),
    *("IND_CODE", *GROUPS, "VALUE"),
)
_FIRST_MONTHS = (4, 7, 10, 1)  # of the quarters of a contract year
_LAG = 50  # days from the end of a quarter
_QUARTERS = 5  # the newest, and those of the year before it
_REISSUED = ("Q1 2025-26", "Q2 2025-26")  # the publisher's first issues of these were wrong
_TITLE = "[MI] GP Contract Services - England"


def write(folder: Path, world: World) -> Writing:
    """The newest quarters that are whole, and of the last of them the carers and MMR files."""
    services = ContractServices(world)
    quarters = _quarters(world)[-_QUARTERS:]
    for done, numbers in enumerate(quarters, start=1):
        first = world.months[numbers[0]]
        opened = first.year - (first.month == _FIRST_MONTHS[-1])
        year = f"{opened}-{(opened + 1) % 100:02}"
        named = f"Q{_FIRST_MONTHS.index(first.month) + 1} {year}"
        file = f"Core GP Contract {named}{' v2' if named in _REISSUED else ''}"
        slug = f"{year}-{file.lower().replace(' ', '-')}"
        published = _last_day(world.months[numbers[-1]]) + timedelta(days=_LAG)
        rows = [(number, services.core(number)) for number in numbers]
        path = folder / slug / f"{file}.csv"
        _write(path, _long(world, f"Core GP Contract {year}", rows))
        yield _release(slug, year, path, published), done / len(quarters)
        if done < len(quarters):
            continue
        path = folder / f"{year}-carers" / f"{CARERS} Unpaid Carers {named}.csv"
        _write(path, _carers(services, numbers, year))
        yield _release(f"{year}-carers", year, path, published), 1.0
        path = folder / f"{year}-mmr" / f"MMR {named}.csv"
        doses = [(number, services.mmr(number)) for number in numbers]
        _write(path, _long(world, f"MMR {year}", doses))
        yield _release(f"{year}-mmr", year, path, published), 1.0


def _release(slug: str, year: str, path: Path, published: date) -> DemoRelease:
    title = f"{_TITLE}, {year}: {path.name}"
    return DemoRelease("gp-contract", slug, title, published, (path,))


def _quarters(world: World) -> list[tuple[int, int, int]]:
    """Positions of the months of each quarter that has come out by the world's end."""
    last = len(world.months) - 1
    return [
        (at, at + 1, at + 2)
        for at, month in enumerate(world.months)
        if month.month in _FIRST_MONTHS
        and at + 2 < last
        and _last_day(world.months[at + 2]) + timedelta(days=_LAG) <= world.months[-1]
    ]


def _last_day(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def _write(path: Path, chunks: csv_text.Chunks) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        for chunk in chunks:
            stream.write(chunk)


def _long(
    world: World, service: str, months: Sequence[tuple[int, Mapping[Row, Counts]]]
) -> csv_text.Chunks:
    """One line for each practice, month and measure."""
    yield csv_text.text([line(*_HEADINGS)])
    for number, values in months:
        day = f"{_last_day(world.months[number]):%d/%m/%Y}"
        listed = world.history.listed(number)
        who = [
            line(service, world.codes[at], world.practices[at].name.upper(), day) for at in listed
        ]
        texts = np.stack([values[row][listed] for row in values], axis=1).ravel()
        shown = csv_text.repeated(["*", *map(str, range(texts.max() + 1))], texts + 1)
        rows = [line(*row) for row in values]
        yield csv_text.joined(
            csv_text.repeated(who, np.repeat(np.arange(len(who)), len(rows))),
            csv_text.repeated(rows, np.tile(np.arange(len(rows)), len(who))),
            shown,
        )


def _carers(services: ContractServices, numbers: Sequence[int], year: str) -> csv_text.Chunks:
    """Carers of each sub-ICB location, split by one thing at a time."""
    yield csv_text.text([line(*_CARERS_HEADINGS)])
    for number in numbers:
        yield csv_text.text(_groups(services, number, year))


def _groups(services: ContractServices, number: int, year: str) -> Iterator[str]:
    world = services.world
    month = world.months[number]
    day = f"{_last_day(month):%d/%m/%Y}"
    listed = world.history.listed(number)
    home = world.sub_icb_of_practice[listed]
    icb_of = world.icb_of_sub_icb(month)
    for at, sub_icb in enumerate(world.sub_icbs):
        members = listed[home == at]
        if not len(members):
            continue
        start = (
            f"Core GP Contract {year}",
            sub_icb.code,
            sub_icb.name(world.icbs[int(icb_of[at])]),
        )
        for (column, group), count in services.groups(number, members).items():
            split = (group if name == column else "" for name in GROUPS)
            yield line(*start, day, CARERS, *split, count if count > 7 else "*")
