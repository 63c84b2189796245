"""Single-use links in e-mails."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select

from auth.database import reader
from auth.models import Token, db
from auth.models.people import Purpose
from auth.moments import SKEW, now
from auth.secret import digest

LASTS: dict[Purpose, timedelta] = {
    "verify": timedelta(hours=24),
    "reset": timedelta(minutes=10),
    "email": timedelta(hours=1),
}
RANDOM_BYTES = 24


def issue(user_id: int, purpose: Purpose, *, email: str | None = None) -> str:
    """A new token, which ends earlier ones for the same purpose. The caller commits."""
    forget(user_id, purpose)
    sweep()
    value = secrets.token_urlsafe(RANDOM_BYTES)
    moment = now()
    db.session.add(
        Token(
            user_id=user_id,
            purpose=purpose,
            digest=digest(value),
            email=email,
            created_at=moment,
            expires_at=moment + LASTS[purpose],
        )
    )
    return value


def find(value: str, purpose: Purpose) -> Token | None:
    """A token that still stands."""
    with reader() as session:
        return session.scalar(
            select(Token).where(
                Token.digest == digest(value),
                Token.purpose == purpose,
                Token.expires_at > now(),
                Token.created_at <= now() + SKEW,  # not by a clock that was ahead
            )
        )


def use(value: str, purpose: Purpose) -> Token | None:
    """Take a token; of two requests with the same one, only one gets it. The caller commits."""
    token = find(value, purpose)
    if token is None:
        return None
    taken = db.session.execute(delete(Token).where(Token.id == token.id))
    return token if taken.rowcount else None  # type: ignore[attr-defined]


def sweep() -> None:
    """End every link that is over, or was made by a clock that was ahead, so that none comes back
    when a clock is put right. The caller commits.
    """
    db.session.execute(delete(Token).where(is_over(now())))


def is_over(moment: datetime) -> ColumnElement[bool]:
    return or_(Token.expires_at <= moment, Token.created_at > moment + SKEW)


def forget(user_id: int, *purposes: Purpose) -> None:
    """End an account's tokens, of all purposes by default. The caller commits."""
    which = purposes or tuple(LASTS)
    db.session.execute(delete(Token).where(Token.user_id == user_id, Token.purpose.in_(which)))
