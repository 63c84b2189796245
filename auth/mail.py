"""E-mail: composed once as text and HTML, sent through SMTP, or written to the outbox."""

from __future__ import annotations

import logging
import secrets
import smtplib
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

from auth.background import later
from data.settings import Settings

OUTBOX = "outbox"
PAUSES = (1.0, 5.0)  # seconds before the second and the third attempt
TIMEOUT = 20.0
FOOT = "Haresign is independent and not affiliated with the NHS."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """A line of its own that leads somewhere. `href` is a whole address."""

    label: str
    href: str


def send(to: str, subject: str, lines: Sequence[str | Link]) -> None:
    """Send a message beside the request. What cannot be sent is logged, without its address."""
    later(deliver, compose(_settings(), to, subject, lines))


def compose(settings: Settings, to: str, subject: str, lines: Sequence[str | Link]) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Haresign <{settings.mail_from}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join([*(_as_text(line) for line in lines), f"-- \n{FOOT}"]))
    body = "".join(_as_html(line) for line in lines)
    message.add_alternative(
        '<!doctype html><html lang="en-GB"><body style="font:16px/1.5 sans-serif;color:#16201e;'
        f'max-width:36em">{body}<p style="font-size:14px;color:#596763">{escape(FOOT)}</p>'
        "</body></html>",
        subtype="html",
    )
    return message


def _as_text(line: str | Link) -> str:
    return line if isinstance(line, str) else f"{line.label}:\n{line.href}"


def _as_html(line: str | Link) -> str:
    if isinstance(line, str):
        return f"<p>{escape(line)}</p>"
    return (
        f'<p><a style="color:#0b5f56;font-weight:bold" href="{escape(line.href)}">'
        f"{escape(line.label)}</a></p>"
    )


def deliver(message: EmailMessage) -> None:
    settings = _settings()
    if not settings.smtp_url:
        _write(settings.home / OUTBOX, message)
        return
    for pause in (*PAUSES, None):
        try:
            _transmit(settings.smtp_url, message)
            return
        except (OSError, smtplib.SMTPException) as error:
            if pause is None:
                log.error("an e-mail could not be sent: %s", type(error).__name__)
                return
            time.sleep(pause)


def _transmit(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            str(parts.hostname), parts.port or 465, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(str(parts.hostname), parts.port or 25, timeout=TIMEOUT)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and (parts.username or server.has_extn("starttls")):
            server.starttls(context=context)  # a password never travels in clear
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _write(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}.eml"
    path.touch(mode=0o600)
    path.write_bytes(message.as_bytes())
    log.info("No mail server is set (HARESIGN_SMTP_URL): the message is in %s", path)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
