"""Patient Online Management Information: one zipped CSV for each reporting year."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data import periods
from pipelines.demo import csv_text
from pipelines.demo.csv_text import line
from pipelines.demo.places import places
from pipelines.demo.release import DemoRelease, Writing, last_thursday
from pipelines.demo.world import World, add_months

_FIELDS = (
    *("patient_list_size", "Sys_Appts_Enbld", "Pat_Appts_Enbld", "Pat_Appts_Use"),
    *("Sys_Presc_Enbld", "Pat_Presc_Enbld", "Pat_Presc_Use", "Sys_DetCodeRec_Enbld"),
    *("Pat_DetCodeRec_Enbld", "Pat_DetCodeRec_Use", "Total_Pat_Enbld", "New_Pat_Enbld"),
    "Total_Use",
)
_HEADINGS = (
    *("report_period_end", "region_code", "region_name", "sub_ICB_location_code"),
    *("sub_ICB_location_name", "practice_code", "practice_name", "system_supplier"),
    *("field", "value"),
)
_MONTHS = 12  # of the series that are held: those before are only more of the same
_BLANK = 0.004  # share of practices whose newly enabled patients are not returned in a month
_OFF = (0.03, 0.006, 0.02)  # of practices that have not switched on each service
_WITHOUT = 0.004  # of practices whose system cannot do one of them


def write(folder: Path, world: World) -> Writing:
    """The years of the series, April to March, each as its last file left it."""
    last_month = len(world.months) - 2
    months = range(max(0, last_month - _MONTHS + 1), last_month + 1)

    def year(number: int) -> int:
        return periods.containing("financial_year", world.months[number]).year

    statuses = _statuses(world)
    for _, group in groupby(months, year):
        inside = list(group)
        first, last = world.months[inside[0]], world.months[inside[-1]]
        stem = f"POMI_{f'{first:%b%Y}'.upper()}_to_{f'{last:%b%Y}'.upper()}"
        slug = stem.lower().replace("_", "-")
        chunks = _chunks(world, inside, statuses)
        path = csv_text.write_zip(folder / slug / f"{stem}.zip", [(f"{stem}.csv", chunks)])
        yield (
            DemoRelease(
                "patient-online",
                slug,
                f"Patient Online Management Information (POMI): {stem}.zip",
                last_thursday(add_months(last, 1)),
                (path,),
            ),
            (inside[-1] - months[0] + 1) / len(months),
        )


def _chunks(world: World, inside: list[int], statuses: NDArray[np.int64]) -> csv_text.Chunks:
    yield csv_text.text([line(*_HEADINGS)])
    for number in inside:
        listed = world.history.listed(number)
        prefixes = list(_prefixes(world, number))
        values = _values(world, number, statuses)[listed]
        shown = csv_text.numbers(values.ravel())
        blank = np.flatnonzero(values.ravel() < 0)
        if len(blank):
            texts = shown.to_pylist()
            for position in blank:
                texts[position] = ""
            shown = csv_text.repeated(texts, np.arange(len(texts)))
        yield csv_text.joined(
            csv_text.repeated(prefixes, np.repeat(listed, len(_FIELDS))),
            csv_text.repeated(_FIELDS, np.tile(np.arange(len(_FIELDS)), len(listed))),
            shown,
        )


def _prefixes(world: World, number: int) -> Iterator[str]:
    """The beginning of every line of a practice, of each practice of the world."""
    ended = add_months(world.months[number], 1) - world.months[number].resolution
    suppliers = world.characters.system
    for place, supplier in zip(places(world, number), suppliers, strict=True):
        yield line(
            f"{ended:%d-%b-%y}",
            place.region,
            place.region_name,
            place.sub_icb,
            place.sub_icb_name,
            place.code,
            place.name,
            supplier or "VISION",
        )


def _statuses(world: World) -> NDArray[np.int64]:
    """Practices x (appointments, prescriptions, records): 2, 1 or 0, the same in every month."""
    drawn = world.random(61).random((len(world.practices), len(_OFF)))
    found = np.where(drawn < _OFF, 1, 2)
    found[drawn > 1 - _WITHOUT] = 0
    found[:5] = 2
    return found


def _values(world: World, number: int, statuses: NDArray[np.int64]) -> NDArray[np.int64]:
    """Practices x fields, -1 where nothing was returned."""
    who, rng = world.characters, world.random(62, number)
    lists = world.history.registered(number)
    noise = rng.lognormal(0, 0.03, len(lists))
    poverty = (who.deprivation - 23) / 12
    ready = 1 / (1 + np.exp(-(0.1 + 0.35 * who.online - 0.3 * who.older)))
    share = 0.9 * ready * np.exp(-0.1 * poverty) * (1 + 0.006 * number)
    most = lists * np.clip(share, 0.05, 0.97)
    enabled = most[:, None] * (0.9, 1.0, 0.85) * (statuses == 2)
    uses = enabled * (0.045, 0.28, 1.7) * noise[:, None]
    uses[:, 1] *= np.exp(0.25 * who.older)
    enabled, uses = np.rint(enabled).astype(np.int64), np.rint(uses).astype(np.int64)
    new = rng.poisson(most * 0.012)
    new[rng.random(len(new)) < _BLANK] = -1
    services = np.stack([statuses, enabled, uses], axis=2).reshape(len(lists), -1)
    total, every = enabled.max(axis=1), uses.sum(axis=1) + rng.poisson(most * 0.2)
    return np.column_stack([lists, services, total, new, every])
