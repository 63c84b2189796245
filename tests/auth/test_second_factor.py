"""The second factor: asked for after the password, each code good once."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from flask import Flask

from auth.accounts import people
from auth.credentials import totp
from auth.models import RecoveryCode, db
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor, said
from tests.mailbox import text_of


def turned_on(person: Visitor) -> tuple[str, list[str]]:
    """Turns it on as a person would; the secret and the recovery codes."""
    scan = person.submit("/accounts/second-factor/", current=person.password)
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', scan.get_data(as_text=True))
    assert secret
    plain = secret[1].replace(" ", "")
    action = "/accounts/second-factor/confirm/"
    wrong = person.answer(scan, "", action, code="000000")
    assert "not right" in said(wrong)
    done = person.answer(wrong, "", action, code=pyotp.TOTP(plain).now())
    codes = re.findall(r"<li>([a-z0-9]{5}-[a-z0-9]{6})</li>", done.get_data(as_text=True))
    assert len(codes) == 10
    return plain, codes


def code(browser: Visitor, typed: str) -> int:
    """Password, then a code; 302 when it lets in."""
    asked = browser.sign_in()
    assert "Enter a code" in said(asked)
    assert not browser.is_signed_in()
    return browser.answer(asked, "", "/accounts/login/code/", code=typed).status_code


def later(secret: str, steps: int) -> str:
    """The code of a coming half minute, as a phone whose clock is ahead shows it."""
    return pyotp.TOTP(secret).at(int(time.time()) + steps * totp.STEP)


def test_a_code_is_needed_and_works_once(visit: Visit) -> None:
    person = visit().joined()
    secret, _ = turned_on(person)
    assert person.is_signed_in()
    used = later(secret, 1)
    assert code(person.elsewhere(), used) == 302
    again = person.elsewhere()
    assert code(again, used) == 200
    assert not again.is_signed_in()
    assert code(person.elsewhere(), later(secret, 20)) == 200


def test_a_recovery_code_works_once(visit: Visit) -> None:
    person = visit().joined()
    _, codes = turned_on(person)
    assert code(person.elsewhere(), codes[0].upper()) == 302
    assert code(person.elsewhere(), codes[0]) == 200
    assert "9 recovery codes left" in said(person.get("/accounts/second-factor/"))
    renewed = person.submit(
        "/accounts/second-factor/",
        "/accounts/second-factor/codes/",
        current=person.password,
        code=codes[2],
    )
    assert codes[1] not in renewed.get_data(as_text=True)
    assert code(person.elsewhere(), codes[1]) == 200


def test_it_is_turned_on_with_the_password_and_off_with_a_code_as_well(visit: Visit) -> None:
    person = visit().joined()
    refused = person.submit("/accounts/second-factor/", current="not this one")
    assert "The password is not right" in said(refused)
    other = person.elsewhere()
    other.sign_in()
    secret, codes = turned_on(person)
    assert not other.is_signed_in()  # ended, as it had no second factor
    page = "/accounts/second-factor/"
    for fields in (
        {"current": person.password},
        {"current": person.password, "code": "000000"},
        {"current": "not this one", "code": codes[0]},
        {"current": person.password, "code": ""},
    ):
        assert person.submit(page, **fields).status_code == 200
        assert person.submit(page, page + "codes/", **fields).status_code == 200
        assert "Off." not in said(person.get(page))
    assert code(person.elsewhere(), codes[0]) == 302  # no wrong try used it up
    off = person.submit(page, current=person.password, code=codes[1])
    assert off.headers["Location"] == "/accounts/security/?done=off"
    assert person.elsewhere().sign_in().status_code == 302


def test_a_reset_password_still_needs_the_code(visit: Visit) -> None:
    person = visit().joined()
    turned_on(person)
    browser = person.elsewhere()
    browser.submit("/accounts/password-reset/", email=person.email)
    link = person.link("/password-reset/", count=3)
    browser.submit(link, password="words from the new book")
    browser.password = "words from the new book"
    assert "Enter a code" in said(browser.sign_in())


def test_nothing_in_the_database_gives_a_code(visit: Visit, site: Flask) -> None:
    person = visit().joined()
    secret, codes = turned_on(person)
    with site.app_context():
        user = people.by_email(person.email)
        assert user is not None
        assert user.totp_secret
        assert secret not in user.totp_secret
        for row in db.session.execute(RecoveryCode.__table__.select()):
            for one in codes:
                assert one.replace("-", "") not in str(row)


@pytest.mark.parametrize("half", ["", "nonsense", "gAAAAABk"])
def test_a_forged_first_step_leads_back_to_the_password(visit: Visit, half: str) -> None:
    person = visit().joined()
    secret, _ = turned_on(person)
    browser = person.elsewhere()
    asked = browser.sign_in()
    page = asked.get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    sent = {"csrf_token": token[1], "half": half, "code": later(secret, 1)}
    assert browser.post("/accounts/login/code/", sent).headers["Location"].endswith("done=slow")
    assert not browser.is_signed_in()


def test_the_owner_hears_of_the_second_factor_and_of_recovery_codes(visit: Visit) -> None:
    """On, a recovery code at sign-in, another one to turn it off, off: a message of each."""
    person = visit().joined()
    _, codes = turned_on(person)
    assert code(person.elsewhere(), codes[0]) == 302
    off = {"current": person.password, "code": codes[1]}
    assert person.submit("/accounts/second-factor/", **off).status_code == 302
    person.mailbox.wait(person.email, 5)
    messages = person.mailbox.to(person.email)[1:]
    used = "A recovery code of your account was used"
    assert [str(message["Subject"]) for message in messages] == [
        "The second factor of your account is on",
        used,
        used,
        "The second factor of your account is off",
    ]
    assert "9 are left" in text_of(messages[1])
