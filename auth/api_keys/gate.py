"""Whether a presented key may make one more request, answered from memory.

Looking a key up in the database costs more than the answer to most requests. So each process
remembers the keys that it has seen, and asks the database about a key at most every
`RECHECK_SECONDS`: a revoked key therefore stops working in every process within that time,
whichever process revoked it, and with any database.

Requests are counted before they are answered: a process takes a small share of what is left of a
limit, writes it down as used, and then answers so many without asking. However many processes
there are and whenever one is killed, a limit is never exceeded; what a killed process had taken
and not used is lost, at most a `SHARE`th of the limit. `last_used_at` is written with what is
taken, never by itself.
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
from sqlalchemy.exc import OperationalError

from auth.api_keys.keys import digest, prefix_of
from auth.database import in_passing, reading
from auth.models import ApiKey, ApiUsage, User, db
from auth.moments import now
from data.settings import Settings

RECHECK_SECONDS = 0.5
SHARE = 500  # of a limit, that a process takes at once
SPARED = 8  # and never more than an eighth of what is left
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
    """The present hour or day."""

    seconds: int
    limit: int
    start: int = 0
    taken: int = 0  # by all processes, as far as known; what they have not used yet too
    own: int = 0  # of these, by this process and not used
    owed: int = 0  # answered here while the database could not be asked

    def roll(self, moment: float) -> None:
        start = int(moment) - int(moment) % self.seconds
        if start != self.start:
            self.start, self.taken, self.own, self.owed = start, 0, 0, 0

    @property
    def free(self) -> int:
        return max(0, self.limit - self.taken)

    @property
    def remaining(self) -> int:
        return self.free + self.own

    def allowance(self) -> Allowance:
        return Allowance(self.limit, self.remaining, self.start + self.seconds)


@dataclass(slots=True)
class _Known:
    """A valid key as this process remembers it."""

    id: int
    digest: str
    windows: tuple[_Window, _Window]
    checked: float = 0.0  # monotonic
    lock: threading.Lock = field(default_factory=threading.Lock)


class Gate:
    """One per application."""

    def __init__(self, engine: Engine, *, hourly_limit: int, daily_limit: int) -> None:
        self._engine = engine
        self._limits = ((HOUR, hourly_limit), (DAY, daily_limit))
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
            stands = not self._is_stale(known) or self._recheck(known)
            admission = self._count(known) if stands else None
            if admission is None:
                self._known.pop(prefix, None)
            return admission

    def _count(self, known: _Known) -> Admission | None:
        moment = time.time()
        for window in known.windows:
            window.roll(moment)
        if not all(window.own for window in known.windows) and not self._take(known):
            return None
        allowed = all(window.own for window in known.windows)
        if allowed:
            for window in known.windows:
                window.own -= 1
        hour, day = (window.allowance() for window in known.windows)
        return Admission(allowed, hour, day)

    def _take(self, known: _Known) -> bool:
        """Take a share of what is left; False when the key no longer stands."""
        if not all(window.remaining for window in known.windows) and not self._is_stale(known):
            return True  # a limit is used up, and was so a moment ago
        try:
            with in_passing(self._engine) as connection:
                valid = _take(connection, known, now())
        except OperationalError:  # a locked database refuses nobody; it hears of it later
            for window in known.windows:
                if not window.own:
                    window.own, window.owed = 1, window.owed + 1
            return True
        known.checked = time.monotonic()
        return valid

    def _is_stale(self, known: _Known) -> bool:
        return time.monotonic() - known.checked >= RECHECK_SECONDS

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
        """Whether the key still stands; what the other processes have taken is learnt."""
        for window in known.windows:
            window.roll(time.time())
        try:
            with reading(self._engine) as connection:
                valid = _is_valid(connection, known)
                _learn(connection, known)
        except OperationalError:
            valid = True
        known.checked = time.monotonic()
        return valid


def _take(connection: Connection, known: _Known, moment: datetime) -> bool:
    """Write a share down as used and hand it to this process; False when the key no longer stands.

    The first statement locks the key's row, so that two processes cannot take the same share on a
    database that has no single writer.
    """
    marked = connection.execute(
        update(ApiKey).where(ApiKey.id == known.id, *_STANDS).values(last_used_at=moment)
    )
    if not marked.rowcount:
        return False
    _learn(connection, known)
    for window in known.windows:
        window.taken, window.owed = window.taken + window.owed, 0
    share = min(_share(window) for window in known.windows)
    stored = _usage(connection, known)
    for window in known.windows:
        missing = max(0, min(share - window.own, window.free))
        window.own += missing
        window.taken += missing
        values = {"start": window.start, "requests": window.taken}
        key = {"key_id": known.id, "seconds": window.seconds}
        if window.seconds in stored:
            connection.execute(update(ApiUsage).filter_by(**key).values(**values))
        else:
            connection.execute(insert(ApiUsage).values(**key, **values))
    return True


def _share(window: _Window) -> int:
    """What may be taken at once. Near the end it is little, so that no process keeps the last."""
    return min(window.remaining, max(1, min(window.limit // SHARE, window.remaining // SPARED)))


def _is_valid(connection: Connection, known: _Known) -> bool:
    row = connection.execute(select(ApiKey.id).where(ApiKey.id == known.id, *_STANDS))
    return row.one_or_none() is not None


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
        window.taken = requests if start == window.start else 0
        window.own = min(window.own, window.taken)


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
