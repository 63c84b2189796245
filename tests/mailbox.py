"""A mail server on this machine that keeps what it gets."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.serving import free_port

PATIENCE = 15.0  # seconds that a message may take


class Mailbox:
    """What arrived, for everyone, oldest first."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 Kept"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == address]

    def wait(self, address: str, count: int = 1) -> EmailMessage:
        """The newest message to an address, once there are `count`."""
        deadline = time.monotonic() + PATIENCE
        while len(self.to(address)) < count:
            assert time.monotonic() < deadline, f"no message {count} to {address}"
            time.sleep(0.01)
        return self.to(address)[count - 1]

    def link(self, address: str, part: str, count: int = 1) -> str:
        """The path of the link in the newest message that holds `part`."""
        return link_in(self.wait(address, count), part)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(message: EmailMessage, part: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/\S*{part}\S*)", text_of(message))
    assert found, text_of(message)
    return found[1]


@contextmanager
def receiving() -> Iterator[Mailbox]:
    port = free_port()
    mailbox = Mailbox(f"smtp://127.0.0.1:{port}")
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
