"""The files of a backup on their way into a home: all of them, or none.

They wait in `<home>/.restore` until the rows are in the accounts database, which is the moment from
which the backup is back; then each is moved to its place. What a killed restore leaves is moved on
or removed by the next start, whichever side of that moment it was on.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from auth.backups import tables

FOLDER = ".restore"
# Below it: the files, the mark that all of them are there, and that they are on their way.
_FILES, _WHOLE, _MOVING = "files", "whole", "moving"

log = logging.getLogger(__name__)


class Busy(RuntimeError):
    """Another restore into the same home is at work."""


@contextmanager
def staging(home: Path) -> Iterator[Path]:
    """An empty folder for the files of one backup, which is gone at the end.

    It stays only where files could not be moved, until the next start can. Whoever has it holds a
    kernel lock, so that a start in the meantime leaves it alone.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with _locked(folder):
        _empty(folder)
        try:
            yield folder
        finally:
            if not (folder / _MOVING).exists():
                _remove(folder)


def put(folder: Path, place: PurePosixPath, body: IO[bytes]) -> None:
    target = folder / _FILES / place
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        shutil.copyfileobj(body, stream)
        stream.flush()
        os.fsync(stream.fileno())


def is_whole(folder: Path) -> None:
    """Note that every file is there; the rows may go in."""
    (folder / _WHOLE).touch()


def move(home: Path, folder: Path) -> int:
    """Move the files to their places; those that are there already have been moved."""
    (folder / _MOVING).touch()
    moved = 0
    for source in sorted((folder / _FILES).rglob("*")):
        if source.is_file():
            target = home / source.relative_to(folder / _FILES)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, target)  # a home may have other disks below it
            moved += 1
    (folder / _MOVING).unlink()
    return moved


def finish(home: Path) -> None:
    """What a killed restore left: it is finished where its rows are in the database, else undone.

    Called at every start, before anything of the home is read.
    """
    folder = home / FOLDER
    if not folder.is_dir():
        return
    try:
        with _locked(folder):
            is_back = (folder / _WHOLE).exists() and not tables.is_empty()
            if is_back or (folder / _MOVING).exists():
                log.warning(
                    "a restore that was cut short is finished: %s files", move(home, folder)
                )
            _remove(folder)
    except (Busy, FileNotFoundError):  # it is at work, or has just ended
        return


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield
    finally:
        os.close(descriptor)


def _empty(folder: Path) -> None:
    for mark in (_WHOLE, _MOVING):  # first: what is half removed is not whole
        (folder / mark).unlink(missing_ok=True)
    shutil.rmtree(folder / _FILES, ignore_errors=True)


def _remove(folder: Path) -> None:
    _empty(folder)
    folder.rmdir()
