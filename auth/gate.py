"""Whether a presented key may make one more request, answered from memory.

Looking a key up in the database costs more than the answer to most requests. So each process
remembers the keys that it has seen, and asks the database about a key at most every
`RECHECK_SECONDS`: a revoked key therefore stops working in every process within that time,
whichever process revoked it, and with any database. At the same occasion the process hands in the
requests it has counted since, and learns what all processes together have counted, so that limits
hold across processes and restarts. A key that is in steady use costs one small transaction each
`RECHECK_SECONDS`; one that is used now and then costs a write at most each `HAND_IN_SECONDS`.
`last_used_at` is written with the hand-in, never by itself.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, exists, insert, select, update

from auth.database import reading
from auth.keys import digest, prefix_of
from auth.models import ApiKey, ApiUsage, User, db
from auth.moments import now
from data.settings import Settings

RECHECK_SECONDS = 0.5
HAND_IN_SECONDS = 30.0
HAND_IN_SHARE = 100  # or as soon as a process has counted a hundredth of the hourly limit
REMEMBERED_KEYS = 10_000
HOUR, DAY = 3600, 86400

EXTENSION = "haresign-gate"

# A key that is not revoked, and whose owner, if it has one, is not suspended.
_STANDS = (
    ApiKey.revoked_at.is_(None),
    ~exists().where(User.id == ApiKey.owner_id, User.suspended_at.is_not(None)),
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit. `resets` is Unix time."""

    limit: int
    remaining: int
    resets: int


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer to a valid key; not `allowed` when a limit is used up."""

    allowed: bool
    hour: Allowance
    day: Allowance

    @property
    def tightest(self) -> Allowance:
        """The window that decides: the exhausted one that lasts longest, else the scarcer one."""
        if not self.day.remaining:
            return self.day
        return min(self.hour, self.day, key=lambda a: a.remaining)


@dataclass(slots=True)
class _Window:
    """Requests in the present hour or day, by all processes as far as known, and by this one."""

    seconds: int
    limit: int
    start: int = 0
    known: int = 0  # handed in by all processes, this one too
    pending: int = 0  # counted here and not handed in

    def roll(self, moment: float) -> None:
        start = int(moment) - int(moment) % self.seconds
        if start != self.start:
            self.start, self.known, self.pending = start, 0, 0

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.known - self.pending)

    def allowance(self) -> Allowance:
        return Allowance(self.limit, self.remaining, self.start + self.seconds)


@dataclass(slots=True)
class _Known:
    """A valid key as this process remembers it."""

    id: int
    digest: str
    windows: tuple[_Window, _Window]
    checked: float = 0.0  # monotonic
    handed_in: float = 0.0  # monotonic
    lock: threading.Lock = field(default_factory=threading.Lock)


class Gate:
    """One per application."""

    def __init__(self, engine: Engine, *, hourly_limit: int, daily_limit: int) -> None:
        self._engine = engine
        self._limits = ((HOUR, hourly_limit), (DAY, daily_limit))
        self._batch = max(1, min(hourly_limit, daily_limit) // HAND_IN_SHARE)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, presented: str) -> Admission | None:
        """Count one request of a key; None when the key is unknown, wrong or revoked."""
        prefix = prefix_of(presented)
        if prefix is None:
            return None
        known = self._known.get(prefix)
        if known is None:
            known = self._look_up(prefix)
            if known is None:
                return None
        if not hmac.compare_digest(known.digest, digest(presented)):
            return None
        with known.lock:
            if time.monotonic() - known.checked >= RECHECK_SECONDS and not self._recheck(known):
                self._known.pop(prefix, None)
                return None
            return self._count(known)

    def _count(self, known: _Known) -> Admission:
        moment = time.time()
        for window in known.windows:
            window.roll(moment)
        allowed = all(window.remaining for window in known.windows)
        if allowed:
            for window in known.windows:
                window.pending += 1
        hour, day = (window.allowance() for window in known.windows)
        return Admission(allowed, hour, day)

    def _look_up(self, prefix: str) -> _Known | None:
        with reading(self._engine) as connection:
            row = connection.execute(
                select(ApiKey.id, ApiKey.digest, ApiKey.hourly_limit, ApiKey.daily_limit).where(
                    ApiKey.prefix == prefix, *_STANDS
                )
            ).one_or_none()
        if row is None:
            return None
        own = row.hourly_limit, row.daily_limit
        hour, day = (
            _Window(seconds, particular or usual)
            for (seconds, usual), particular in zip(self._limits, own, strict=True)
        )
        with self._lock:
            known = self._known.setdefault(prefix, _Known(row.id, row.digest, (hour, day)))
            self._known.move_to_end(prefix)
            if len(self._known) > REMEMBERED_KEYS:
                self._known.popitem(last=False)
        return known

    def _recheck(self, known: _Known) -> bool:
        """Whether the key still stands; counts are exchanged with the other processes."""
        moment = time.monotonic()
        for window in known.windows:
            window.roll(time.time())
        due = moment - known.handed_in >= HAND_IN_SECONDS
        if due or any(window.pending >= self._batch for window in known.windows):
            with self._engine.begin() as connection:
                valid = _hand_in(connection, known, now())
            known.handed_in = moment
        else:
            with reading(self._engine) as connection:
                valid = _is_valid(connection, known)
                _learn(connection, known)
        known.checked = moment
        return valid


def _hand_in(connection: Connection, known: _Known, moment: datetime) -> bool:
    """Add this process's counts to the stored ones; False when the key no longer stands.

    The first statement locks the key's row, so that two processes cannot lose each other's counts
    on a database that has no single writer.
    """
    marked = connection.execute(
        update(ApiKey).where(ApiKey.id == known.id, *_STANDS).values(last_used_at=moment)
    )
    if not marked.rowcount:
        return False
    stored = _usage(connection, known)
    for window in known.windows:
        start, requests = stored.get(window.seconds, (0, 0))
        window.known = window.pending + (requests if start == window.start else 0)
        window.pending = 0
        values = {"start": window.start, "requests": window.known}
        key = {"key_id": known.id, "seconds": window.seconds}
        if window.seconds in stored:
            connection.execute(update(ApiUsage).filter_by(**key).values(**values))
        else:
            connection.execute(insert(ApiUsage).values(**key, **values))
    return True


def _is_valid(connection: Connection, known: _Known) -> bool:
    found = connection.execute(select(ApiKey.id).where(ApiKey.id == known.id, *_STANDS))
    return found.one_or_none() is not None


def _usage(connection: Connection, known: _Known) -> dict[int, tuple[int, int]]:
    """(start, requests) of the stored windows by their length."""
    rows = connection.execute(
        select(ApiUsage.seconds, ApiUsage.start, ApiUsage.requests).where(
            ApiUsage.key_id == known.id
        )
    )
    return {row.seconds: (row.start, row.requests) for row in rows}


def _learn(connection: Connection, known: _Known) -> None:
    stored = _usage(connection, known)
    for window in known.windows:
        start, requests = stored.get(window.seconds, (0, 0))
        if start == window.start:
            window.known = requests


def register(app: Flask, settings: Settings) -> None:
    with app.app_context():
        engine = db.engine
    app.extensions[EXTENSION] = Gate(
        engine, hourly_limit=settings.api_hourly_limit, daily_limit=settings.api_daily_limit
    )


def gate_of(app: Flask) -> Gate:
    found: Gate = app.extensions[EXTENSION]
    return found


def admit(presented: str) -> Admission | None:
    """`Gate.admit` of the present application."""
    return gate_of(current_app).admit(presented)
