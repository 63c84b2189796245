"""What the keys of an account may do and have done in the present hour and day."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from auth.api_keys.gate import DAY, HOUR
from auth.database import reader
from auth.models import ApiKey, ApiUsage
from data.settings import Settings


@dataclass(frozen=True, slots=True)
class Use:
    """Requests of a key in one window, of so many."""

    used: int
    limit: int


def of(user_id: int) -> dict[int, tuple[Use, Use]]:
    """The present hour and the present day of every key, by its number. What a process has taken
    in advance counts as used, as it does for the limit.
    """
    settings: Settings = current_app.config["SETTINGS"]
    moment = int(time.time())
    with reader() as session:
        keys = session.scalars(select(ApiKey).where(ApiKey.owner_id == user_id)).all()
        rows = session.scalars(
            select(ApiUsage).where(ApiUsage.key_id.in_([key.id for key in keys]))
        ).all()
    used = {
        (row.key_id, row.seconds): row.requests
        for row in rows
        if row.start == moment - moment % row.seconds
    }
    return {
        key.id: (
            Use(used.get((key.id, HOUR), 0), key.hourly_limit or settings.api_hourly_limit),
            Use(used.get((key.id, DAY), 0), key.daily_limit or settings.api_daily_limit),
        )
        for key in keys
    }
