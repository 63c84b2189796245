"""Files without a name, which processes of a host map into memory and give to one another.

A process that reads a mapped file ends when somebody shortens the file. A file without a name
cannot be opened, so nobody can. It lives for as long as a process has it open: whoever wants it
too opens it as `/proc/<process>/fd/<number>` of one that does. The system may drop its pages from
memory and read them again, as it does with every file.
"""

from __future__ import annotations

import errno
import mmap
import os
import stat
import tempfile
import weakref
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, cast

FULL = (errno.ENOSPC, errno.EDQUOT)  # what a disk without room says
Holder = tuple[int, int]  # a process and the number by which it knows the file
Identity = tuple[int, int, int]  # device, inode and size


class Unnamed:
    """A file that is open in this process, for as long as the object lives."""

    def __init__(self, handle: int) -> None:
        self.holder: Holder = os.getpid(), handle
        self.identity = _identity(os.fstat(handle))
        self.mapped = mmap.mmap(handle, 0, access=mmap.ACCESS_READ)
        weakref.finalize(self, os.close, handle)


def written(folder: Path, write: Callable[[BinaryIO], None]) -> Unnamed:
    """A file on the disk of `folder` with what `write` puts into a stream; in memory where that
    disk is full, so that what was published is served all the same.
    """
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=1 << 20) as stream:
            return _filled(cast("BinaryIO", stream), write)
    except OSError as error:
        if error.errno not in FULL:
            raise
    with os.fdopen(os.memfd_create("arrays"), "wb") as stream:
        return _filled(stream, write)


def _filled(stream: BinaryIO, write: Callable[[BinaryIO], None]) -> Unnamed:
    write(stream)
    stream.flush()
    os.fchmod(stream.fileno(), stat.S_IRUSR)
    return Unnamed(os.open(f"/proc/self/fd/{stream.fileno()}", os.O_RDONLY | os.O_CLOEXEC))


def holding(identity: Identity, holders: Iterable[Holder]) -> list[Holder]:
    """Those of the holders that have the file open."""
    return [holder for holder in holders if _has(holder, identity)]


def shared(identity: Identity, holders: Iterable[Holder]) -> Unnamed | None:
    """The file with that identity, opened from one of its holders; None where none has it."""
    for holder in holders:
        try:
            file = Unnamed(os.open(_path(holder), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK))
        except (OSError, ValueError):
            continue
        if file.identity == identity:
            return file
    return None


def _path(holder: Holder) -> str:
    process, number = holder
    return f"/proc/{process}/fd/{number}"


def _has(holder: Holder, identity: Identity) -> bool:
    try:
        known = os.stat(_path(holder))
    except OSError:
        return False
    return not known.st_nlink and _identity(known) == identity


def _identity(known: os.stat_result) -> Identity:
    return known.st_dev, known.st_ino, known.st_size
