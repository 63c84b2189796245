"""Uploaded documents on disk: under HARESIGN_HOME, named by a random key and nothing else."""

from __future__ import annotations

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
