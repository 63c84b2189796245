"""Uploads are inspected one after the other, whichever worker took them: each may need memory."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from auth.uploads.refusal import RefusedFile

PLACES = 3  # at work and waiting; each keeps one thread of a worker
PATIENCE = 100.0  # seconds
_LOOK = 0.05
BUSY = "Other files are being checked just now. Nothing was kept: upload yours again in a minute."


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """Wait for the turn. Raises `RefusedFile` when too many wait, or when it takes too long.

    Locks of files end with their process, so that a worker that is killed leaves no turn taken.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as kept:
        if not any(_lock(folder / f"place-{number}", kept) for number in range(PLACES)):
            raise RefusedFile(BUSY)
        deadline = time.monotonic() + PATIENCE
        while not _lock(folder / "work", kept):
            if time.monotonic() > deadline:
                raise RefusedFile(BUSY)
            time.sleep(_LOOK)
        yield


def _lock(path: Path, kept: ExitStack) -> bool:
    """Whether the lock could be had; it ends with `kept`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    kept.callback(os.close, descriptor)
    return True
