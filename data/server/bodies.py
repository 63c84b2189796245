"""Bodies of requests, which must arrive at a steady pace: a slow sender holds no thread for long.

A small body is received before a thread is asked to answer. A large one is received while the
application reads it, so that the application may refuse it first.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

from werkzeug.exceptions import RequestTimeout, ServiceUnavailable

SMALL = 256 * 1024  # bytes that are received at once
PATIENCE = 15.0  # seconds for a body to arrive, and one more for each PACE bytes of it
PACE = 16 * 1024
CHUNKS, LEAST = 1024, 64  # chunks that may be of any length; beyond them, bytes of each on average
TOO_SLOW = "What you sent did not arrive in time. Check your connection, and send it once more."
BUSY = "Other files are being received just now. Send yours again in a minute."


class Body:
    """The chunks of a request's body, for the event loop on which they arrive."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self.received = self._chunks_received = 0

    async def next(self) -> bytes:
        """The next chunk; empty at the end. Raises `TimeoutError` when it comes too late, and for a
        body in so many pieces that taking them is all that a processor can do.
        """
        self._chunks_received += 1
        if self._chunks_received > CHUNKS + self.received // LEAST:
            raise TimeoutError
        async with asyncio.timeout_at(self._began + PATIENCE + self.received / PACE):
            try:
                chunk = await self._chunks.__anext__()
            except StopAsyncIteration:
                return b""
        self.received += len(chunk)
        return chunk

    async def small(self) -> tuple[bytes, bool]:
        """What has come when the body ends, or is known to be large; and whether it has ended."""
        chunks: list[bytes] = []
        while self.received <= SMALL:
            chunk = await self.next()
            if not chunk:
                return b"".join(chunks), True
            chunks.append(chunk)
        return b"".join(chunks), False

    def wait_for_next(self) -> bytes:
        """The next chunk, for a thread that is not the event loop's."""
        return asyncio.run_coroutine_threadsafe(self.next(), self._loop).result()


class Incoming(io.RawIOBase):
    """A large body as a file, for the thread that reads it."""

    def __init__(self, begun: bytes, body: Body) -> None:
        self._left, self._body = begun, body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if not self._left:
            try:
                self._left = self._body.wait_for_next()
            except TimeoutError:
                raise RequestTimeout(TOO_SLOW) from None
        room = memoryview(buffer)
        taken = min(len(room), len(self._left))
        room[:taken], self._left = self._left[:taken], self._left[taken:]
        return taken


class Refused(io.RawIOBase):
    """A body that there is no room to receive. An application that does not read it may answer."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        raise ServiceUnavailable(BUSY, retry_after=60)
