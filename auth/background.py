"""Work that must not delay an answer, nor tell by the delay what it found."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec

from flask import Flask, current_app

EXTENSION = "haresign-background"
THREADS = 2

_here = threading.local()
log = logging.getLogger(__name__)
P = ParamSpec("P")


def register(app: Flask) -> None:
    app.extensions[EXTENSION] = ThreadPoolExecutor(THREADS, thread_name_prefix="background")


def later(work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Run `work` in the application's context, after this request or beside it; at once where the
    caller is in the background already. The interpreter waits for what was begun before it ends.
    """
    if getattr(_here, "inside", False):
        work(*args, **kwargs)
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    pool: ThreadPoolExecutor = app.extensions[EXTENSION]

    def inside() -> None:
        _here.inside = True
        with app.app_context():
            work(*args, **kwargs)

    pool.submit(inside).add_done_callback(_report)


def _report(done: Future[None]) -> None:
    error = done.exception()
    if error is not None:
        log.error("work in the background failed", exc_info=error)
