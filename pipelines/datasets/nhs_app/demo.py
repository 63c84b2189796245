"""NHS App Statistics by ICB and for England, and an export of practices with its mapping."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.demo import csv_text
from pipelines.demo.csv_text import line
from pipelines.demo.release import DemoRelease, Writing, last_thursday, month_slug
from pipelines.demo.world import World

_ADULTS = 0.87  # of a list is 13 or over, before its age structure
_SUPPRESSED_BELOW = 5
_IMPORTED = 12  # months of practices that the dashboard keeps
_OPEN = (
    "Monthly logins",
    "Monthly unique user logins",
    "Prescription orders",
    "Unique users ordering prescriptions",
    "Account registrations",
)
_EXPORT = (
    *("GP Practice Code", "Month", "Logins", "Logged-in users", "Appts booked", "Appts cancelled"),
    *("Prescriptions", "Records viewed", "OD registrations", "OD updates", "OD look-ups"),
)
_MAPPING = (
    "column,measure",
    "Logins,logins",
    "Logged-in users,unique_logins",
    "Appts booked,appointments_booked",
    "Appts cancelled,appointments_cancelled",
    "Prescriptions,prescription_orders",
    "Records viewed,record_views",
    "OD registrations,organ_donation_registrations",
    "OD updates,organ_donation_updates",
    "OD look-ups,organ_donation_lookups",
)


@dataclass(frozen=True, slots=True)
class _Use:
    """Counts of a month for every practice: columns are those of `_OPEN`."""

    month: date
    counts: NDArray[np.int64]


def write(folder: Path, world: World) -> Writing:
    """The newest release holds every month of the series; the practices come as an import."""
    uses = [_use(world, number) for number in range(len(world.months) - 1)]
    newest = uses[-1].month
    home = folder / month_slug(newest)
    home.mkdir(parents=True, exist_ok=True)
    files = (
        _file(home / "nhs-app-icb-level.csv", _icb_lines(world, uses)),
        _file(home / "nhs-app-england-level.csv", _england_lines(uses)),
    )
    title = f"NHS App Statistics, {newest:%B %Y}"
    published = min(last_thursday(world.months[-1]), world.months[-1])
    yield DemoRelease("nhs-app", month_slug(newest), title, published, files), 0.5
    home = folder / "practices"
    home.mkdir(parents=True, exist_ok=True)
    imported = (
        _file(home / "dashboard-export.csv", _practice_lines(world, uses)),
        _file(home / "dashboard-columns.csv", _MAPPING),
    )
    title = "NHS App dashboard, export of practices"
    yield DemoRelease("nhs-app", "practice-export", title, published, imported), 1.0


def _file(path: Path, lines: Sequence[str] | Iterator[str]) -> Path:
    path.write_bytes(csv_text.text(lines))
    return path


def _use(world: World, number: int) -> _Use:
    who = world.characters
    lists = world.history.registered(number) * _ADULTS
    digital = 1 / (1 + np.exp(-(0.1 + 0.35 * who.online - 0.3 * who.older)))
    poverty = (who.deprivation - 23) / 12
    rng = world.random(41, number)
    noise = rng.lognormal(0, 0.04, len(lists))
    unique = lists * digital * np.exp(-0.15 * poverty) * 0.72 * (1 + 0.006 * number) * noise
    unique = np.minimum(unique, 0.95 * lists)
    counts = np.array(
        [
            unique * 6.1,
            unique,
            unique * 0.31,
            unique * 0.24,
            lists * 0.006 * noise,
        ]
    ).T
    return _Use(world.months[number], np.rint(counts).astype(np.int64))


def _icb_lines(world: World, uses: Sequence[_Use]) -> Iterator[str]:
    yield line("Month", "Region code", "ICB code", "ICB name", *_OPEN)
    for use in uses:
        icb_of = world.icb_of_sub_icb(use.month)[world.sub_icb_of_practice]
        for position in np.unique(icb_of):
            icb = world.icbs[position]
            sums = use.counts[icb_of == position].sum(axis=0)
            region = world.regions[icb.region].code
            yield line(f"{use.month:%Y-%m-%d}", region, icb.code, icb.name, *sums)


def _england_lines(uses: Sequence[_Use]) -> Iterator[str]:
    yield line("Month", "Metric", "Value")
    for use in uses:
        for name, value in zip(_OPEN, use.counts.sum(axis=0), strict=True):
            yield line(f"{use.month:%Y-%m-%d}", name, value)


def _practice_lines(world: World, uses: Sequence[_Use]) -> Iterator[str]:
    yield line(*_EXPORT)
    shares = (0.05, 0.012, 0.31, 1.9, 0.0012, 0.0007, 0.004)  # of unique logins
    for number, use in list(enumerate(uses))[-_IMPORTED:]:
        for practice in world.history.listed(number):
            unique = int(use.counts[practice, 1])
            others = [round(unique * share) for share in shares]
            shown = [str(n) if n >= _SUPPRESSED_BELOW else "*" for n in others]
            code = world.practices[practice].code
            yield line(code, f"{use.month:%b-%y}", use.counts[practice, 0], unique, *shown)
