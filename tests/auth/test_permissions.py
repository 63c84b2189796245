"""Every address of accounts, asked for by everyone: what is not one's own does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from auth.accounts import administration, people
from auth.api_keys import key_requests
from auth.models import ApiKey, ApiKeyRequest, ContactMessage, Notice, UserSession, db
from auth.moments import now
from tests.auth.conftest import Visit
from tests.auth.test_seeds import appointed
from tests.auth.visitors import Visitor, forms

PUBLIC = {  # open to all; what they do is limited by tokens, passwords and throttles
    "entry.start",
    "entry.register",
    "entry.resend",
    "entry.verify",
    "entry.login",
    "entry.code",
    "entry.logout",
    "entry.ask_reset",
    "entry.reset",
    "entry.confirm_email",
}
OWN = {  # need an account, and act on that account alone
    "profile.profile",
    "profile.download",
    "profile.delete",
    "security.security",
    "security.end_others",
    "security.password",
    "security.email",
    "security.second_factor",
    "security.confirm_second_factor",
    "security.recovery_codes",
    "keys.api_keys",
}
OBJECTS = {  # need an account, and name an object by its number
    "security.end_session",
    "keys.show",
    "keys.withdraw",
    "keys.revoke",
}
ADMIN = {
    "admin.overview",
    "admin.users",
    "admin.change_user",
    "admin.keys",
    "admin.approve_key",
    "admin.asked_key",
    "admin.decline_key",
    "admin.revoke_key",
    "admin.notices",
    "admin.end_notice",
    "admin.messages",
    "admin.handled",
    "admin.remove_message",
    "admin.audit",
    "imports.page",
    "published.datasets",
    "published.versions",
    "published.rollback",
    "published.file",
}
NAMED = {  # of a version, file, request or key that has to be there
    "published.rollback",
    "published.file",
    "admin.asked_key",
    "admin.decline_key",
    "admin.revoke_key",
}
BLUEPRINTS = ("entry", "profile", "security", "keys", "admin", "imports", "published")


@dataclass(frozen=True)
class Case:
    endpoint: str
    method: str
    path: str


def cases(site: Flask, ids: dict[str, int]) -> Iterator[Case]:
    for rule in site.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in BLUEPRINTS:
            continue
        values = {name: ids.get(name, 1) for name in rule.arguments}
        values |= {"token": "nothing"} if "token" in rule.arguments else {}
        values |= {"dataset_id": "list-sizes"} if "dataset_id" in rule.arguments else {}
        action = "withdraw" if rule.endpoint == "published.file" else "suspend"
        values |= {"action": action} if "action" in rule.arguments else {}
        with site.test_request_context():
            from flask import url_for

            path = url_for(rule.endpoint, **values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield Case(rule.endpoint, method, path)


def ask(person: Visitor, case: Case) -> int:
    """Asked as the site's own pages do, with a token of this browser."""
    if case.method == "GET":
        return person.get(case.path).status_code
    where = "/accounts/security/" if person.is_signed_in() else "/accounts/login/"
    hidden = forms(person.get(where).get_data(as_text=True)).hidden
    token = next(one["csrf_token"] for one in hidden.values() if "csrf_token" in one)
    return person.post(case.path, {"csrf_token": token}).status_code


def test_every_address_is_in_one_class(site: Flask) -> None:
    found = {case.endpoint for case in cases(site, {})}
    classes = (PUBLIC, OWN, OBJECTS, ADMIN)
    assert found == set().union(*classes)
    assert sum(len(one) for one in classes) == len(found)


def test_visitors_are_led_to_sign_in(visit: Visit, site: Flask) -> None:
    visitor = visit()
    for case in cases(site, {}):
        if case.endpoint not in PUBLIC:
            assert ask(visitor, case) == 302, case
            assert "/accounts/login/" in visitor.get("/accounts/profile/").headers["Location"]


def test_administration_does_not_exist_for_others(visit: Visit, site: Flask) -> None:
    member = visit().joined()
    for case in cases(site, {}):
        if case.endpoint in ADMIN:
            assert ask(member, case) == 404, case


@pytest.mark.parametrize("exists", [True, False])
def test_the_objects_of_others_do_not_exist(visit: Visit, site: Flask, exists: bool) -> None:
    """The answer is the same whether or not there is such an object."""
    owner, other = visit().joined(), visit().joined()
    ids = (
        _objects(owner, site)
        if exists
        else {"session_id": 10**8, "request_id": 10**8, "key_id": 10**8}
    )
    for case in cases(site, ids):
        if case.endpoint in OBJECTS:
            assert ask(other, case) == 404, case
    assert owner.is_signed_in()
    with site.app_context():
        if exists:
            assert db.session.get_one(ApiKey, ids["key_id"]).revoked_at is None
            assert db.session.get_one(ApiKeyRequest, ids["request_id"]).state == "approved"


def _objects(owner: Visitor, site: Flask) -> dict[str, int]:
    with site.app_context():
        user = people.by_email(owner.email)
        assert user is not None
        number = user.id
        session = db.session.scalars(
            select(UserSession.id).where(UserSession.user_id == number)
        ).first()
        assert session is not None
        db.session.rollback()
        for _ in range(2):
            key_requests.ask(number, "Power BI", "Board papers")
            last = key_requests.of(number)[1][0].id
            key_requests.decide(last, "approved", by=number)
            if not key_requests.of(number)[0]:
                key_requests.collect(last, user_id=number)
        keys, requests = key_requests.of(number)
        return {"session_id": session, "key_id": keys[0].id, "request_id": requests[0].id}


def test_administrators_reach_every_page_of_theirs(visit: Visit, site: Flask) -> None:
    administrator = appointed(visit())
    for case in cases(site, {}):
        if case.endpoint in ADMIN - NAMED and case.method == "GET":
            assert ask(administrator, case) == 200, case


def test_administrators_suspend_restore_appoint_and_dismiss(visit: Visit, site: Flask) -> None:
    administrator, person = appointed(visit()), visit().joined()
    page = f"/accounts/admin/users/?q={person.email}"
    for action, signed_in in (("suspend", False), ("restore", False)):
        at = _action(administrator, page, action)
        assert administrator.submit(page, at).status_code == 302
        assert person.is_signed_in() is signed_in
    assert person.sign_in().status_code == 302
    administrator.submit(page, _action(administrator, page, "appoint"))
    assert not person.is_signed_in()  # sessions are made anew where rights change
    person.sign_in()
    assert person.get("/accounts/admin/").status_code == 200
    administrator.submit(page, _action(administrator, page, "dismiss"))
    person.sign_in()
    assert person.get("/accounts/admin/").status_code == 404


def _action(administrator: Visitor, page: str, action: str) -> str:
    hidden = forms(administrator.get(page).get_data(as_text=True)).hidden
    return next(one for one in hidden if one.endswith(f"/{action}/"))


def test_administrators_cannot_lock_themselves_out(visit: Visit, site: Flask) -> None:
    administrator = appointed(visit())
    with site.app_context():
        user = people.by_email(administrator.email)
        assert user is not None
        number = user.id
        db.session.rollback()
        for change in (administration.suspend, administration.dismiss):
            with pytest.raises(administration.Refused):
                change(number, by=number)
    assert administrator.get("/accounts/admin/").status_code == 200


def test_a_notice_is_shown_on_every_page_until_it_is_ended(visit: Visit, site: Flask) -> None:
    administrator, visitor = appointed(visit()), visit()
    text = f"Maintenance on Sunday, {administrator.number}"
    administrator.submit("/accounts/admin/notices/", "/accounts/admin/notices/", text=text)
    assert text in visitor.get("/accounts/login/").get_data(as_text=True)
    assert text in visitor.get("/_dash-layout").get_data(as_text=True)
    administrator.submit(
        "/accounts/admin/notices/", _action(administrator, "/accounts/admin/notices/", "end")
    )
    assert text not in visitor.get("/accounts/login/").get_data(as_text=True)
    with site.app_context():
        assert db.session.scalars(select(Notice).where(Notice.text == text)).one().ends_at <= now()


def test_a_message_is_marked_as_handled_and_removed(visit: Visit, site: Flask) -> None:
    administrator = appointed(visit())
    text = f"A question to {administrator.number}"
    with site.app_context():
        db.session.query(ContactMessage).delete()
        db.session.add(
            ContactMessage(
                at=now(),
                name="A",
                email="a@example.org",
                tool="",
                organisation="",
                period="",
                message=text,
                expected="",
            )
        )
        db.session.commit()
    page = "/accounts/admin/messages/"
    assert administrator.submit(page, _action(administrator, page, "handled")).status_code == 302
    assert administrator.submit(page, _action(administrator, page, "remove")).status_code == 302
    with site.app_context():
        assert not db.session.query(ContactMessage).filter_by(message=text).count()
