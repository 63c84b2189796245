"""What the accounts database holds."""

from __future__ import annotations

from datetime import datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class ApiKey(Base):
    """A key to the API. The key itself is shown once and never stored. Times are UTC."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the whole key, hexadecimal
    issued_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiUsage(Base):
    """Requests of a key in its present hour and its present day: two rows a key, reused."""

    __tablename__ = "api_usage"

    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    seconds: Mapped[int] = mapped_column(primary_key=True)  # length of the window
    start: Mapped[int]  # of the window, Unix time
    requests: Mapped[int]
