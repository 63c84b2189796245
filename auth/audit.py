"""The record of security events: what happened to which account, by whom, and when.

Accounts are named by number, and nothing typed by a person is kept, so the record can outlive them.
"""

from __future__ import annotations

import logging

from auth.models import AuditEvent, db
from auth.moments import now

log = logging.getLogger(__name__)


def record(
    kind: str, *, user_id: int | None = None, actor_id: int | None = None, detail: str = ""
) -> None:
    """Add an event to the present transaction; the caller commits. `detail`: codes only."""
    db.session.add(
        AuditEvent(at=now(), kind=kind, user_id=user_id, actor_id=actor_id, detail=detail)
    )
    log.info("security event %s account=%s actor=%s %s", kind, user_id, actor_id, detail)
