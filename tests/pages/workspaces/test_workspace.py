"""The workspace in use: in the header everywhere, chosen in every tool, overruled by an address."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from pages.dashboard import contents, standard
from pages.dashboard.registry import dashboards, declared, tools
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor, forms, said
from tests.pages.workspaces.conftest import (
    OTHER_PRACTICE,
    PCN,
    PRACTICE,
    Person,
    account_of,
)
from tests.tree import words

WORKSPACES = "/accounts/workspaces/"
TOOL_PATHS = [tool.path for tool in dashboards()]
SERVED = ("/organisations/A81002/", "/accounts/profile/", "/accounts/link/", WORKSPACES)


def use(visitor: Visitor, code: str, *, referrer: str = "") -> str:
    """Press the button in the header of a page; gives where it leads."""
    page = WORKSPACES
    action = f"/accounts/workspaces/{code}/use/"
    token = forms(visitor.get(page).get_data(as_text=True)).hidden[action]["csrf_token"]
    answer = visitor.post(action, {"csrf_token": token}, Referer=referrer)
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_the_workspace_in_use_is_named_in_the_header_of_every_page(person: Person) -> None:
    visitor = person({PRACTICE: "active", PCN: "admin"})
    use(visitor, PRACTICE)
    for path in SERVED:
        page = visitor.get(path).get_data(as_text=True)
        assert 'data-workspace="The Park Surgery"' in page, path
        assert f'action="/accounts/workspaces/{PCN}/use/"' in page, path
    layout = visitor.get("/_dash-layout").get_data(as_text=True).replace("\\u002f", "/")
    assert '"data-workspace":"The Park Surgery"' in layout
    assert f"/accounts/workspaces/{PCN}/use/" in layout


def test_headers_of_others_say_nothing_of_workspaces(person: Person, visit: Visit) -> None:
    member = person({PRACTICE: "active"})
    use(member, PRACTICE)
    for _ in range(2):  # an answer that is kept must not be theirs
        assert "The Park Surgery" in member.get("/organisations/A81002/").get_data(as_text=True)
    for other in (visit(), person()):
        for path in ("/organisations/A81002/", "/_dash-layout"):
            page = other.get(path).get_data(as_text=True)
            assert "data-workspace" not in page
            assert "Choose a practice" in page
            assert member.name not in page
    again = member.get("/organisations/A81002/").get_data(as_text=True)
    assert 'data-workspace="The Park Surgery"' in again


@pytest.mark.parametrize("path", TOOL_PATHS)
def test_a_tool_opens_with_the_organisation_of_the_workspace(person: Person, path: str) -> None:
    """ "A practice workspace can pre-select the practice in practice-level tools; a PCN workspace
    can pre-select the PCN in PCN-level dashboards."
    """
    visitor = person({PRACTICE: "active", PCN: "active"})
    for code in (PRACTICE, PCN):
        use(visitor, code)
        answer = visitor.get(f"{path}?unit=count")
        assert answer.headers["Location"] == f"{path}?unit=count&org={code}"
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", TOOL_PATHS)
@pytest.mark.parametrize("org", [OTHER_PRACTICE, "Y60", "ENG", "none", ""])
def test_an_organisation_in_the_address_always_wins(person: Person, path: str, org: str) -> None:
    visitor = person({PRACTICE: "active"})
    use(visitor, PRACTICE)
    assert visitor.get(f"{path}?org={org}").status_code == 200


def test_nothing_changes_without_an_account_or_a_workspace(person: Person, visit: Visit) -> None:
    """ "Many tools can be opened from the public tools index and used as standalone resources." """
    for visitor in (visit(), person(), person({PRACTICE: "active"}), person({PRACTICE: "pending"})):
        for path in (*TOOL_PATHS, "/tools/", "/", "/state-of-the-nation/"):
            assert visitor.get(path).status_code == 200


def test_switching_moves_the_page_it_is_done_on(person: Person) -> None:
    """ "Workspace switching: Move between linked practice and PCN contexts." """
    visitor = person({PRACTICE: "active", PCN: "active"})
    here = f"https://haresign.example{TOOL_PATHS[0]}?org={PRACTICE}&unit=count&vs=pcn&group=pcn"
    to = urlsplit(use(visitor, PCN, referrer=here))
    assert to.path == TOOL_PATHS[0]
    assert parse_qs(to.query) == {"org": [PCN], "unit": ["count"]}
    assert use(visitor, PCN, referrer="https://haresign.example/tools/?q=x") == "/tools/?q=x"
    for strange in ("https://evil.example/tools/", "//evil.example", "javascript:1", ""):
        assert use(visitor, PCN, referrer=strange) == WORKSPACES


def test_a_workspace_can_be_put_aside(site: Flask, person: Person) -> None:
    visitor = person({PRACTICE: "active"})
    use(visitor, PRACTICE)
    visitor.submit(WORKSPACES, "/accounts/workspaces/none/use/")
    assert account_of(site, visitor).workspace is None
    assert visitor.get(TOOL_PATHS[0]).status_code == 200


def test_no_workspace_of_others_can_be_used(site: Flask, person: Person) -> None:
    visitor = person({PRACTICE: "active"})
    token = forms(visitor.get(WORKSPACES).get_data(as_text=True)).hidden[
        f"/accounts/workspaces/{PRACTICE}/use/"
    ]["csrf_token"]
    for code in (OTHER_PRACTICE, "Z99999", "QK1"):
        answer = visitor.post(f"/accounts/workspaces/{code}/use/", {"csrf_token": token})
        assert answer.status_code == 404
    assert account_of(site, visitor).workspace is None
    assert visitor.post(f"/accounts/workspaces/{PRACTICE}/use/").status_code == 400


def test_switching_never_changes_what_a_tool_shows(person: Person, visit: Visit) -> None:
    """ "Account features are intended to reduce repeated setup work. They do not change the
    interpretation rules for the underlying public datasets."
    """
    visitor, stranger = person({PRACTICE: "active"}), visit()
    use(visitor, PRACTICE)
    for address in ("/download/gp-appointments.zip?org=A81002", "/download/gp-appointments.zip"):
        mine, theirs = (tables(one, address) for one in (visitor, stranger))
        assert mine == theirs and len(mine) > 5


def tables(visitor: Visitor, address: str) -> dict[str, bytes]:
    """The CSVs of a download, without the note that says when it was made."""
    with zipfile.ZipFile(io.BytesIO(visitor.get(address).get_data())) as archive:
        names = archive.namelist()
        return {name: archive.read(name) for name in names if name.endswith(".csv")}


def test_a_tool_for_practices_offers_the_members_of_a_pcn(site: Flask) -> None:
    dashboard = declared()[0]
    for_practices = replace(dashboard, tool=replace(dashboard.tool, levels=("practice",)))
    for_pcns = replace(dashboard, tool=replace(dashboard.tool, levels=("pcn",)))
    with site.test_request_context("/", base_url="https://haresign.example"):
        shown = words(standard.page(for_practices, {"org": PCN}, contents.steps_of))
        above = words(standard.page(for_pcns, {"org": PRACTICE}, contents.steps_of))
    assert "The Park Surgery (A81001)" in shown
    assert "Queens Park Medical (A81002)" in shown
    assert "Park PCN (U11111)" in above


def test_every_tool_page_has_a_way_to_presets(site: Flask) -> None:
    for tool in tools():
        if tool.kind == "Dashboard" and tool.built:
            with site.test_request_context("/", base_url="https://haresign.example"):
                menu = standard.preset_menu(tool, "?org=A81001")
            assert "Save these selections" in words(menu)


def test_check_the_active_workspace_before_saving(person: Person) -> None:
    """ "If you work across several organisations, check the active workspace before saving
    presets or interpreting context-specific results."
    """
    visitor = person({PRACTICE: "active", PCN: "active"})
    for code, name in ((PRACTICE, "The Park Surgery"), (PCN, "Park PCN")):
        use(visitor, code)
        shown = said(visitor.get("/accounts/presets/new/?tool=list-size&query=org%3DA81002"))
        assert f"Share with the members of {name}" in shown
