"""Answers on their way out. A large one waits in a file, however slowly its client takes it.

Granian keeps what it was given in memory until the last byte has left, and a thousand clients that
read nothing would have it keep gigabytes. Of a file it reads a piece when there is room for it.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

LARGE = 128 * 1024  # bytes from which an answer waits in a file
OPENED = 10.0  # seconds in which Granian has opened the file, which has no name to open it by later
OPEN_AT_ONCE = 512  # files of this process; answers beyond them are in memory, as small ones are

Headers = list[tuple[str, str]]


class Outgoing:
    """Where the answers of one worker go. `folder` has room for large ones."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._open = 0

    def send(
        self,
        loop: asyncio.AbstractEventLoop,
        proto: Any,
        status: int,
        headers: Headers,
        body: bytes,
    ) -> None:
        """Called by any thread; it waits for nobody."""
        if self._folder is None or len(body) < LARGE or self._open >= OPEN_AT_ONCE:
            proto.response_bytes(status, headers, body)
            return
        try:
            file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by `_close`
            file.write(body)
            file.seek(0)
        except OSError:  # no room on the disk
            proto.response_bytes(status, headers, body)
            return
        if not any(name.casefold() == "content-length" for name, _ in headers):
            headers = [*headers, ("Content-Length", str(len(body)))]
        proto.response_file(status, headers, f"/dev/fd/{file.fileno()}")
        loop.call_soon_threadsafe(self._hold, loop, file)

    def _hold(self, loop: asyncio.AbstractEventLoop, file: Any) -> None:
        self._open += 1
        loop.call_later(OPENED, self._close, file)

    def _close(self, file: Any) -> None:
        self._open -= 1
        file.close()
