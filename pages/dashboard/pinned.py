"""Earlier versions of a dataset, for an address that names one."""

from __future__ import annotations

from data.versions.db import library
from data.versions.snapshot import Snapshot

KEY = "version"


def version(dataset_id: str, name: str) -> Snapshot | None:
    """The version of that name; None when it is not kept."""
    return library().version(dataset_id, name) if dataset_id and name else None
