"""Earlier versions of a dataset, for an address that names one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from data.db import library
from data.snapshot import Snapshot

KEY = "version"
KEPT = 4  # open earlier versions in each process


def version(dataset_id: str, name: str) -> Snapshot | None:
    """The version of that name; None when it is not kept."""
    if not dataset_id or not name:
        return None
    return _opened(library().store.root, dataset_id, name)


@lru_cache(maxsize=KEPT)
def _opened(_root: Path, dataset_id: str, name: str) -> Snapshot | None:
    """Opening checks every file of the version, so it is done once."""
    return library().version(dataset_id, name)
