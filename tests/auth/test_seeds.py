"""What the owner's documents say about accounts, sentence by sentence."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from auth.accounts import people
from auth.models import ContactMessage, Document, User, db
from auth.moments import now
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor, forms, said


def appointed(person: Visitor) -> Visitor:
    """Made a platform administrator, as on the command line, and signed in."""
    person.joined()
    arguments = ["accounts", "create-admin", "--email", person.email]
    result = person.site.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 0, result.output
    return person


def test_account_is_registered_verified_and_signed_in(visit: Visit) -> None:
    """ "Go to https://haresign.net/accounts/register/. Enter your details and create a password.
    Check your email for the verification link. Open the verification link to activate the account.
    Sign in at https://haresign.net/accounts/login/."
    """
    person = visit()
    assert "Check your e-mail" in said(person.register())
    person.sign_in()
    assert not person.is_signed_in()  # not yet
    assert person.verify().headers["Location"] == "/accounts/profile/?done=verified"
    assert person.sign_in().headers["Location"] == "/accounts/profile/"
    assert person.is_signed_in()


def test_verification_confirms_whose_address_it_is(visit: Visit) -> None:
    """ "Email verification: Confirms that account access belongs to you." """
    person = visit()
    person.register()
    assert person.link("/verify/")
    shown = person.sign_in()
    assert "Confirm your e-mail address first" in said(shown)
    assert not person.cookie()


def test_the_verification_page_sends_the_link_again(visit: Visit) -> None:
    """ "If the verification email does not arrive, use the resend option on the verification
    page."
    """
    person = visit()
    shown = person.register()
    first = person.link("/verify/")
    again = person.answer(shown, "/accounts/register/", "/accounts/verify/", email=person.email)
    assert "another message is on its way" in said(again)
    assert person.verify(count=2).status_code == 302
    assert person.get(first).status_code == 410
    assert person.sign_in().status_code == 302


def test_the_profile_page_is_at_its_address(visit: Visit) -> None:
    """ "After logging in, your profile page is available at: https://haresign.net/accounts/profile/
    Use it to: review your account details; [...] delete your account if needed."
    """
    person = visit()
    led = person.get("/accounts/profile/")
    assert led.headers["Location"] == "/accounts/login/?next=%2Faccounts%2Fprofile%2F"
    shown = person.joined().get("/accounts/profile/")
    assert person.email in said(shown)
    assert f'value="{person.name}"' in shown.get_data(as_text=True)
    assert "/accounts/delete/" in shown.get_data(as_text=True)
    person.submit("/accounts/profile/", name="Priya Raman")
    assert 'value="Priya Raman"' in person.get("/accounts/profile/").get_data(as_text=True)


def test_a_forgotten_password_is_replaced(visit: Visit) -> None:
    """ "If you cannot sign in, use: https://haresign.net/accounts/password-reset/
    You will receive a reset email if the address matches an account."
    """
    person, stranger = visit().joined(), visit()
    answers = [
        said(one.submit("/accounts/password-reset/", email=one.email)).replace(one.email, "")
        for one in (person.elsewhere(), stranger)
    ]
    assert "matches an account" in answers[0]
    assert answers[0] == answers[1]
    link = person.link("/password-reset/", count=2)
    assert person.mailbox.to(stranger.email) == []
    person.password = "four other words entirely"
    assert person.submit(link, password=person.password).status_code == 302
    assert not person.is_signed_in()  # signed out everywhere
    assert person.sign_in().status_code == 302
    assert person.get(link).status_code == 410


def test_deleting_an_account_removes_access(visit: Visit) -> None:
    """ "You can request account deletion from your profile page. Deleting an account removes your
    account access."
    """
    person = visit().joined()
    assert person.submit("/accounts/delete/", password="not the password").status_code == 200
    assert person.is_signed_in()
    gone = person.submit("/accounts/delete/", password=person.password)
    assert gone.headers["Location"] == "/accounts/login/?done=deleted"
    assert not person.is_signed_in()
    assert "is not right" in said(person.sign_in())


def test_shared_documents_stay_without_an_author(visit: Visit, site: Flask) -> None:
    """ "Documents you have uploaded may remain available if they were already shared, but they will
    no longer be associated with your account."
    """
    person = visit().joined()
    with site.app_context():
        owner = people.by_email(person.email)
        assert owner is not None
        for key, shared in (("a" * 32, True), ("b" * 32, False)):
            key = f"{person.number:08d}{key[8:]}"
            db.session.add(
                Document(
                    key=key,
                    owner_id=owner.id,
                    org_code="A81001",
                    shared=shared,
                    name="Rota.csv",
                    content_type="text/csv",
                    size=1,
                    digest="0" * 64,
                    created_at=now(),
                )
            )
        db.session.commit()
    person.submit("/accounts/delete/", password=person.password)
    with site.app_context():
        left = db.session.query(Document).filter(Document.key.startswith(f"{person.number:08d}"))
        assert [(one.shared, one.owner_id) for one in left] == [(True, None)]


@pytest.mark.parametrize(
    "path",
    ["/privacy-policy/", "/cookie-policy/", "/accessibility/", "/terms/", "/contact/"],
)
def test_policies_are_public(visit: Visit, path: str) -> None:
    """ "Use the public privacy and cookie policy pages on Haresign for current privacy
    information: https://haresign.net/privacy-policy/ https://haresign.net/cookie-policy/"
    """
    assert visit().get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/tools/", "/tools/gp-appointments/", "/tools/list-size/", "/data-sources/"]
)
def test_tools_work_without_an_account(visit: Visit, path: str) -> None:
    """ "You can use many Haresign tools without an account." "Do I need an account? Not always."
    "Public access is suitable when you want to: browse the available tools; inspect public NHS
    data".
    """
    answer = visit().get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_what_is_saved_is_what_is_said(visit: Visit) -> None:
    """ "Where account features are enabled, Haresign may store account information, linked
    organisation membership, saved presets, and uploaded documents or settings needed to provide
    the feature."
    """
    person = visit().joined()
    answer = person.get("/accounts/download/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    kept = json.loads(answer.get_data())
    assert kept["account"]["email"] == person.email
    assert {"account", "memberships", "presets", "documents"} <= kept.keys()
    assert "argon2" not in answer.get_data(as_text=True)


def test_the_terms_say_what_it_does_not_replace(visit: Visit) -> None:
    """ "Haresign supports analysis, benchmarking, and planning. It does not replace: official NHS
    contractual guidance; local commissioner decisions; clinical judgement; practice accounting
    systems; formal CQRS, PCSE, or submission systems; local information governance review."
    """
    text = said(visit().get("/terms/"))
    for one in (
        "official NHS contractual guidance",
        "local commissioner decisions",
        "clinical judgement",
        "practice accounting systems",
        "formal CQRS, PCSE or submission systems",
        "local information governance review",
    ):
        assert one in text


def test_a_key_is_asked_for_approved_shown_once_and_revoked(visit: Visit) -> None:
    """ "API key access where issued." "The schema and documentation are public, but most API
    endpoints require a bearer API key."
    """
    person, administrator = visit().joined(), appointed(visit())
    assert person.get("/api/schema/").status_code == 200
    assert person.get("/api/v1/practices/").status_code == 401
    person.submit("/accounts/api-keys/", "/accounts/api-keys/", name="Power BI", purpose="Boards")
    told = administrator.mailbox.wait(administrator.email, count=2)
    assert "API key was asked for" in told["Subject"]
    page = administrator.get("/accounts/admin/keys/")
    actions = [a for a in forms(page.get_data(as_text=True)).hidden if a.endswith("/approve/")]
    approved = administrator.answer(page, "", actions[-1], hourly="3", daily="")
    assert approved.status_code == 302
    assert "approved" in person.mailbox.wait(person.email, count=2)["Subject"]
    page = person.get("/accounts/api-keys/")
    show = next(a for a in forms(page.get_data(as_text=True)).hidden if a.endswith("/show/"))
    shown = person.answer(page, "", show)
    key = said(shown).split("not shown again. ")[1].split()[0]
    assert key.startswith("hsk_")
    assert person.answer(page, "", show).status_code == 404  # once
    assert key not in person.get("/accounts/api-keys/").get_data(as_text=True)
    bearer = {"headers": {"Authorization": f"Bearer {key}"}}
    answers = [person.get("/api/v1/practices/", **bearer) for _ in range(4)]
    assert all(one.status_code not in (401, 403, 429) for one in answers[:3])
    assert answers[3].status_code == 429
    assert answers[0].headers["X-RateLimit-Limit"] == "3"
    page = person.get("/accounts/api-keys/")
    assert f"{3:,} of 3" in said(page)  # used this hour, of the limit
    found = re.search(r'href="(/accounts/api-keys/\d+/revoke/)"', page.get_data(as_text=True))
    assert found is not None
    assert person.submit(found[1], reason="No longer needed").status_code == 302
    assert "No longer needed" in said(person.get("/accounts/api-keys/"))
    assert "Revoked" in said(person.get("/accounts/api-keys/"))


def test_contact_takes_tool_organisation_period_and_expectation(visit: Visit, site: Flask) -> None:
    """ "Contact Haresign with the tool name, organisation, time period, and what you expected to
    see."
    """
    administrator, person = appointed(visit()), visit()
    came_from = f"{person.base_url}/tools/gp-appointments/?org=A81001&month=2026-05"
    shown = person.get("/contact/", headers={"Referer": came_from}).get_data(as_text=True)
    for value in ("GP appointments", "A81001", "2026-05"):
        assert f'value="{value}"' in shown
    sent = person.submit(
        "/contact/",
        "/contact/",
        name=person.name,
        email=person.email,
        tool="GP appointments",
        organisation="A81001",
        period="2026-05",
        message="The number of appointments looks wrong.",
        expected="About 6,000",
    )
    assert sent.headers["Location"] == "/contact/?done=sent"
    told = administrator.mailbox.wait(administrator.email, count=2)
    assert "About 6,000" in str(told.get_body(("plain",)))
    with site.app_context():
        kept = db.session.query(ContactMessage).filter_by(email=person.email).one()
        assert (kept.tool, kept.organisation, kept.period) == (
            "GP appointments",
            "A81001",
            "2026-05",
        )
    page = administrator.get("/accounts/admin/messages/")
    assert "The number of appointments looks wrong." in said(page)


def test_deleted_accounts_leave_no_name_or_address(visit: Visit, site: Flask) -> None:
    """ "Deleting an account removes your account access." Of the person, nothing is left."""
    person = visit().joined()
    person.submit("/accounts/delete/", password=person.password)
    with site.app_context():
        for table in User.metadata.sorted_tables:
            for row in db.session.execute(table.select()):
                assert person.email not in str(row), table.name
                assert person.name not in str(row), table.name
