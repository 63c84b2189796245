"""One whole refresh of a dataset, from looking at the publisher to what its version replaces."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from data import logs
from data.settings import Settings
from data.versions import litter, retention
from data.versions.store import Realm, Store
from data.versions.store import store as shelf_of
from pipelines.engine.runner import Refresh, publish_landed, quiet, record
from pipelines.engine.series import all_series
from pipelines.engine.units import Progress, Series
from pipelines.engine.uses import sentences
from pipelines.fetch.http import POLITE, Client, Manners
from pipelines.fetch.landing import Given
from pipelines.files.errors import FetchError, RefusedFile
from pipelines.locking.locks import AlreadyRunning, refresh_lock
from pipelines.schedule.acquire import land_local, land_newest
from pipelines.schedule.reporting import reported

log = logging.getLogger(__name__)


def refresh_dataset(
    store: Store,
    one: Series,
    settings: Settings,
    *,
    paths: Sequence[Path] = (),
    releases: int | None = None,
    manners: Manners = POLITE,
    progress: Progress = quiet,
    say: Callable[[str], None] | None = None,
) -> Refresh:
    """Fetch what is new, or take local files, and publish it; whatever goes wrong is recorded.

    Raises `AlreadyRunning` when another process is at it, on this or another host.
    """
    with (
        refresh_lock(store.root / "locks", f"{one.dataset.id}-check"),
        reported(store, one.dataset.id, progress) as told,
    ):
        litter.sweep(store, one.dataset.id)
        given: tuple[Given, ...] = ()
        became: list[str] = []
        try:
            if paths:
                given = land_local(store, one, paths)
            else:
                with Client(settings, manners=manners, timeout=one.timeout) as client:
                    lines = land_newest(store, one, settings, client, count=releases, progress=told)
                for line in lines:
                    logs.event(log, "landed", dataset=one.dataset.id, found=line)
                    if say:
                        say(line)
        except (FetchError, RefusedFile, OSError) as error:
            result = Refresh(one.dataset.id, "failed", str(error))
            record(store, result)
            return result
        result = publish_landed(
            store,
            one,
            memory_mb=settings.pipeline_memory_mb,
            progress=told,
            look=lambda reading: became.extend(sentences(given, reading)),
        )
    if result.version and result.outcome != "unchanged":
        retention.collect(
            store, one.dataset.id, keep=settings.keep_versions, days=settings.keep_days
        )
    known = result.is_known and not paths  # who hands a file in now is told of it now
    return replace(result, files=tuple(became), is_known=known)


def tidy(home: Path) -> None:
    """Remove what killed processes left, of every dataset at which nobody is at work."""
    left = litter.sweep_home(home)
    realms: tuple[Realm, ...] = ("real", "demo")
    for realm in realms:
        shelf = shelf_of(home, realm)
        for one in all_series():
            if not (shelf.landing / one.dataset.id).exists():
                continue
            try:
                with (
                    refresh_lock(shelf.root / "locks", f"{one.dataset.id}-check"),
                    refresh_lock(shelf.root / "locks", one.dataset.id),
                ):
                    left += litter.sweep(shelf, one.dataset.id)
            except AlreadyRunning:
                continue
    if left:
        logs.event(log, "swept", pieces=left)


def dependents(store: Store, results: Sequence[Refresh]) -> list[Series]:
    """Datasets that use a version just replaced, and so need their rates worked out again."""
    renewed = {r.dataset for r in results if r.version and r.outcome != "unchanged"}
    return [
        one
        for one in all_series()
        if store.current_version(one.dataset.id)
        and renewed & set(one.dataset.needs)
        and one.dataset.id not in renewed
    ]
