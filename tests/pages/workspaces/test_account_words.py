"""What the pages of an account say and show: the header, the contact form, and their words."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from data.versions import db
from tests.auth.visitors import said
from tests.pages.workspaces.conftest import OTHER_PRACTICE, PRACTICE, Person, membership_id
from tests.pages.workspaces.test_linking import WORKSPACES, act_path
from tests.pages.workspaces.test_workspace import use

NOT_SAID = (  # of pages that members and administrators see
    "First members",
    "Hand over",
    "Anything may be pasted",
    "Done.",
    "Best your work address",
)


def test_the_header_names_the_workspace_whatever_the_page_is_about(person: Person) -> None:
    member = person({PRACTICE: "active", OTHER_PRACTICE: "active"})
    assert "Workspace: none" in said(member.get(WORKSPACES))
    use(member, PRACTICE)
    for page in ("/accounts/profile/", f"/organisations/{OTHER_PRACTICE}/", "/contact/"):
        header = member.get(page).get_data(as_text=True).partition("</header>")[0]
        found = re.search(r'class="ws-now">(.*?)</span></span>', header)
        assert found is not None, page
        assert "The Park Surgery" in found[1]
        assert PRACTICE in found[1]  # the code tells workspaces apart whose names are cut


@pytest.mark.parametrize(
    ("page", "tool", "organisation", "period"),
    [
        ("/tools/list-size/", "List size", "", "{latest}"),
        ("/tools/list-size/?org=A81001", "List size", "The Park Surgery (A81001)", "{latest}"),
        ("/tools/list-size/?org=A81001&month=2026-03", "List size", "The Park Surgery", "2026-03"),
        ("/state-of-the-nation/list-size/", "List size", "", "{latest}"),
        ("/organisations/A81001/", "", "The Park Surgery (A81001)", ""),
    ],
)
def test_contact_is_filled_with_what_the_page_showed(
    person: Person, page: str, tool: str, organisation: str, period: str
) -> None:
    visitor = person()
    lists = db.library().current("list-sizes")
    assert lists is not None
    came_from = {"Referer": f"{visitor.base_url}{page}"}
    shown = visitor.get("/contact/", headers=came_from).get_data(as_text=True)

    def value(name: str) -> str:
        found = re.search(rf'<input[^>]*id="f-{name}"[^>]*>', shown)
        assert found is not None
        text = re.search(r'value="([^"]*)"', found[0])
        return text[1] if text else ""

    assert value("tool") == tool
    assert value("organisation").startswith(organisation)
    assert bool(value("organisation")) == bool(organisation)
    assert value("period") == period.format(latest=f"{lists.latest:%Y-%m}")


def test_words_of_accounts_are_plain(site: Flask, person: Person) -> None:
    admin, member = person({PRACTICE: "admin"}, platform_admin=True), person({PRACTICE: "active"})
    number = membership_id(site, member, PRACTICE)
    pages = (
        WORKSPACES,
        f"/accounts/organisations/{PRACTICE}/",
        act_path(number, "promote"),
        act_path(number, "hand-over"),
        "/accounts/admin/",
        "/accounts/admin/organisations/",
        "/accounts/admin/users/?done=appoint",
    )
    shown = {page: said(admin.get(page)) for page in pages}
    shown["register"] = said(site.test_client().get("/accounts/register/"))
    for page, words in shown.items():
        for phrase in NOT_SAID:
            assert phrase not in words, page
    assert f"Make {member.name} an admin?" in shown[act_path(number, "promote")]
    assert f"Make {member.name} admin in your place?" in shown[act_path(number, "hand-over")]
