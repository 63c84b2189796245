"""A small fictional England, written once for all tests of this folder."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from pipelines.demo.publications import generate
from pipelines.demo.release import DemoRelease

Row = dict[str, str]


class Publications:
    """What was written, read back with nothing but the standard library."""

    def __init__(self, folder: Path, releases: tuple[DemoRelease, ...]) -> None:
        self.folder = folder
        self.releases = releases

    def of(self, dataset: str) -> list[DemoRelease]:
        return [release for release in self.releases if release.dataset == dataset]

    def release(self, dataset: str, slug: str) -> DemoRelease:
        return next(release for release in self.of(dataset) if release.slug == slug)

    def members(self, dataset: str, slug: str) -> Iterator[tuple[str, bytes]]:
        for path in self.release(dataset, slug).files:
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        yield name, archive.read(name)
            else:
                yield path.name, path.read_bytes()

    def rows(self, dataset: str, slug: str, start: str) -> list[Row]:
        """Rows of every member whose name starts so."""
        found = [
            csv.DictReader(io.StringIO(content.decode()))
            for name, content in self.members(dataset, slug)
            if name.startswith(start)
        ]
        assert found, f"no {start} in {slug}"
        return [row for reader in found for row in reader]

    def crosstab(self, slug: str, month: str) -> list[Row]:
        rows = self.rows("gp-appointments", slug, "Practice_Level_Crosstab")
        return [row for row in rows if row["APPOINTMENT_MONTH_START_DATE"] == month]


def write(folder: Path, *, end: date, seed: int = 7, practices: int = 40) -> Publications:
    releases = generate(
        folder, practices=practices, months=6, end=end, seed=seed, progress=lambda *_: None
    )
    return Publications(folder, releases)


@pytest.fixture(scope="session")
def write_publications() -> Callable[..., Publications]:
    return write


@pytest.fixture(scope="session")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Publications:
    """List sizes from December 2025 to June 2026, across the April reorganisation."""
    return write(tmp_path_factory.mktemp("spring"), end=date(2026, 6, 1))


@pytest.fixture(scope="session")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Publications:
    """Appointments from July to December 2025."""
    return write(tmp_path_factory.mktemp("autumn"), end=date(2026, 1, 1))


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The publishers' own files, kept beside the project."""
    beside = Path(__file__).parents[3].parent / "shared" / "data"
    folder = Path(os.environ.get("REAL_DATA_DIR", beside))
    if not folder.is_dir():
        pytest.skip(f"the publishers' files are not at {folder}; set REAL_DATA_DIR")
    return folder
