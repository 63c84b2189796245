"""API keys: issue, list, revoke, and what a presented key looks like."""

from __future__ import annotations

import hashlib
import re
import secrets
import string

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from auth.email import mail
from auth.email.addresses import whole
from auth.models import ApiKey, User, db
from auth.models.workspaces import LONGEST_REASON
from auth.moments import now

_ALPHABET = string.ascii_letters + string.digits
_SHAPE = re.compile(r"hsk_([A-Za-z0-9]{8})_[A-Za-z0-9]{32,64}")
_SECRET_LENGTH = 40  # of 62 characters: 238 random bits


class UnknownKey(LookupError):
    """No key has that prefix."""


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def digest(key: str) -> str:
    """SHA-256 is enough: the secret is random, so there is no dictionary to try."""
    return hashlib.sha256(key.encode()).hexdigest()


def prefix_of(key: str) -> str | None:
    """The prefix of something shaped like a key, else None."""
    match = _SHAPE.fullmatch(key)
    return match[1] if match else None


def issue(
    name: str,
    *,
    owner_id: int | None = None,
    hourly_limit: int | None = None,
    daily_limit: int | None = None,
) -> str:
    """Make a key and return it, with whatever the present transaction did before. It cannot be read
    again. Limits are requests; None: the usual.
    """
    for _ in range(3):
        key = f"hsk_{_random(8)}_{_random(_SECRET_LENGTH)}"
        try:
            with db.session.begin_nested():
                db.session.add(
                    ApiKey(
                        name=name,
                        prefix=key[4:12],
                        digest=digest(key),
                        issued_at=now(),
                        owner_id=owner_id,
                        hourly_limit=hourly_limit,
                        daily_limit=daily_limit,
                    )
                )
        except IntegrityError:  # the prefix is taken
            continue
        db.session.commit()
        return key
    raise RuntimeError("three random prefixes in a row were taken")


def issued() -> list[ApiKey]:
    """Every key, newest first, revoked ones too."""
    return list(db.session.scalars(select(ApiKey).order_by(ApiKey.id.desc())))


def revoke(prefix: str) -> ApiKey:
    """Stop a key for good, by its prefix with or without `hsk_`. Raises `UnknownKey`."""
    bare = prefix.removeprefix("hsk_").split("_")[0]
    key = db.session.scalar(select(ApiKey).where(ApiKey.prefix == bare))
    if key is None:
        raise UnknownKey(f"No key has the prefix {bare!r}. `flask keys list` shows them all.")
    if key.revoked_at is None:
        stop(key)
    db.session.commit()
    return key


def stop(key: ApiKey, *, reason: str = "") -> None:
    """Revoke a key and tell its owner, if it has one. The caller commits."""
    key.revoked_at, key.revoked_reason = now(), reason[:LONGEST_REASON] or None
    owner = db.session.get(User, key.owner_id) if key.owner_id else None
    if owner is not None:
        mail.send(
            owner.email,
            f"Your API key was revoked: {key.name}",
            [
                f"The key {key.name}, which begins with hsk_{key.prefix}, no longer works.",
                *([f"The reason given: {reason}"] if reason else []),
                mail.Link("API keys", whole("/accounts/api-keys/")),
            ],
        )
