"""What tests of pipelines share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.pipelines.desk import FEBRUARY, JANUARY, Desk
from tests.pipelines.shelf import Shelf
from tests.publication_site import PublicationSite, Urls
from tests.published_files import (
    SERIES,
)


@pytest.fixture()
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A publisher with releases of January and February 2026, and one announced for March."""
    desk = Desk(PublicationSite(slow_chunk=500, slow_pause=0.01), tmp_path / "home")
    desk.site.add_upcoming(SERIES, "march-2026", "Patients, March 2026", due=date(2026, 3, 12))
    desk.publish_lists(JANUARY)
    desk.publish_lists(FEBRUARY)
    with desk.site.running():
        yield desk


@pytest.fixture
def urls(site: PublicationSite) -> Iterator[Urls]:
    """Where the `site` of the test's own file is, while it runs."""
    with site.running() as urls:
        yield urls


@pytest.fixture()
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)
