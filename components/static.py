"""Files of `assets/` under addresses that change with their content."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "assets"
COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg+xml")
SMALLEST = 500  # bytes: below this compression costs more than it saves


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file of `assets/`, ready to be sent."""

    body: bytes
    content_type: str
    digest: str


@lru_cache(maxsize=512)
def read(path: str) -> StaticFile | None:
    """A file by its path under `assets/`; None if there is none, or outside that folder."""
    target = (FOLDER / path).resolve()
    if not target.is_relative_to(FOLDER.resolve()) or not target.is_file():
        return None
    body = target.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    kind = mimetypes.guess_type(target.name)[0] or "application/octet-stream"
    content_type = f"{kind}; charset=utf-8" if kind.startswith(COMPRESSIBLE) else kind
    return StaticFile(body, content_type, digest)


def addresses(prefix: str) -> Callable[[str], str]:
    """A function from a path under `assets/` to its URL, which changes when the file does."""

    def address(path: str) -> str:
        found = read(path)
        if found is None:
            raise FileNotFoundError(f"assets/{path}")
        return f"{prefix}/assets/{path}?v={found.digest}"

    return address
