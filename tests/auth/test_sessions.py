"""Sessions: made anew at sign-in, worthless after sign-out, ended from elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from auth.accounts import people
from auth.credentials import sessions
from auth.credentials.agents import describe
from auth.models import UserSession, db
from auth.moments import now
from auth.secret import digest
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor, forms, said

HOST = "haresign.example"


def with_cookie(person: Visitor, value: str) -> Visitor:
    """A browser that holds a copy of a cookie."""
    other = person.elsewhere()
    other.client.set_cookie("__Host-session", value, domain=HOST)
    return other


def test_a_session_planted_before_sign_in_is_worth_nothing(visit: Visit) -> None:
    person = visit()
    person.register()
    person.verify()
    person.client.set_cookie("__Host-session", "planted-by-somebody", domain=HOST)
    person.sign_in()
    assert person.cookie() != "planted-by-somebody"
    assert person.is_signed_in()
    assert not with_cookie(person, "planted-by-somebody").is_signed_in()


def test_signing_in_again_replaces_the_session(visit: Visit) -> None:
    person = visit().joined()
    first = person.cookie()
    fields = {"current": person.password, "password": "other words for tomorrow"}
    assert person.submit("/accounts/password/", "", **fields).status_code == 302
    assert person.cookie() not in ("", first)
    assert not with_cookie(person, first).is_signed_in()


def test_a_copied_cookie_is_dead_after_sign_out(visit: Visit) -> None:
    person = visit().joined()
    copy = with_cookie(person, person.cookie())
    assert copy.is_signed_in()
    person.submit("/accounts/logout/", "/accounts/logout/")
    assert not copy.is_signed_in()
    assert not person.is_signed_in()


def test_other_browsers_are_listed_and_signed_out(visit: Visit) -> None:
    here = visit().joined()
    there, third = here.elsewhere(), here.elsewhere()
    there.sign_in()
    third.sign_in()
    page = here.get("/accounts/security/")
    ends = [one for one in forms(page.get_data(as_text=True)).hidden if one.endswith("/end/")]
    assert len(ends) == 2
    here.answer(page, "", ends[0])
    assert [there.is_signed_in(), third.is_signed_in()].count(True) == 1
    here.submit("/accounts/security/", "/accounts/sessions/end-others/")
    assert not there.is_signed_in()
    assert not third.is_signed_in()
    assert here.is_signed_in()


def test_nobody_ends_the_session_of_another(visit: Visit, site: Flask) -> None:
    person, other = visit().joined(), visit().joined()
    there = person.elsewhere()
    there.sign_in()
    page = person.get("/accounts/security/").get_data(as_text=True)
    end = next(one for one in forms(page).hidden if one.endswith("/end/"))
    token = forms(other.get("/accounts/security/").get_data(as_text=True)).hidden
    hidden = next(iter(token.values()))
    assert other.post(end, hidden).status_code == 404
    assert there.is_signed_in()


def test_the_cookie_is_closed_to_scripts_other_sites_and_plain_http(visit: Visit) -> None:
    person = visit()
    person.register()
    person.verify()
    for remember, lasts in ((False, None), (True, 30 * 24 * 3600)):
        browser = person.elsewhere()
        answer = browser.sign_in(**({"remember": "1"} if remember else {}))
        cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "session" in c)
        assert cookie.startswith("__Host-session=")
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
        assert (f"Max-Age={lasts}" in cookie) if lasts else ("Max-Age" not in cookie)


@pytest.mark.parametrize(
    ("column", "shift"),
    [
        ("seen_at", -sessions.IDLE - timedelta(minutes=1)),
        ("expires_at", -sessions.ABSOLUTE - timedelta(minutes=1)),
    ],
)
def test_sessions_end_when_idle_and_after_a_day(
    visit: Visit, site: Flask, column: str, shift: timedelta
) -> None:
    person = visit().joined()
    with site.app_context():
        row = db.session.scalars(
            select(UserSession).where(UserSession.digest == digest(person.cookie()))
        ).one()
        setattr(row, column, getattr(row, column) + shift)
        db.session.commit()
    assert not person.is_signed_in()


def test_a_session_in_use_is_seen(visit: Visit, site: Flask) -> None:
    person = visit().joined()
    with site.app_context():
        row = db.session.scalars(
            select(UserSession).where(UserSession.digest == digest(person.cookie()))
        ).one()
        row.seen_at = now() - timedelta(hours=7)
        db.session.commit()
    assert person.is_signed_in()
    with site.app_context():
        row = db.session.scalars(
            select(UserSession).where(UserSession.digest == digest(person.cookie()))
        ).one()
        assert now() - row.seen_at < timedelta(minutes=1)


def test_only_a_digest_of_the_cookie_is_stored(visit: Visit, site: Flask) -> None:
    person = visit().joined()
    with site.app_context():
        for row in db.session.execute(UserSession.__table__.select()):
            assert person.cookie() not in str(row)


def test_suspension_ends_everything_at_once(visit: Visit, site: Flask) -> None:
    from auth.accounts import administration

    person = visit().joined()
    with site.app_context():
        user = people.by_email(person.email)
        assert user is not None
        number = user.id
        db.session.rollback()
        boss = people.create(f"boss{number}@sessions.example", "Boss", "x", verified=True)
        boss.is_platform_admin = True
        db.session.commit()
        administration.suspend(number, by=boss.id)
    assert not person.is_signed_in()
    assert "suspended" in said(person.sign_in())


def test_pages_of_an_account_are_not_stored_anywhere(visit: Visit) -> None:
    person = visit().joined()
    assert person.get("/accounts/profile/").headers["Cache-Control"] == "no-store"
    assert "public" not in person.get("/_dash-layout").headers.get("Cache-Control", "")
    assert person.get("/contact/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/130.0 Safari/537.36 Edg/130.0"
            ),
            "Edge on Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                "Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iPhone",
        ),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_browsers_are_named_in_words(agent: str, words: str) -> None:
    assert describe(agent) == words
