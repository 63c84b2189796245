"""Everything that is kept about an account, in one JSON file for its owner."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from auth.database import reader
from auth.models import (
    ApiKey,
    ApiKeyRequest,
    AuditEvent,
    Base,
    ContactMessage,
    Document,
    Membership,
    OrganisationEvent,
    Preset,
    User,
    UserSession,
)

SECRET = frozenset({"password_hash", "totp_secret", "totp_last_step", "digest", "key"})


def as_json(user_id: int) -> str:
    with reader() as session:
        user = session.get_one(User, user_id)
        kept = {
            "account": _row(user),
            "sessions": _rows(session, UserSession, UserSession.user_id == user_id),
            "memberships": _rows(session, Membership, Membership.user_id == user_id),
            "organisation_events": _rows(
                session, OrganisationEvent, OrganisationEvent.user_id == user_id
            ),
            "presets": _rows(session, Preset, Preset.owner_id == user_id),
            "documents": _rows(session, Document, Document.owner_id == user_id),
            "api_keys": _rows(session, ApiKey, ApiKey.owner_id == user_id),
            "api_key_requests": _rows(session, ApiKeyRequest, ApiKeyRequest.user_id == user_id),
            "messages": _rows(session, ContactMessage, ContactMessage.email == user.email),
            "security_events": _rows(
                session,
                AuditEvent,
                or_(AuditEvent.user_id == user_id, AuditEvent.actor_id == user_id),
            ),
        }
    return json.dumps(kept, ensure_ascii=False, indent=2)


def _rows(session: Session, model: type[Base], condition: Any) -> list[dict[str, object]]:
    return [_row(row) for row in session.scalars(select(model).where(condition))]


def _row(row: Base) -> dict[str, object]:
    """Columns by name, without what protects the account and means nothing to its owner."""
    return {
        column.name: _written(getattr(row, column.key))
        for column in row.__table__.columns
        if column.name not in SECRET
    }


def _written(value: object) -> object:
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else value
