"""The files of open versions, looked at for as long as they are read.

A disk or a person may change a file in its place. A change leaves another size, time or inode,
which is looked at every few seconds; one that leaves none is found by reading every file again in
turn, at a rate that costs little. Of arrays the mapped bytes are read, whatever lies at their
address by now: they are what is shown.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

Stamp = tuple[int, int, int, int]
CHUNK = 1 << 20
BYTES_A_SECOND = 64 << 20  # read again at most
PASS_SECONDS = 45.0  # in which all files are read again, where the rate allows


@dataclass(slots=True)
class Watched:
    """A file with the SHA-256 that it must have, and its mapping where it is mapped."""

    path: Path
    sha256: str
    mapped: mmap | None = None
    length: int = 0  # of the mapping
    stamp: Stamp | None = None  # when it was last found right
    read_at: float = 0.0

    def __post_init__(self) -> None:
        self.length = len(self.mapped) if self.mapped is not None else 0
        self.stamp, self.read_at = self.look(), time.monotonic()

    def look(self) -> Stamp | None:
        try:
            told = os.stat(self.path)
        except OSError:
            return None
        return told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino

    def is_whole(self) -> bool:
        """Whether the mapped file is as long as it was: to read on would end the process."""
        return self.mapped is None or self.mapped.size() >= self.length

    def is_right(self, *, rate: float) -> bool:
        """Read the file, at most so many bytes a second, and compare."""
        before, digest, begun, done = self.look(), hashlib.sha256(), time.monotonic(), 0
        try:
            for chunk in self._chunks():
                digest.update(chunk)
                done += len(chunk)
                ahead = done / rate - (time.monotonic() - begun)
                if ahead > 0:
                    time.sleep(ahead)
        except OSError:
            return False
        if digest.hexdigest() != self.sha256:
            return False
        self.stamp, self.read_at = before, time.monotonic()
        return True

    def _chunks(self) -> Iterator[bytes]:
        if self.mapped is None:
            with self.path.open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
            return
        for at in range(0, self.length, CHUNK):
            if not self.is_whole():
                return
            yield self.mapped[at : at + CHUNK]


@dataclass(slots=True)
class Watch:
    """The files of one open version, which its opener has just read and found right."""

    files: tuple[Watched, ...]

    def is_whole(self) -> bool:
        return all(file.is_whole() for file in self.files)

    def changed(self) -> Watched | None:
        """A file that is not what it was; only those that look different are read."""
        for file in self.files:
            different = file.look() != file.stamp or not file.is_whole()
            if different and not file.is_right(rate=4 * BYTES_A_SECOND):
                return file
        return None


def read_again(watches: Iterable[Watch], *, seconds: float) -> Watched | None:
    """Read files for so long, those first that were read longest ago; one that is not right.

    The rate brings all files round within `PASS_SECONDS`, up to a limit.
    """
    files = sorted((f for watch in watches for f in watch.files), key=lambda f: f.read_at)
    total = sum(file.stamp[0] for file in files if file.stamp is not None)
    rate = min(max(total / PASS_SECONDS, CHUNK), BYTES_A_SECOND)
    end = time.monotonic() + seconds
    for file in files:
        if not file.is_right(rate=rate):
            return file
        if time.monotonic() >= end:
            break
    return None
