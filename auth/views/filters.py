"""What templates can call: moments as the pages write them, and the fields of forms."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from auth.moments import now
from auth.views import fields
from components.text import to_text
from data import format as fmt


def register(app: Flask) -> None:
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_filter(to_text, "as_html")
    app.add_template_global(now)
    app.jinja_env.globals["fields"] = fields


def day(value: datetime) -> str:
    return fmt.full_date(value.date())


def moment(value: datetime) -> str:
    """In UTC, which is what the database holds and what every reader can check."""
    return f"{fmt.full_date(value.date())}, {value:%H:%M} UTC"
