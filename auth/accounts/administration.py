"""What platform administrators look at and change. Every change is in the audit record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from werkzeug.exceptions import NotFound

from auth import audit, locks, notices
from auth.credentials import sessions, tokens
from auth.database import reader
from auth.email import mail
from auth.models import (
    ApiKey,
    ApiKeyRequest,
    AuditEvent,
    ContactMessage,
    ImportJob,
    Membership,
    Notice,
    User,
    db,
)
from auth.moments import now
from auth.workspaces.rosters import governed_codes

PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """What asks for a decision."""

    keys: int
    messages: int
    members: int

    @property
    def total(self) -> int:
        return self.keys + self.messages + self.members


class Refused(ValueError):
    """A change that would lock the administrators out; the message says why."""


def waiting() -> Waiting:
    def count(statement: object) -> int:
        return int(session.scalar(statement) or 0)  # type: ignore[call-overload]

    with reader() as session:
        return Waiting(
            keys=count(
                select(func.count())
                .select_from(ApiKeyRequest)
                .where(ApiKeyRequest.state == "requested")
            ),
            messages=count(
                select(func.count())
                .select_from(ContactMessage)
                .where(ContactMessage.handled_at.is_(None))
            ),
            members=count(
                select(func.count())
                .select_from(Membership)
                .where(Membership.state == "pending", Membership.org_code.not_in(governed_codes()))
            ),
        )


def users(search: str, page: int) -> tuple[Sequence[User], bool]:
    """Accounts whose name or address holds the text, newest first; whether there are more."""
    chosen = select(User).order_by(User.id.desc())
    if search:
        text = f"%{search.replace('%', '').replace('_', '')}%"
        chosen = chosen.where(or_(User.email.ilike(text), User.name.ilike(text)))
    with reader() as session:
        rows = session.scalars(chosen.offset(page * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def _user(user_id: int) -> User:
    user = db.session.get(User, user_id)
    if user is None:
        db.session.rollback()
        raise NotFound
    return user


def _acting(by: int) -> None:
    """Nobody else dismisses or suspends an administrator until the caller commits; and whoever acts
    is still one.
    """
    if by not in locks.platform_admins():
        db.session.rollback()
        raise Refused("You are no administrator any more: another one has just decided so.")


def suspend(user_id: int, *, by: int) -> None:
    """Stop an account at once: its browsers, its links and its keys."""
    if user_id == by:
        raise Refused("You cannot suspend your own account.")
    _acting(by)
    user = _user(user_id)
    user.suspended_at = now()
    sessions.end_all(user_id)
    tokens.forget(user_id)
    audit.record("suspended", user_id=user_id, actor_id=by)
    db.session.commit()


def restore(user_id: int, *, by: int) -> None:
    _acting(by)
    _user(user_id).suspended_at = None
    audit.record("suspension lifted", user_id=user_id, actor_id=by)
    db.session.commit()


def appoint(user_id: int, *, by: int) -> None:
    """Make an account a platform administrator."""
    _acting(by)
    user = _user(user_id)
    if user.verified_at is None or user.suspended_at is not None:
        db.session.rollback()
        raise Refused("Only an active account with a confirmed address can be an administrator.")
    user.is_platform_admin = True
    sessions.end_all(user_id)
    audit.record("administrator appointed", user_id=user_id, actor_id=by)
    mail.send(
        user.email,
        "You are now a Haresign administrator",
        ["Your account can now administer this Haresign site. Sign in again to begin."],
    )
    db.session.commit()


def dismiss(user_id: int, *, by: int) -> None:
    if user_id == by:
        raise Refused("Another administrator has to remove you.")
    _acting(by)
    user = _user(user_id)
    user.is_platform_admin = False
    sessions.end_all(user_id)
    audit.record("administrator dismissed", user_id=user_id, actor_id=by)
    db.session.commit()


def key_requests() -> Sequence[tuple[ApiKeyRequest, User]]:
    with reader() as session:
        rows = session.execute(
            select(ApiKeyRequest, User)
            .join(User, User.id == ApiKeyRequest.user_id)
            .where(ApiKeyRequest.state == "requested")
            .order_by(ApiKeyRequest.id)
        ).all()
    return [(row[0], row[1]) for row in rows]


def api_keys() -> Sequence[tuple[ApiKey, User | None]]:
    with reader() as session:
        rows = session.execute(
            select(ApiKey, User)
            .outerjoin(User, User.id == ApiKey.owner_id)
            .order_by(ApiKey.revoked_at.is_not(None), ApiKey.id.desc())
        ).all()
    return [(row[0], row[1]) for row in rows]


def all_notices() -> Sequence[Notice]:
    with reader() as session:
        return session.scalars(select(Notice).order_by(Notice.id.desc()).limit(PAGE)).all()


def post_notice(text: str, ends_at: datetime | None, *, by: int) -> None:
    moment = now()
    db.session.add(
        Notice(text=text, starts_at=moment, ends_at=ends_at, created_at=moment, created_by=by)
    )
    audit.record("notice posted", actor_id=by)
    db.session.commit()
    notices.forget()


def end_notice(notice_id: int, *, by: int) -> None:
    notice = db.session.get(Notice, notice_id)
    if notice is None:
        db.session.rollback()
        raise NotFound
    notice.ends_at = now()
    audit.record("notice ended", actor_id=by, detail=str(notice_id))
    db.session.commit()
    notices.forget()


def messages() -> Sequence[ContactMessage]:
    with reader() as session:
        return session.scalars(
            select(ContactMessage)
            .order_by(ContactMessage.handled_at.is_not(None), ContactMessage.id.desc())
            .limit(PAGE)
        ).all()


def _message(message_id: int) -> ContactMessage:
    message = db.session.get(ContactMessage, message_id)
    if message is None:
        db.session.rollback()
        raise NotFound
    return message


def remove_message(message_id: int, *, by: int) -> None:
    db.session.delete(_message(message_id))
    audit.record("message removed", actor_id=by, detail=str(message_id))
    db.session.commit()


def handle(message_id: int, *, by: int) -> None:
    _message(message_id).handled_at = now()
    audit.record("message handled", actor_id=by, detail=str(message_id))
    db.session.commit()


def audit_events(page: int) -> tuple[Sequence[AuditEvent], bool]:
    """Newest first; whether there are more."""
    with reader() as session:
        rows = session.scalars(
            select(AuditEvent).order_by(AuditEvent.id.desc()).offset(page * PAGE).limit(PAGE + 1)
        ).all()
    return rows[:PAGE], len(rows) > PAGE


def import_jobs() -> Sequence[ImportJob]:
    with reader() as session:
        return session.scalars(select(ImportJob).order_by(ImportJob.id.desc()).limit(PAGE)).all()
