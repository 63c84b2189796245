"""Work of minutes, beside the answers of this process: one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec

from flask import Flask, current_app

EXTENSION = "haresign-background"

log = logging.getLogger(__name__)
P = ParamSpec("P")


def register(app: Flask) -> None:
    app.extensions[EXTENSION] = ThreadPoolExecutor(1, thread_name_prefix="long")


def in_turn(work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Run `work` in the application's context. The interpreter waits for what was begun before it
    ends.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    pool: ThreadPoolExecutor = app.extensions[EXTENSION]

    def inside() -> None:
        with app.app_context():
            work(*args, **kwargs)

    pool.submit(inside).add_done_callback(_report)


def _report(done: Future[None]) -> None:
    error = done.exception()
    if error is not None:
        log.error("work in the background failed", exc_info=error)
