"""Getting a dataset's newest files onto the disk, from the live pages or from a local path."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from data import logs
from data.settings import Settings
from data.versions.landed import Landed, mark_withdrawn, take_back, withdrawn
from data.versions.store import Store
from pipelines.engine.units import Progress, Series
from pipelines.fetch.discovery import Release, Skipped, latest_issues, ods_release, releases
from pipelines.fetch.http import Client
from pipelines.fetch.landing import Given, fetch, import_local
from pipelines.files.errors import NothingThere

log = logging.getLogger(__name__)

FIRST_FETCH = 3  # releases taken when nothing is held; older ones on request with --releases


def land_newest(
    store: Store,
    series: Series,
    settings: Settings,
    client: Client,
    *,
    count: int | None,
    progress: Progress,
) -> list[str]:
    """Download what is new or re-issued; return sentences about what was found and skipped.

    `count` release pages are looked at, newest first. With None: every one newer than the newest
    held and that one itself, for re-issues; the newest `FIRST_FETCH` where nothing is held.
    """
    said: list[str] = []
    dataset_id = series.dataset.id
    for release in _wanted(store, series, settings, client, count=count, said=said):
        offered = [file for file in release.files if series.wants(file.name)]
        for file in latest_issues(offered):

            def shown(done: int, total: int | None, name: str = file.name) -> None:
                progress(f"downloading {name}", done / total if total else 0.0, size=done)

            try:
                landed = fetch(
                    client,
                    store.landing,
                    dataset_id,
                    release=release,
                    file=file,
                    progress=shown,
                )
            except NothingThere:
                if not file.optional:
                    raise
                said.append(f"{release.slug}: {file.name} has nothing in it.")
                continue
            note = "withdrawn, not used" if _keep_withdrawn(store, dataset_id, landed) else ""
            size = f"{landed.receipt.bytes:,} bytes"
            said.append(
                f"{release.slug}: {', '.join(filter(None, (landed.path.name, size, note)))}."
            )
    return said


def _wanted(
    store: Store,
    series: Series,
    settings: Settings,
    client: Client,
    *,
    count: int | None,
    said: list[str],
) -> Iterable[Release]:
    if series.reports:
        yield ods_release(settings.ods_url, series.reports, today=date.today())
        return
    manifest = store.manifest(series.dataset.id)
    held = {release.slug for release in manifest.releases} if manifest else set()
    limit = count if count is not None else (None if held else FIRST_FETCH)
    taken, reached = 0, False
    address = f"{settings.publications_url}/{series.slug}"
    offered: Iterable[Release | Skipped]
    if series.discover:
        offered = series.discover(client, settings)
    else:
        offered = releases(client, address, files_url=settings.files_url)
    for found in offered:
        if isinstance(found, Skipped):
            said.append(f"{found.slug}: {found.reason}")
            continue
        yield found
        reached = reached or found.slug in held
        if found.more:
            continue
        taken += 1
        if reached if limit is None else taken >= limit:
            return


def land_local(store: Store, series: Series, paths: Iterable[Path]) -> tuple[Given, ...]:
    """Copy local files into the landing folder, where they count as the newest issue.

    Files that were withdrawn are used again: whoever hands in a file by name wants it used.
    """
    given = import_local(store.landing, series.dataset.id, paths, now=datetime.now(UTC))
    for mark in take_back(store.landing, series.dataset.id, {one.landed.identity for one in given}):
        logs.event(log, "withdrawal-taken-back", dataset=series.dataset.id, file=mark.name)
    return given


def _keep_withdrawn(store: Store, dataset_id: str, file: Landed) -> bool:
    """Whether a fetched file is withdrawn; the same bytes are, under whichever name they come."""
    marks = withdrawn(store.landing, dataset_id)
    if any(mark.identity == file.identity for mark in marks):
        return True
    same = next((mark for mark in marks if mark.sha256 == file.receipt.sha256), None)
    if same is None:
        return False
    mark_withdrawn(store.landing, dataset_id, [replace(same, name=file.path.name)])
    return True
