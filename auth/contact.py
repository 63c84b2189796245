"""Messages from the contact form: stored, then sent on."""

from __future__ import annotations

from flask import current_app

from auth.accounts import people
from auth.credentials import throttle
from auth.email import mail
from auth.email.addresses import whole
from auth.models import ContactMessage, db
from auth.moments import now
from data.settings import Settings


def leave(message: ContactMessage) -> None:
    """Keep a message and write to those who answer. Raises `throttle.TooMany`."""
    throttle.attempt("contact", message.email)
    message.at = now()
    db.session.add(message)
    lines: list[str | mail.Link] = [
        f"From {message.name}, {message.email}",
        message.message,
        *([f"Expected: {message.expected}"] if message.expected else []),
        *(
            f"{label}: {value}"
            for label, value in (
                ("Tool", message.tool),
                ("Organisation", message.organisation),
                ("Period", message.period),
            )
            if value
        ),
        mail.Link("All messages", whole("/accounts/admin/messages/")),
    ]
    settings: Settings = current_app.config["SETTINGS"]
    recipients = [settings.contact_email] if settings.contact_email else people.platform_admins()
    for address in recipients:
        mail.send(address, "A message from the Haresign contact form", lines)
    db.session.commit()
