"""Uploaded documents on disk: under HARESIGN_HOME, named by a random key and nothing else."""

from __future__ import annotations

import os
import re
from pathlib import Path

from flask import current_app

FOLDER = "documents"
_KEY = re.compile(r"[0-9a-f]{32}")


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


def write(key: str, body: bytes) -> None:
    """Keep the bytes of a new document; nobody else on the machine may read them."""
    target = path(key)
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    folder().chmod(0o700)
    target.parent.mkdir(exist_ok=True, mode=0o700)
    try:
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # such as a full disk: no part of a document stays behind
        target.unlink(missing_ok=True)
        raise
