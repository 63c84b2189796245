"""Which files of a host have been read and found right, so that not every process reads them.

A file that looks as it did then is taken to be right; `data.versions.watch` reads it again later.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from data.digests import HASHED_AT_ONCE, sha256_of


class Stamp(NamedTuple):
    """What a file looks like without reading it."""

    size: int
    modified: int
    changed: int
    inode: int
    links: int

    def is_like(self, other: Stamp | None) -> bool:
        """Whether nobody has written to the file in between.

        Each version that shares a file gives it another name, which changes its time too.
        """
        if other is None or self[:2] != other[:2] or self.inode != other.inode:
            return False
        return self.changed == other.changed or self.links != other.links


def stamp(path: Path) -> Stamp | None:
    try:
        known = os.stat(path)
    except OSError:
        return None
    return Stamp(known.st_size, known.st_mtime_ns, known.st_ctime_ns, known.st_ino, known.st_nlink)


class Checked:
    """Files that were found right, by inode, with their SHA-256."""

    def __init__(self, known: Mapping[int, tuple[Stamp, str]]) -> None:
        self._known = dict(known)
        self.now: dict[int, tuple[Stamp, str]] = {}  # of the files that were asked for

    @classmethod
    def of(cls, notes: Iterable[Iterable[Iterable[object]]]) -> Checked:
        """From what `noted` gave before. Raises `TypeError` or `ValueError` for anything else."""
        known: dict[int, tuple[Stamp, str]] = {}
        for note in notes:
            for *numbers, digest in note:
                found = Stamp(*(int(str(number)) for number in numbers))
                known[found.inode] = found, str(digest)
        return cls(known)

    def noted(self) -> list[list[int | str]]:
        return [[*found, digest] for found, digest in self.now.values()]

    def is_right(self, path: Path, sha256: str) -> bool:
        """Whether a file has that digest; it is read unless it looks as it did when it had."""
        now = stamp(path)
        if now is None:
            return False
        known = self._known.get(now.inode)
        if known is None or known[1] != sha256 or not now.is_like(known[0]):
            try:
                if sha256_of(path) != sha256:
                    return False
            except OSError:
                return False
        self.now[now.inode] = self._known[now.inode] = now, sha256
        return True

    def wrong(self, files: Mapping[Path, str]) -> list[Path]:
        """Those of some files that do not have their digest."""
        with ThreadPoolExecutor(HASHED_AT_ONCE) as threads:
            right = threads.map(self.is_right, files.keys(), files.values())
            return [path for path, same in zip(files, right, strict=True) if not same]
