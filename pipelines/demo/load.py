"""Demonstration data: fictional publications, loaded through the ordinary pipelines."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from data.store import Store
from pipelines.demo.publications import (
    DEFAULT_END,
    DEFAULT_MONTHS,
    DEFAULT_PRACTICES,
    ENGLAND_MONTHS,
    ENGLAND_PRACTICES,
    generate,
)
from pipelines.landing import land_copy
from pipelines.runner import Refresh, publish_landed
from pipelines.series import all_series
from pipelines.units import Progress

SIZES: dict[str, tuple[int, int]] = {
    "small": (DEFAULT_PRACTICES, DEFAULT_MONTHS),
    "england": (ENGLAND_PRACTICES, ENGLAND_MONTHS),
}


def load_demonstration(
    store: Store, *, scale: str, seed: int, memory_mb: int, progress: Progress
) -> list[Refresh]:
    """Write the fictional releases, land them in publication order and publish every dataset."""
    practices, months = SIZES[scale]
    store.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.root, prefix=".publications-") as scratch:
        releases = generate(
            Path(scratch),
            practices=practices,
            months=months,
            end=DEFAULT_END,
            seed=seed,
            progress=_within(progress, start=0.0, share=0.4),
        )
        for release in releases:
            for path in release.files:
                land_copy(
                    store.landing,
                    release.dataset,
                    path,
                    release=release.slug,
                    title=release.title,
                    published=release.published,
                    now=datetime.combine(release.published, datetime.min.time(), UTC),
                )
    pa.default_memory_pool().release_unused()
    share = 0.6 / len(all_series())
    return [
        publish_landed(
            store,
            one,
            memory_mb=memory_mb,
            progress=_within(progress, start=0.4 + number * share, share=share),
        )
        for number, one in enumerate(all_series())
    ]


def _within(progress: Progress, *, start: float, share: float) -> Progress:
    """Progress of one step of a longer piece of work."""

    def shown(step: str, done: float, *, rows: int | None = None, size: int | None = None) -> None:
        progress(step, start + share * done, rows=rows, size=size)

    return shown
