"""A file that changes under a running process is noticed, and what it held is not served."""

from __future__ import annotations

import os
import time
from pathlib import Path

import dash
import pytest

from app import create_app
from auth.api_keys import keys
from data.checked import stamp
from data.settings import Settings
from data.versions import db
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from data.versions.watch import Watched
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


def practices(snapshot: Snapshot) -> str:
    measure = snapshot.dataset.measure("registered_patients")
    return str(snapshot.distribution(measure, "practice", MARCH).tolist())


def registered(snapshot: Snapshot | None) -> list[float]:
    assert snapshot is not None
    measure = snapshot.dataset.measure("registered_patients")
    return [snapshot.england(measure, month) for month in snapshot.months]


@pytest.mark.parametrize("change", ["flipped", "to nothing", "to half", "by a byte", "removed"])
def test_a_month_of_the_cache_that_is_changed_is_made_again_and_nothing_wrong_is_shown(
    two: tuple[Path, Snapshot, Snapshot], change: str
) -> None:
    home, _, second = two
    library = LiveVersions(home)
    right = library.current(LISTS)
    assert right is not None
    before, state = practices(right), library.state()
    library.look_after()
    assert library.current(LISTS) is right  # nothing has changed, nothing is closed
    months = [
        file.path for file in right.watch().files if isinstance(file, Watched) and file.cached
    ]
    assert len(months) == 4  # of each month what it was, and what areas have of it today
    bodies = [path.read_bytes() for path in months]
    for path, body in zip(months, bodies, strict=True):
        if change == "flipped":
            flip(path, at=len(body) // 2)
        elif change == "removed":
            path.unlink()
        else:
            size = {"to nothing": 0, "to half": len(body) // 2, "by a byte": len(body) - 1}[change]
            os.truncate(path, size)
    assert practices(right) == before
    for _ in months:
        library.look_after()
    assert [path.read_bytes() for path in months] == bodies
    now = library.current(LISTS)
    assert now is not None and now.version == second.version
    assert practices(now) == before and library.fault(LISTS) is None
    assert library.state() == state  # nothing wrong was ever shown


def test_memory_that_changes_is_noticed_and_put_together_again(
    two: tuple[Path, Snapshot, Snapshot],
) -> None:
    """As a disk may do it, from which the system reads a page again."""
    home, _, second = two
    library = LiveVersions(home)
    right = library.current(LISTS)
    assert right is not None
    before, state = practices(right), library.state()
    library.look_after(seconds=20)
    process, number = right._shared.holder
    path = Path(f"/proc/{process}/fd/{number}")
    os.fchmod(number, 0o600)
    with path.open("r+b") as stream:
        stream.seek(right._shared.identity[2] // 2)
        stream.write(b"?" * 100)
    library.look_after(seconds=20)
    time.sleep(0.05)
    now = library.current(LISTS)
    assert now is not None and now is not right and now.version == second.version
    assert practices(now) == before
    assert library.state() != state  # answers made of the wrong memory are not kept


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


def test_a_change_that_leaves_no_trace_is_found_in_turn(
    two: tuple[Path, Snapshot, Snapshot],
) -> None:
    home, first, second = two
    library = LiveVersions(home)
    snapshot = library.current(LISTS)
    assert snapshot is not None
    flip(second.folder / "months" / f"{MARCH:%Y-%m}" / "parts.parquet", at=60)
    for file in library._watches[LISTS][1].files:
        if isinstance(file, Watched):
            file.stamp = stamp(file.path)  # as if the disk had changed it
    library.look_after()
    assert library.fault(LISTS) is None
    library.look_after(seconds=20)
    time.sleep(0.05)
    assert library.current(LISTS).version == first.version  # type: ignore[union-attr]


def test_the_thread_notices_by_itself(two: tuple[Path, Snapshot, Snapshot]) -> None:
    home, first, second = two
    library = LiveVersions(home)
    assert library.current(LISTS) is not None
    library.keep_watch()
    flip(second.folder / "months" / f"{MARCH:%Y-%m}" / "fact.parquet", at=60)
    deadline = time.monotonic() + 60
    while library.fault(LISTS) is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(0.05)
    assert library.current(LISTS).version == first.version  # type: ignore[union-attr]
    library.rest()


def test_with_no_version_before_it_nothing_is_shown(tmp_path: Path) -> None:
    only = lists(tmp_path, (JANUARY,))
    library = LiveVersions(tmp_path)
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


@pytest.mark.parametrize("ask", ["by name", "as it was"])
def test_a_version_that_is_not_live_is_looked_after_too(
    two: tuple[Path, Snapshot, Snapshot], ask: str
) -> None:
    home, first, _ = two
    library = LiveVersions(home)

    def asked() -> Snapshot | None:
        if ask == "by name":
            return library.version(LISTS, first.version)
        return library.as_of(LISTS, first.manifest.known_on)

    before = registered(library.current(LISTS))
    earlier = asked()
    assert earlier is not None and earlier.version == first.version
    assert asked() is earlier
    flip(first.folder / "months" / f"{JANUARY:%Y-%m}" / "fact.parquet", at=60)
    library.look_after()
    assert asked() is None
    assert registered(library.current(LISTS)) == before and library.fault(LISTS) is None
