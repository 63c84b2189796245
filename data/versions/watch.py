"""The files of open versions, looked at for as long as they are read.

A disk or a person may change a file in its place. A change leaves another size, time or inode,
which is looked at every few seconds; one that leaves none is found by reading every file again in
turn, at a rate that costs little.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from mmap import mmap
from pathlib import Path

from data.checked import Stamp, stamp

CHUNK = 1 << 20
BYTES_A_SECOND = 64 << 20  # read again at most
PASS_SECONDS = 45.0  # in which all files are read again, where the rate allows


@dataclass(slots=True)
class Watched:
    """A file with the SHA-256 that it must have. One that is `cached` can be made again."""

    path: Path
    sha256: str
    cached: bool = False
    stamp: Stamp | None = None  # when it was last found right
    read_at: float = 0.0

    def __post_init__(self) -> None:
        self.stamp = stamp(self.path)

    @property
    def size(self) -> int:
        return self.stamp.size if self.stamp else 0

    def looks_different(self) -> bool:
        now = stamp(self.path)
        return now is None or not now.is_like(self.stamp)

    def is_right(self, *, rate: float) -> bool:
        """Read the file, at most so many bytes a second, and compare."""
        before = stamp(self.path)
        try:
            digest = _digest(self._chunks(), rate)
        except OSError:
            return False
        if digest != self.sha256:
            return False
        self.stamp, self.read_at = before, time.monotonic()
        return True

    def _chunks(self) -> Iterator[bytes]:
        with self.path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


@dataclass(slots=True)
class WatchedMemory:
    """A file without a name that is mapped into memory: it must stay what it was at first."""

    mapped: mmap
    path: Path  # of the folder in which it would be
    cached: bool = True
    sha256: str = ""
    read_at: float = 0.0

    @property
    def size(self) -> int:
        return len(self.mapped)

    def looks_different(self) -> bool:
        return False

    def is_right(self, *, rate: float) -> bool:
        """Read what is mapped, at most so many bytes a second, and compare."""
        chunks = (self.mapped[at : at + CHUNK] for at in range(0, len(self.mapped), CHUNK))
        digest = _digest(chunks, rate)
        if self.sha256 and digest != self.sha256:
            return False
        self.sha256, self.read_at = digest, time.monotonic()
        return True


def _digest(chunks: Iterable[bytes], rate: float) -> str:
    digest, begun, done = hashlib.sha256(), time.monotonic(), 0
    for chunk in chunks:
        digest.update(chunk)
        done += len(chunk)
        ahead = done / rate - (time.monotonic() - begun)
        if ahead > 0:
            time.sleep(ahead)
    return digest.hexdigest()


@dataclass(slots=True)
class Watch:
    """The files of one open version, which were read and found right on this host."""

    files: tuple[Watched | WatchedMemory, ...] = field(default=())

    def changed(self) -> Watched | WatchedMemory | None:
        """A file that is not what it was; only those that look different are read."""
        for file in self.files:
            if file.looks_different() and not file.is_right(rate=4 * BYTES_A_SECOND):
                return file
        return None


def read_again(watches: Iterable[Watch], *, seconds: float) -> Watched | WatchedMemory | None:
    """Read files for so long, those first that were read longest ago; one that is not right.

    The rate brings all files round within `PASS_SECONDS`, up to a limit.
    """
    files = sorted((f for watch in watches for f in watch.files), key=lambda f: f.read_at)
    rate = min(max(sum(file.size for file in files) / PASS_SECONDS, CHUNK), BYTES_A_SECOND)
    end = time.monotonic() + seconds
    for file in files:
        if not file.is_right(rate=rate):
            return file
        if time.monotonic() >= end:
            break
    return None
