"""What people share: memberships of practices and PCNs, presets, documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from auth.models.base import Base

OrgType = Literal["practice", "pcn"]
State = Literal["pending", "active", "admin", "rejected", "removed"]
LONGEST_REASON = 300  # characters that may be typed when something is declined or taken back


class Membership(Base):
    """One person's link to one practice or PCN, in its present state."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "org_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    org_code: Mapped[str] = mapped_column(String(10), index=True)
    org_type: Mapped[str] = mapped_column(String(10))  # OrgType
    state: Mapped[str] = mapped_column(String(10))  # State
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))  # of the last decision


class OrganisationEvent(Base):
    """The log of a practice or PCN: who asked, who decided, what was shared."""

    __tablename__ = "organisation_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    org_code: Mapped[str] = mapped_column(String(10), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    detail: Mapped[str] = mapped_column(String(300), default="")


def preset_place(owner_id: object, org_code: object, *, shared: bool) -> str:
    """The list of presets in which a name stands once: what members of a practice or PCN share,
    or what one person keeps, in one workspace or in none.
    """
    return str(org_code) if shared else f"{owner_id}:{org_code or ''}"


def _place(context: Any) -> str:
    row = context.get_current_parameters()
    return preset_place(row["owner_id"], row["org_code"], shared=row["shared"])


def _name_key(context: Any) -> str:
    return str(context.get_current_parameters()["name"]).casefold()


class Preset(Base):
    """The selections of a tool page under a name: its address, never its figures."""

    __tablename__ = "preset"
    __table_args__ = (
        Index("ix_preset_org_code_tool", "org_code", "tool"),
        Index("ix_preset_place_name_key", "place", "name_key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL"), index=True
    )  # None: shared by an account that is gone
    org_code: Mapped[str | None] = mapped_column(String(10))  # the workspace; None: only personal
    shared: Mapped[bool] = mapped_column(default=False)
    tool: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(30), default=_place)  # as `preset_place`
    name_key: Mapped[str] = mapped_column(String(400), default=_name_key)  # without capitals
    query: Mapped[str] = mapped_column(Text)  # the query string of the page, without "?"
    data_version: Mapped[str | None] = mapped_column(String(120))  # when pinned
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Document(Base):
    """An uploaded file. Its bytes lie under HARESIGN_HOME in a file named by `key` alone."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)  # random
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL"), index=True
    )  # None: shared by an account that is gone
    org_code: Mapped[str | None] = mapped_column(String(10), index=True)
    shared: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))  # by content, not by name
    size: Mapped[int]  # bytes
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256
    created_at: Mapped[datetime]
