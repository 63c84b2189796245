"""E-mails that wait: put into the transaction of what they are about, taken out one at a time.

What was committed is sent, whichever process is killed when. A row is claimed before it is sent
and deleted afterwards; if whoever claimed it dies in between, it is due again after `LEASE`.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from flask import current_app
from sqlalchemy import delete, event, or_, select, update

from auth.database import reader
from auth.models import OutgoingMail, db
from auth.moments import now
from auth.secret import decrypt, encrypt

Kind = Literal["message", "registered", "verify", "reset", "email"]

LEASE = timedelta(minutes=3)  # longer than any attempt takes
PAUSES = (  # after the first failure, the second, …
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
)
KEPT = timedelta(days=3)  # then it is given up
EXTENSION = "haresign-postman"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that nobody else attempts for the time of a lease."""

    id: int
    key: str
    created_at: datetime
    attempts: int  # with this one
    content: dict[str, Any] | None  # None: it was encrypted with another secret


def put(kind: Kind, **content: Any) -> None:
    """Add an e-mail to the present transaction; whoever sends it is woken by the commit."""
    moment = now()
    db.session.add(
        OutgoingMail(
            key=secrets.token_hex(16),
            content=encrypt(json.dumps({"kind": kind, **content})),
            created_at=moment,
            due_at=moment,
        )
    )
    postman = current_app.extensions[EXTENSION]
    event.listen(db.session(), "after_commit", lambda _: postman.wake(), once=True)


def claim() -> Claimed | None:
    """The oldest row that is due, if nobody else claims it first. Commits."""
    moment = now()
    # A moment further away than any pause was written by a clock that has since been put right.
    due = or_(OutgoingMail.due_at <= moment, OutgoingMail.due_at > moment + 2 * PAUSES[-1])
    with reader() as session:
        row = session.scalar(select(OutgoingMail).where(due).order_by(OutgoingMail.id).limit(1))
    if row is None:
        return None
    claimed = db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == row.id, OutgoingMail.due_at == row.due_at)
        .values(due_at=moment + LEASE, attempts=OutgoingMail.attempts + 1)
    )
    db.session.commit()
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return claim()
    inside = decrypt(row.content)
    return Claimed(
        row.id, row.key, row.created_at, row.attempts + 1, json.loads(inside) if inside else None
    )


def done(row: Claimed) -> None:
    """Its message is sent, or there is none to send. Commits."""
    db.session.execute(delete(OutgoingMail).where(OutgoingMail.id == row.id))
    db.session.commit()


def postpone(row: Claimed) -> bool:
    """Try again after a pause; False when it has been tried for long enough. Commits."""
    if now() - row.created_at > KEPT:
        done(row)
        return False
    pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
    db.session.execute(
        update(OutgoingMail).where(OutgoingMail.id == row.id).values(due_at=now() + pause)
    )
    db.session.commit()
    return True
