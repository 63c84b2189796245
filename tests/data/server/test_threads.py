"""Calls handed from an event loop to threads, and how it hears of their end."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref

import pytest

from data.server.threads import Threads
from tests.data.server.test_bridge import ended


def test_as_many_calls_go_on_at_once_as_there_are_threads() -> None:
    both = threading.Barrier(2)

    async def two_calls() -> None:
        threads = Threads(asyncio.get_running_loop(), 2)
        await asyncio.gather(*(threads.run(both.wait, 10) for _ in range(2)))

    ended(two_calls())


def test_what_a_call_raises_reaches_whoever_waits_and_the_thread_goes_on() -> None:
    reached = []

    def fail() -> None:
        raise ValueError("as a call may")

    async def two_calls() -> None:
        threads = Threads(asyncio.get_running_loop(), 1)
        with pytest.raises(ValueError, match="as a call may"):
            await threads.run(fail)
        await threads.run(reached.append, "again")

    ended(two_calls())
    assert reached == ["again"]


def test_a_call_is_done_though_nobody_waits_for_it_any_more() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(10)
        done.set()

    async def one_cancelled() -> None:
        threads = Threads(asyncio.get_running_loop(), 1)
        waiting = asyncio.create_task(threads.run(wait))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go_on.set()
        await threads.run(int)

    ended(one_cancelled())
    assert done.is_set()


def test_nothing_of_a_call_stays_in_memory_after_it() -> None:
    class Answer:
        """Stands for what a request holds."""

    async def one_call() -> bool:
        threads = Threads(asyncio.get_running_loop(), 1)
        answer = Answer()
        seen = weakref.ref(answer)
        await threads.run(id, answer)
        del answer
        gc.collect()
        return seen() is None

    assert ended(one_call())
