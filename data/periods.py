"""Periods of time: what they are called, how they are written in addresses, how far apart.

A period is the date of its first day; a quarterly snapshot is the first day of the month that it
counts. In addresses and file names months are `2026-03`, financial years `2024-25`, calendar years
`2025`; in rows they are `2026-03-01`, `2024/25` and `2025`, as published. Both are read.
"""

from __future__ import annotations

import re
from datetime import date

from data.spec import Dataset, PeriodKind

MONTHS_IN: dict[PeriodKind, int] = {
    "month": 1,
    "quarter": 3,
    "financial_year": 12,
    "calendar_year": 12,
}
NOUNS: dict[PeriodKind, tuple[str, str]] = {
    "month": ("month", "months"),
    "quarter": ("quarter", "quarters"),
    "financial_year": ("year", "years"),
    "calendar_year": ("year", "years"),
}
_MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])(?:-01)?")
_FINANCIAL = re.compile(r"((?:19|20)[0-9]{2})[-/]([0-9]{2})")
_CALENDAR = re.compile(r"(?:19|20)[0-9]{2}")
_APRIL = 4


def is_annual(kind: PeriodKind) -> bool:
    return MONTHS_IN[kind] == 12


def containing(kind: PeriodKind, day: date) -> date:
    """The period that a day lies in. A quarter is called by the month of its snapshot."""
    if kind == "financial_year":
        return date(day.year - (day.month < _APRIL), _APRIL, 1)
    if kind == "calendar_year":
        return date(day.year, 1, 1)
    return day.replace(day=1)


def last_month(kind: PeriodKind, period: date) -> date:
    """First day of the last month that a period covers."""
    return add_months(period, 11) if is_annual(kind) else period


def label(kind: PeriodKind, period: date) -> str:
    """As people write it: March 2026, 2024/25, 2025."""
    if kind == "financial_year":
        return f"{period.year}/{(period.year + 1) % 100:02}"
    return f"{period.year}" if kind == "calendar_year" else f"{period:%B %Y}"


def short(kind: PeriodKind, period: date) -> str:
    """As tables and axes write it: Mar 2026, 2024/25, 2025."""
    return label(kind, period) if is_annual(kind) else f"{period:%b %Y}"


def key(kind: PeriodKind, period: date) -> str:
    """As addresses and file names write it: `2026-03`, `2024-25`, `2025`."""
    if kind == "financial_year":
        return f"{period.year}-{(period.year + 1) % 100:02}"
    return f"{period.year}" if kind == "calendar_year" else f"{period:%Y-%m}"


def written(kind: PeriodKind, period: date) -> str:
    """As rows and status give it: the ISO first day of a month, a year as it is published."""
    return label(kind, period) if is_annual(kind) else period.isoformat()


def parse(kind: PeriodKind, text: str) -> date | None:
    """The period that `key` or `written` wrote; None where it is none."""
    if kind == "financial_year":
        found = _FINANCIAL.fullmatch(text)
        if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
            return None
        return date(int(found[1]), _APRIL, 1)
    if kind == "calendar_year":
        return date(int(text), 1, 1) if _CALENDAR.fullmatch(text) else None
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else None


def example(kind: PeriodKind) -> str:
    """A period as parameters take it."""
    return written(kind, containing(kind, date(2025, 4, 1)))


def column(dataset: Dataset) -> str:
    """What a period is called in rows and parameters: `month`, or `year` for annual datasets."""
    return "year" if is_annual(dataset.period) else "month"


def add_months(period: date, count: int) -> date:
    """The first of the month `count` months later, or earlier when negative."""
    index = period.year * 12 + period.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def months_apart(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def before(kind: PeriodKind, period: date, count: int = 1) -> date:
    """The period `count` periods earlier."""
    return add_months(period, -count * MONTHS_IN[kind])


def apart(kind: PeriodKind, earlier: date, later: date) -> int:
    """Periods from one to the other; 1 for neighbours."""
    return -(-months_apart(earlier, later) // MONTHS_IN[kind])


def per_year(kind: PeriodKind) -> int:
    return 12 // MONTHS_IN[kind]


def changes(kind: PeriodKind) -> tuple[tuple[int, str], ...]:
    """(periods, in words) over which a change is shown."""
    year = per_year(kind)
    near = {"month": (1, "a month"), "quarter": (1, "a quarter")}
    found = ((year, "a year"), (5 * year, "five years"))
    return (near[kind], *found) if kind in near else found
