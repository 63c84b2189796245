"""Requests and roles: who waits, what is asked before, what is said after, and to whom."""

from __future__ import annotations

from flask import Flask

from auth.accounts import deletion
from auth.models import Membership, User
from auth.models import db as accounts
from auth.workspaces import rosters
from tests.auth.visitors import Visitor, forms, said
from tests.mailbox import Mailbox, text_of
from tests.pages.workspaces.conftest import (
    OTHER_PRACTICE,
    PRACTICE,
    Person,
    account_of,
    membership_id,
    state_of,
)
from tests.pages.workspaces.test_linking import WORKSPACES, act_path, ask, token_of

PROFILE = "/accounts/profile/"
MEMBERS = f"/accounts/organisations/{PRACTICE}/"
WHY = "Nobody here knows this name."


def request_page(site: Flask, whose: Visitor) -> str:
    return f"/accounts/memberships/{membership_id(site, whose, PRACTICE)}/"


def subjects(mailbox: Mailbox, person: Visitor, count: int) -> list[str]:
    mailbox.wait(person.email, count)
    return [str(message["Subject"]) for message in mailbox.to(person.email)]


def test_waiting_requests_stand_on_the_profile_with_a_badge(site: Flask, person: Person) -> None:
    admin, visitor, platform = person({PRACTICE: "admin"}), person(), person(platform_admin=True)
    assert "waiting" not in said(admin.get(PROFILE)).casefold()
    ask(visitor)
    page = admin.get(PROFILE)
    assert "Waiting for you Requests to join The Park Surgery" in said(page)
    assert visitor.name in said(page)
    header, _, rest = page.get_data(as_text=True).partition("</header>")
    badge = '<span class="badge-n">1<span class="vh"> waiting</span></span>'
    assert header.count(badge) == 4  # beside the initials and in their menu; on phones likewise
    assert rest.count(badge) == 1  # in the side menu
    admin.submit(PROFILE, act_path(membership_id(site, visitor, PRACTICE), "approve"))
    assert state_of(site, visitor, PRACTICE) == "active"
    assert "1 waiting" not in said(admin.get(PROFILE))
    ask(visitor, OTHER_PRACTICE)  # which has no admin
    assert "1 waiting" in said(platform.get(PROFILE))
    assert "1 waiting" not in said(admin.get(PROFILE))


def test_the_first_workspace_is_in_use_at_once_and_the_mail_says_so(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    admin = person({PRACTICE: "admin", OTHER_PRACTICE: "admin"})
    visitor = person()
    ask(visitor)
    admin.submit(WORKSPACES, act_path(membership_id(site, visitor, PRACTICE), "approve"))
    assert account_of(site, visitor).workspace == PRACTICE
    told = text_of(mailbox.wait(visitor.email, 2))
    assert "is your workspace from now on: tools open on it" in told
    assert f"/organisations/{PRACTICE}/" in told
    assert visitor.get("/tools/list-size/").headers["Location"].endswith(f"org={PRACTICE}")
    ask(visitor, OTHER_PRACTICE)
    admin.submit(WORKSPACES, act_path(membership_id(site, visitor, OTHER_PRACTICE), "approve"))
    assert account_of(site, visitor).workspace == PRACTICE
    assert "choose it under Your workspaces" in text_of(mailbox.wait(visitor.email, 4))


def test_who_put_every_workspace_aside_keeps_it_so(site: Flask, person: Person) -> None:
    admin = person({OTHER_PRACTICE: "admin"})
    visitor = person({PRACTICE: "active"})  # uses none
    ask(visitor, OTHER_PRACTICE)
    admin.submit(WORKSPACES, act_path(membership_id(site, visitor, OTHER_PRACTICE), "approve"))
    assert account_of(site, visitor).workspace is None


def test_declining_asks_first_and_takes_a_reason(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    admin, visitor = person({PRACTICE: "admin"}), person()
    ask(visitor)
    decline = act_path(membership_id(site, visitor, PRACTICE), "reject")
    assert f"action={decline!r}" not in admin.get(WORKSPACES).get_data(as_text=True)
    page = said(admin.get(decline))
    assert f"Decline {visitor.name}?" in page
    assert "Reason (optional)" in page
    too_long = admin.submit(decline, decline, reason="x" * 301)
    assert "at most 300 characters" in said(too_long)
    assert state_of(site, visitor, PRACTICE) == "pending"
    admin.submit(decline, decline, reason=WHY)
    assert state_of(site, visitor, PRACTICE) == "rejected"
    told = text_of(mailbox.wait(visitor.email, 2))
    assert f"The reason given: {WHY}" in told
    assert "speak to its admins" in told
    assert f"declined {visitor.name}: {WHY}" in said(admin.get(MEMBERS))
    ask(visitor)
    with site.app_context():
        row = accounts.session.get_one(Membership, membership_id(site, visitor, PRACTICE))
        assert (row.state, row.reason) == ("pending", None)


def test_a_decline_by_the_site_sends_nobody_to_admins_who_do_not_exist(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    platform, visitor = person(platform_admin=True), person()
    ask(visitor)
    decline = act_path(membership_id(site, visitor, PRACTICE), "reject")
    platform.submit(decline, decline, reason=WHY)
    told = text_of(mailbox.wait(visitor.email, 2))
    assert "speak to its admins" not in told
    assert "/contact/" in told


def test_withdrawing_asks_first_and_takes_a_reason(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    admin, visitor = person({PRACTICE: "admin"}), person()
    ask(visitor)
    withdraw = act_path(membership_id(site, visitor, PRACTICE), "withdraw")
    assert withdraw in visitor.get(WORKSPACES).get_data(as_text=True)
    assert "Withdraw your request to join The Park Surgery?" in said(visitor.get(withdraw))
    visitor.submit(withdraw, withdraw, reason="I asked the wrong practice.")
    assert state_of(site, visitor, PRACTICE) == "removed"
    told = mailbox.wait(admin.email, 2)
    assert "withdrew the request to join" in str(told["Subject"])
    assert "I asked the wrong practice." in text_of(told)


def test_the_mail_leads_to_the_request_and_later_to_who_decided(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    admin, other = person({PRACTICE: "admin"}), person({PRACTICE: "admin"})
    stranger, visitor = person(), person()
    ask(visitor)
    page = mailbox.link(other.email, "/memberships/")
    assert page == request_page(site, visitor)
    assert f"{visitor.name} asks to join The Park Surgery" in said(other.get(page))
    assert stranger.get(page).status_code == 404
    assert visitor.get(page).status_code == 404
    admin.submit(page, f"{page}approve/")
    shown = said(other.get(page))
    assert f"Already decided: {admin.name} approved this request on" in shown
    assert "UTC" in shown
    late = other.post(
        f"{page}reject/", {"csrf_token": token_of(other)}
    )  # of a page that was open meanwhile
    assert f"Already decided: {admin.name} approved" in said(late)
    assert state_of(site, visitor, PRACTICE) == "active"


def test_administrators_of_the_site_hear_who_decided_before_them(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    first, second, visitor = person(platform_admin=True), person(platform_admin=True), person()
    late = person()
    ask(visitor)
    ask(late)
    page = mailbox.link(second.email, "/memberships/")
    first.submit(page, f"{page}approve/")
    assert f"Already decided: {first.name} approved this request" in said(second.get(page))
    assert second.get(MEMBERS).status_code == 404
    shown = said(second.get(request_page(site, late)))
    assert "has an admin of its own now, who decides" in shown


def test_an_admin_is_made_an_ordinary_member_again(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    admin, other = person({PRACTICE: "admin"}), person({PRACTICE: "admin"})
    demote = act_path(membership_id(site, other, PRACTICE), "demote")
    assert demote in admin.get(MEMBERS).get_data(as_text=True)
    assert f"Make {other.name} an ordinary member again?" in said(admin.get(demote))
    admin.submit(demote, demote)
    assert state_of(site, other, PRACTICE) == "active"
    assert "an ordinary member of" in str(mailbox.wait(other.email)["Subject"])
    assert f"made {other.name} an ordinary member again" in said(admin.get(MEMBERS))
    own = act_path(membership_id(site, admin, PRACTICE), "demote")
    assert "make another member an admin first" in said(admin.get(own))
    assert "no admin left" in said(admin.post(own, {"csrf_token": token_of(admin)}))
    assert state_of(site, admin, PRACTICE) == "admin"


def test_an_admin_stops_being_one_while_there_is_another(site: Flask, person: Person) -> None:
    admin, other = person({PRACTICE: "admin"}), person({PRACTICE: "admin"})
    own = act_path(membership_id(site, admin, PRACTICE), "demote")
    shown = admin.client.get(admin.submit(own, own).headers["Location"], **admin._at())
    assert "You are an ordinary member again." in said(shown)
    assert state_of(site, admin, PRACTICE) == "active"
    assert "You are the only member" in _refused_alone(site, person)
    assert state_of(site, other, PRACTICE) == "admin"


def _refused_alone(site: Flask, person: Person) -> str:
    alone = person({OTHER_PRACTICE: "admin"})
    number = membership_id(site, alone, OTHER_PRACTICE)
    return said(alone.post(act_path(number, "demote"), {"csrf_token": token_of(alone)}))


def test_a_sole_admin_or_member_is_told_before_leaving(site: Flask, person: Person) -> None:
    admin, _ = person({PRACTICE: "admin"}), person({PRACTICE: "active"})
    page = admin.get(act_path(membership_id(site, admin, PRACTICE), "leave"))
    assert "You are its only admin, and there is 1 other member." in said(page)
    assert "/leave/" not in "".join(forms(page.get_data(as_text=True)).hidden)
    assert MEMBERS in page.get_data(as_text=True)
    alone = person({OTHER_PRACTICE: "active"})
    page = alone.get(act_path(membership_id(site, alone, OTHER_PRACTICE), "leave"))
    assert "You are its only member" in said(page)
    deleting = said(alone.get("/accounts/delete/"))
    assert "You are the only member of Queens Park Medical" in deleting


def test_members_see_who_else_is_a_member(site: Flask, person: Person) -> None:
    admin, member = person({PRACTICE: "admin"}), person({PRACTICE: "active"})
    person({PRACTICE: "rejected"})
    asking = person({PRACTICE: "pending"})
    assert MEMBERS in member.get(WORKSPACES).get_data(as_text=True)
    page = said(member.get(MEMBERS))
    assert admin.name in page
    assert f"{member.name} (you)" in page
    assert asking.name not in page
    assert admin.email not in page
    assert asking.get(MEMBERS).status_code == 404


def test_a_co_admins_deletion_is_mailed_and_logged(
    site: Flask, person: Person, mailbox: Mailbox
) -> None:
    admin, other = person({PRACTICE: "admin"}), person({PRACTICE: "admin"})
    decline = person()
    ask(decline)
    number = membership_id(site, decline, PRACTICE)
    other.submit(act_path(number, "reject"), act_path(number, "reject"), reason=f"Of {WHY}")
    with site.test_request_context("/", base_url=other.base_url):
        deletion.delete(account_of(site, other).id, {})
    told = subjects(mailbox, admin, 3)[-1]
    assert told == f"{other.name}, an admin of The Park Surgery (A81001), deleted their account"
    log = said(admin.get(MEMBERS))
    assert "An account that is gone was an admin until the account was deleted" in log
    with site.app_context():
        names = [one.name for one in rosters.members(account_of(site, admin), PRACTICE)]
        assert other.name not in names


def test_reasons_about_a_person_go_with_the_account(site: Flask, person: Person) -> None:
    admin, visitor = person({PRACTICE: "admin"}), person()
    ask(visitor)
    decline = act_path(membership_id(site, visitor, PRACTICE), "reject")
    admin.submit(decline, decline, reason=f"{visitor.name} left us")
    kept = visitor.get("/accounts/download/").get_data(as_text=True)
    assert f"{visitor.name} left us" in kept
    with site.test_request_context("/", base_url=visitor.base_url):
        deletion.delete(account_of(site, visitor).id, {})
    with site.app_context():
        for table in User.metadata.sorted_tables:
            for row in accounts.session.execute(table.select()):
                assert visitor.name not in str(row), table.name
