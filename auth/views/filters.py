"""Moments as the pages write them."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from auth.moments import now
from data import format as fmt


def register(app: Flask) -> None:
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_global(now)


def day(value: datetime) -> str:
    return fmt.full_date(value.date())


def moment(value: datetime) -> str:
    """In UTC, which is what the database holds and what every reader can check."""
    return f"{fmt.full_date(value.date())}, {value:%H:%M} UTC"
