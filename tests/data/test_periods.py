"""Labels, keys and distances of months, quarters and years."""

from __future__ import annotations

from datetime import date

import pytest

from data import periods
from data.spec import PeriodKind

JUNE = date(2026, 6, 1)
FINANCIAL = date(2024, 4, 1)
YEAR = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("kind", "period", "label", "key", "written"),
    [
        ("month", JUNE, "June 2026", "2026-06", "2026-06-01"),
        ("quarter", JUNE, "June 2026", "2026-06", "2026-06-01"),
        ("financial_year", FINANCIAL, "2024/25", "2024-25", "2024/25"),
        ("financial_year", date(1999, 4, 1), "1999/00", "1999-00", "1999/00"),
        ("calendar_year", YEAR, "2025", "2025", "2025"),
    ],
)
def test_a_period_is_written_and_read(
    kind: PeriodKind, period: date, label: str, key: str, written: str
) -> None:
    assert periods.label(kind, period) == label
    assert periods.key(kind, period) == key
    assert periods.written(kind, period) == written
    assert periods.parse(kind, key) == periods.parse(kind, written) == period


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("month", "2026-13"),
        ("month", "2026-06-02"),
        ("month", "2026"),
        ("month", "2026-06-01\n"),
        ("month", "20２6-06"),
        ("calendar_year", "2025\n"),
        ("financial_year", "2024-26"),
        ("financial_year", "2024/25\n"),
        ("financial_year", "2024-２5"),
        ("financial_year", "2024"),
        ("calendar_year", "2024-25"),
    ],
)
def test_what_is_no_period_is_not_read(kind: PeriodKind, text: str) -> None:
    assert periods.parse(kind, text) is None


def test_periods_are_counted_in_their_own_kind() -> None:
    assert periods.before("financial_year", FINANCIAL, 5) == date(2019, 4, 1)
    assert periods.apart("financial_year", date(2022, 4, 1), FINANCIAL) == 2
    assert periods.apart("quarter", date(2026, 3, 1), JUNE) == 1
    assert periods.apart("month", date(2026, 3, 1), JUNE) == 3
    assert periods.last_month("financial_year", FINANCIAL) == date(2025, 3, 1)
    assert periods.containing("financial_year", date(2025, 3, 31)) == FINANCIAL
    assert [count for count, _ in periods.changes("month")] == [1, 12, 60]
    assert [count for count, _ in periods.changes("financial_year")] == [1, 5]
