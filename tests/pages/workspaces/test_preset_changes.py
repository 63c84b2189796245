"""Names of presets, what can be changed in one, and where saving leads."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask

from auth.models import Preset
from auth.models import db as accounts
from data import format as fmt
from data.versions import db
from tests.auth.visitors import Visitor, said
from tests.pages.workspaces.conftest import OTHER_PRACTICE, PRACTICE, Person
from tests.pages.workspaces.test_presets import SELECTIONS, SHELF, loaded, save
from tests.pages.workspaces.test_workspace import use

TOOL = "gp-appointments"
NEW = f"{SHELF}new/"


def asking(query: str = SELECTIONS, tool: str = TOOL) -> str:
    return f"{NEW}?tool={tool}&query={quote(query)}"


def refused(visitor: Visitor, name: str, **fields: str) -> str:
    return said(visitor.submit(asking(), NEW, name=name, **fields))


def test_a_name_stands_once_in_a_place(person: Person) -> None:
    owner, colleague = person({PRACTICE: "active"}), person({PRACTICE: "active"})
    save(owner, "Board pack")
    for same in ("Board pack", "BOARD PACK"):
        assert "There is a preset “" in refused(owner, same)
    save(colleague, "Board pack")  # in a place of its own
    use(owner, PRACTICE)
    use(colleague, PRACTICE)
    save(owner, "Board pack")  # in the workspace, for the owner alone
    save(owner, "Shared", share="1")
    assert "There is a preset “shared” here already" in refused(colleague, "shared", share="1")
    save(colleague, "Shared")  # its own, not shared


def test_neither_renaming_nor_sharing_makes_two_of_a_name(person: Person) -> None:
    owner = person({PRACTICE: "active"})
    use(owner, PRACTICE)
    first, second = save(owner, "First"), save(owner, "Second", share="1")
    edit = f"{SHELF}{first}/edit/"
    taken = owner.submit(edit, edit, name="Second", **{"with": PRACTICE})
    assert "There is a preset “Second” here already" in said(taken)
    assert owner.submit(edit, edit, name="Second").status_code == 302  # in another place
    edit = f"{SHELF}{second}/edit/"
    moved = owner.submit(edit, edit, name="Second", **{"with": ""})
    assert "here already" in said(moved)


def test_copies_are_numbered(person: Person) -> None:
    owner = person()
    number = save(owner)
    for _ in range(3):
        owner.submit(SHELF, f"{SHELF}{number}/duplicate/")
    shelf = said(owner.get(SHELF))
    for name in ("Board pack (copy)", "Board pack (copy 2)", "Board pack (copy 3)"):
        assert name in shelf


def test_saving_returns_to_the_tool(person: Person) -> None:
    owner = person()
    answer = owner.submit(asking(), NEW, name="Board pack")
    assert answer.headers["Location"] == f"/tools/{TOOL}/?{SELECTIONS}#preset-saved"
    pinned = owner.submit(asking(), NEW, name="Pinned", pin="1").headers["Location"]
    assert "&version=" in pinned


def test_the_box_names_the_workspace_and_warns_of_another_organisation(person: Person) -> None:
    owner = person({PRACTICE: "active"})
    assert "No workspace is in use" in said(owner.get(asking()))
    use(owner, PRACTICE)
    page = said(owner.get(asking(f"org={PRACTICE}")))
    assert "It is saved in the workspace The Park Surgery (A81001)" in page
    assert "The page shows" not in page
    page = said(owner.get(asking(f"org={OTHER_PRACTICE}")))
    assert "The page shows Queens Park Medical (A81002)" in page
    assert "your workspace is The Park Surgery (A81001)" in page


def test_selections_are_replaced_under_the_same_name(site: Flask, person: Person) -> None:
    owner, other = person(), person()
    number, foreign = save(owner), save(other, "Foreign")
    other_query = f"org={OTHER_PRACTICE}&unit=count"
    answer = owner.submit(asking(other_query), NEW, name="", instead=str(number))
    assert answer.headers["Location"] == f"/tools/{TOOL}/?{other_query}#preset-saved"
    assert loaded(owner, number) == f"/tools/{TOOL}/?{other_query}"
    assert owner.submit(asking(), NEW, name="", instead=str(foreign)).status_code == 404
    with site.app_context():
        assert accounts.session.get_one(Preset, foreign).query == SELECTIONS
    assert "In place of Board pack" in said(owner.get(f"{SHELF}{number}/edit/"))


def test_the_pin_shows_its_date_and_can_be_changed(site: Flask, person: Person) -> None:
    owner = person()
    number = save(owner, pin="1")
    snapshot = db.library().current(TOOL)
    assert snapshot is not None
    assert snapshot.manifest.release.published is not None
    when = fmt.full_date(snapshot.manifest.release.published)
    assert f"Pinned to the data published {when}" in said(owner.get(SHELF))
    edit = f"{SHELF}{number}/edit/"
    assert f"Stay pinned to the data published {when}" in said(owner.get(edit))
    owner.submit(edit, edit, name="Board pack", pin="")
    assert "Pinned" not in said(owner.get(SHELF))
    owner.submit(edit, edit, name="Board pack", pin="now")
    assert f"Pinned to the data published {when}" in said(owner.get(SHELF))
    owner.submit(edit, edit, name="Renamed", pin="keep")
    with site.app_context():
        row = accounts.session.get_one(Preset, number)
        assert (row.name, row.data_version) == ("Renamed", snapshot.version)
        row.data_version = "20200101T000000-gone"
        accounts.session.commit()
    assert "Pinned to the data of 1 January 2020" in said(owner.get(SHELF))
