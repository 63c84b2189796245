"""Work that must not delay an answer, nor tell by the delay what it found."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec

from flask import Flask, current_app

EXTENSION = "haresign-background"
THREADS = 2  # for short work, such as sending a message

_here = threading.local()
log = logging.getLogger(__name__)
P = ParamSpec("P")


def register(app: Flask) -> None:
    app.extensions[EXTENSION] = (
        ThreadPoolExecutor(THREADS, thread_name_prefix="background"),
        ThreadPoolExecutor(1, thread_name_prefix="long"),
    )


def later(work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Run `work` in the application's context, after this request or beside it; at once where the
    caller is in the background already. The interpreter waits for what was begun before it ends.
    """
    if getattr(_here, "inside", False):
        work(*args, **kwargs)
        return
    short, _ = _pools()
    _submit(short, work, *args, **kwargs)


def in_turn(work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Run work of minutes: one after the other, and never in the way of `later`."""
    _, long = _pools()
    _submit(long, work, *args, **kwargs)


def _pools() -> tuple[ThreadPoolExecutor, ThreadPoolExecutor]:
    pools: tuple[ThreadPoolExecutor, ThreadPoolExecutor] = current_app.extensions[EXTENSION]
    return pools


def _submit(
    pool: ThreadPoolExecutor, work: Callable[P, None], *args: P.args, **kwargs: P.kwargs
) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def inside() -> None:
        _here.inside = True
        with app.app_context():
            work(*args, **kwargs)

    pool.submit(inside).add_done_callback(_report)


def _report(done: Future[None]) -> None:
    error = done.exception()
    if error is not None:
        log.error("work in the background failed", exc_info=error)
