"""Killed processes, full disks, two refreshes at once: readers see whole versions only.

Everything here happens between real processes on a real file system.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import STAGING_PREFIX, Store, store
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import series
from pipelines.fetch.landing import land_copy, landed
from pipelines.locking.locks import AlreadyRunning, refresh_lock
from tests.published_files import all_csv, listed, map_csv

ROOT = Path(__file__).parents[2]
MONTHS = (date(2026, 1, 1), date(2026, 2, 1))
KILLS = 24
LISTS = series("list-sizes")


def land(shelf: Store, folder: Path, name: str, body: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(body)
    moment = datetime.now(UTC)
    release = f"local-{moment:%Y%m%dT%H%M%S%f}"
    land_copy(shelf.landing, "list-sizes", folder / name, release=release, now=moment)


def first_version(home: Path) -> Store:
    shelf = store(home, "real")
    for month in MONTHS:
        land(shelf, home / "publisher", f"all-{month}.csv", all_csv(month))
        land(shelf, home / "publisher", f"map-{month}.csv", map_csv(month))
    assert publish_landed(shelf, LISTS, memory_mb=128).outcome == "published"
    return shelf


def published_total(month: date) -> int:
    return sum(listed(month, n) for n in range(1, 13))


# A process that re-issues both months for ever, one patient more in the first practice each time.
WRITER = """
import os, random, signal, sys, time
from datetime import date
from pathlib import Path
from tests.pipelines.test_crashes import LISTS, MONTHS, land
from tests.published_files import all_csv, listed
from data.versions.store import STAGING_PREFIX, store
from pipelines.engine.runner import publish_landed
home, kills = Path(sys.argv[1]), int(sys.argv[2])
shelf, rng = store(home, "real"), random.Random(20260301)

def reissue(round_):
    for month in MONTHS:
        cell, people = b"A81001,TS1 1AA,ALL,ALL,%d", listed(month, 1)
        body = all_csv(month).replace(cell % people, cell % (people + round_))
        land(shelf, home / "publisher", f"all-{month}.csv", body)
    return publish_landed(shelf, LISTS, memory_mb=128)

if kills == 0:
    done = reissue(20)
    sys.exit(0 if done.outcome == "published" else f"{done.outcome}: {done.message}")
started = time.monotonic()
child = os.fork()  # the parent must stay without threads to fork again
if child == 0:
    reissue(10)
    os._exit(0)
os.waitpid(child, 0)
usual = time.monotonic() - started
cut_short = 0
for attempt in range(kills):
    child = os.fork()
    if child == 0:
        for round_ in range(1000):
            reissue(1 + (attempt + round_) % 9)
    time.sleep(rng.uniform(0.02, min(1.3 * usual, 4)))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    cut_short += any(shelf.folder("list-sizes").glob(f"{STAGING_PREFIX}*"))
print(cut_short)
"""
# A process that opens the live version for ever and compares it with what its manifest says.
READER = """
import json, sys, time
from pathlib import Path
from data.versions.db import LiveVersions
from data.versions.snapshot import month_folder
home, stop = Path(sys.argv[1]), Path(sys.argv[2])
opened, versions = 0, set()
staying = LiveVersions(home)
while True:
    last = stop.exists()
    for library in (LiveVersions(home), staying):
        snapshot = library.current("list-sizes")
        assert snapshot is not None
        assert library.store.damage(snapshot.manifest) is None
        headline = snapshot.dataset.measure("registered_patients")
        for month, record in snapshot.manifest.periods.items():
            total = record.totals["registered_patients"]
            assert snapshot.england(headline, month) == total, (snapshot.version, month)
            fact = snapshot.fact_path(month)
            with library.cursor() as cursor:
                found = cursor.execute(
                    "SELECT sum(patients) FROM read_parquet(?) WHERE age_band = 'ALL'", [fact]
                ).fetchall()[0][0]
            assert found == total, (snapshot.version, month)
        opened += 1
        versions.add(snapshot.version)
    if last:
        break
    time.sleep(0.01)
print(json.dumps({"opened": opened, "versions": len(versions)}))
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_killed_at_any_moment_of_publishing_no_reader_sees_half_a_version(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    home, stop = tmp_path / "home", tmp_path / "stop"
    request.addfinalizer(stop.touch)  # the readers end, whatever happens here
    shelf = first_version(home)
    readers = [start(READER, home, stop) for _ in range(2)]
    writer = start(WRITER, home, KILLS)
    cut_short, problem = writer.communicate(timeout=300)
    assert writer.returncode == 0, problem
    assert int(cut_short) > 0, "no kill fell into the building of a version"

    final = start(WRITER, home, 0)
    _, problem = final.communicate(timeout=60)
    assert final.returncode == 0, problem
    stop.touch()
    for reader in readers:
        report, problem = reader.communicate(timeout=60)
        assert reader.returncode == 0, problem
        seen = json.loads(report)
        assert seen["opened"] > 10 and seen["versions"] > 2

    assert [p.name for p in shelf.folder("list-sizes").glob(f"{STAGING_PREFIX}*")] == []
    for version in shelf.versions("list-sizes"):
        manifest = shelf.manifest("list-sizes", version)
        assert manifest and shelf.damage(manifest) is None
    newest = shelf.manifest("list-sizes")
    assert newest and set(newest.periods) == set(MONTHS)
    status = shelf.status("list-sizes")
    assert status and status.outcome == "published"


LAND_THEN_WAIT = """
import sys, time
from datetime import date
from pathlib import Path
from tests.pipelines.test_crashes import land
from tests.published_files import all_csv, map_csv
from data.versions.store import store
month = date(2026, 3, 1)
shelf = store(Path(sys.argv[1]), "real")
land(shelf, Path(sys.argv[1]) / "publisher", f"map-{month}.csv", map_csv(month))
land(shelf, Path(sys.argv[1]) / "publisher", f"all-{month}.csv", all_csv(month))
print("landed", flush=True)
time.sleep(60)
"""


def test_killed_between_landing_and_publishing_the_next_refresh_uses_what_landed(
    tmp_path: Path,
) -> None:
    shelf = first_version(tmp_path)
    process = start(LAND_THEN_WAIT, tmp_path)
    assert process.stdout and process.stdout.readline() == "landed\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = shelf.manifest("list-sizes")
    assert before and before.latest == MONTHS[-1]
    assert publish_landed(shelf, LISTS, memory_mb=128).outcome == "published"
    after = shelf.manifest("list-sizes")
    month = date(2026, 3, 1)
    assert after and after.periods[month].totals == {"registered_patients": published_total(month)}


def test_staging_of_a_running_process_is_left_alone(tmp_path: Path) -> None:
    shelf = first_version(tmp_path)
    running = subprocess.Popen(["sleep", "60"])
    folder = shelf.folder("list-sizes")
    theirs = folder / f"{STAGING_PREFIX}{running.pid}-1"
    theirs.mkdir()
    try:
        shutil.rmtree(shelf.stage("list-sizes"))
        assert theirs.is_dir()
        day_old = time.time() - 25 * 60 * 60
        os.utime(theirs, (day_old, day_old))
        shutil.rmtree(shelf.stage("list-sizes"))
        assert not theirs.exists()
    finally:
        running.kill()
        running.wait()


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of a few megabytes; skips where this user may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system needs root; the limit on file size is tested")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, *, leave: int) -> Path:
    """Take all free space of a disk but some bytes."""
    free = os.statvfs(folder)
    filler = folder / "filler"
    filler.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - leave)))
    return filler


@pytest.mark.parametrize("leave", [0, 8_192, 24_576, 40_960])
def test_a_full_disk_leaves_the_old_version_live(tmp_path: Path, leave: int) -> None:
    home = tmp_path / "home"
    with small_disk(home, "3m"):
        shelf = first_version(home)
        live = shelf.current_version("list-sizes")
        month = date(2026, 3, 1)
        land(shelf, home / "publisher", f"all-{month}.csv", all_csv(month))
        filler = fill(home, leave=leave)
        refresh = publish_landed(shelf, LISTS, memory_mb=128)
        assert refresh.outcome == "failed"
        assert "space" in refresh.message.lower()
        assert shelf.current_version("list-sizes") == live
        snapshot = LiveVersions(home).current("list-sizes")
        assert snapshot is not None and snapshot.version == live
        assert shelf.damage(snapshot.manifest) is None
        status = shelf.status("list-sizes")
        assert status is not None
        if leave:
            assert status.outcome == "failed" and status.message == refresh.message
        assert list(shelf.folder("list-sizes").glob(f"{STAGING_PREFIX}*")) == []
        filler.unlink()
        assert publish_landed(shelf, LISTS, memory_mb=128).outcome == "published"


LIMITED = """
import resource, sys
from pathlib import Path
from data.versions.store import store
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import series
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
done = publish_landed(store(Path(sys.argv[1]), "real"), series("list-sizes"), memory_mb=128)
print(done.outcome, done.message)
"""


def test_files_that_cannot_be_written_leave_the_old_version_live(tmp_path: Path) -> None:
    shelf = first_version(tmp_path)
    live = shelf.current_version("list-sizes")
    month = date(2026, 3, 1)
    land(shelf, tmp_path / "publisher", f"all-{month}.csv", all_csv(month))
    limited = start(LIMITED, tmp_path, 2_000)
    said, problem = limited.communicate(timeout=60)
    assert limited.returncode == 0, problem
    assert said.startswith("failed")
    assert shelf.current_version("list-sizes") == live
    status = shelf.status("list-sizes")
    assert status and status.outcome == "failed" and "File too large" in status.message
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    assert publish_landed(shelf, LISTS, memory_mb=128).outcome == "published"


REFRESH = """
import sys
from pathlib import Path
from data.versions.store import store
from pipelines.locking.locks import AlreadyRunning
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import series
print("ready", flush=True)
sys.stdin.readline()
real = store(Path(sys.argv[1]), "real")
try:
    print(publish_landed(real, series("list-sizes"), memory_mb=128).outcome)
except AlreadyRunning as error:
    print(error)
"""


def test_of_two_refreshes_at_once_one_runs_and_the_other_is_told(tmp_path: Path) -> None:
    shelf = store(tmp_path, "real")
    for number in range(24):  # enough months for the two to meet
        month = date(2024 + number // 12, number % 12 + 1, 1)
        land(shelf, tmp_path / "publisher", f"all-{month}.csv", all_csv(month))
    command = [sys.executable, "-c", REFRESH, str(tmp_path)]
    both = [
        subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = sorted(process.communicate(timeout=60)[0] for process in both)
    assert said[1] == "published\n"
    assert "A refresh of list-sizes is already running (process " in said[0]
    assert len(shelf.versions("list-sizes")) == 1


def test_a_refresh_in_this_process_meets_the_lock_too(tmp_path: Path) -> None:
    shelf = first_version(tmp_path)
    with refresh_lock(shelf.root / "locks", "list-sizes"), pytest.raises(AlreadyRunning):
        publish_landed(shelf, LISTS, memory_mb=128)
    assert publish_landed(shelf, LISTS, memory_mb=128).outcome == "unchanged"


def second_version(shelf: Store, home: Path) -> str:
    month = date(2026, 3, 1)
    land(shelf, home / "publisher", f"all-{month}.csv", all_csv(month))
    assert publish_landed(shelf, LISTS, memory_mb=128).outcome == "published"
    return shelf.current_version("list-sizes") or ""


VICTIMS = ("organisations.parquet", "months/2026-03/cube.parquet", "months/2026-03/fact.parquet")


@pytest.mark.parametrize(
    ("victim", "damage"),
    [
        *product(VICTIMS, ("flip", "truncate", "delete")),
        *product(["manifest.json"], ("truncate", "delete")),
    ],
)
def test_a_damaged_version_is_refused_and_the_older_one_keeps_serving(
    tmp_path: Path, victim: str, damage: str
) -> None:
    shelf = first_version(tmp_path)
    first = shelf.current_version("list-sizes")
    newer = second_version(shelf, tmp_path)
    path = shelf.version_folder("list-sizes", newer) / victim
    body = bytearray(path.read_bytes())
    if damage == "flip":
        body[len(body) // 2] ^= 0x10
        path.write_bytes(body)
    elif damage == "truncate":
        path.write_bytes(body[:-7])
    else:
        path.unlink()
    library = LiveVersions(tmp_path)
    snapshot = library.current("list-sizes")
    assert isinstance(snapshot, Snapshot) and snapshot.version == first
    headline = snapshot.dataset.measure("registered_patients")
    assert snapshot.england(headline, MONTHS[1]) == published_total(MONTHS[1])
    assert library.current("list-sizes") is snapshot


def test_a_reader_sees_a_new_version_without_a_restart(tmp_path: Path) -> None:
    shelf = first_version(tmp_path)
    library = LiveVersions(tmp_path)
    before = library.current("list-sizes")
    newer = second_version(shelf, tmp_path)
    after = library.current("list-sizes")
    assert (
        before
        and after
        and (before.version, after.version)
        == (
            shelf.versions("list-sizes")[1],
            newer,
        )
    )
    headline = before.dataset.measure("registered_patients")
    assert before.england(headline, MONTHS[0]) == published_total(MONTHS[0])  # still whole
    assert [m for m in after.months if m not in before.months] == [date(2026, 3, 1)]


def test_nothing_that_landed_is_lost_when_a_refresh_fails(tmp_path: Path) -> None:
    shelf = first_version(tmp_path)
    held = [(item.path, item.receipt.sha256) for item in landed(shelf.landing, "list-sizes")]
    land(shelf, tmp_path / "publisher", "all-bad.csv", all_csv(date(2026, 3, 1))[:2_000])
    publish_landed(shelf, LISTS, memory_mb=128)
    now = [(item.path, item.receipt.sha256) for item in landed(shelf.landing, "list-sizes")]
    assert now[: len(held)] == held
