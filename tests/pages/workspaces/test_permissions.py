"""Every address of workspaces, presets and documents, asked for by everyone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import get_args

from flask import Flask, url_for

from auth.workspaces import documents, presets
from auth.workspaces.transitions import Action
from tests.auth.conftest import Visit
from tests.auth.uploads import made
from tests.auth.visitors import Visitor, forms
from tests.pages.workspaces.conftest import (
    OTHER_PRACTICE,
    PRACTICE,
    Person,
    account_of,
    membership_id,
)

ANYONE = {"presets.menu"}  # which lists nothing for strangers
OWN = {
    "linking.workspaces",
    "linking.link",
    "presets.shelf",
    "presets.new",
    "documents.shelf",
    "documents.upload",
}
OBJECTS = {
    "linking.use",
    "linking.organisation",
    "linking.act",
    "linking.asked",
    "presets.load",
    "presets.edit",
    "presets.duplicate",
    "presets.delete",
    "documents.download",
    "documents.share",
    "documents.delete",
}
PLATFORM = {"linking.first_members"}
BLUEPRINTS = ("linking", "presets", "documents")

Case = tuple[str, str, str]  # endpoint, method, path


def cases(site: Flask, ids: dict[str, int], code: str) -> Iterator[Case]:
    for rule in site.url_map.iter_rules():
        if rule.endpoint.split(".")[0] not in BLUEPRINTS:
            continue
        for action in get_args(Action) if "action" in rule.arguments else ("",):
            known = {"code": code, "action": action, **ids}
            with site.test_request_context():
                path = url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule.endpoint, method, path


def ask(person: Visitor, case: Case) -> tuple[int, str]:
    _, method, path = case
    if method == "GET":
        answer = person.get(path)
    else:
        where = "/accounts/documents/" if person.is_signed_in() else "/accounts/login/"
        hidden = forms(person.get(where).get_data(as_text=True)).hidden
        token = next(one["csrf_token"] for one in hidden.values() if "csrf_token" in one)
        answer = person.post(path, {"csrf_token": token})
    return answer.status_code, answer.headers.get("Location", "")


IDS = {"membership_id": 1, "preset_id": 1, "document_id": 1}


def test_every_address_is_in_one_class(site: Flask) -> None:
    found = {endpoint for endpoint, _, _ in cases(site, IDS, PRACTICE)}
    classes = (ANYONE, OWN, OBJECTS, PLATFORM)
    assert found == set().union(*classes)
    assert sum(len(one) for one in classes) == len(found)


def test_strangers_are_led_to_sign_in(site: Flask, visit: Visit) -> None:
    stranger = visit()
    for case in cases(site, IDS, PRACTICE):
        status, to = ask(stranger, case)
        if case[0] in ANYONE:
            assert status == 200
        else:
            assert (status, to[:16]) == (302, "/accounts/login/"), case


def test_what_is_not_ones_own_does_not_exist(site: Flask, person: Person) -> None:
    """Objects of one account and its practice, asked for by a member of nothing, an admin of
    another practice, and a platform administrator.
    """
    owner, member = person({PRACTICE: "admin"}), person({PRACTICE: "active"})
    with site.test_request_context("/", base_url="https://haresign.example"):
        account = account_of(site, owner)
        ids = {
            "membership_id": membership_id(site, member, PRACTICE),
            "preset_id": presets.save(
                account, name="x", tool="list-size", query="", org_code=PRACTICE, shared=True
            ),
            "document_id": documents.upload(
                account, "table.csv", io.BytesIO(made.SOUND["table.csv"]), share_with=PRACTICE
            ),
        }
    others = person(), person({OTHER_PRACTICE: "admin"}), person(platform_admin=True)
    for case in cases(site, ids, PRACTICE):
        if case[0] in OBJECTS:
            for other in others:
                assert ask(other, case)[0] == 404, case
        if case[0] in PLATFORM:
            assert [ask(other, case)[0] for other in others] == [404, 404, 200]
    with site.app_context():
        assert presets.get(account_of(site, member), ids["preset_id"]).name == "x"
        assert documents.get(account_of(site, member), ids["document_id"]).name == "table.csv"
