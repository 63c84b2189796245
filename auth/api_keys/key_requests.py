"""Keys for users: asked for with a purpose, approved by an administrator, then shown once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, select, update
from werkzeug.exceptions import NotFound

from auth import audit, locks
from auth.accounts import people
from auth.api_keys import keys
from auth.database import reader
from auth.email import mail
from auth.email.addresses import whole
from auth.models import ApiKey, ApiKeyRequest, User, db
from auth.moments import now

MOST_WAITING = 3  # of one account

Decision = Literal["approved", "declined"]


class Full(ValueError):
    """The account has as many requests waiting as it may have."""


def ask(user_id: int, name: str, purpose: str) -> None:
    """Raises `Full`."""
    locks.account(user_id)
    waiting = (
        select(func.count())
        .select_from(ApiKeyRequest)
        .where(ApiKeyRequest.user_id == user_id, ApiKeyRequest.state == "requested")
    )
    if (db.session.scalar(waiting) or 0) >= MOST_WAITING:
        db.session.rollback()
        raise Full("Wait until your earlier requests are decided, or withdraw one.")
    db.session.add(
        ApiKeyRequest(
            user_id=user_id, name=name, purpose=purpose, state="requested", requested_at=now()
        )
    )
    audit.record("key asked for", user_id=user_id, actor_id=user_id)
    for address in people.platform_admins():
        mail.send(
            address,
            "An API key was asked for",
            [
                "Somebody asked for an API key on your Haresign site.",
                mail.Link("Decide", whole("/accounts/admin/keys/")),
            ],
        )
    db.session.commit()


def of(user_id: int) -> tuple[Sequence[ApiKey], Sequence[ApiKeyRequest]]:
    """Keys, newest first, and requests that wait for a decision or for their key to be shown."""
    with reader() as session:
        return (
            session.scalars(
                select(ApiKey).where(ApiKey.owner_id == user_id).order_by(ApiKey.id.desc())
            ).all(),
            session.scalars(
                select(ApiKeyRequest)
                .where(ApiKeyRequest.user_id == user_id, ApiKeyRequest.state != "collected")
                .order_by(ApiKeyRequest.id.desc())
            ).all(),
        )


def decide(
    request_id: int,
    decision: Decision,
    *,
    by: int,
    hourly_limit: int | None = None,
    daily_limit: int | None = None,
) -> None:
    """Approve or decline. Raises `NotFound` when there is no such request that waits."""
    decided = db.session.execute(
        update(ApiKeyRequest)
        .where(ApiKeyRequest.id == request_id, ApiKeyRequest.state == "requested")
        .values(
            state=decision,
            decided_at=now(),
            decided_by=by,
            hourly_limit=hourly_limit,
            daily_limit=daily_limit,
        )
    )
    if not decided.rowcount:  # type: ignore[attr-defined]
        db.session.rollback()
        raise NotFound
    asked = db.session.get_one(ApiKeyRequest, request_id)
    owner = db.session.get_one(User, asked.user_id)
    audit.record(f"key {decision}", user_id=owner.id, actor_id=by)
    mail.send(
        owner.email,
        f"Your API key was {decision}",
        [
            (
                "Your request for an API key was approved. Open the page to see the key. "
                "It is shown once."
                if decision == "approved"
                else "Your request for an API key was declined."
            ),
            mail.Link("API keys", whole("/accounts/api-keys/")),
        ],
    )
    db.session.commit()


def collect(request_id: int, *, user_id: int) -> str:
    """Make the key of an approved request and return it, once. Raises `NotFound`."""
    taken = db.session.execute(
        update(ApiKeyRequest)
        .where(
            ApiKeyRequest.id == request_id,
            ApiKeyRequest.user_id == user_id,
            ApiKeyRequest.state == "approved",
        )
        .values(state="collected")
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        db.session.rollback()
        raise NotFound
    asked = db.session.get_one(ApiKeyRequest, request_id)
    audit.record("key shown", user_id=user_id, actor_id=user_id)
    return keys.issue(
        asked.name,
        owner_id=user_id,
        hourly_limit=asked.hourly_limit,
        daily_limit=asked.daily_limit,
    )


def withdraw(request_id: int, *, user_id: int) -> None:
    """Take back a request that has no key yet. Raises `NotFound`."""
    asked = db.session.scalar(
        select(ApiKeyRequest).where(
            ApiKeyRequest.id == request_id,
            ApiKeyRequest.user_id == user_id,
            ApiKeyRequest.state != "collected",
        )
    )
    if asked is None:
        db.session.rollback()
        raise NotFound
    db.session.delete(asked)
    db.session.commit()


def revoke(key_id: int, *, by: int, owner_id: int | None = None) -> None:
    """Stop a key; `owner_id` limits it to that account's. Raises `NotFound`."""
    key = db.session.get(ApiKey, key_id)
    if key is None or (owner_id is not None and key.owner_id != owner_id):
        db.session.rollback()
        raise NotFound
    key.revoked_at = key.revoked_at or now()
    audit.record("key revoked", user_id=key.owner_id, actor_id=by, detail=f"hsk_{key.prefix}")
    db.session.commit()
