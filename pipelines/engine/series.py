"""Every pipeline, in the order in which datasets need one another."""

from __future__ import annotations

import importlib
from functools import cache

from data.registry import UnknownDataset, all_datasets
from pipelines.engine.units import Series


@cache
def all_series() -> tuple[Series, ...]:
    """One `Series` per declared dataset, from the module with the dataset's name."""
    return tuple(
        importlib.import_module(f"pipelines.datasets.{declared.id.replace('-', '_')}.series").SERIES
        for declared in all_datasets()
    )


def series(dataset_id: str) -> Series:
    for found in all_series():
        if found.dataset.id == dataset_id:
            return found
    known = ", ".join(found.dataset.id for found in all_series())
    raise UnknownDataset(f"No dataset is called {dataset_id!r}. Known datasets: {known}.")
