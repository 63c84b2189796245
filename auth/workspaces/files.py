"""Uploaded documents on disk: under HARESIGN_HOME, named by a random key and nothing else."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import current_app
from werkzeug.exceptions import ServiceUnavailable

log = logging.getLogger(__name__)

FOLDER = "documents"
DRAFTS = ".drafts"
_PIECE = 1 << 16  # bytes
_LITTER = 3600.0  # seconds after which a draft is nobody's
_KEY = re.compile(r"[0-9a-f]{32}")


class NoRoom(ServiceUnavailable):
    """The disk takes no more, or not now."""

    description = (
        "The server could not keep the file: its disk is full or does not answer. Nothing was "
        "changed. Try again later."
    )


def folder() -> Path:
    home: Path = current_app.config["SETTINGS"].home
    return home.resolve() / FOLDER


def path(key: str) -> Path:
    """Where the bytes of a document are. ValueError when it is not a key."""
    if not _KEY.fullmatch(key):
        raise ValueError("not a document key")
    return folder() / key[:2] / key


def remove(key: str) -> None:
    path(key).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is being looked at: on disk, but not kept yet."""

    path: Path
    size: int
    digest: str


@contextmanager
def draft(stream: IO[bytes]) -> Iterator[Draft]:
    """Write an upload to the disk piece by piece; it is gone when the block ends, unless kept."""
    _private(folder())
    drafts = folder() / DRAFTS
    _private(drafts)
    _remove_litter(drafts)
    path = drafts / secrets.token_hex(16)
    try:
        yield _written(path, stream)
    finally:
        path.unlink(missing_ok=True)


def _written(path: Path, stream: IO[bytes]) -> Draft:
    digest, size = hashlib.sha256(), 0
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.error("a document could not be written: %s", error.strerror)
        raise NoRoom from error
    return Draft(path, size, digest.hexdigest())


def keep(one: Draft, key: str) -> None:
    """Give a draft its place among the documents."""
    target = path(key)
    _private(target.parent)
    os.replace(one.path, target)


def _private(place: Path) -> None:
    """A folder that nobody else on the machine may read."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.chmod(0o700)


def _remove_litter(drafts: Path) -> None:
    """Drafts of processes that were killed."""
    for old in drafts.iterdir():
        try:
            if time.time() - old.stat().st_mtime > _LITTER:
                old.unlink()
        except FileNotFoundError:
            continue
