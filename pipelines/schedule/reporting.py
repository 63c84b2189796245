"""Progress of a refresh, left where the status page of another process can read it."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from data.versions import running
from data.versions.running import Running
from data.versions.store import Store
from pipelines.engine.units import Progress

WRITE_SECONDS = 1.0  # at most one write in so long
BEAT_SECONDS = 4.0


@contextmanager
def reported(store: Store, dataset_id: str, shown: Progress) -> Iterator[Progress]:
    """`shown`, and the same in a file for as long as the block runs.

    A disk that is full stops the report and not the refresh.
    """
    report = _Report(running.path(store, dataset_id), dataset_id)
    ended = threading.Event()
    beat = threading.Thread(target=report.keep_fresh, args=(ended,), daemon=True)
    beat.start()

    def both(step: str, done: float, *, rows: int | None = None, size: int | None = None) -> None:
        shown(step, done, rows=rows, size=size)
        report(step, done, rows=rows, size=size)

    try:
        yield both
    finally:
        ended.set()
        beat.join()
        report.remove()


class _Report:
    """The newest progress, written when the last writing is long enough ago."""

    def __init__(self, path: Path, dataset_id: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._written = 0.0
        self._phase_began = time.monotonic()
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self._now = Running(
            dataset_id,
            "starting",
            0.0,
            None,
            None,
            None,
            started,
            os.getpid(),
            socket.gethostname(),
        )
        self._write()

    def __call__(
        self, step: str, done: float, *, rows: int | None = None, size: int | None = None
    ) -> None:
        with self._lock:
            if done < self._now.done:  # another file, or the work after the last file
                self._phase_began = time.monotonic()
            rows = rows if rows is not None else self._now.rows
            left = self._seconds_left(done)
            self._now = replace(
                self._now, step=step, done=done, rows=rows, bytes=size, seconds_left=left
            )
            if time.monotonic() - self._written >= WRITE_SECONDS:
                self._write()

    def _seconds_left(self, done: float) -> float | None:
        """By the pace so far; None while there is too little to tell from."""
        spent = time.monotonic() - self._phase_began
        return spent * (1 - done) / done if done > 0.02 and spent > 1 else None

    def keep_fresh(self, ended: threading.Event) -> None:
        """Write again now and then, so that a long step does not look like a dead process."""
        while not ended.wait(BEAT_SECONDS):
            with self._lock:
                self._write()

    def _write(self) -> None:
        """Whole or not at all, but not flushed to the disk: nothing is lost with it."""
        self._written = time.monotonic()
        fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(running.to_json(self._now), encoding="utf-8")
            fresh.replace(self._path)
        except OSError:
            return

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
