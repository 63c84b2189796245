"""API keys: who hears of a request, a decision and an end, and what is asked before."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from auth.accounts import people
from auth.api_keys import key_requests, keys
from auth.models import ApiKeyRequest, db
from tests.auth.conftest import Visit
from tests.auth.test_seeds import appointed
from tests.auth.visitors import Visitor, said
from tests.mailbox import link_in, text_of

KEYS, ADMIN = "/accounts/api-keys/", "/accounts/admin/keys/"
WHY = "The purpose is not clear."


def ask(person: Visitor, name: str = "Power BI") -> None:
    person.submit(KEYS, KEYS, name=name, purpose="Board papers of Hartley Vale")


def path_in(page: str, part: str) -> str:
    found = re.search(rf'href="(/accounts/[^"]*{part}[^"]*)"', page)
    assert found is not None, page
    return found[1]


def newest(person: Visitor) -> str:
    """The subject and text of the last message to somebody."""
    message = person.mailbox.to(person.email)[-1]
    return f"{message['Subject']}\n{text_of(message)}"


def test_administrators_read_who_asks_for_a_key_and_why(visit: Visit) -> None:
    administrator, person = appointed(visit()), visit().joined()
    ask(person)
    message = administrator.mailbox.wait(administrator.email, 2)
    assert "API key was asked for: Power BI" in message["Subject"]
    for words in (person.name, person.email, "Board papers of Hartley Vale"):
        assert words in text_of(message)
    page = administrator.get(link_in(message, "/requests/"))
    assert "Board papers of Hartley Vale" in said(page)
    assert "Approve" in said(page)


def test_a_key_is_declined_with_a_reason_and_the_link_says_by_whom(visit: Visit) -> None:
    first, second, person = appointed(visit()), appointed(visit()), visit().joined()
    ask(person)
    link = link_in(second.mailbox.wait(second.email, 2), "/requests/")
    decline = path_in(first.get(link).get_data(as_text=True), "/decline/")
    assert "Decline the key for Power BI?" in said(first.get(decline))
    assert first.submit(decline, decline, reason=WHY).status_code == 302
    person.mailbox.wait(person.email, 2)
    assert f"The reason given: {WHY}" in newest(person)
    assert WHY in said(person.get(KEYS))
    for late in (second.get(link), second.get(decline)):
        assert f"Already decided: {first.name} declined this request on" in said(late)
        assert WHY in said(late)


def test_withdrawing_a_request_asks_first_and_takes_a_reason(visit: Visit, site: Flask) -> None:
    administrator, person = appointed(visit()), visit().joined()
    ask(person, "Quarterly sheets")
    link = link_in(administrator.mailbox.wait(administrator.email, 2), "/requests/")
    withdraw = path_in(person.get(KEYS).get_data(as_text=True), "/withdraw/")
    assert "Withdraw the request for Quarterly sheets?" in said(person.get(withdraw))
    person.submit(withdraw, withdraw, reason="I found the download.")
    assert "Quarterly sheets" not in said(person.get(KEYS))
    shown = said(administrator.get(link))
    assert f"Already decided: {person.name} withdrew this request" in shown
    assert "I found the download." in shown
    with site.app_context():
        rows = db.session.query(ApiKeyRequest).filter_by(state="withdrawn").all()
        assert rows[-1].reason == "I found the download."


def test_keys_are_asked_for_so_often_a_day(visit: Visit, site: Flask) -> None:
    person = visit().joined()
    with site.test_request_context("/", base_url=person.base_url):
        user = people.by_email(person.email)
        assert user is not None
        number = user.id
        db.session.rollback()
        for _ in range(key_requests.REQUESTS_A_DAY):
            key_requests.ask(number, "Excel", "Figures")
            key_requests.withdraw(key_requests.of(number)[1][0].id, user_id=number)
        with pytest.raises(key_requests.Full, match="in a day"):
            key_requests.ask(number, "Excel", "Figures")


def test_the_owner_hears_of_a_revoked_key_and_why(visit: Visit, site: Flask) -> None:
    administrator, person = appointed(visit()), visit().joined()
    ask(person)
    with site.app_context():
        number = db.session.query(ApiKeyRequest).order_by(ApiKeyRequest.id.desc()).first()
        assert number is not None
        owner, asked = number.user_id, number.id
        key_requests.decide(asked, "approved", by=owner)
        shown = key_requests.collect(asked, user_id=owner)
    listed = administrator.get(ADMIN).get_data(as_text=True)
    number_of_key = re.findall(r"/keys/(\d+)/revoke/", listed)[0]
    revoke = f"{ADMIN}{number_of_key}/revoke/"
    assert "Revoke the key Power BI?" in said(administrator.get(revoke))
    administrator.submit(revoke, revoke, reason="It was published by mistake.")
    person.mailbox.wait(person.email, 3)
    told = newest(person)
    assert "Your API key was revoked: Power BI" in told
    assert shown[:12] in told
    assert shown not in told
    assert "The reason given: It was published by mistake." in told
    assert "It was published by mistake." in said(person.get(KEYS))


def test_a_key_revoked_on_the_command_line_is_mailed_too(visit: Visit, site: Flask) -> None:
    person = visit().joined()
    with site.app_context():
        user = people.by_email(person.email)
        assert user is not None
        prefix = keys.issue("Reports", owner_id=user.id)[:12]
    site.test_cli_runner().invoke(args=["keys", "revoke", prefix])
    person.mailbox.wait(person.email, 2)
    assert "Your API key was revoked: Reports" in newest(person)


def test_own_keys_show_their_limits_and_use(visit: Visit, site: Flask) -> None:
    person = visit().joined()
    with site.app_context():
        user = people.by_email(person.email)
        assert user is not None
        key = keys.issue("Reports", owner_id=user.id, hourly_limit=4, daily_limit=2000)
    assert "0 of 4 0 of 2,000" in said(person.get(KEYS))
    answers = [
        person.get("/api/v1/practices/", headers={"Authorization": f"Bearer {key}"})
        for _ in range(4)
    ]
    assert [one.status_code for one in answers].count(429) == 0
    assert "4 of 4" in said(person.get(KEYS))


def test_what_was_done_is_said(visit: Visit) -> None:
    administrator, person = appointed(visit()), visit().joined()
    page = administrator.get(f"/accounts/admin/users/?q={person.email}").get_data(as_text=True)
    found = re.search(r'action="(/accounts/admin/users/\d+/suspend/)"', page)
    assert found is not None
    done = administrator.submit(f"/accounts/admin/users/?q={person.email}", found[1])
    shown = said(administrator.get(done.headers["Location"]))
    assert "The account is suspended." in shown
    assert "Done." not in shown
