"""What an account may read of what accounts keep: its own, and what its workspaces share."""

from __future__ import annotations

from sqlalchemy import and_, or_
from sqlalchemy.sql.elements import ColumnElement

from auth.credentials.sessions import Account
from auth.models import Document, Preset
from auth.workspaces.rosters import codes


def readable(kind: type[Document] | type[Preset], account: Account) -> ColumnElement[bool]:
    """The condition on rows of that kind."""
    return or_(
        kind.owner_id == account.id,
        and_(kind.shared.is_(True), kind.org_code.in_(codes(account))),
    )
