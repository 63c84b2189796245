"""A file that changes under a running process is noticed, and what it held is not served."""

from __future__ import annotations

import os
import time
from pathlib import Path

import dash
import pytest

from app import create_app
from auth import keys
from data import array_cache, db
from data.db import Library
from data.settings import Settings
from data.snapshot import Snapshot
from data.store import store
from tests.data.test_changes import JANUARY, MARCH, lists

LISTS = "list-sizes"


@pytest.fixture()
def two(tmp_path: Path) -> tuple[Path, Snapshot, Snapshot]:
    return tmp_path, lists(tmp_path, (JANUARY,)), lists(tmp_path, (JANUARY, MARCH), seed=6)


def flip(path: Path, *, at: int = -1) -> None:
    """Change one byte in its place, and give the file back its time."""
    then = path.stat()
    path.chmod(0o644)
    with path.open("r+b") as stream:
        stream.seek(at, os.SEEK_END if at < 0 else os.SEEK_SET)
        byte = stream.read(1)
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte[0] ^ 0x55]))
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))


def cube(snapshot: Snapshot) -> Path:
    return array_cache.place(snapshot.folder) / "cube.npy"


def practices(snapshot: Snapshot) -> str:
    measure = snapshot.dataset.measure("registered_patients")
    return str(snapshot.distribution(measure, "practice", MARCH).tolist())


def registered(snapshot: Snapshot | None) -> list[float]:
    assert snapshot is not None
    measure = snapshot.dataset.measure("registered_patients")
    return [snapshot.england(measure, month) for month in snapshot.months]


def test_a_flipped_byte_of_an_array_is_noticed_and_the_array_made_again(
    two: tuple[Path, Snapshot, Snapshot],
) -> None:
    home, _, second = two
    library = Library(home)
    right = library.current(LISTS)
    assert right is not None
    before, state = practices(right), library.state()
    library.look_after()
    assert library.current(LISTS) is right  # nothing has changed, nothing is closed
    size = cube(second).stat().st_size
    for at in range(200, size, max(size // 400, 1)):
        flip(cube(second), at=at)
    library.look_after()
    time.sleep(0.05)
    now = library.current(LISTS)
    assert now is not None and now is not right and now.version == second.version
    assert practices(now) == before
    assert library.state() != state  # answers made of the wrong array are not kept
    assert library.fault(LISTS) is None


@pytest.mark.parametrize("change", ["flipped", "shortened", "removed", "another"])
def test_a_changed_file_of_a_version_brings_back_the_version_before_and_is_on_the_status_page(
    two: tuple[Path, Snapshot, Snapshot], change: str
) -> None:
    home, first, second = two
    library = db.configure(home)
    assert library.current(LISTS) is not None
    months = second.folder / "months" / f"{MARCH:%Y-%m}"
    file = months / "fact.parquet"
    if change == "flipped":
        flip(file, at=60)
    elif change == "shortened":
        os.truncate(file, 10)
    else:
        body = file.read_bytes()
        file.unlink()
        if change == "another":
            file.write_bytes(body[:-1] + b"?")
    library.look_after()
    time.sleep(0.05)
    now = library.current(LISTS)
    assert now is not None and now.version == first.version
    assert "fact.parquet has changed" in str(library.fault(LISTS))
    app = create_app(Settings(home=home))
    assert app.test_client().get("/status/").status_code == 200
    with app.test_request_context("/status/"):
        (page,) = (page for page in dash.page_registry.values() if page["path"] == "/status/")
        words = str(page["layout"]())
    assert "A file was damaged: version" in words and "The version before it is shown." in words
    assert db.library().current(LISTS).version == first.version  # type: ignore[union-attr]
    assert db.library().fault(LISTS) is not None  # also of a process that starts now


def test_a_shortened_array_ends_no_process(two: tuple[Path, Snapshot, Snapshot]) -> None:
    home, _, second = two
    library = Library(home)
    before = registered(library.current(LISTS))
    for name in ("cube.npy", "homes.npy", "bench.npy"):
        os.truncate(array_cache.place(second.folder) / name, 0)
    time.sleep(0.05)
    assert registered(library.current(LISTS)) == before


def test_a_change_that_leaves_no_trace_is_found_in_turn(
    two: tuple[Path, Snapshot, Snapshot],
) -> None:
    home, first, second = two
    library = Library(home)
    snapshot = library.current(LISTS)
    assert snapshot is not None
    flip(second.folder / "months" / f"{MARCH:%Y-%m}" / "parts.parquet", at=60)
    for file in library._watches[LISTS].files:
        file.stamp = file.look()  # as if the disk had changed it
    library.look_after()
    assert library.fault(LISTS) is None
    library.look_after(seconds=20)
    time.sleep(0.05)
    assert library.current(LISTS).version == first.version  # type: ignore[union-attr]


def test_the_thread_notices_by_itself(two: tuple[Path, Snapshot, Snapshot]) -> None:
    home, first, second = two
    library = Library(home)
    assert library.current(LISTS) is not None
    library.keep_watch()
    flip(second.folder / "months" / f"{MARCH:%Y-%m}" / "fact.parquet", at=60)
    deadline = time.monotonic() + 60
    while library.fault(LISTS) is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(0.05)
    assert library.current(LISTS).version == first.version  # type: ignore[union-attr]


def test_with_no_version_before_it_nothing_is_shown(tmp_path: Path) -> None:
    only = lists(tmp_path, (JANUARY,))
    library = Library(tmp_path)
    assert library.current(LISTS) is not None
    flip(only.folder / "months" / f"{JANUARY:%Y-%m}" / "fact.parquet", at=60)
    library.look_after()
    time.sleep(0.05)
    assert library.current(LISTS) is None and library.fault(LISTS) is not None
    assert store(tmp_path, "real").current_version(LISTS) == only.version
    app = create_app(Settings(home=tmp_path))
    with app.app_context():
        key = {"Authorization": f"Bearer {keys.issue('reader')}"}
    answer = app.test_client().get(f"/api/v1/{LISTS}/?month=2026-01-01", headers=key)
    assert answer.status_code == 503 and "cannot be shown" in answer.get_data(as_text=True)
