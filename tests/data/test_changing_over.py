"""A new version is made ready while the one before is read, and then read by everybody at once."""

from __future__ import annotations

import fcntl
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from data.versions import array_cache
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from pipelines.datasets.list_sizes import series as list_sizes
from tests import worlds
from tests.data.test_changes import JANUARY, MARCH, lists
from tests.data.test_watch import LISTS, flip

Answer = TypeVar("Answer")


@pytest.fixture()
def two(tmp_path: Path) -> tuple[Path, Snapshot, Snapshot]:
    """A home with two versions, of which the first is live."""
    first, second = lists(tmp_path, (JANUARY,)), lists(tmp_path, (JANUARY, MARCH), seed=6)
    store(tmp_path, "real").point(LISTS, first.version)
    return tmp_path, first, second


@pytest.fixture()
def library(two: tuple[Path, Snapshot, Snapshot]) -> Iterator[LiveVersions]:
    """As a worker has it: its threads open what is new."""
    library = LiveVersions(two[0])
    library.directory()
    library.keep_watch()
    yield library
    library.rest()


def at_once(ask: Callable[[], Answer]) -> Answer:
    """The answer, which must wait for nothing that another process holds."""
    given: list[Answer] = []
    thread = threading.Thread(target=lambda: given.append(ask()), daemon=True)
    thread.start()
    thread.join(30)
    assert given, "the answer waited for a version to be opened"
    return given[0]


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_nobody_waits_for_a_new_version(
    two: tuple[Path, Snapshot, Snapshot], library: LiveVersions
) -> None:
    home, first, second = two
    old, directory = library.current(LISTS), library.directory()
    assert old is not None and old.version == first.version
    with (array_cache.place(second.folder) / array_cache.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the version cannot be opened for now
        store(home, "real").point(LISTS, second.version)
        time.sleep(0.2)
        assert at_once(lambda: library.current(LISTS)) is old
        assert at_once(library.directory) is directory
        assert at_once(library.live) == (old,)
    seen: set[tuple[str, str]] = set()

    def changed() -> bool:
        live, known = library.live()[0], library.directory().lists
        assert known is not None
        seen.add((live.version, known.version))
        return live.version == second.version

    until(changed)
    assert library.directory().lists is library.current(LISTS)
    assert library.directory() is library.directory()
    allowed = {(first.version, first.version), (second.version, second.version)}
    assert seen - allowed <= {(first.version, second.version)}  # changed over between the two


def test_a_version_is_opened_before_anybody_asks(
    two: tuple[Path, Snapshot, Snapshot], library: LiveVersions
) -> None:
    home, _, second = two
    library.current(LISTS)
    store(home, "real").point(LISTS, second.version)
    until(lambda: library._open[LISTS].version == second.version)


def test_a_bad_version_is_passed_over_without_a_stop(
    two: tuple[Path, Snapshot, Snapshot], library: LiveVersions
) -> None:
    home, first, second = two
    flip(second.folder / "months" / f"{MARCH:%Y-%m}" / "fact.parquet", at=60)
    store(home, "real").point(LISTS, second.version)
    until(lambda: library.fault(LISTS) is not None)
    now = library.current(LISTS)
    assert now is not None and now.version == first.version


def test_a_dataset_that_is_published_for_the_first_time_appears(
    two: tuple[Path, Snapshot, Snapshot], tmp_path: Path
) -> None:
    empty = LiveVersions(tmp_path / "other")
    assert empty.current(LISTS) is None
    empty.keep_watch()
    try:
        lists(tmp_path / "other", (JANUARY,))
        until(lambda: empty.current(LISTS) is not None)
    finally:
        empty.rest()


def test_demonstration_data_are_not_shown_for_a_moment_longer(tmp_path: Path) -> None:
    """Nobody reads a made-up figure on a site that says it has real ones."""
    folder = tmp_path / "publisher"
    folder.mkdir()
    files = {JANUARY: worlds.list_files(folder, JANUARY, random.Random(1))}
    worlds.publish(tmp_path, list_sizes.SERIES, files, realm="demo")
    library = LiveVersions(tmp_path)
    assert library.current(LISTS) is not None and library.store.demo
    library.keep_watch()
    try:
        real = worlds.publish(tmp_path, list_sizes.SERIES, files)
        until(lambda: not library.store.demo)
        now = library.current(LISTS)
        assert now is not None and now.version == real.version
    finally:
        library.rest()
