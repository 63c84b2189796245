"""E-mail waits in the database: nothing that was committed is lost, and nothing waits for it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import event, select, update

import auth
from auth.accounts import people
from auth.email import mail, outgoing, postman
from auth.models import OutgoingMail, User, db
from auth.moments import now
from data.settings import Settings
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor
from tests.mailbox import Mailbox
from tests.serving import ROOT, free_port

MANY = 30
KILLED = """
import os, signal, sys
from pathlib import Path
from flask import Flask
import auth
from auth.accounts import people
from auth.email import postman
from data.settings import Settings
postman.SETTLING = (60.0, 60.0)
app = Flask("haresign")
home, url, to = sys.argv[1:]
auth.register(app, Settings(home=Path(home), database_url=url, smtp_url="smtp://127.0.0.1:1"))
with app.app_context():
    people.register(to, "Asha Rao", "a password of three words")
os.kill(os.getpid(), signal.SIGKILL)
"""


def put(number: int = 0) -> None:
    mail.send(f"waiting{number}@outgoing.example", "Subject", ["Hello."])


def waiting() -> list[OutgoingMail]:
    rows = list(db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))
    db.session.rollback()
    return rows


@pytest.fixture()
def asleep(accounts: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Accounts whose postman never wakes: the test sends."""
    monkeypatch.setattr(postman.Postman, "wake", lambda self: None)
    return accounts


def through(app: Flask, url: str) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = Settings(
        home=settings.home, database_url=settings.database_url, smtp_url=url
    )


def due(app: Flask) -> None:
    db.session.execute(update(OutgoingMail).values(due_at=now()))
    db.session.commit()


def test_the_account_is_there_when_the_page_says_so(visit: Visit, site: Flask) -> None:
    people_ = [visit() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(Visitor.register, people_))
    assert {answer.status_code for answer in answers} == {200}
    with site.app_context():
        kept = set(db.session.scalars(select(User.email)))
    assert {person.email for person in people_} <= kept
    for person in people_:
        person.mailbox.wait(person.email)


def test_a_process_that_is_killed_after_the_commit_leaves_its_mail_to_the_next(
    accounts: Flask, mailbox: Mailbox
) -> None:
    settings: Settings = accounts.config["SETTINGS"]
    to = f"killed-{settings.home.name}@outgoing.example"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(settings.home), settings.database_url, to],
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    through(accounts, mailbox.url)
    auth.begin(accounts)
    assert mailbox.wait(to)["Subject"] == "Confirm your e-mail address"


def test_mail_of_a_transaction_that_fails_is_not_sent(asleep: Flask) -> None:
    put()
    db.session.rollback()
    assert waiting() == []


def test_who_is_written_to_is_in_no_row(asleep: Flask) -> None:
    put()
    db.session.commit()
    [row] = waiting()
    assert "outgoing.example" not in row.content
    assert "Hello" not in row.content


def test_several_processes_send_each_message_once(asleep: Flask, mailbox: Mailbox) -> None:
    through(asleep, mailbox.url)
    for number in range(MANY):
        put(number)
    db.session.commit()
    before = len(mailbox.messages)

    def work(_: int) -> None:
        with asleep.app_context():
            postman.send_waiting()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    arrived = [message["To"] for message in mailbox.messages[before:]]
    assert sorted(arrived) == sorted(f"waiting{n}@outgoing.example" for n in range(MANY))
    assert waiting() == []


def test_what_was_sent_when_its_sender_died_is_the_same_message_again(
    asleep: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(asleep, mailbox.url)
    put()
    db.session.commit()
    before = len(mailbox.messages)
    done = outgoing.done
    monkeypatch.setattr(outgoing, "done", lambda row: None)  # as if it died just before
    postman.send_waiting()
    monkeypatch.setattr(outgoing, "done", done)
    postman.send_waiting()
    assert len(mailbox.messages) == before + 1  # the lease keeps it to whoever may be at it
    due(asleep)
    postman.send_waiting()
    first, second = mailbox.messages[before:]
    assert first["Message-ID"] == second["Message-ID"]
    assert waiting() == []


@contextmanager
def unresponsive(trickle: bytes = b"") -> Iterator[str]:
    """A server that takes connections and says nothing, or a byte now and then, and no more."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def serve() -> None:
            held = []
            while not over.is_set():
                try:
                    held.append(listener.accept()[0])
                except TimeoutError:
                    for one in held if trickle else ():
                        try:
                            one.send(trickle)
                        except OSError:
                            continue
            for one in held:
                one.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("trickle", [b"", b"2"])
def test_a_server_that_hangs_delays_no_request_and_holds_no_mail_for_ever(
    accounts: Flask,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    trickle: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.4)
    monkeypatch.setattr(mail, "DEADLINE", 0.8)
    to = f"hung{len(trickle)}-{accounts.config['SETTINGS'].home.name}@outgoing.example"
    with unresponsive(trickle) as url:
        through(accounts, url)
        people.register(to, "Asha Rao", "a password of three words")
        assert people.by_email(to) is not None  # while the server still hangs
        db.session.rollback()
        deadline = time.monotonic() + 30
        while "waits" not in caplog.text and time.monotonic() < deadline:
            time.sleep(0.05)
    [row] = waiting()
    assert row.attempts == 1
    assert row.due_at > now() - timedelta(seconds=20)
    assert to not in caplog.text
    through(accounts, mailbox.url)
    due(accounts)
    postman.begin(accounts)
    mailbox.wait(to)


class _Refusing:
    """Refuses every recipient for good, or for now."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _to: str, _options: list[str]
    ) -> str:
        return self.answer


@pytest.mark.parametrize(("answer", "left"), [("550 Nobody here", 0), ("451 Not now", 1)])
def test_only_a_refusal_for_good_ends_a_message(
    asleep: Flask, caplog: pytest.LogCaptureFixture, answer: str, left: int
) -> None:
    controller = Controller(_Refusing(answer), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        through(asleep, f"smtp://127.0.0.1:{controller.port}")
        put()
        db.session.commit()
        postman.send_waiting()
    finally:
        controller.stop()
    assert len(waiting()) == left
    assert "outgoing.example" not in caplog.text


def test_pauses_grow_and_end(asleep: Flask) -> None:
    through(asleep, "smtp://127.0.0.1:1")
    put()
    db.session.commit()
    pauses = []
    for _ in range(len(outgoing.PAUSES) + 1):
        postman.send_waiting()
        pauses.append(waiting()[0].due_at - now())
        due(asleep)
    assert pauses[0] <= outgoing.PAUSES[0]
    assert pauses[-1] > outgoing.PAUSES[-2]
    [row] = waiting()
    old = outgoing.Claimed(row.id, row.key, now() - timedelta(days=4), row.attempts, None)
    assert not outgoing.postpone(old)  # given up
    assert waiting() == []


def test_mail_that_came_back_with_an_old_backup_is_not_sent(
    asleep: Flask, mailbox: Mailbox
) -> None:
    through(asleep, mailbox.url)
    put(78)
    db.session.commit()
    db.session.execute(update(OutgoingMail).values(created_at=now() - timedelta(days=4)))
    db.session.commit()
    postman.send_waiting()
    assert waiting() == []
    assert mailbox.to("waiting78@outgoing.example") == []


def test_a_clock_that_was_wrong_holds_no_mail(asleep: Flask, mailbox: Mailbox) -> None:
    through(asleep, mailbox.url)
    put(77)
    db.session.commit()
    db.session.execute(update(OutgoingMail).values(due_at=now() + timedelta(days=31)))
    db.session.commit()
    postman.send_waiting()
    assert waiting() == []


def _statements(app: Flask, email: str, ask: str) -> list[str]:
    """What the database is asked while an address is asked about."""
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        seen.append(statement)

    with app.app_context(), app.test_request_context():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            if ask == "register":
                people.register(email, "Asha Rao", "a password of three words")
            else:
                getattr(people, ask)(email)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("ask", ["register", "ask_for_reset", "ask_for_verification"])
def test_known_and_unknown_addresses_are_the_same_work(
    asleep: Flask, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    hashes: list[int] = []
    real = people.passwords.hashed
    monkeypatch.setattr(
        people.passwords,
        "hashed",
        lambda text: hashes.append(1) or real(text),  # type: ignore[func-returns-value]
    )
    people.create("confirmed@a.example", "A", "x", verified=True)
    people.create("unconfirmed@a.example", "B", "x")
    work = {}
    for email in ("confirmed@a.example", "unconfirmed@a.example", "unknown@a.example"):
        hashes.clear()
        work[email] = (_statements(asleep, email, ask), len(hashes))
    assert work["confirmed@a.example"] == work["unknown@a.example"]
    assert work["unconfirmed@a.example"] == work["unknown@a.example"]
    statements, count = work["unknown@a.example"]
    assert statements
    assert count == (ask == "register")
    sizes = {len(row.content) for row in waiting()}
    assert max(sizes) - min(sizes) < 64  # rows tell nothing either
