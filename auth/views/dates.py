"""Moments as the pages write them."""

from __future__ import annotations

from datetime import datetime

from data import format as fmt


def day(value: datetime) -> str:
    return fmt.full_date(value.date())


def moment(value: datetime) -> str:
    """In UTC, which is what the database holds and what every reader can check."""
    return f"{fmt.full_date(value.date())}, {value:%H:%M} UTC"
