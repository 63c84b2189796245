"""Threads that do what the event loop must not wait for, handed over at little cost.

A `ThreadPoolExecutor` makes two futures with a lock for each call and wakes the loop at its end,
which takes longer than most answers of the API. Here the answer has left when a call ends, so the
loop hears of it when it next has something to do, or a moment later.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

LATEST = 0.05  # seconds after which the loop hears of calls that have ended

Call = tuple[Callable[..., object], tuple[Any, ...], asyncio.Future[None]]


class Threads:
    """So many threads of one event loop, whose methods only that loop calls."""

    def __init__(self, loop: asyncio.AbstractEventLoop, count: int) -> None:
        self._loop = loop
        self._calls: SimpleQueue[Call] = SimpleQueue()
        self._ended: deque[tuple[asyncio.Future[None], BaseException | None]] = deque()
        self._going, self._is_looking = 0, False
        for number in range(count):
            threading.Thread(target=self._work, daemon=True, name=f"answers-{number}").start()

    async def run(self, function: Callable[..., object], *arguments: Any) -> None:
        """Call it in a thread, and come back soon after its end. Raises what it raises."""
        self._hear()
        ended = self._loop.create_future()
        self._going += 1
        self._calls.put((function, arguments, ended))
        self._look_later()
        await ended

    def _work(self) -> None:
        while True:
            function, arguments, ended = self._calls.get()
            try:
                function(*arguments)
            except BaseException as error:  # of whoever waits: the thread goes on
                self._ended.append((ended, error))
            else:
                self._ended.append((ended, None))
            del function, arguments, ended  # or they stay in memory until the next call

    def _hear(self) -> None:
        while self._ended:
            ended, error = self._ended.popleft()
            self._going -= 1
            if ended.done():  # whoever waited has been cancelled
                continue
            if error is None:
                ended.set_result(None)
            else:
                ended.set_exception(error)

    def _look_later(self) -> None:
        if self._going and not self._is_looking:
            self._is_looking = True
            self._loop.call_later(LATEST, self._look)

    def _look(self) -> None:
        self._is_looking = False
        self._hear()
        self._look_later()
