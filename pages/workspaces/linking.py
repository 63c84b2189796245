"""`/accounts/workspaces/` and what belongs to it: link, decide, switch, leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from auth.credentials.sessions import Account, account, platform_admin, signed_in
from auth.forms import Form
from auth.models.workspaces import OrgType
from auth.views import frame, reasons
from auth.workspaces import memberships, requests, rosters
from auth.workspaces.memberships import Refused
from auth.workspaces.rosters import Hidden, Link
from auth.workspaces.transitions import INSIDE, Action
from components.text import to_text
from data.versions.orgs import LONGEST
from pages.workspaces import (
    asked_page,
    confirming,
    current,
    first_members_page,
    linking_pages,
    places,
    shelves,
    workspace_pages,
)
from pages.workspaces.places import Place

BLUEPRINT = Blueprint("linking", __name__, url_prefix="/accounts")
SAID = {
    "request": "Your request is sent. You will get an e-mail when it is decided.",
    "withdraw": "Your request is withdrawn.",
    "leave": "You have left.",
    "approve": "The request is approved.",
    "reject": "The request is declined. They may ask again.",
    "remove": "The member is removed. They may ask again.",
    "promote": "The member is now an admin.",
    "demote": "They are an ordinary member again.",
    "stepped-down": "You are an ordinary member again.",
    "hand-over": "Somebody else is admin in your place. You remain a member.",
    "use": "This workspace is in use now.",
    "none": "No workspace is in use.",
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
    return workspace_pages.page(
        [(one, places.place(one.org_code)) for one in links],
        [(one, places.place(one.org_code)) for one in past],
        waiting(account(), links),
        shelves.rows(account(), account().workspace or ""),
        in_use=account().workspace,
        form=form,
        done=outcome(),
    )


def waiting(visitor: Account, links: Sequence[Link]) -> list[tuple[Place, list[rosters.Member]]]:
    """Who asks to join where the account is an admin."""
    found = []
    for one in links:
        if one.state == "admin":
            people = rosters.members(visitor, one.org_code)
            if asked := [member for member in people if member.state == "pending"]:
                found.append((places.place(one.org_code), asked))
    return found


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
    first = found[: places.SHOWN_AT_MOST]
    results = [(places.place(org.code), held.get(org.code)) for org in first]
    return linking_pages.search(form, kind, results, total=len(found))


@BLUEPRINT.get("/organisations/<code>/")
@signed_in
def organisation(code: str) -> str:
    return _organisation(code, Form())


def _organisation(code: str, form: Form) -> str:
    place = places.place(code)
    try:
        if not rosters.may_manage(account(), code):
            return linking_pages.colleagues(place, rosters.colleagues(account(), code))
        people = rosters.members(account(), code)
        events = rosters.events(account(), code)
    except Hidden:
        raise NotFound from None
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
    form = reasons.sent()
    try:
        row = rosters.visible(account(), membership_id)
        own = row.user_id == account().id
        if request.method == "GET" or form.errors:
            return _confirm(row, done, form)
        memberships.act(account(), membership_id, done, reason=form["reason"])
    except Hidden:
        raise NotFound from None
    except Refused as refused:
        form = Form(errors={"form": str(refused)})
        if own:
            return _workspaces(form)
        decided = done in ("approve", "reject")
        return _asked(membership_id) if decided else _organisation(row.org_code, form)
    if own or done == "hand-over":
        said = "stepped-down" if done == "demote" else done
        return redirect(url_for("linking.workspaces", done=said))
    if not rosters.may_manage(account(), row.org_code):
        return redirect(url_for("linking.first_members", done=done))
    return redirect(url_for("linking.organisation", code=row.org_code, done=done))


@BLUEPRINT.get("/memberships/<int:membership_id>/")
@signed_in
def asked(membership_id: int) -> str:
    """A request as the e-mail about it leads to it: to be decided, or how it was."""
    try:
        return _asked(membership_id)
    except Hidden:
        raise NotFound from None


def _asked(membership_id: int) -> str:
    request = requests.get(account(), membership_id)
    return asked_page.page(request, places.place(request.member.org_code))


def _confirm(row: rosters.Member, action: Action, form: Form) -> str:
    own = row.user_id == account().id
    others = requests.others(account(), row.org_code) if own and row.state in INSIDE else (0, 0)
    sentence = confirming.sentence(action, row, places.place(row.org_code), own=own, others=others)
    if sentence is None:
        raise NotFound
    return confirming.page(sentence, row, action, places.place(row.org_code), form=form, own=own)


@BLUEPRINT.get("/admin/organisations/")
@platform_admin
def first_members() -> str:
    """Requests of organisations without an admin, which the platform's administrators decide."""
    asked = rosters.waiting(account())
    ungoverned = [places.place(code) for code in rosters.ungoverned(account())]
    return first_members_page.page(
        [(one, places.place(one.org_code)) for one in asked], ungoverned, done=outcome() or ""
    )


def asked_on_profile(visitor: Account) -> frame.Section | None:
    """Who waits for a decision of the account, above everything else on its profile page."""
    asked = waiting(visitor, rosters.links(visitor))
    if not asked:
        return None
    body = to_text(workspace_pages.asked_on_profile(asked))
    return frame.Section("waiting", "Waiting for you", body, urgent=True)


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
