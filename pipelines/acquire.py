"""Getting a dataset's newest files onto the disk, from the live pages or from a local path."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from data.settings import Settings
from data.store import Store
from pipelines.discovery import Release, Skipped, latest_issues, ods_release, releases
from pipelines.errors import NothingThere
from pipelines.http import Client
from pipelines.landing import fetch, import_local
from pipelines.units import Progress, Series

FIRST_FETCH = 3  # releases taken when nothing is held; older ones on request with --releases


def land_newest(
    store: Store,
    series: Series,
    settings: Settings,
    *,
    count: int | None,
    progress: Progress,
) -> list[str]:
    """Download what is new or re-issued; return sentences about what was found and skipped.

    `count` release pages are looked at, newest first. With None: every one newer than the newest
    held and that one itself, for re-issues; the newest `FIRST_FETCH` where nothing is held.
    """
    said: list[str] = []
    with Client(settings, timeout=series.timeout) as client:
        for release in _wanted(store, series, settings, client, count=count, said=said):
            offered = [file for file in release.files if series.wants(file.name)]
            for file in latest_issues(offered):

                def shown(done: int, total: int | None, name: str = file.name) -> None:
                    progress(f"downloading {name}", done / total if total else 0.0, size=done)

                try:
                    landed = fetch(
                        client,
                        store.landing,
                        series.dataset.id,
                        release=release,
                        file=file,
                        progress=shown,
                    )
                except NothingThere:
                    if not file.optional:
                        raise
                    said.append(f"{release.slug}: {file.name} has nothing in it.")
                    continue
                said.append(f"{release.slug}: {landed.path.name}, {landed.receipt.bytes:,} bytes.")
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


def land_local(store: Store, series: Series, paths: Iterable[Path]) -> int:
    """Copy local files into the landing folder; return how many distinct files were given."""
    found = import_local(
        store.landing,
        series.dataset.id,
        paths,
        now=datetime.now(UTC),
        published=_published(store, series.dataset.id),
    )
    return len(found)


def _published(store: Store, dataset_id: str) -> set[str]:
    """SHA-256 of every file from which a period of a version that is still kept was made."""
    found: set[str] = set()
    for version in store.versions(dataset_id):
        manifest = store.manifest(dataset_id, version)
        if manifest is None:
            continue
        sources = (names for r in manifest.periods.values() for names in r.sources.values())
        read = {name.partition(": ")[0] for names in sources for name in names}
        files = (file for release in manifest.releases for file in release.files)
        found |= {file.sha256 for file in files if file.name in read}
    return found
