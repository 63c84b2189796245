"""One refresh of a dataset at a time, between real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.locking import leases
from pipelines.locking.leases import STALE_SECONDS
from pipelines.locking.locks import AlreadyRunning, refresh_lock

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from pipelines.locking import leases
from pipelines.locking.leases import STALE_SECONDS
from pipelines.locking.locks import refresh_lock
with refresh_lock(Path(sys.argv[1]), "list-sizes"):
    print("held", flush=True)
    time.sleep(60)
"""
COUNT = """
import sys, time
from pathlib import Path
from pipelines.locking import leases
from pipelines.locking.leases import STALE_SECONDS
from pipelines.locking.locks import AlreadyRunning, refresh_lock
folder, counter = Path(sys.argv[1]), Path(sys.argv[1]) / "counter"
done = 0
while done < 25:
    try:
        with refresh_lock(folder, "list-sizes"):
            value = int(counter.read_text())
            time.sleep(0.001)
            counter.write_text(str(value + 1))
            done += 1
    except AlreadyRunning:
        time.sleep(0.001)
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_second_refresh_is_told_who_is_running(tmp_path: Path) -> None:
    process = hold(tmp_path)
    try:
        began = time.monotonic()
        with pytest.raises(AlreadyRunning) as told, refresh_lock(tmp_path, "list-sizes"):
            pass
        assert time.monotonic() - began < 1
    finally:
        stop(process)
    assert (told.value.pid, told.value.host) == (process.pid, socket.gethostname())
    assert datetime.fromisoformat(told.value.since).tzinfo is not None
    assert f"process {process.pid} on" in str(told.value)


def test_a_killed_refresh_leaves_no_lock(tmp_path: Path) -> None:
    stop(hold(tmp_path))
    with refresh_lock(tmp_path, "list-sizes"):
        assert str(os.getpid()) in (tmp_path / "list-sizes.lock").read_text()


def test_datasets_do_not_wait_for_each_other(tmp_path: Path) -> None:
    process = hold(tmp_path)
    try:
        with refresh_lock(tmp_path, "gp-appointments"):
            pass
    finally:
        stop(process)


def test_a_lock_is_free_after_use_and_after_a_failure(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    with pytest.raises(ZeroDivisionError), refresh_lock(folder, "list-sizes"):
        raise ZeroDivisionError
    with refresh_lock(folder, "list-sizes"):
        pass


def test_the_same_process_cannot_hold_a_lock_twice(tmp_path: Path) -> None:
    with (
        refresh_lock(tmp_path, "list-sizes"),
        pytest.raises(AlreadyRunning),
        refresh_lock(tmp_path, "list-sizes"),
    ):
        pass


def test_an_unreadable_note_still_means_running(tmp_path: Path) -> None:
    process = hold(tmp_path)
    try:
        (tmp_path / "list-sizes.lock").write_text("")
        with pytest.raises(AlreadyRunning) as told, refresh_lock(tmp_path, "list-sizes"):
            pass
    finally:
        stop(process)
    assert told.value.pid is None
    assert "process unknown" in str(told.value)


def test_a_program_started_during_a_refresh_does_not_keep_the_lock(tmp_path: Path) -> None:
    with refresh_lock(tmp_path, "list-sizes"):
        child = subprocess.Popen(["sleep", "30"], close_fds=False)
    try:
        with refresh_lock(tmp_path, "list-sizes"):
            pass
    finally:
        child.kill()
        child.wait()


def test_four_processes_never_hold_it_together(tmp_path: Path) -> None:
    (tmp_path / "counter").write_text("0")
    command = [sys.executable, "-c", COUNT, str(tmp_path)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]
    assert [process.wait(timeout=30) for process in processes] == [0] * 4
    assert (tmp_path / "counter").read_text() == "100"


# A host of its own: its kernel's locks do not reach the others, and it has another boot.
ELSEWHERE = """
import fcntl, sys, uuid
from pathlib import Path
from pipelines.locking import leases
fcntl.flock = lambda *_: None
boot = str(uuid.uuid4())
leases.kernel = lambda: boot
"""


def on_another_host(script: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ELSEWHERE + script, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)


def test_a_lock_held_on_another_host_is_respected(tmp_path: Path) -> None:
    process = on_another_host(HOLD, tmp_path)
    try:
        assert process.stdout and process.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning) as told, refresh_lock(tmp_path, "list-sizes"):
            pass
        assert told.value.pid == process.pid
    finally:
        stop(process)


def test_a_host_that_died_is_followed_once_its_lease_is_stale(tmp_path: Path) -> None:
    process = on_another_host(HOLD, tmp_path)
    assert process.stdout and process.stdout.readline() == "held\n"
    stop(process)
    (held,) = tmp_path.glob("list-sizes.lease.*")
    with pytest.raises(AlreadyRunning), refresh_lock(tmp_path, "list-sizes"):
        pass
    long_ago = time.time() - STALE_SECONDS - 1
    os.utime(held, (long_ago, long_ago))
    with refresh_lock(tmp_path, "list-sizes"):
        (now,) = tmp_path.glob("list-sizes.lease.*")
        assert now != held


@pytest.mark.parametrize("days", [2, -2])
def test_beats_of_another_clock_say_nothing_of_a_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """A clock that was set anew makes no living holder dead, and no dead one alive for days."""
    process = on_another_host(HOLD, tmp_path)
    try:
        assert process.stdout and process.stdout.readline() == "held\n"
        (held,) = tmp_path.glob("list-sizes.lease.*")
        wrong = time.time() + days * 86_400
        os.utime(held, (wrong, wrong))
        with pytest.raises(AlreadyRunning), refresh_lock(tmp_path, "list-sizes"):
            pass
    finally:
        stop(process)
    os.utime(held, (wrong, wrong))
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.1)
    with refresh_lock(tmp_path, "list-sizes"):
        assert not held.exists()


def test_four_hosts_never_hold_it_together(tmp_path: Path) -> None:
    (tmp_path / "counter").write_text("0")
    processes = [on_another_host(COUNT, tmp_path) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    assert (tmp_path / "counter").read_text() == "100"


def test_a_lease_is_renewed_while_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.02)
    with refresh_lock(tmp_path, "list-sizes"):
        (held,) = tmp_path.glob("list-sizes.lease.*")
        first = held.stat().st_mtime_ns
        deadline = time.monotonic() + 5
        while held.stat().st_mtime_ns == first:
            assert time.monotonic() < deadline, "the lease was not renewed"
            time.sleep(0.01)
