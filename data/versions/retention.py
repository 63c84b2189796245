"""Which versions stay, and how the others go: the live one, what is cited and the newest stay."""

from __future__ import annotations

import logging
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data import logs
from data.registry import all_datasets
from data.versions import undone
from data.versions.store import COLLECTED_PREFIX, Store

log = logging.getLogger(__name__)

_DELETING_PREFIX = ".deleting-"
GRACE = timedelta(hours=1)  # readers of a version just replaced finish on it


def collectable(
    store: Store, dataset_id: str, *, keep: int, days: int, now: datetime | None = None
) -> list[str]:
    """Versions that nothing asks for any more, oldest first.

    Kept are the live version, the `keep` newest, those replaced within `days`, those cited, and
    those that the live version of another dataset was worked out with.
    """
    now = now or datetime.now(UTC)
    live = store.current_version(dataset_id)
    versions = store.versions(dataset_id)
    if live is None:
        return []
    needed = _needed(store, dataset_id)
    replaced = undone.replaced_at(store, dataset_id)
    found = []
    for position, version in enumerate(versions):
        if position < keep or version >= live or version in needed:
            continue
        if store.citations(dataset_id, version):
            continue
        if now - replaced.get(version, now) < max(timedelta(days=days), GRACE):
            continue
        found.append(version)
    return found[::-1]


def _needed(store: Store, dataset_id: str) -> set[str]:
    live = [store.manifest(declared.id) for declared in all_datasets()]
    return {m.inputs[dataset_id] for m in live if m is not None and dataset_id in m.inputs}


def collect(
    store: Store, dataset_id: str, *, keep: int, days: int, now: datetime | None = None
) -> list[str]:
    """Remove the versions that are collectable, and what an interrupted collection left.

    A version leaves by one rename and is deleted after that, so that it is there whole or not
    at all. Months it shares with other versions are hard links, and stay with those.
    """
    for left in store.folder(dataset_id).glob(f"{COLLECTED_PREFIX}*"):
        _finish(store, dataset_id, left)
    for half in store.folder(dataset_id).glob(f"{_DELETING_PREFIX}*"):
        shutil.rmtree(half, ignore_errors=True)
    gone = []
    for version in collectable(store, dataset_id, keep=keep, days=days, now=now):
        folder = store.version_folder(dataset_id, version)
        aside = folder.with_name(f"{COLLECTED_PREFIX}{version}")
        try:
            folder.rename(aside)
        except FileNotFoundError:  # another process collects too
            continue
        if _finish(store, dataset_id, aside):
            gone.append(version)
            logs.event(log, "collected", dataset=dataset_id, version=version)
    return gone


def _finish(store: Store, dataset_id: str, aside: Path) -> bool:
    """Delete a version that was set aside; put it back if it was cited at the same moment."""
    version = aside.name.removeprefix(COLLECTED_PREFIX)
    if store.citations(dataset_id, version):
        aside.rename(store.version_folder(dataset_id, version))
        return False
    half = aside.with_name(f"{_DELETING_PREFIX}{version}")  # from here on it cannot come back
    aside.rename(half)
    shutil.rmtree(half, ignore_errors=True)
    return True


def cite(store: Store, dataset_id: str, version: str, *, by: str) -> None:
    """Keep a version for as long as `by` needs it. Raises `UnknownVersion` where it is gone.

    The note is written before the version is looked for and a collection looks for notes after
    it has set a version aside, so one of the two always sees the other.
    """
    store.cite(dataset_id, version, by=by)
    for _ in range(20):
        if version in store.versions(dataset_id):
            return
        time.sleep(0.05)  # a collection that has seen the note puts it back
    store.uncite(dataset_id, version, by=by)
    raise UnknownVersion(f"{dataset_id} has no version {version}; it may have been collected.")


class UnknownVersion(LookupError):
    """The version is not kept here."""
