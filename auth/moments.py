"""The clock of the accounts: UTC, to the second, without an offset (SQLite keeps none)."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)
