"""Keys to the API, the requests for them, and what they have used."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from auth.models.base import Base
from auth.models.workspaces import LONGEST_REASON

KeyRequestState = Literal["requested", "approved", "declined", "collected", "withdrawn"]


class ApiKey(Base):
    """A key to the API. The key itself is shown once and never stored."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the whole key, hexadecimal
    issued_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )  # None: issued on the command line
    hourly_limit: Mapped[int | None]  # requests; None: as for every key
    daily_limit: Mapped[int | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class ApiUsage(Base):
    """Requests of a key in its present hour and its present day: two rows a key, reused."""

    __tablename__ = "api_usage"

    key_id: Mapped[int] = mapped_column(
        ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True
    )
    seconds: Mapped[int] = mapped_column(primary_key=True)  # length of the window
    start: Mapped[int]  # of the window, Unix time
    requests: Mapped[int]


class ApiKeyRequest(Base):
    """A user asks for a key. Once approved, the user collects it: it is made and shown then."""

    __tablename__ = "api_key_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))  # KeyRequestState
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    hourly_limit: Mapped[int | None]  # of the key to be, as `ApiKey`
    daily_limit: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))  # declined or withdrawn
