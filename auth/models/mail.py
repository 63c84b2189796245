"""E-mails that wait to be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from auth.models.base import Base


class OutgoingMail(Base):
    """An e-mail to be sent, or to be written and sent if its address has an account.

    `content` is encrypted: it holds the address. A row is deleted when its message is sent.
    """

    __tablename__ = "outgoing_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)  # random; in the Message-ID
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)  # of the next attempt
    attempts: Mapped[int] = mapped_column(default=0)
