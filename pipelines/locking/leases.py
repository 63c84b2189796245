"""Leases: locks that hold between hosts whose shared file system does not carry kernel locks.

A lease is a file `<name>.lease.<n>`. Whoever creates the next number holds it: creating a file that
must not exist is atomic on every file system, also over a network. While it is held its time of
change is renewed, and by that others tell a holder from one whose host has died; a lease that was
given back is dated long ago. Numbers only grow, so that two who both see a dead holder cannot both
follow it.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

BEAT_SECONDS = 5.0
STALE_SECONDS = 30.0  # without a beat for so long, the holder's host is gone
_LONG_AGO = (0, 0)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease. Processes with the same `kernel` see one another's kernel locks."""

    pid: int | None
    host: str
    kernel: str
    since: str


class Held(RuntimeError):
    """Somebody else has the lease."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(f"held by process {holder.pid} on {holder.host} since {holder.since}")
        self.holder = holder


def kernel() -> str:
    """Tells this boot of this machine from every other, whatever containers are called."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return socket.gethostname()


def this_process() -> Holder:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Holder(os.getpid(), socket.gethostname(), kernel(), now)


@contextmanager
def lease(folder: Path, name: str) -> Iterator[None]:
    """Hold a lease until the block ends, or raise `Held`.

    The caller holds the kernel's lock of the same name, so a holder on this kernel is dead.
    """
    mine = this_process()
    path = _take(folder, name, mine)
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(path, ended), daemon=True, name=f"{name}-lease")
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()
        with suppress(OSError):  # then it goes stale by itself
            os.utime(path, _LONG_AGO)  # needs no space on a full disk


def _take(folder: Path, name: str, mine: Holder) -> Path:
    number, held = _newest(folder, name)
    if held is not None and not _is_over(held, mine):
        raise Held(_read(held))
    path = folder / f"{name}.lease.{number + 1}"
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise Held(_read(path)) from None
    with suppress(OSError):  # a full disk has room for the name and not for the note
        path.write_text(json.dumps(asdict(mine)), encoding="utf-8")
    newest, winner = _newest(folder, name)
    if newest != number + 1 and winner is not None:  # others took and released it meanwhile
        path.unlink(missing_ok=True)
        raise Held(_read(winner))
    for earlier, old in _all(folder, name):
        if earlier <= number:
            old.unlink(missing_ok=True)
    return path


def _is_over(path: Path, mine: Holder) -> bool:
    if _read(path).kernel == mine.kernel:
        return True
    try:
        beat = path.stat().st_mtime
    except FileNotFoundError:
        return False  # somebody has just followed it
    if beat == _LONG_AGO[1]:
        return True
    if abs(_server_time(path.parent) - beat) <= STALE_SECONDS:
        return False
    return not _beats(path, beat)


def _beats(path: Path, before: float) -> bool:
    """Whether a holder renews its lease, watched for as long as that takes: a beat that is old, or
    ahead, may be one of a clock that was set anew since.
    """
    deadline = time.monotonic() + 2 * BEAT_SECONDS
    while time.monotonic() < deadline:
        time.sleep(BEAT_SECONDS / 10)
        try:
            if path.stat().st_mtime != before:
                return True
        except FileNotFoundError:
            return True  # somebody has just followed it
    return False


def _server_time(folder: Path) -> float:
    """Now by the clock that dates files in the folder, which may be another host's."""
    probe = folder / f".clock-{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}"
    probe.touch()
    try:
        return probe.stat().st_mtime
    finally:
        probe.unlink(missing_ok=True)


def _all(folder: Path, name: str) -> list[tuple[int, Path]]:
    found = []
    for path in folder.glob(f"{name}.lease.*"):
        number = path.name.rpartition(".")[2]
        if number.isdigit():
            found.append((int(number), path))
    return sorted(found)


def _newest(folder: Path, name: str) -> tuple[int, Path | None]:
    found = _all(folder, name)
    return found[-1] if found else (0, None)


def _read(path: Path) -> Holder:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # it is being written, or has just been followed
        return Holder(None, "an unknown host", "", "a moment ago")


def _beat(path: Path, ended: threading.Event) -> None:
    while not ended.wait(BEAT_SECONDS):
        with suppress(OSError):
            os.utime(path)
