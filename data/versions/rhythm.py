"""When a publisher brings out releases, and so when to look for them and when to expect them.

Times of day are those of London, where the publishers are.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.spec import Dataset, Rhythm

LONDON = ZoneInfo("Europe/London")
QUIET_WEEKDAY = 2  # Wednesday: outside the days of a release, only re-issues can turn up
QUIET_TIME = time(6, 30)
STEP = {"weekly": 7, "monthly": 30, "quarterly": 91, "annual": 365}  # days between releases

# NHS England's statistics come out at half past nine in the morning, on working days.
USUAL = {
    "weekly": Rhythm(weekdays=(0,), times=(time(7, 0),)),
    "monthly": Rhythm(),
    "quarterly": Rhythm(times=(time(9, 45),)),
    "annual": Rhythm(times=(time(9, 45),)),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """The days between which the next release should come, both included."""

    first: date
    last: date


def rhythm_of(dataset: Dataset) -> Rhythm:
    """What the declaration says, or what its cadence implies."""
    return dataset.rhythm or USUAL[dataset.cadence]


def next_check(dataset: Dataset, after: datetime) -> datetime:
    """The first moment later than `after` at which to look, in UTC.

    In the publisher's days that is every time of the rhythm, otherwise once a week.
    """
    rhythm = rhythm_of(dataset)
    local = after.astimezone(LONDON)
    day = local.date()
    while True:
        for moment in _times(rhythm, day):
            found = datetime.combine(day, moment, LONDON)
            if found > after:
                return found.astimezone(UTC)
        day += timedelta(days=1)


def _times(rhythm: Rhythm, day: date) -> tuple[time, ...]:
    if _in_season(rhythm, day):
        return rhythm.times if day.weekday() in rhythm.weekdays else ()
    return (QUIET_TIME,) if day.weekday() == QUIET_WEEKDAY else ()


def _in_season(rhythm: Rhythm, day: date) -> bool:
    first, last = rhythm.days
    in_month = not rhythm.months or day.month in rhythm.months
    return in_month and first <= day.day <= max(last, first)


def expected(dataset: Dataset, last: date | None, today: date) -> Expected:
    """When the release after the one published on `last` should come.

    Where the rhythm names days or months, these are the next ones after that release; else a
    cadence's length after it. Without a last release they are counted from today.
    """
    rhythm = rhythm_of(dataset)
    if rhythm.days == ANY_DAY and not rhythm.months:
        due = last + timedelta(days=STEP[dataset.cadence]) if last else today
        return Expected(due, due)
    # A month later at the soonest: a release late in its days must not make the same days due.
    start = _next_month(last.replace(day=1)) if last else today.replace(day=1)
    while rhythm.months and start.month not in rhythm.months:
        start = _next_month(start)
    first, final = rhythm.days
    length = monthrange(start.year, start.month)[1]
    return Expected(start.replace(day=first), start.replace(day=min(final, length)))


def _next_month(start: date) -> date:
    return (start + timedelta(days=32)).replace(day=1)


ANY_DAY = Rhythm().days
