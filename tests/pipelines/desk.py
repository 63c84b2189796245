"""Somebody who refreshes data from a publisher on loopback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from click.testing import Result

from data.versions.manifest import Manifest
from data.versions.store import Store, store
from tests.pipelines.terminal import data_command
from tests.publication_site import PublicationSite
from tests.published_files import (
    APPOINTMENTS,
    SERIES,
    SITES,
    all_csv,
    list_files,
    listed,
    map_csv,
    quin_csv,
    zipped,
)

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
ALL, QUIN = "gp-reg-pat-prac-all.zip", "gp-reg-pat-prac-quin-age.zip"
CROSSTAB = "Practice_Level_Crosstab_Mar_26"
Files = dict[str, bytes]


@dataclass
class Desk:
    """Somebody at a terminal, and the publisher whose pages they refresh from."""

    site: PublicationSite
    home: Path

    def flask(self, *arguments: str) -> Result:
        return data_command(self.site.urls.settings(self.home), *arguments)

    @property
    def shelf(self) -> Store:
        return store(self.home, "real")

    def manifest(self, dataset: str = "list-sizes") -> Manifest:
        found = self.shelf.manifest(dataset)
        assert found is not None
        return found

    def publish_lists(self, month: date, files: Files | None = None) -> None:
        slug = f"{month:%B-%Y}".lower()
        self.site.add_release(
            SERIES,
            slug,
            f"Patients Registered, {month:%B %Y}",
            published=month.replace(day=12),
            files=files or list_files(month),
        )

    def publish_appointments(self, month: date, files: Files) -> None:
        self.site.add_release(
            APPOINTMENTS,
            f"{month:%B-%Y}".lower(),
            f"Appointments, {month:%B %Y}",
            published=month.replace(day=26),
            files=files,
        )


def total(month: date) -> int:
    return sum(listed(month, n) for n in range(1, len(SITES) + 1))


def changed(month: date, change: Callable[[bytes], bytes], name: str = ALL) -> Files:
    """A release with one CSV changed."""
    stem = name.removesuffix(".zip")
    csvs = {ALL: all_csv(month), QUIN: quin_csv(month), "gp-reg-pat-prac-map.zip": map_csv(month)}
    return list_files(month) | {name: zipped({f"{stem}.csv": change(csvs[name])})}


def without_half(csv: bytes) -> bytes:
    lines = csv.splitlines(keepends=True)
    return b"".join(lines[: len(lines) // 2 + 1])


def twice(csv: bytes) -> bytes:
    return csv + csv.splitlines(keepends=True)[-1]
