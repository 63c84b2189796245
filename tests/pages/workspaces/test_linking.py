"""Links to practices and PCNs: every line of the table of states, through the pages."""

from __future__ import annotations

import contextlib
import itertools
import re
import threading
from typing import get_args

import pytest
from flask import Flask
from sqlalchemy import delete

from auth.credentials.sessions import Account
from auth.models import Membership, OrganisationEvent, User
from auth.models import db as accounts
from auth.models.workspaces import State
from auth.moments import now
from auth.workspaces import memberships, rosters
from auth.workspaces.memberships import Refused
from auth.workspaces.rosters import Hidden
from auth.workspaces.transitions import TABLE, Action, Actor
from pages.workspaces import places
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor, forms, said
from tests.mailbox import Mailbox, text_of
from tests.pages.workspaces.conftest import (
    CLOSED,
    OTHER_PRACTICE,
    PCN,
    PRACTICE,
    Person,
    account_of,
    join,
    membership_id,
    state_of,
)

STATES: tuple[State, ...] = get_args(State)
WORKSPACES = "/accounts/workspaces/"


def ask(visitor: Visitor, code: str = PRACTICE, kind: str = "practice") -> None:
    page = f"/accounts/link/?kind={kind}&q={code}"
    shown = visitor.get(page)
    found = visitor.answer(shown, page, "/accounts/link/")
    assert found.headers["Location"] == f"{WORKSPACES}?done=request", said(found)


def act_path(number: int, action: str) -> str:
    return f"/accounts/memberships/{number}/{action}/"


def test_only_what_the_table_says_changes_a_membership(site: Flask, person: Person) -> None:
    """Every actor, every action, every state: the table's answer, or no change at all."""
    whose, admin, platform = person({PRACTICE: "active"}), person(), person(platform_admin=True)
    number = membership_id(site, whose, PRACTICE)
    acting = {"self": whose, "admin": admin, "platform": platform}
    accounts_of = {actor: account_of(site, one) for actor, one in acting.items()}
    done = 0
    for actor, action, state in itertools.product(get_args(Actor), get_args(Action), STATES):
        if action == "request" and actor != "self":
            continue  # nobody can ask for somebody else
        with site.test_request_context("/", base_url="https://haresign.example"):
            _arrange(accounts_of, number, state, governed=actor != "platform")
            expected = TABLE.get((actor, action, state))
            try:
                if action == "request":
                    memberships.request(accounts_of[actor], PRACTICE, "practice")
                else:
                    memberships.act(accounts_of[actor], number, action)
                done += 1
            except (Refused, Hidden):
                assert expected is None, (actor, action, state)
        assert state_of(site, whose, PRACTICE) == (expected or state), (actor, action, state)
    assert done == len(TABLE) - 1  # all but the first request, of whoever has no membership


def _arrange(accounts_of: dict[str, Account], number: int, state: State, *, governed: bool) -> None:
    """The membership in a state; with another admin, or without any who can act."""
    accounts.session.execute(delete(Membership).where(Membership.id != number))
    accounts.session.execute(delete(OrganisationEvent))
    row = accounts.session.get_one(Membership, number)
    row.state = state
    if governed:
        join(accounts_of["admin"].id, PRACTICE, "admin")
    user = accounts.session.get_one(User, row.user_id)
    user.suspended_at = None if governed else now()
    accounts.session.commit()


def test_others_change_nothing_and_learn_nothing(site: Flask, person: Person) -> None:
    """A stranger, a plain member, an admin elsewhere, a platform administrator where there is an
    admin: 404, as for a membership that does not exist.
    """
    person({PRACTICE: "admin"})
    targets = {state: person({PRACTICE: state}) for state in STATES}
    strangers = (
        person(),
        person({PRACTICE: "active"}),
        person({OTHER_PRACTICE: "admin"}),
        person(platform_admin=True),
    )
    tokens = {stranger: token_of(stranger) for stranger in strangers}
    for (state, whose), action in itertools.product(targets.items(), get_args(Action)):
        path = act_path(membership_id(site, whose, PRACTICE), action)
        for stranger in strangers:
            assert stranger.get(path).status_code == 404
            assert stranger.post(path, {"csrf_token": tokens[stranger]}).status_code == 404
        assert state_of(site, whose, PRACTICE) == state
    missing = strangers[0].post(act_path(9_999_999, "remove"), {"csrf_token": tokens[strangers[0]]})
    hidden = strangers[0].post(path, {"csrf_token": tokens[strangers[0]]})
    assert (missing.status_code, said(missing)) == (404, said(hidden))


def token_of(visitor: Visitor) -> str:
    found = forms(visitor.get(WORKSPACES).get_data(as_text=True))
    return next(iter(found.hidden.values()))["csrf_token"]


def test_a_practice_is_linked_by_name_or_code(person: Person, mailbox: Mailbox) -> None:
    """ "Open your account profile. Choose the option to link a practice. Search by practice name or
    ODS code. Select the correct practice. Submit the access request."
    """
    visitor = person()
    assert "/accounts/link/" in visitor.get("/accounts/profile/").get_data(as_text=True)
    for words in ("park+surgery", "a81001"):
        assert "The Park Surgery" in said(visitor.get(f"/accounts/link/?kind=practice&q={words}"))
    ask(visitor)
    shown = said(visitor.get(WORKSPACES))
    assert "The Park Surgery" in shown
    assert "Pending" in shown
    assert "You asked to join" in str(mailbox.wait(visitor.email)["Subject"])


def test_a_pcn_is_linked_in_the_same_way(site: Flask, person: Person) -> None:
    """ "Choose the option to link a PCN. Search by PCN name or code. Select the correct PCN. Submit
    the access request." "PCN membership works in the same way as practice membership: requests may
    need approval before the PCN appears as an active workspace."
    """
    admin, visitor = person({PCN: "admin"}), person()
    assert "Park PCN" in said(visitor.get("/accounts/link/?kind=pcn&q=park"))
    ask(visitor, PCN, "pcn")
    assert (
        visitor.post(
            f"/accounts/workspaces/{PCN}/use/", {"csrf_token": token_of(visitor)}
        ).status_code
        == 404
    )
    number = membership_id(site, visitor, PCN)
    admin.submit(WORKSPACES, act_path(number, "approve"))
    assert state_of(site, visitor, PCN) == "active"
    assert "In use" in said(visitor.get(WORKSPACES))


def test_an_admin_of_the_practice_approves_or_rejects(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    """ "If the practice already has an account admin, the request can be approved or rejected by
    that admin."
    """
    admin, platform = person({PRACTICE: "admin"}), person(platform_admin=True)
    for decision, state, words in (
        ("approve", "active", "You are now a member"),
        ("reject", "rejected", "was declined"),
    ):
        visitor = person()
        ask(visitor)
        assert "asks to join" in str(mailbox.wait(admin.email, 1)["Subject"])
        number = membership_id(site, visitor, PRACTICE)
        assert visitor.name not in said(platform.get("/accounts/admin/organisations/"))
        page = WORKSPACES if decision == "approve" else act_path(number, decision)
        admin.submit(page, act_path(number, decision))
        assert state_of(site, visitor, PRACTICE) == state
        assert words in str(mailbox.wait(visitor.email, 2)["Subject"])


def test_the_first_member_is_reviewed_by_platform_administrators(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    """ "If not, platform administrators may need to review it." """
    platform, visitor = person(platform_admin=True), person()
    ask(visitor)
    message = mailbox.wait(platform.email)
    assert visitor.email in text_of(message)
    queue = "/accounts/admin/organisations/"
    assert visitor.name in said(platform.get(queue))
    assert visitor.get(queue).status_code == 404
    number = membership_id(site, visitor, PRACTICE)
    done = platform.submit(queue, act_path(number, "approve"))
    assert done.headers["Location"].startswith(queue)
    assert state_of(site, visitor, PRACTICE) == "admin"
    assert platform.get(f"/accounts/organisations/{PRACTICE}/").status_code == 404


def test_states_mean_what_the_table_of_roles_says(site: Flask, person: Person) -> None:
    """ "Pending: You have requested access and are waiting for approval. Active: You can use the
    practice or PCN as a workspace. Admin: You can approve, reject, or remove other members for that
    organisation. Rejected or removed: Access is not active. You may need to request access again."
    """
    usable = {"pending": False, "active": True, "admin": True, "rejected": False, "removed": False}
    for state in STATES:
        visitor = person({PRACTICE: state})
        answer = visitor.post(
            f"/accounts/workspaces/{PRACTICE}/use/", {"csrf_token": token_of(visitor)}
        )
        assert (answer.status_code == 302) == usable[state]
        page = visitor.get(f"/accounts/organisations/{PRACTICE}/")
        assert (page.status_code == 200) == usable[state]
        assert ("/remove/" in page.get_data(as_text=True)) == (state == "admin")
    for state in ("rejected", "removed"):
        visitor = person({PRACTICE: state})
        visitor.submit(WORKSPACES, "/accounts/link/")
        assert state_of(site, visitor, PRACTICE) == "pending"


def test_a_removed_member_loses_the_workspace_at_once(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    admin, member = person({PRACTICE: "admin"}), person({PRACTICE: "active"})
    member.submit(WORKSPACES, f"/accounts/workspaces/{PRACTICE}/use/")
    assert account_of(site, member).workspace == PRACTICE
    page = act_path(membership_id(site, member, PRACTICE), "remove")
    assert member.name in said(admin.get(page))
    admin.submit(page)
    assert account_of(site, member).workspace is None
    assert "removed from" in str(mailbox.wait(member.email)["Subject"])
    assert member.get("/tools/list-size/").status_code == 200


def test_the_last_admin_hands_over_before_leaving(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    admin, member = person({PRACTICE: "admin"}), person({PRACTICE: "active"})
    leave = act_path(membership_id(site, admin, PRACTICE), "leave")
    assert "You are its only admin, and there is 1 other member." in said(admin.get(leave))
    refused = admin.post(leave, {"csrf_token": token_of(admin)})
    assert "Make another member an admin first" in said(refused)
    assert state_of(site, admin, PRACTICE) == "admin"
    admin.submit(act_path(membership_id(site, member, PRACTICE), "hand-over"))
    assert state_of(site, admin, PRACTICE) == "active"
    assert state_of(site, member, PRACTICE) == "admin"
    assert "You are now an admin" in str(mailbox.wait(member.email)["Subject"])
    assert "is admin in your place" in str(mailbox.wait(admin.email)["Subject"])
    admin.submit(leave)
    assert state_of(site, admin, PRACTICE) == "removed"


def test_an_admin_who_is_alone_may_leave(site: Flask, person: Person) -> None:
    admin = person({PRACTICE: "admin"})
    leave = act_path(membership_id(site, admin, PRACTICE), "leave")
    assert "nobody else is a member" in said(admin.get(leave))
    admin.submit(leave)
    assert state_of(site, admin, PRACTICE) == "removed"


def test_platform_administrators_help_where_no_admin_can_act(site: Flask, person: Person) -> None:
    suspended, member = person({PRACTICE: "admin"}), person({PRACTICE: "active"})
    platform = person(platform_admin=True)
    with site.app_context():
        user = accounts.session.get_one(User, account_of(site, suspended).id)
        user.suspended_at = now()
        accounts.session.commit()
    assert PRACTICE in said(platform.get("/accounts/admin/organisations/"))
    platform.submit(act_path(membership_id(site, member, PRACTICE), "promote"))
    assert state_of(site, member, PRACTICE) == "admin"


def test_a_closed_organisation_takes_no_new_members_and_keeps_what_it_has(
    site: Flask, person: Person
) -> None:
    member, stranger = person({CLOSED: "active"}), person()
    assert "Closed" in said(member.get(WORKSPACES))
    assert "have not named it since January 2026" in said(member.get(WORKSPACES))
    page = f"/accounts/link/?kind=practice&q={CLOSED}"
    assert "have not named it since" in said(stranger.get(page))
    refused = stranger.post(
        "/accounts/link/", {"csrf_token": token_of(stranger), "code": CLOSED, "kind": "practice"}
    )
    assert "no open practice or PCN" in said(refused)
    assert state_of(site, stranger, CLOSED) is None
    assert state_of(site, member, CLOSED) == "active"
    assert member.submit(WORKSPACES, f"/accounts/workspaces/{CLOSED}/use/").status_code == 302


def test_a_code_that_no_file_names_any_more_can_be_left(site: Flask, person: Person) -> None:
    member = person({"Z99999": "active"})
    assert "in none of the published files any more" in said(member.get(WORKSPACES))
    member.submit(act_path(membership_id(site, member, "Z99999"), "leave"))
    assert state_of(site, member, "Z99999") == "removed"


@pytest.mark.parametrize("code", ["", "QK1", "16C", "ENG", "A81001'--", "../x", "a" * 5000])
def test_only_practices_and_pcns_can_be_asked_for(person: Person, code: str) -> None:
    visitor = person()
    for kind in ("practice", "pcn", "icb", ""):
        answer = visitor.post(
            "/accounts/link/", {"csrf_token": token_of(visitor), "code": code, "kind": kind}
        )
        assert answer.status_code == 200
        assert "no open practice or PCN" in said(answer)


def test_requests_have_a_daily_limit(site: Flask, person: Person) -> None:
    visitor = person()
    with site.test_request_context("/", base_url="https://haresign.example"):
        account = account_of(site, visitor)
        for number in range(memberships.REQUESTS_A_DAY):
            memberships.request(account, f"X{number}", "practice")
        with pytest.raises(Refused, match="in a day"):
            memberships.request(account, "X99", "practice")


def test_the_log_says_who_did_what(site: Flask, person: Person) -> None:
    admin, visitor = person({PRACTICE: "admin"}), person()
    ask(visitor)
    admin.submit(WORKSPACES, act_path(membership_id(site, visitor, PRACTICE), "approve"))
    log = said(admin.get(f"/accounts/organisations/{PRACTICE}/")).partition("Log")[2]
    assert f"{visitor.name} asked to join" in log
    assert f"{admin.name} approved {visitor.name}" in log
    with site.app_context(), pytest.raises(Hidden):
        rosters.events(account_of(site, visitor), PRACTICE)


def test_pages_of_linking_need_an_account(visit: Visit) -> None:
    stranger = visit()
    for path in (
        WORKSPACES,
        "/accounts/link/",
        f"/accounts/organisations/{PRACTICE}/",
        "/accounts/admin/organisations/",
        act_path(1, "leave"),
    ):
        answer = stranger.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_a_code_of_an_organisation_tells_nothing_of_its_members(person: Person) -> None:
    person({PRACTICE: "admin"})
    stranger = person()
    answers = [
        stranger.get(f"/accounts/organisations/{code}/").get_data()
        for code in (PRACTICE, OTHER_PRACTICE, "Z99999")
    ]
    statuses = {
        stranger.get(f"/accounts/organisations/{code}/").status_code
        for code in (PRACTICE, OTHER_PRACTICE, "Z99999")
    }
    assert statuses == {404}
    assert len({len(answer) for answer in answers}) == 1


def test_the_profile_leads_to_everything(person: Person) -> None:
    """ "Use it to: … link a practice; link a PCN; switch active workspace; manage membership
    requests; access your uploaded documents; …"
    """
    visitor = person({PRACTICE: "admin", OTHER_PRACTICE: "active", PCN: "pending"})
    page = visitor.get("/accounts/profile/").get_data(as_text=True)
    for path in (
        "/accounts/link/?kind=practice",
        "/accounts/link/?kind=pcn",
        WORKSPACES,
        "/accounts/presets/",
        "/accounts/documents/",
        f"/accounts/workspaces/{PRACTICE}/use/",
    ):
        assert f'"{path}"' in page, path
    for path in re.findall(r'href="(/accounts/[^"]*)"', page):
        assert visitor.get(path.replace("&amp;", "&")).status_code == 200, path


def test_an_account_links_several_practices_and_pcns(site: Flask, person: Person) -> None:
    """ "Associate your account with one or more GP practices." "Associate your account with one or
    more PCNs."
    """
    platform, visitor = person(platform_admin=True), person()
    for code, kind in ((PRACTICE, "practice"), (OTHER_PRACTICE, "practice"), (PCN, "pcn")):
        ask(visitor, code, kind)
        number = membership_id(site, visitor, code)
        platform.submit("/accounts/admin/organisations/", act_path(number, "approve"))
    with site.app_context():
        assert rosters.codes(account_of(site, visitor)) == {PRACTICE, OTHER_PRACTICE, PCN}


def test_two_admins_who_leave_at_the_same_moment_leave_one_behind(
    site: Flask, person: Person
) -> None:
    for _ in range(5):
        admins = [person({PRACTICE: "admin"}) for _ in range(2)]
        member = person({PRACTICE: "active"})
        together = threading.Barrier(2)

        def leave(one: Visitor, together: threading.Barrier = together) -> None:
            number, account = membership_id(site, one, PRACTICE), account_of(site, one)
            together.wait()
            with site.app_context(), contextlib.suppress(Refused):
                memberships.act(account, number, "leave")

        threads = [threading.Thread(target=leave, args=(one,)) for one in admins]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        states = sorted(str(state_of(site, one, PRACTICE)) for one in admins)
        assert states == ["admin", "removed"]
        with site.app_context():
            accounts.session.execute(delete(Membership))
            accounts.session.commit()
        assert state_of(site, member, PRACTICE) is None


def test_asking_twice_at_the_same_moment_asks_once(site: Flask, person: Person) -> None:
    visitor = person()
    account, together, refused = account_of(site, visitor), threading.Barrier(4), []

    def request() -> None:
        together.wait()
        with site.test_request_context("/", base_url="https://haresign.example"):
            try:
                memberships.request(account, PRACTICE, "practice")
            except Refused as problem:
                refused.append(problem)

    threads = [threading.Thread(target=request) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert state_of(site, visitor, PRACTICE) == "pending"


def test_a_search_says_how_many_it_found_and_shows(person: Person) -> None:
    visitor = person()
    page = said(visitor.get("/accounts/link/?kind=practice&q=A81001"))
    assert "1 practice for “A81001”" in page
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "SHOWN_AT_MOST", 2)
        page = said(visitor.get("/accounts/link/?kind=practice&q=surgery"))
    counted = re.search(r"First 2 of (\d+) practices for “surgery”", page)
    assert counted is not None
    assert int(counted[1]) > 2
