"""Working days of a month in England."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=256)
def working_days(month: date) -> int:
    """Weekdays of the month (given by its first day) that are not bank holidays in England."""
    closed = holidays.country_holidays("GB", subdiv="ENG", years=month.year)
    day, count = month, 0
    while day.month == month.month:
        count += day.weekday() < 5 and day not in closed
        day = date.fromordinal(day.toordinal() + 1)
    return count
