"""What the site's administrators and visitors leave: notices, messages, imports."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from auth.models.base import Base

JobState = Literal["waiting", "running", "done", "failed"]


class Notice(Base):
    """A line above every page between two moments."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(500))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class ContactMessage(Base):
    """A message from the contact form."""

    __tablename__ = "contact_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    tool: Mapped[str] = mapped_column(String(100))
    organisation: Mapped[str] = mapped_column(String(100))
    period: Mapped[str] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(Text)
    expected: Mapped[str] = mapped_column(Text)
    handled_at: Mapped[datetime | None]


class ImportJob(Base):
    """A file that an administrator handed in for a dataset, and what became of it."""

    __tablename__ = "import_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset: Mapped[str] = mapped_column(String(60))
    file_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))  # JobState
    message: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
