"""SHA-256 of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

HASHED_AT_ONCE = 2  # files; hashing leaves the interpreter to others


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
