"""Notes beside the versions that cannot be read stop neither a refresh nor a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.remembered import RESULTS
from data.versions import changes, retention
from data.versions.store import store
from tests.data.test_damaged_records import FORMS, LISTS, served
from tests.pipelines.shelf import Shelf
from tests.published_files import list_files
from tests.worlds import MONTHS

JANUARY, MARCH = MONTHS[1:3]
ODD = {**FORMS, "no names": b"{}"}
FILES = list_files(JANUARY)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    made = Shelf(tmp_path_factory.mktemp("notes"))
    made.loaded(LISTS, FILES)
    return made


@pytest.mark.parametrize("form", ODD)
def test_a_note_that_cannot_be_read_is_as_if_it_were_not_there(shelf: Shelf, form: str) -> None:
    kept, version = store(shelf.home, "real"), shelf.manifest(LISTS).version
    kept.cite(LISTS, version, by="a report")
    notes = [
        kept.status_file(LISTS),
        kept.landing / LISTS / ".recognised.json",
        changes.path(kept, LISTS, version),
        changes.totals_path(kept, LISTS, version),
        next((kept.root / "cited" / LISTS / version).iterdir()),
    ]
    for note in notes:
        assert note.exists()
        note.write_bytes(ODD[form])
    RESULTS.empty()
    assert served(shelf.home) == (version, 200, 200, 200)
    assert changes.totals(kept, LISTS, version)
    assert kept.citations(LISTS, version)
    shelf.loaded(LISTS, FILES)
    assert shelf.manifest(LISTS).version == version
    status = kept.status(LISTS)
    assert status is not None and status.outcome == "unchanged"


def test_a_version_cited_by_a_note_that_cannot_be_read_stays(tmp_path: Path) -> None:
    made = Shelf(tmp_path)
    made.loaded(LISTS, FILES)
    kept, first = store(made.home, "real"), made.manifest(LISTS).version
    kept.cite(LISTS, first, by="a report")
    next((kept.root / "cited" / LISTS / first).iterdir()).write_bytes(b"null")
    made.loaded(LISTS, list_files(MARCH))
    later = datetime.now(UTC) + timedelta(days=900)
    assert retention.collect(kept, LISTS, keep=0, days=1, now=later) == []
