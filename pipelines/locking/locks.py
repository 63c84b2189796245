"""One refresh of a dataset at a time, across processes and hosts that share a folder."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipelines.locking.leases import Held, lease


class AlreadyRunning(RuntimeError):
    """Another process is refreshing the dataset; the message says which and since when."""

    def __init__(self, dataset_id: str, *, pid: int | None, host: str, since: str) -> None:
        named = dataset_id.removesuffix("-check")
        super().__init__(
            f"A refresh of {named} is already running (process {pid or 'unknown'} on {host}, "
            f"since {since}). Wait for it to end, or stop that process."
        )
        self.dataset_id = dataset_id
        self.pid = pid
        self.host = host
        self.since = since


@contextmanager
def refresh_lock(folder: Path, dataset_id: str) -> Iterator[None]:
    """Hold the dataset's lock; raise `AlreadyRunning` at once when another process holds it.

    The kernel frees the lock when the process ends, however it ends. The file stays: removing
    it would let two processes lock two files of the same name. Where the folder is shared between
    hosts and the kernel's lock reaches only one of them, a lease beside it keeps out the others.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{dataset_id}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _already_running(descriptor, dataset_id) from None
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        with _leased(folder, dataset_id):
            yield
    finally:
        os.close(descriptor)


@contextmanager
def _leased(folder: Path, dataset_id: str) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(lease(folder, dataset_id))
        except Held as held:
            other = held.holder
            raise AlreadyRunning(
                dataset_id, pid=other.pid, host=other.host, since=other.since
            ) from None
        yield


def _already_running(descriptor: int, dataset_id: str) -> AlreadyRunning:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
    except ValueError:  # the holder has not written its name yet
        holder = {}
    return AlreadyRunning(
        dataset_id,
        pid=holder.get("pid"),
        host=holder.get("host", "an unknown host"),
        since=holder.get("since", "a moment ago"),
    )
