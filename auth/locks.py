"""Rows that are locked before something is counted, so that nobody else counts at the same time.

SQLite has one writer anyhow; on PostgreSQL the second of two waits here until the first commits,
and then counts what it did.
"""

from __future__ import annotations

from sqlalchemy import select

from auth.models import User, db


def account(user_id: int) -> None:
    """Whatever one account may have so many of: until the caller commits or rolls back."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())


def platform_admins() -> set[int]:
    """The platform administrators who can act, none of whom changes until the caller is done."""
    rows = db.session.execute(
        select(User.id, User.suspended_at, User.verified_at)
        .where(User.is_platform_admin)
        .order_by(User.id)
        .with_for_update()
    )
    return {row.id for row in rows if row.suspended_at is None and row.verified_at is not None}
