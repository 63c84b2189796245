"""The fictional publications, written in the order in which they came out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from pipelines.demo.appointment_files import write_appointments
from pipelines.demo.list_size_files import write_list_sizes
from pipelines.demo.practice_files import write_practices
from pipelines.demo.release import DemoRelease
from pipelines.demo.world import build_world

DEFAULT_SEED = 2026
DEFAULT_END = date(2026, 10, 1)
"""First of the month of the latest list sizes; the latest appointments are a month older."""
DEFAULT_PRACTICES, DEFAULT_MONTHS = 300, 24
ENGLAND_PRACTICES, ENGLAND_MONTHS = 6200, 36

_DATASETS = (
    ("practices", write_practices),
    ("list-sizes", write_list_sizes),
    ("gp-appointments", write_appointments),
)


def generate(
    folder: Path,
    *,
    practices: int,
    months: int,
    end: date,
    seed: int,
    progress: Callable[[str, float], None],
) -> tuple[DemoRelease, ...]:
    """Write every release below `folder/<dataset>/<slug>/`; the same arguments, the same files.

    Appointments cover `months` months up to the one before `end`; list sizes cover the same
    months and `end`. Releases come dataset by dataset, each in publication order. `progress`
    is told the dataset and how much of it is written, from 0 to 1.
    """
    world = build_world(practices=practices, months=months, end=end, seed=seed)
    releases = []
    for dataset, write in _DATASETS:
        progress(dataset, 0.0)
        for release, done in write(folder / dataset, world):
            releases.append(release)
            progress(dataset, done)
    return tuple(releases)
