"""Links and sessions are deleted within seconds of their end.

What is gone does not come back when a clock is set back to before it ended.
"""

from __future__ import annotations

from sqlalchemy import delete, select

from auth.credentials import sessions, tokens
from auth.database import in_passing, reading
from auth.models import Token, UserSession
from auth.moments import now


def sweep() -> None:
    """Delete what is over. Where nothing is, which is nearly always, nothing is written."""
    moment = now()
    over = (Token, tokens.is_over(moment)), (UserSession, sessions.is_over(moment))
    with reading() as connection:
        ended = [
            (table, those)
            for table, those in over
            if connection.execute(select(table.id).where(those).limit(1)).first()
        ]
    for table, those in ended:
        with in_passing() as connection:
            connection.execute(delete(table).where(those))
