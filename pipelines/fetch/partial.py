"""A download that is not finished: its bytes so far and the version they belong to."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.files.sniff import HEAD_BYTES


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server says identifies a version of a file (RFC 9110 section 8.8)."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def if_range(self) -> str | None:
        """The value for If-Range; a weak ETag does not promise equal bytes, so it cannot serve."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return None if self.etag else self.last_modified

    def conditions(self) -> dict[str, str]:
        """Headers that ask for the file only if it has changed."""
        headers = {}
        if self.etag:
            headers["If-None-Match"] = self.etag
        if self.last_modified:
            headers["If-Modified-Since"] = self.last_modified
        return headers


class PartialFile:
    """`<name>.part` with `<name>.part.json` beside the file it will become.

    The note is removed before the bytes are truncated and written before the first new byte,
    so bytes with a note always belong to the version the note names.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")

    def resumable(self, url: str) -> tuple[int, Validators]:
        """(bytes held, their version); zero when nothing of `url` can be continued."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            held = self.path.stat().st_size
            validators = Validators(**note["validators"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, Validators()
        if note.get("url") != url or validators.if_range is None:
            return 0, Validators()
        return held, validators

    def restart(self, url: str, validators: Validators) -> BinaryIO:
        """Empty the file and open it for the version named."""
        self._note.unlink(missing_ok=True)
        handle = self.path.open("wb")
        self._note.write_text(
            json.dumps({"url": url, "validators": asdict(validators)}), encoding="utf-8"
        )
        return handle

    def reopen(self) -> BinaryIO:
        return self.path.open("ab")

    def digest(self) -> tuple[hashlib._Hash, bytes]:
        """The running SHA-256 of the bytes held, and the first of them."""
        running, head = hashlib.sha256(), b""
        with self.path.open("rb") as handle:
            while chunk := handle.read(1 << 20):
                head = head or chunk[:HEAD_BYTES]
                running.update(chunk)
        return running, head

    def discard(self) -> None:
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def finish(self, handle: BinaryIO) -> None:
        """Make the bytes durable and give them their final name in one step."""
        handle.flush()
        os.fsync(handle.fileno())
        handle.close()
        os.replace(self.path, self.target)
        self._note.unlink(missing_ok=True)
        sync_folder(self.target.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
