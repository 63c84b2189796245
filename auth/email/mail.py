"""E-mail: put where it waits, composed in two parts, handed to SMTP or written to the outbox."""

from __future__ import annotations

import logging
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, make_msgid
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from auth.email import outgoing
from data.settings import Settings

OUTBOX = "outbox"
TIMEOUT = 20.0  # seconds for one answer of a mail server
DEADLINE = 60.0  # seconds for one whole message
FOOT = "Haresign is independent and not affiliated with the NHS."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """A line of its own that leads somewhere. `href` is a whole address."""

    label: str
    href: str


Lines = Sequence[str | Link]


class _Policy(EmailPolicy):
    """A header begins on its own line, however long its first word is: some programs show one that
    begins on the next line as empty.
    """

    def fold(self, name: str, value: str) -> str:
        folded = super().fold(name, value)
        if not folded.startswith(f"{name}:{self.linesep}"):
            return folded
        return f"{name}: {Header(value, 'utf-8', header_name=name).encode()}{self.linesep}"


_POLICY = _Policy()


def send(to: str, subject: str, lines: Lines) -> None:
    """Add a message to the present transaction: it is sent once the caller has committed."""
    plain = [line if isinstance(line, str) else [line.label, line.href] for line in lines]
    outgoing.put("message", to=to, subject=" ".join(subject.split()), lines=plain)


def compose(
    settings: Settings, to: str, subject: str, lines: Lines, *, message_id: str = ""
) -> EmailMessage:
    domain = settings.mail_from.rpartition("@")[2]
    message = EmailMessage(policy=_POLICY)
    message["From"] = f"Haresign <{settings.mail_from}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{message_id}@{domain}>" if message_id else make_msgid(domain=domain)
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


def deliver(settings: Settings, message: EmailMessage, *, name: str) -> None:
    """Hand a message to the mail server, or write it to the outbox under a name.

    Raises `OSError` or `smtplib.SMTPException`.
    """
    if settings.smtp_url:
        _transmit(settings.smtp_url, message)
    else:
        _write(settings.home / OUTBOX / f"{name}.eml", message)


def _transmit(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host, secure = str(parts.hostname), parts.scheme == "smtps"
    context = ssl.create_default_context()
    server: smtplib.SMTP = (
        smtplib.SMTP_SSL(timeout=TIMEOUT, context=context)
        if secure
        else smtplib.SMTP(timeout=TIMEOUT)
    )
    server._host = host  # type: ignore[attr-defined]  # whose certificate is checked
    with _bounded(server):
        code, answer = server.connect(host, parts.port or (465 if secure else 25))
        if code != 220:
            raise smtplib.SMTPConnectError(code, answer)
        server.ehlo()
        if not secure and (parts.username or server.has_extn("starttls")):
            server.starttls(context=context)  # a password never travels in clear
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


@contextmanager
def _bounded(server: smtplib.SMTP) -> Iterator[None]:
    """Cut the conversation off at the deadline: a server that sends a byte now and then would
    never let a time limit on single answers pass.
    """
    over = threading.Event()

    def cut() -> None:
        patience = DEADLINE
        while not over.wait(patience):
            patience = 1.0  # the socket is another one after a change to TLS
            if isinstance(server.sock, socket.socket):
                with suppress(OSError):
                    server.sock.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=cut, name="mail-deadline", daemon=True).start()
    try:
        yield
        with suppress(OSError, smtplib.SMTPException):  # the message is accepted by now
            server.quit()
    finally:
        over.set()
        server.close()


def _write(path: Path, message: EmailMessage) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes())
    fresh.replace(path)
    log.info("No mail server is set (HARESIGN_SMTP_URL): the message is in %s", path)
