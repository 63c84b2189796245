"""A thread of each web worker that sends the e-mails that wait, and deletes links that are over.

It begins when something is put there, or when the worker does: mail of a process that was killed
is found by those that live. Sending waits for a moment after the commit that wakes it, so that no
later request is slower because the one before it concerned an account.
"""

from __future__ import annotations

import atexit
import logging
import random
import smtplib
import threading
import time

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from auth.email import endings, letters, mail, outgoing
from auth.email.outgoing import EXTENSION, Claimed
from auth.models import db
from auth.moments import now
from data.settings import Settings

SETTLING = (0.5, 1.5)  # seconds between a commit and the sending
LOOKS_EVERY = 5.0  # seconds, for what others left
ENDS_WITHIN = 2.0  # seconds that the end of the process waits for it

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.extensions[EXTENSION] = Postman(app)


def begin(app: Flask) -> None:
    """Send what waits already."""
    app.extensions[EXTENSION].wake()


class Postman:
    """One per application."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._woken = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ending = False

    def wake(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="postman", daemon=True)
                self._thread.start()
                atexit.register(self._end)
        self._woken.set()

    def _end(self) -> None:
        """What is on its way gets a moment more; the rest is the next process's."""
        self._ending = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(ENDS_WITHIN)
        atexit.unregister(self._end)  # else it would hold the application to the very end

    def _work(self) -> None:
        while not self._ending:
            if self._woken.wait(LOOKS_EVERY):
                self._woken.clear()
                time.sleep(random.uniform(*SETTLING))
            if self._ending:
                return
            with self._app.app_context():
                try:
                    endings.sweep()
                    send_waiting()
                except SQLAlchemyError as error:
                    log.error("waiting e-mails could not be read: %s", type(error).__name__)


def send_waiting() -> None:
    """Send everything that is due."""
    while (row := outgoing.claim()) is not None:
        _attempt(row)


def _attempt(row: Claimed) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    if row.content is None:
        log.error("an e-mail was encrypted with another secret and is dropped")
        outgoing.done(row)
        return
    if now() - row.created_at > outgoing.KEPT:  # it came back with a backup
        outgoing.done(row)
        return
    letter = letters.write(row.content)
    db.session.commit()
    if letter is None:
        outgoing.done(row)
        return
    # A link is new at each attempt, and so is its message; any other is the same one again.
    version = 0 if row.content["kind"] == "message" else row.attempts
    message = mail.compose(
        settings, letter.to, letter.subject, letter.lines, message_id=f"{row.key}.{version}"
    )
    name = f"{row.created_at:%Y%m%d-%H%M%S}-{row.key[:8]}"
    try:
        mail.deliver(settings, message, name=name)
    except smtplib.SMTPRecipientsRefused as error:
        if all(500 <= code < 600 for code, _ in error.recipients.values()):
            log.error("an e-mail was refused for good by the mail server and is dropped")
            outgoing.done(row)
            return
        _postpone(row, error)
    except (OSError, smtplib.SMTPException) as error:
        _postpone(row, error)
    else:
        outgoing.done(row)


def _postpone(row: Claimed, error: Exception) -> None:
    kind = type(error).__name__
    if outgoing.postpone(row):
        log.warning("an e-mail could not be sent and waits: %s, attempt %s", kind, row.attempts)
    else:
        log.error("an e-mail could not be sent and is given up: %s", kind)
