"""A locked, full or absent database, numbers that no row has, and clocks that jump."""

from __future__ import annotations

import errno
import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, text, update

from auth import database
from auth.accounts import people
from auth.credentials import tokens, totp
from auth.models import Document, OrganisationEvent, Token, User, UserSession, db
from auth.moments import now
from auth.workspaces import files, memberships
from tests.auth.conftest import Visit
from tests.auth.test_races import person
from tests.auth.test_second_factor import turned_on
from tests.auth.visitors import forms, said

MONTH = timedelta(days=31)
FAR = ["2147483648", "9223372036854775808", "9" * 5000, "-1", "٣", "1.0", "0x1", "1e3"]
BY_NUMBER = [
    "/accounts/memberships/{}/leave/",
    "/accounts/presets/{}/",
    "/accounts/presets/{}/edit/",
    "/accounts/documents/{}/",
    "/accounts/documents/{}/delete/",
]
SENT_BY_NUMBER = [
    "/accounts/sessions/{}/end/",
    "/accounts/api-keys/{}/revoke/",
    "/accounts/api-keys/requests/{}/show/",
    "/accounts/admin/users/{}/suspend/",
    "/accounts/admin/notices/{}/end/",
    "/accounts/admin/messages/{}/handled/",
    "/accounts/admin/keys/requests/{}/approve/",
]


@contextmanager
def locked(site: Flask) -> Iterator[None]:
    """Somebody writes, and does not come to an end."""
    with site.app_context():
        engine = db.engine
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                tables = "account, throttle, user_session"
                connection.execute(text(f"LOCK TABLE {tables} IN EXCLUSIVE MODE"))
            held.set()
            done.wait(120)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_locked_database_is_a_page_that_says_so(
    visit: Visit, site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE_MS", 500)  # of SQLite; PostgreSQL was told before
    person, stranger = visit().joined(), visit()
    with site.app_context():
        db.session.execute(update(UserSession).values(seen_at=now() - timedelta(minutes=10)))
        db.session.commit()
    form = stranger.get("/accounts/register/")
    with locked(site):
        answer = stranger.answer(
            form, "/accounts/register/", name="N", email=stranger.email, password="three words ab"
        )
        assert answer.status_code == 503
        assert "Nothing was changed" in said(answer)
        assert int(answer.headers["Retry-After"]) > 0
        assert person.get("/tools/").status_code == 200
        assert person.get("/accounts/profile/").status_code == 200
        assert visit().get("/").status_code == 200
    with site.app_context():
        assert people.by_email(stranger.email) is None
    assert stranger.register().status_code == 200


def test_public_pages_do_without_the_accounts(
    visit: Visit, site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = visit().joined()
    with site.app_context():
        engine = db.engine

    with monkeypatch.context() as patch:
        engine.dispose()
        dialect = type(engine.dialect)
        failing = engine.dialect.loaded_dbapi.OperationalError("no room")

        def away(*_: object, **__: object) -> None:
            raise failing

        patch.setattr(dialect, "connect", away)
        assert person.get("/tools/").status_code == 200
        profile = person.get("/accounts/profile/")
        assert profile.status_code == 503
        assert "Try again" in said(profile)
        engine.dispose()
    assert person.is_signed_in()


def test_a_full_disk_keeps_no_part_of_a_document(
    visit: Visit, site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = visit().joined()
    page = person.get("/accounts/documents/")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        hidden = forms(page.get_data(as_text=True)).hidden["/accounts/documents/"]
        sent = person.client.post(
            "/accounts/documents/",
            data=hidden | {"file": (io.BytesIO(b"code,patients\nA81001,1200\n"), "lists.csv")},
            **person._at(),
        )
    assert sent.status_code == 503
    assert "disk is full" in said(sent)
    with site.app_context():
        assert db.session.scalars(select(Document.id)).all() == []
        folder = files.folder()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("number", FAR)
def test_numbers_that_no_row_has_are_found_nowhere(visit: Visit, site: Flask, number: str) -> None:
    person = visit().joined()
    with site.app_context():
        db.session.execute(
            update(User).where(User.email == person.email).values(is_platform_admin=True)
        )
        db.session.commit()
    for path in BY_NUMBER:
        assert person.get(path.format(number)).status_code in (400, 404, 414), path
    page = person.get("/accounts/profile/")
    token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    for path in SENT_BY_NUMBER:
        answer = person.post(path.format(number), {"csrf_token": token})
        assert answer.status_code in (400, 404, 405, 414), path
    for path in ("/accounts/admin/users/?page=", "/accounts/admin/audit/?page="):
        assert person.get(path + number).status_code in (200, 400, 414)


def test_a_month_ahead_and_back_revives_no_link_and_keeps_nobody_out(
    visit: Visit, site: Flask
) -> None:
    person = visit().joined()
    secret, _ = turned_on(person)
    person.submit("/accounts/logout/", "/accounts/logout/")
    with site.app_context():
        user = people.by_email(person.email)
        assert user is not None
        number = user.id
        links = [tokens.issue(number, purpose) for purpose in ("verify", "email")]
        db.session.commit()
        later = now() + MONTH
        db.session.execute(
            update(Token).values(created_at=later, expires_at=later + timedelta(hours=1))
        )
        ahead = int((now() + MONTH).timestamp()) // totp.STEP
        db.session.execute(update(User).where(User.id == number).values(totp_last_step=ahead))
        db.session.commit()
        assert [tokens.find(link, "verify") for link in links] == [None, None]
    asked = person.sign_in()
    now_in = person.answer(asked, "", "/accounts/login/code/", code=pyotp.TOTP(secret).now())
    assert now_in.status_code == 302
    with site.app_context():
        assert db.session.scalars(select(Token.id).where(Token.user_id == number)).all() == []


def test_a_session_of_a_clock_that_was_ahead_stands_for_nothing(visit: Visit, site: Flask) -> None:
    person = visit().joined()
    with site.app_context():
        db.session.execute(
            update(UserSession).values(
                created_at=now() + MONTH, seen_at=now() + MONTH, expires_at=now() + 2 * MONTH
            )
        )
        db.session.commit()
    assert not person.is_signed_in()
    assert person.sign_in().status_code == 302


def test_requests_of_a_clock_that_was_ahead_use_up_no_day(accounts: Flask) -> None:
    owner = person(1)
    for number in range(memberships.REQUESTS_A_DAY):
        memberships.note(f"A8100{number}", "asked to join", user_id=owner.id, actor_id=owner.id)
    db.session.execute(update(OrganisationEvent).values(at=now() + MONTH))
    db.session.commit()
    with accounts.test_request_context():
        memberships.request(owner, "A81999", "practice")
