"""Attempts by account and by network address, with a delay that grows and then ends.

Counts are in the database, so they hold across workers and restarts. An account that does not
exist is counted like one that does. Nobody's attempts keep another out for good: a browser that the
account knows has a count of its own, and so has whoever is signed in or holds a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal

from flask import request
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import TooManyRequests

from auth.models import Throttle, db
from auth.moments import SKEW, now
from auth.secret import keyed_digest

Action = Literal["sign-in", "code", "mail", "contact"]
Alone = Literal["password", "code", "mail"]  # by whoever is signed in, or holds a link


@dataclass(frozen=True, slots=True)
class Rule:
    """`free` attempts in `window`, then a pause that doubles from `first` up to `most`."""

    free: int
    window: timedelta
    first: timedelta
    most: timedelta


PER_ACCOUNT: dict[Action, Rule] = {
    "sign-in": Rule(5, timedelta(hours=1), timedelta(seconds=30), timedelta(minutes=15)),
    "code": Rule(5, timedelta(hours=1), timedelta(seconds=30), timedelta(minutes=15)),
    # At most as long as a reset link lasts: whoever asked last, the owner has one or may ask.
    "mail": Rule(4, timedelta(hours=1), timedelta(minutes=2), timedelta(minutes=10)),
    "contact": Rule(5, timedelta(hours=1), timedelta(minutes=2), timedelta(hours=1)),
}
ALONE = Rule(5, timedelta(hours=1), timedelta(seconds=30), timedelta(minutes=15))
PER_ADDRESS: dict[Action, Rule] = {
    "sign-in": Rule(60, timedelta(hours=1), timedelta(seconds=30), timedelta(minutes=15)),
    "code": Rule(60, timedelta(hours=1), timedelta(seconds=30), timedelta(minutes=15)),
    "mail": Rule(30, timedelta(hours=1), timedelta(minutes=2), timedelta(hours=1)),
    "contact": Rule(20, timedelta(hours=1), timedelta(minutes=2), timedelta(hours=1)),
}


class TooMany(TooManyRequests):
    """Raised instead of an attempt; it says when the next one is possible."""

    def __init__(self, until: datetime) -> None:
        wait = max(1, int((until - now()).total_seconds()))
        minutes = -(-wait // 60)
        spoken = f"{wait} seconds" if wait < 60 else f"{minutes} minute{'s'[: minutes > 1]}"
        super().__init__(f"Too many attempts. Try again in {spoken}.", retry_after=wait)


def attempt(action: Action, email: str, *, device: str = "") -> None:
    """Count one attempt for an account and for the sender's address, or raise `TooMany`. One from
    a browser that the account knows counts for that browser alone.

    Commits, so that attempts made at the same time are all counted.
    """
    if device:
        _try((_key(action, "device", f"{device} {email}"), PER_ACCOUNT[action]))
        return
    _try(
        (_key(action, "account", email), PER_ACCOUNT[action]),
        (_key(action, "address", _sender()), PER_ADDRESS[action]),
    )


def attempt_alone(action: Alone, who: str) -> None:
    """Count one attempt that only `who` can make. Raises `TooMany`; commits."""
    _try((_key(action, "alone", who), ALONE))


def _try(*counted: tuple[str, Rule]) -> None:
    blocked = [until for key, rule in counted if (until := _count(key, rule))]
    if blocked:
        raise TooMany(max(blocked))


def clear(action: Action, email: str, *, device: str = "") -> None:
    """Forget an account's attempts, after one that was right, and take that one off the sender's:
    many people can share an address. The caller commits.
    """
    keys = [_key(action, "account", email)]
    if device:
        keys.append(_key(action, "device", f"{device} {email}"))
    db.session.execute(delete(Throttle).where(Throttle.key.in_(keys)))
    if not device:
        db.session.execute(
            update(Throttle)
            .where(Throttle.key == _key(action, "address", _sender()), Throttle.attempts > 0)
            .values(attempts=Throttle.attempts - 1, blocked_until=None)
        )


def clear_alone(action: Alone, who: str) -> None:
    """Forget them, after one that was right. The caller commits."""
    db.session.execute(delete(Throttle).where(Throttle.key == _key(action, "alone", who)))


def sweep() -> None:
    """Drop counts that no rule looks at any more. The caller commits."""
    moment = now()
    db.session.execute(
        delete(Throttle).where(
            or_(
                Throttle.last_at < moment - timedelta(days=1),
                Throttle.last_at > moment + timedelta(days=1),
            )
        )
    )


def _count(key: str, rule: Rule) -> datetime | None:
    """Count an attempt; the moment until which there is none when it is refused."""
    moment = now()
    row = db.session.scalar(select(Throttle).where(Throttle.key == key).with_for_update())
    if row is None:
        db.session.add(Throttle(key=key, attempts=1, last_at=moment))
        try:
            db.session.commit()
        except IntegrityError:  # another worker has just added it
            db.session.rollback()
            return _count(key, rule)
        return None
    if abs(moment - row.last_at) > rule.window or row.last_at > moment + SKEW:
        row.attempts, row.blocked_until = 0, None
    if row.blocked_until is not None and row.blocked_until > moment:
        until = row.blocked_until
        db.session.rollback()
        return until
    row.attempts += 1
    row.last_at = moment
    excess = row.attempts - rule.free
    row.blocked_until = moment + _pause(rule, excess) if excess >= 0 else None
    db.session.commit()
    return None


def _pause(rule: Rule, excess: int) -> timedelta:
    return min(rule.most, rule.first * 2 ** min(excess, 20))


def _key(action: str, kind: str, subject: str) -> str:
    return keyed_digest("throttle", f"{action} {kind} {subject}")


def _sender() -> str:
    """The sender's address; of IPv6 the network, which one household or office has."""
    raw = request.remote_addr or ""
    try:
        address = ip_address(raw)
    except ValueError:
        return raw
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return raw
