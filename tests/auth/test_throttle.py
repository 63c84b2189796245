"""Nobody keeps another out, and a clock that was wrong keeps nobody out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from auth.credentials import throttle
from auth.models import Throttle, db
from auth.moments import now
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor, said

WRONG = "never the right one"
FREE = throttle.PER_ACCOUNT["sign-in"].free


def guess(browser: Visitor, email: str, password: str = WRONG) -> int:
    return browser.submit("/accounts/login/", email=email, password=password).status_code


def attacked(visit: Visit, person: Visitor) -> None:
    """Somebody guesses until strangers are refused."""
    assert [guess(visit(), person.email) for _ in range(FREE + 1)][-1] == 429


def signed_out(person: Visitor) -> Visitor:
    person.submit("/accounts/logout/", "/accounts/logout/")
    assert not person.is_signed_in()
    return person


def test_a_right_password_from_a_known_browser_passes_whoever_guesses(visit: Visit) -> None:
    person = signed_out(visit().joined())
    attacked(visit, person)
    assert guess(visit(), person.email, person.password) == 429
    assert person.sign_in().status_code == 302


def test_it_passes_where_its_network_address_is_refused(visit: Visit) -> None:
    person, neighbour = signed_out(visit().joined()), visit()
    neighbour.ip = person.ip
    for number in range(throttle.PER_ADDRESS["sign-in"].free):
        assert guess(neighbour, f"nobody{number}@throttle.example") == 200
    assert guess(neighbour, "somebody-else@throttle.example") == 429
    assert person.sign_in().status_code == 302


def test_a_known_browser_cannot_guess_for_ever_either(visit: Visit) -> None:
    person = signed_out(visit().joined())
    assert [guess(person, person.email) for _ in range(FREE + 1)] == [200] * FREE + [429]
    assert guess(visit(), person.email, person.password) == 302  # others are not kept out by it


def test_what_a_browser_knows_of_one_account_is_worth_nothing_for_another(visit: Visit) -> None:
    person, other = signed_out(visit().joined()), signed_out(visit().joined())
    attacked(visit, other)
    mine = next(c for c in person.client._cookies.values() if "known" in c.key)
    theirs = next(c for c in other.client._cookies.values() if "known" in c.key)
    stranger = visit()
    for value in (mine.value, theirs.value[:-1] + "xy", "..", "x" * 3000, "a.99999.b"):
        stranger.client.set_cookie(theirs.key, value, domain="haresign.example", secure=True)
        assert guess(stranger, other.email, other.password) == 429
    assert theirs.http_only and theirs.secure and theirs.origin_only


def test_a_fresh_reset_passes_whoever_guesses(visit: Visit) -> None:
    person = visit().joined()
    new = person.elsewhere()  # a browser that the account has never used
    attacked(visit, person)
    new.submit("/accounts/password-reset/", email=person.email)
    link = person.link("/password-reset/", count=2)
    new.password = "another three words here"
    assert new.submit(link, password=new.password).status_code == 302
    attacked(visit, person)
    assert new.sign_in().status_code == 302


def test_a_known_browser_may_ask_for_a_reset_whoever_asked_before(visit: Visit) -> None:
    person = signed_out(visit().joined())
    path = "/accounts/password-reset/"
    answers = [visit().submit(path, email=person.email).status_code for _ in range(6)]
    assert 429 in answers
    assert person.submit(path, email=person.email).status_code == 200
    assert throttle.PER_ACCOUNT["mail"].most <= timedelta(minutes=10)  # as a link lasts


def test_who_is_signed_in_has_a_count_of_their_own(visit: Visit) -> None:
    person = visit().joined()
    attacked(visit, person)
    fields = {"current": WRONG, "password": "another three words here"}
    answers = [
        person.submit("/accounts/password/", "", **fields) for _ in range(throttle.ALONE.free)
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert "password is not right" in said(answers[-1])
    assert person.submit("/accounts/password/", "", **fields).status_code == 429
    second = person.elsewhere()
    second.client.set_cookie(
        next(c for c in person.client._cookies.values() if "known" in c.key).key,
        next(c for c in person.client._cookies.values() if "known" in c.key).value,
        domain="haresign.example",
        secure=True,
    )
    assert second.sign_in().status_code == 302  # another browser of theirs
    fields["current"] = person.password
    assert second.submit("/accounts/password/", "", **fields).status_code == 302


@pytest.mark.parametrize("ahead", [timedelta(days=31), timedelta(hours=2)])
def test_counts_of_a_clock_that_was_ahead_keep_nobody_out(
    visit: Visit, site: Flask, ahead: timedelta
) -> None:
    person = visit()
    person.register()
    person.verify()
    attacked(visit, person)
    with site.app_context():
        later = now() + ahead
        db.session.execute(
            update(Throttle).values(last_at=later, blocked_until=later + timedelta(minutes=15))
        )
        db.session.commit()
    assert guess(visit(), person.email, person.password) == 302
