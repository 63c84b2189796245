"""`/accounts/workspaces/` and what belongs to it: link, decide, switch, leave."""

from __future__ import annotations

from typing import cast, get_args

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from auth.credentials.sessions import Account, account, platform_admin, signed_in
from auth.forms import Form
from auth.models.workspaces import OrgType
from auth.views import frame
from auth.workspaces import memberships, rosters
from auth.workspaces.memberships import Refused
from auth.workspaces.rosters import Hidden
from auth.workspaces.transitions import INSIDE, Action
from components.text import to_text
from data.versions.orgs import LONGEST
from pages.workspaces import (
    current,
    first_members_page,
    linking_pages,
    places,
    shelves,
    workspace_pages,
)

BLUEPRINT = Blueprint("linking", __name__, url_prefix="/accounts")
SAID = {
    "request": "Your request is sent. You will get an e-mail when it is decided.",
    "withdraw": "Your request is withdrawn.",
    "leave": "You have left.",
    "approve": "The request is approved.",
    "reject": "The request is declined. They may ask again.",
    "remove": "The member is removed. They may ask again.",
    "promote": "The member is now an admin.",
    "hand-over": "You have handed over. You remain a member.",
    "use": "This workspace is in use now.",
    "none": "No workspace is in use.",
}
# What is done only after a page has said what it means.
CONFIRMED: dict[Action, tuple[str, str]] = {
    "leave": ("Leave", "You no longer see what its members share. You may ask to join again."),
    "remove": (
        "Remove",
        (
            "They no longer see what members share. What they shared themselves stays. "
            "They may ask to join again."
        ),
    ),
    "promote": ("Make an admin", "They may then approve, decline and remove members."),
    "hand-over": ("Hand over", "They become an admin. You stay a member and no longer decide."),
}


def outcome() -> str | None:
    return SAID.get(request.args.get("done", ""))


@BLUEPRINT.get("/workspaces/")
@signed_in
def workspaces() -> str:
    return _workspaces(Form())


def _workspaces(form: Form) -> str:
    links = [one for one in rosters.links(account()) if one.state in ("pending", *INSIDE)]
    past = [one for one in rosters.links(account()) if one.state in ("rejected", "removed")]
    waiting = [
        (places.place(one.org_code), asked)
        for one in links
        if one.state == "admin"
        and (asked := [m for m in rosters.members(account(), one.org_code) if m.state == "pending"])
    ]
    return workspace_pages.page(
        [(one, places.place(one.org_code)) for one in links],
        [(one, places.place(one.org_code)) for one in past],
        waiting,
        shelves.rows(account(), account().workspace or ""),
        in_use=account().workspace,
        form=form,
        done=outcome(),
    )


@BLUEPRINT.post("/workspaces/<code>/use/")
@signed_in
def use(code: str) -> Answer:
    """`none` puts every workspace aside."""
    chosen = "" if code == "none" else code
    try:
        memberships.use(account(), chosen)
    except Hidden:
        raise NotFound from None
    return redirect(current.back(chosen))


@BLUEPRINT.route("/link/", methods=["GET", "POST"])
@signed_in
def link() -> Answer | str:
    """Search by name or code, and ask."""
    if request.method == "GET":
        return _link(Form({"q": request.args.get("q", "").strip()[:LONGEST]}), request.args)
    form = Form.sent("q", "kind", "code")
    kind = _kind(form["kind"])
    org = places.open_place(form["code"], kind)
    if org is None:
        form.errors["form"] = "There is no open practice or PCN with that code."
        return _link(form, form.values)
    try:
        memberships.request(account(), org.code, kind)
    except Refused as refused:
        form.errors["form"] = str(refused)
        return _link(form, form.values)
    return redirect(url_for("linking.workspaces", done="request"))


def _kind(text: str) -> OrgType:
    return cast("OrgType", text) if text in get_args(OrgType) else "practice"


def _link(form: Form, values: dict[str, str]) -> str:
    kind = _kind(values.get("kind", ""))
    held = {one.org_code: one.state for one in rosters.links(account())}
    found = places.find(form["q"], kind) if form["q"] else []
    results = [(places.place(org.code), held.get(org.code)) for org in found]
    return linking_pages.search(form, kind, results)


@BLUEPRINT.get("/organisations/<code>/")
@signed_in
def organisation(code: str) -> str:
    return _organisation(code, Form())


def _organisation(code: str, form: Form) -> str:
    try:
        people = rosters.members(account(), code)
        events = rosters.events(account(), code)
    except Hidden:
        raise NotFound from None
    place = places.place(code)
    return linking_pages.organisation(
        place,
        [one for one in people if one.state == "pending"],
        [one for one in people if one.state in INSIDE],
        events,
        is_admin=rosters.is_admin(account(), code),
        form=form,
        done=outcome(),
    )


@BLUEPRINT.route("/memberships/<int:membership_id>/<action>/", methods=["GET", "POST"])
@signed_in
def act(membership_id: int, action: str) -> Answer | str:
    """Do what the table of states allows; some of it after a page that says what it means."""
    if action == "request" or action not in get_args(Action):
        raise NotFound
    done = cast("Action", action)
    try:
        row = rosters.visible(account(), membership_id)
        if request.method == "GET":
            return _confirm(row, done)
        memberships.act(account(), membership_id, done)
    except Hidden:
        raise NotFound from None
    except Refused as refused:
        form = Form(errors={"form": str(refused)})
        own = row.user_id == account().id
        return _workspaces(form) if own else _organisation(row.org_code, form)
    if row.user_id == account().id or done == "hand-over":
        return redirect(url_for("linking.workspaces", done=done))
    if not rosters.may_manage(account(), row.org_code):
        return redirect(url_for("linking.first_members", done=done))
    return redirect(url_for("linking.organisation", code=row.org_code, done=done))


def _confirm(row: rosters.Member, action: Action) -> str:
    if action not in CONFIRMED:
        raise NotFound
    label, meaning = CONFIRMED[action]
    if action == "leave" and row.state == "admin":
        meaning = f"{meaning} {_left_behind(row)}".strip()
    place = places.place(row.org_code)
    who = "" if row.user_id == account().id else f" {row.name}"
    title = f"Leave {place.name}?" if action == "leave" else f"{label}{who}?"
    return linking_pages.confirm(
        title, place, row, action, label=label, meaning=meaning, own=not who
    )


def _left_behind(row: rosters.Member) -> str:
    """What becomes of a place without this admin; empty where it has another."""
    others = [
        one
        for one in rosters.members(account(), row.org_code)
        if one.id != row.id and one.state in INSIDE
    ]
    if any(one.state == "admin" for one in others):
        return ""
    if others:
        return "You are its only admin: hand over to another member first."
    return (
        "You are its only admin, and nobody else is a member: the administrators of the site then "
        "decide who is its next one."
    )


@BLUEPRINT.get("/admin/organisations/")
@platform_admin
def first_members() -> str:
    """Requests of organisations without an admin, which the platform's administrators decide."""
    asked = rosters.waiting(account())
    ungoverned = [places.place(code) for code in rosters.ungoverned(account())]
    return first_members_page.page(
        [(one, places.place(one.org_code)) for one in asked], ungoverned, done=outcome() or ""
    )


def on_profile(visitor: Account) -> frame.Section:
    """The account's memberships on its profile page."""
    links = [one for one in rosters.links(visitor) if one.state in ("pending", *INSIDE)]
    cards = [(one, places.place(one.org_code)) for one in links]
    body = to_text(workspace_pages.on_profile(cards, visitor.workspace))
    return frame.Section(
        "workspaces",
        "Practices and PCNs",
        body,
        "The one in use is chosen in every tool",
    )
