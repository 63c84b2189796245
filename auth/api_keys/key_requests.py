"""Keys for users: asked for with a purpose, approved by an administrator, then shown once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
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
from auth.models.workspaces import LONGEST_REASON
from auth.moments import SKEW, now

MOST_WAITING = 3  # of one account
REQUESTS_A_DAY = 10
ENDED = ("collected", "withdrawn")  # states in which nothing is to be done any more

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
    if _asked_today(user_id) >= REQUESTS_A_DAY:
        db.session.rollback()
        raise Full(f"At most {REQUESTS_A_DAY} keys can be asked for in a day.")
    asked = ApiKeyRequest(
        user_id=user_id, name=name, purpose=purpose, state="requested", requested_at=now()
    )
    db.session.add(asked)
    db.session.flush()
    audit.record("key asked for", user_id=user_id, actor_id=user_id)
    person = db.session.get_one(User, user_id)
    for address in people.platform_admins():
        mail.send(
            address,
            f"An API key was asked for: {name}",
            [
                f"{person.name} ({person.email}) asks for an API key for {name}.",
                f"What for: {purpose}",
                mail.Link("Decide", whole(f"/accounts/admin/keys/requests/{asked.id}/")),
            ],
        )
    db.session.commit()


def _asked_today(user_id: int) -> int:
    recent = (
        select(func.count())
        .select_from(ApiKeyRequest)
        .where(
            ApiKeyRequest.user_id == user_id,
            ApiKeyRequest.requested_at > now() - timedelta(days=1),
            ApiKeyRequest.requested_at <= now() + SKEW,  # not of a clock that was ahead
        )
    )
    return db.session.scalar(recent) or 0


def of(user_id: int) -> tuple[Sequence[ApiKey], Sequence[ApiKeyRequest]]:
    """Keys, newest first, and requests that wait for a decision or for their key to be shown, or
    were declined.
    """
    with reader() as session:
        return (
            session.scalars(
                select(ApiKey).where(ApiKey.owner_id == user_id).order_by(ApiKey.id.desc())
            ).all(),
            session.scalars(
                select(ApiKeyRequest)
                .where(ApiKeyRequest.user_id == user_id, ApiKeyRequest.state.not_in(ENDED))
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
    reason: str = "",
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
            reason=reason[:LONGEST_REASON] or None,
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
            *([f"The reason given: {reason}"] if reason else []),
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


def own(request_id: int, *, user_id: int) -> ApiKeyRequest:
    """A request of the account that has no key yet. Raises `NotFound`."""
    with reader() as session:
        asked = session.scalar(
            select(ApiKeyRequest).where(
                ApiKeyRequest.id == request_id,
                ApiKeyRequest.user_id == user_id,
                ApiKeyRequest.state.not_in(ENDED),
            )
        )
    if asked is None:
        raise NotFound
    return asked


def withdraw(request_id: int, *, user_id: int, reason: str = "") -> None:
    """Take back a request that has no key yet; of one that was declined, nothing stays. Raises
    `NotFound`.
    """
    asked = db.session.get(ApiKeyRequest, request_id)
    if asked is None or asked.user_id != user_id or asked.state in ENDED:
        db.session.rollback()
        raise NotFound
    if asked.state == "declined":
        db.session.delete(asked)
    else:
        asked.state, asked.reason = "withdrawn", reason[:LONGEST_REASON] or None
        asked.decided_at, asked.decided_by = now(), user_id
        audit.record("key request withdrawn", user_id=user_id, actor_id=user_id)
    db.session.commit()


def asked(request_id: int) -> tuple[ApiKeyRequest, User, str]:
    """A request as the administrators see it: of whom, and who decided. Raises `NotFound`."""
    with reader() as session:
        request = session.get(ApiKeyRequest, request_id)
        if request is None:
            raise NotFound
        decided_by = session.get(User, request.decided_by) if request.decided_by else None
        person = session.get_one(User, request.user_id)
    return request, person, decided_by.name if decided_by else "somebody whose account is gone"


def key(key_id: int, *, owner_id: int | None = None) -> ApiKey:
    """A key that is not revoked; `owner_id` limits it to that account's. Raises `NotFound`."""
    with reader() as session:
        found = session.get(ApiKey, key_id)
    if found is None or (owner_id is not None and found.owner_id != owner_id):
        raise NotFound
    return found


def revoke(key_id: int, *, by: int, owner_id: int | None = None, reason: str = "") -> None:
    """Stop a key; `owner_id` limits it to that account's. Its owner hears of it. Raises
    `NotFound`.
    """
    key = db.session.get(ApiKey, key_id)
    if key is None or (owner_id is not None and key.owner_id != owner_id):
        db.session.rollback()
        raise NotFound
    if key.revoked_at is None:
        keys.stop(key, reason=reason)
        audit.record("key revoked", user_id=key.owner_id, actor_id=by, detail=f"hsk_{key.prefix}")
    db.session.commit()
