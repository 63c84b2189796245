"""The clock of the accounts: UTC, to the second, without an offset (SQLite keeps none)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SKEW = timedelta(minutes=1)  # between clocks; what lies further ahead was written by a wrong one


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)
