"""Notices above every page, remembered for some seconds: every page asks for them."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from flask import Flask, current_app
from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError

from auth.database import reading
from auth.models import Notice
from auth.moments import now

REMEMBERED_SECONDS = 5.0
EXTENSION = "haresign-notices"


@dataclass(slots=True)
class _Board:
    texts: tuple[str, ...] = ()
    read: float = float("-inf")  # monotonic
    lock: threading.Lock = field(default_factory=threading.Lock)


def register(app: Flask) -> None:
    app.extensions[EXTENSION] = _Board()


def current() -> tuple[str, ...]:
    """What is to be said now, oldest first."""
    board: _Board = current_app.extensions[EXTENSION]
    with board.lock:
        if time.monotonic() - board.read >= REMEMBERED_SECONDS:
            with suppress(OperationalError):  # then what was said before stands
                board.texts = _read()
            board.read = time.monotonic()
        return board.texts


def forget() -> None:
    """Read again at the next page, after a change in this process."""
    board: _Board = current_app.extensions[EXTENSION]
    with board.lock:
        board.read = float("-inf")


def _read() -> tuple[str, ...]:
    moment = now()
    with reading() as connection:
        return tuple(
            connection.scalars(
                select(Notice.text)
                .where(
                    Notice.starts_at <= moment,
                    or_(Notice.ends_at.is_(None), Notice.ends_at > moment),
                )
                .order_by(Notice.id)
            )
        )
