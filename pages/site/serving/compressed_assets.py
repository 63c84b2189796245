"""Scripts and styles, compressed as small as Brotli can without anyone waiting for it.

The greatest quality takes seven seconds of a processor for all scripts of a page, so it is done
in the background, once for every worker and every start: the results are kept on the disk.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from functools import lru_cache
from pathlib import Path
from queue import Queue

import brotli

from data import encodings
from data.logs import event

QUICK, SMALLEST = 7, 11  # of Brotli: 10 % larger, at a fiftieth of the time
log = logging.getLogger(__name__)


@lru_cache(maxsize=64)
def _gzipped(body: bytes) -> bytes:
    return encodings.compress(body, encodings.GZIP)


class CompressedAssets:
    """Bodies that never change, compressed: quickly at first, then for good."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bodies: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._waiting: Queue[tuple[str, bytes]] = Queue()
        # A daemon, so that whoever stops the site does not wait for what can be done again.
        threading.Thread(target=self._work, name="brotli", daemon=True).start()

    def of(self, body: bytes, encoding: str = encodings.BROTLI) -> bytes:
        """The body in that encoding. gzip, which few still need, is made once."""
        if encoding == encodings.GZIP:
            return _gzipped(body)
        digest = hashlib.sha256(body).hexdigest()
        found = self._bodies.get(digest)
        if found is not None:
            return found
        try:
            found, is_smallest = self._at(digest).read_bytes(), True
        except OSError:
            found, is_smallest = brotli.compress(body, quality=QUICK), False
        with self._lock:
            if digest not in self._bodies:
                self._bodies[digest] = found
                if not is_smallest:
                    self._waiting.put((digest, body))
            return self._bodies[digest]

    def wait(self) -> None:
        """Return when everything asked for so far is as small as it gets."""
        self._waiting.join()

    def _work(self) -> None:
        while True:
            self._press(*self._waiting.get())
            self._waiting.task_done()

    def _press(self, digest: str, body: bytes) -> None:
        smallest = brotli.compress(body, quality=SMALLEST)
        with self._lock:
            self._bodies[digest] = smallest
        path = self._at(digest)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(smallest)
            fresh.replace(path)
        except OSError as error:
            event(log, "compressed not kept", level=logging.WARNING, path=path, reason=error)

    def _at(self, digest: str) -> Path:
        return self._folder / f"{digest}.br"
