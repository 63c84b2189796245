"""Presets: what they keep, who may load and change them, and what is said when one is too old."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from auth.accounts import deletion
from auth.models import Preset
from auth.models import db as accounts
from auth.workspaces import presets
from auth.workspaces.rosters import Hidden
from data.versions import db
from pages.dashboard import context
from pages.dashboard.registry import dashboards, find
from tests.auth.conftest import Visit
from tests.auth.visitors import Visitor, forms, said
from tests.pages.workspaces.conftest import (
    CLOSED,
    OTHER_PRACTICE,
    PRACTICE,
    Person,
    account_of,
)
from tests.pages.workspaces.test_workspace import use

SHELF = "/accounts/presets/"
SELECTIONS = "org=A81001&month=2026-03&unit=count&vs=england&measure=dna_rate&table=trend"


def save(
    visitor: Visitor,
    name: str = "Board pack",
    query: str = SELECTIONS,
    tool: str = "gp-appointments",
    **fields: str,
) -> int:
    page = f"{SHELF}new/?tool={tool}&query={quote(query)}"
    answer = visitor.submit(page, f"{SHELF}new/", name=name, **fields)
    assert answer.status_code == 302, said(answer)
    found = re.findall(rf'{SHELF}(\d+)/">{name}<', visitor.get(SHELF).get_data(as_text=True))
    return max(int(number) for number in found)


def loaded(visitor: Visitor, number: int) -> str:
    answer = visitor.get(f"{SHELF}{number}/")
    assert answer.status_code == 302, said(answer)
    return answer.headers["Location"]


def test_a_preset_restores_the_page(person: Person) -> None:
    """ "Some tools support saved presets. A preset stores useful selections so you can return to a
    common scenario or organisation quickly."
    """
    visitor = person()
    assert loaded(visitor, save(visitor)) == f"/tools/gp-appointments/?{SELECTIONS}"


@pytest.mark.parametrize("tool", dashboards(), ids=lambda tool: tool.slug)
@pytest.mark.parametrize(
    "query", ["", "org=A81001", SELECTIONS, "org=U11111&membership=current&span=36&missed=all"]
)
def test_what_is_loaded_is_the_same_view(
    site: Flask, person: Person, tool: object, query: str
) -> None:
    from components.url_state import parse
    from pages.catalogue import Tool

    assert isinstance(tool, Tool)
    query = query.replace("dna_rate", tool.measure)
    visitor = person({OTHER_PRACTICE: "active"})
    use(visitor, OTHER_PRACTICE)  # which must not get into the page
    target = loaded(visitor, save(visitor, query=query, tool=tool.slug))
    assert visitor.get(target).status_code == 200
    with site.test_request_context("/", base_url="https://haresign.example"):
        before = context.read(tool, parse(query))
        after = context.read(tool, parse(target.partition("?")[2]))
    assert isinstance(before, context.View)
    assert isinstance(after, context.View)
    assert context.state(after) == context.state(before)
    assert (after.org, after.snapshot) == (before.org, before.snapshot)


def test_presets_keep_selections_and_not_figures(site: Flask, person: Person) -> None:
    """ "Presets are intended to save time. They do not freeze the underlying source data, so
    results can change when public datasets are refreshed."
    """
    visitor = person()
    number = save(visitor)
    with site.app_context():
        row = accounts.session.get_one(Preset, number)
        assert row.query == SELECTIONS
        assert row.data_version is None
    assert "The selections are kept, not the figures" in said(
        visitor.get(f"{SHELF}new/?tool=list-size")
    )


def test_a_preset_can_be_pinned_to_a_version_of_the_data(
    site: Flask, home: Path, person: Person
) -> None:
    visitor = person()
    number = save(visitor, pin="1")
    snapshot = db.library().current("gp-appointments")
    assert snapshot is not None
    target = loaded(visitor, number)
    assert target == f"/tools/gp-appointments/?{SELECTIONS}&version={snapshot.version}"
    with site.test_request_context("/", base_url="https://haresign.example"):
        values = {"org": PRACTICE, "version": snapshot.version}
        view = context.read(find("gp-appointments"), values)
        assert isinstance(view, context.View)
        assert view.version == snapshot.version
        assert f"version={snapshot.version}" in context.query(view, unit="count")
    with site.app_context():
        accounts.session.execute(
            update(Preset).where(Preset.id == number).values(data_version="20200101T000000-gone")
        )
        accounts.session.commit()
    assert "is not kept any more" in said(visitor.get(f"{SHELF}{number}/"))


def test_rename_duplicate_and_delete(person: Person) -> None:
    visitor = person()
    number = save(visitor, "First name")
    visitor.submit(f"{SHELF}{number}/edit/", name="Second <b>name</b>")
    page = visitor.get(SHELF)
    assert "First name" not in said(page)
    assert "Second &lt;b&gt;name" in page.get_data(as_text=True)
    visitor.submit(SHELF, f"{SHELF}{number}/duplicate/")
    assert said(visitor.get(SHELF)).count("(copy)") >= 1
    visitor.submit(f"{SHELF}{number}/delete/")
    assert visitor.get(f"{SHELF}{number}/").status_code == 404
    assert "(copy)" in said(visitor.get(SHELF))


def test_a_nameless_preset_keeps_what_was_chosen(person: Person) -> None:
    visitor = person()
    page = f"{SHELF}new/?tool=list-size&query=org%3DA81001"
    answer = visitor.submit(page, f"{SHELF}new/", name="  ")
    assert "Give the preset a name" in said(answer)
    assert 'value="org=A81001"' in answer.get_data(as_text=True)


def test_presets_are_listed_on_the_profile(person: Person) -> None:
    """ "Saved presets: Store common tool settings or selected organisations." """
    visitor = person()
    save(visitor, "My usual practice", "org=A81001")
    profile = said(visitor.get("/accounts/profile/"))
    assert "My usual practice" in profile
    assert "The Park Surgery (A81001)" in profile


def test_presets_are_scoped_to_the_workspace(person: Person) -> None:
    """ "Saved presets can be scoped to the active context." """
    visitor = person({PRACTICE: "active", OTHER_PRACTICE: "active"})

    def offered(tool: str = "gp-appointments") -> set[str]:
        menu = orjson.loads(visitor.get(f"{SHELF}menu/?tool={tool}").get_data())
        assert menu["signed_in"]
        return {item["name"] for item in menu["items"]}

    save(visitor, "Anywhere")
    use(visitor, OTHER_PRACTICE)
    there = offered()  # with what other members share
    use(visitor, PRACTICE)
    here = offered()
    save(visitor, "Only at the park")
    assert offered() == here | {"Only at the park"}
    use(visitor, OTHER_PRACTICE)
    assert offered() == there
    assert "Anywhere" in here & there and "Only at the park" not in here | there
    assert "Anywhere" not in offered("list-size")


def test_the_menu_tells_strangers_nothing(visit: Visit, person: Person) -> None:
    save(person())
    answer = visit().get(f"{SHELF}menu/?tool=gp-appointments")
    assert orjson.loads(answer.get_data()) == {"signed_in": False, "items": []}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_shared_preset_is_for_members_only_and_for_them_to_load(
    site: Flask, person: Person
) -> None:
    owner, member = person({PRACTICE: "active"}), person({PRACTICE: "active"})
    outsiders = (
        person(),
        person({PRACTICE: "pending"}),
        person({PRACTICE: "removed"}),
        person({OTHER_PRACTICE: "admin"}),
        person(platform_admin=True),
    )
    use(owner, PRACTICE)
    number, private = save(owner, share="1"), save(owner, "Private")
    assert loaded(member, number)
    assert f"by {owner.name}" in said(member.get(SHELF))
    for verb in ("edit", "delete"):
        assert member.get(f"{SHELF}{number}/{verb}/").status_code == 404
    token = next(iter(forms(member.get(SHELF).get_data(as_text=True)).hidden.values()))
    for one, path in (
        (number, "edit/"),
        (number, "delete/"),
        (private, "edit/"),
        (private, "delete/"),
        (private, "duplicate/"),
    ):
        assert member.post(f"{SHELF}{one}/{path}", token | {"name": "x"}).status_code == 404
    for outsider in outsiders:
        token = next(iter(forms(outsider.get(SHELF).get_data(as_text=True)).hidden.values()))
        missing = outsider.get(f"{SHELF}999999/")
        for one in (number, private):
            answer = outsider.get(f"{SHELF}{one}/")
            assert (answer.status_code, said(answer)) == (404, said(missing))
            for path in ("edit/", "delete/", "duplicate/"):
                assert outsider.post(f"{SHELF}{one}/{path}", token).status_code == 404
    copy = member.submit(SHELF, f"{SHELF}{number}/duplicate/")
    assert copy.status_code == 302
    assert "Only you" in said(member.get(SHELF))


def test_sharing_needs_membership_where_the_data_is_written(site: Flask, person: Person) -> None:
    visitor = person({OTHER_PRACTICE: "pending"})
    number = save(visitor)
    with site.test_request_context("/", base_url="https://haresign.example"):
        account = account_of(site, visitor)
        for code in (PRACTICE, OTHER_PRACTICE):
            with pytest.raises(Hidden):
                presets.change(account, number, name="x", org_code=code, data_version=None)
            with pytest.raises(Hidden):
                presets.save(account, name="x", tool="list-size", query="", org_code=code)
    page = visitor.get(f"{SHELF}{number}/edit/")
    sent = forms(page.get_data(as_text=True)).hidden[f"{SHELF}{number}/edit/"]
    answer = visitor.post(f"{SHELF}{number}/edit/", sent | {"name": "x", "with": PRACTICE})
    assert answer.status_code == 404


def test_a_preset_that_no_longer_fits_says_why(person: Person) -> None:
    visitor = person()
    closed = save(visitor, "Closed", f"org={CLOSED}")
    shown = said(visitor.get(f"{SHELF}{closed}/"))
    assert "is no longer open. The published files have not named it since January 2026" in shown
    assert "Open with what still fits" in shown
    gone = save(visitor, "Gone", "org=Z99999&measure=old_measure&month=2019-01")
    shown = said(visitor.get(f"{SHELF}{gone}/"))
    assert "No practice, PCN or area has the code Z99999 any more" in shown
    assert "The measure “old_measure” is not published any more" in shown
    assert "There are no figures for 2019-01 any more" in shown


def test_a_preset_of_a_tool_that_is_gone_can_be_deleted(site: Flask, person: Person) -> None:
    visitor = person()
    number = save(visitor)
    with site.app_context():
        accounts.session.execute(update(Preset).where(Preset.id == number).values(tool="retired"))
        accounts.session.commit()
    assert "not there any more" in said(visitor.get(f"{SHELF}{number}/"))
    assert visitor.submit(f"{SHELF}{number}/delete/").status_code == 302


def test_shared_presets_outlive_their_owner_and_private_ones_do_not(
    site: Flask, person: Person
) -> None:
    owner, member, admin = (person({PRACTICE: s}) for s in ("active", "active", "admin"))
    use(owner, PRACTICE)
    shared, private = save(owner, "Shared one", share="1"), save(owner, "Private one")
    with site.test_request_context("/", base_url="https://haresign.example"):
        deletion.delete(account_of(site, owner).id, {})
        kept = accounts.session.scalars(
            select(Preset.id).where(Preset.id.in_((shared, private)))
        ).all()
    assert kept == [shared]
    assert owner.name not in said(member.get(SHELF))
    assert member.get(f"{SHELF}{shared}/delete/").status_code == 404
    assert admin.submit(f"{SHELF}{shared}/delete/").status_code == 302


def test_presets_have_a_limit(site: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presets, "MOST", 2)
    visitor = person()
    save(visitor, "One")
    save(visitor, "Two")
    answer = visitor.submit(f"{SHELF}new/?tool=list-size", f"{SHELF}new/", name="Three")
    assert "may have 2 presets" in said(answer)
    assert "may have 2 presets" in said(visitor.submit(SHELF, answered(visitor)))
    with site.app_context():
        own = select(func.count()).where(Preset.owner_id == account_of(site, visitor).id)
        assert accounts.session.scalar(own) == 2


def answered(visitor: Visitor) -> str:
    """The first button of the shelf that duplicates."""
    found = forms(visitor.get(SHELF).get_data(as_text=True)).hidden
    return next(action for action in found if action.endswith("/duplicate/"))


@pytest.mark.parametrize("tool", ["", "nothing", "api", "../x"])
def test_only_selections_of_tools_are_kept(person: Person, tool: str) -> None:
    visitor = person()
    assert visitor.get(f"{SHELF}new/?tool={tool}&query=x").status_code == 404
    assert visitor.get(f"{SHELF}new/?tool=list-size&query={'x' * 3000}").status_code == 404


def test_a_preset_leads_nowhere_else(person: Person) -> None:
    visitor = person()
    number = save(visitor, "Odd", "https://evil.example/?org=A81001#x")
    assert loaded(visitor, number).startswith("/tools/gp-appointments/?")
