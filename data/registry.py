"""All declared datasets, found by importing every module of `data.datasets`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from data import datasets
from data.spec import Dataset


class UnknownDataset(KeyError):
    """No dataset has that id."""


@cache
def all_datasets() -> tuple[Dataset, ...]:
    """Every declaration, those that others need first."""
    found = [
        importlib.import_module(f"{datasets.__name__}.{module.name}").DATASET
        for module in pkgutil.iter_modules(datasets.__path__)
        if not module.ispkg
    ]
    ordered: list[Dataset] = []
    while found:
        ready = [d for d in found if set(d.needs) <= {d.id for d in ordered}]
        ordered += sorted(ready, key=lambda d: (bool(d.needs), d.id))
        found = [d for d in found if d not in ready]
    return tuple(ordered)


def dataset(dataset_id: str) -> Dataset:
    for declared in all_datasets():
        if declared.id == dataset_id:
            return declared
    known = ", ".join(d.id for d in all_datasets())
    raise UnknownDataset(f"No dataset is called {dataset_id!r}. Known datasets: {known}.")
