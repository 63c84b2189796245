"""Accounts, their sessions and single-use tokens, and the record of security events."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from auth.models.base import Base

Purpose = Literal["verify", "reset", "email"]


class User(Base):
    """A person with an account."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # as `addresses.normalise`
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))  # Argon2id
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    is_platform_admin: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(String(300))  # encrypted, see `auth.secret`
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]  # of the last accepted code, which is then used up
    workspace: Mapped[str | None] = mapped_column(String(10))  # code of the one in use


class UserSession(Base):
    """A signed-in browser. The cookie carries a random value of which this is the digest."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # within minutes
    expires_at: Mapped[datetime]
    remembered: Mapped[bool]
    agent: Mapped[str] = mapped_column(String(60))  # such as "Firefox on Windows"


class Token(Base):
    """A single-use link sent by e-mail: deleted when used, or when the password changes."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))  # Purpose
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))  # the new address of a change
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class RecoveryCode(Base):
    """Signs in once in place of a code from the authenticator app."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Throttle(Base):
    """Recent attempts by one account or one network address, named only by a keyed digest."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    attempts: Mapped[int]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class AuditEvent(Base):
    """A security event. Numbers of accounts only, so that it outlives them without naming them."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    detail: Mapped[str] = mapped_column(String(200), default="")  # codes and prefixes, no names
