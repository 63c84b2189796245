"""A pointer or manifest that cannot be read: the version before is served, everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import create_app
from auth.api_keys import keys
from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import MANIFEST, store
from tests.data.test_changes import JANUARY, MARCH, lists

LISTS = "list-sizes"
FORMS = {
    "empty": b"",
    "null": b"null",
    "truncated": b'{"version": "2026',
    "a list": b"[1]",
    "no text": b"\xff\xfe{",
    "a number": b'{"version": 7}',
}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Snapshot, Snapshot]:
    home = tmp_path_factory.mktemp("two")
    return home, lists(home, (JANUARY,)), lists(home, (JANUARY, MARCH), seed=6)


def served(home: Path) -> tuple[str | None, int, int, int]:
    """What a process that starts now reads, and how its pages and API answer."""
    app = create_app(Settings(home=home))
    with app.app_context():
        key = {"Authorization": f"Bearer {keys.issue('reader')}"}
    site = app.test_client()
    found = LiveVersions(home).current(LISTS)
    answer = site.get(f"/api/v1/{LISTS}/?month=2026-01-01", headers=key)
    pages = [site.get(path).status_code for path in ("/status/", "/changes/")]
    return (found.version if found else None, answer.status_code, *pages)  # type: ignore[return-value]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("record", ["pointer", "manifest"])
def test_a_record_that_cannot_be_read_is_as_if_it_were_not_there(
    two: tuple[Path, Snapshot, Snapshot], record: str, form: str
) -> None:
    home, first, second = two
    shelf = store(home, "real")
    running = LiveVersions(home)
    assert running.current(LISTS) is not None
    pointer = shelf.pointer(LISTS)
    path = pointer if record == "pointer" else second.folder / MANIFEST
    whole = path.read_bytes()
    try:
        path.write_bytes(FORMS[form])
        expected = second.version if record == "pointer" else first.version
        if form == "a number" and record == "manifest":
            path.write_bytes(json.dumps(json.loads(whole) | {"periods": 7}).encode())
        live = running.current(LISTS)
        assert live is not None and live.version == second.version  # it is open already
        if form in ("empty", "null", "truncated"):
            assert served(home) == (expected, 200, 200, 200)
        found = LiveVersions(home).current(LISTS)
        assert found is not None and found.version == expected
        manifest = shelf.manifest(LISTS)
        assert manifest is not None and manifest.version == expected
    finally:
        path.write_bytes(whole)


def test_the_next_publication_replaces_what_cannot_be_read(tmp_path: Path) -> None:
    lists(tmp_path, (JANUARY,))
    store(tmp_path, "real").pointer(LISTS).write_bytes(b"")
    second = lists(tmp_path, (JANUARY, MARCH), seed=6)
    assert store(tmp_path, "real").current_version(LISTS) == second.version
