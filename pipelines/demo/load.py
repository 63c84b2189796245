"""Demonstration data: fictional publications, loaded through the ordinary pipelines."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

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

Scale = Literal["small", "england"]
_SIZES: dict[Scale, tuple[int, int]] = {
    "small": (DEFAULT_PRACTICES, DEFAULT_MONTHS),
    "england": (ENGLAND_PRACTICES, ENGLAND_MONTHS),
}


def load_demonstration(
    store: Store, *, scale: Scale, seed: int, memory_mb: int, progress: Progress
) -> list[Refresh]:
    """Write the fictional releases, land them in publication order and publish every dataset."""
    practices, months = _SIZES[scale]
    store.root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.root, prefix=".publications-") as scratch:
        releases = generate(
            Path(scratch),
            practices=practices,
            months=months,
            end=DEFAULT_END,
            seed=seed,
            progress=lambda step, done: progress(step, 0.4 * done),
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
    results = []
    for number, one in enumerate(all_series()):
        start, share = 0.4 + 0.6 * number / len(all_series()), 0.6 / len(all_series())
        results.append(
            publish_landed(
                store,
                one,
                memory_mb=memory_mb,
                progress=lambda step, done, start=start, share=share: progress(
                    f"{step}", start + share * done
                ),
            )
        )
    return results
