"""The fictional publications, written in the order in which they came out."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

from data.registry import all_datasets
from pipelines.demo.release import DemoRelease, Writing
from pipelines.demo.world import World, build_world

DEFAULT_SEED = 2026
DEFAULT_END = date(2026, 10, 1)
"""First of the month of the latest list sizes; the latest appointments are a month older."""
SIZES = {"small": (300, 24), "england": (6200, 36)}
"""Practices and months of each scale."""


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
    for declared in all_datasets():
        progress(declared.id, 0.0)
        for release, done in writer(declared.id)(folder / declared.id, world):
            releases.append(release)
            progress(declared.id, done)
        progress(declared.id, 1.0)
    return tuple(releases)


def writer(dataset_id: str) -> Callable[[Path, World], Writing]:
    """`write` of the module with the dataset's name in `pipelines.demo`."""
    module = importlib.import_module(f"pipelines.datasets.{dataset_id.replace('-', '_')}.demo")
    write: Callable[[Path, World], Writing] = module.write
    return write
