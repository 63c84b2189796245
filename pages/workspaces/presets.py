"""`/accounts/presets/`: save, load, rename, share, duplicate and delete selections of a tool."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from auth.credentials import sessions
from auth.credentials.sessions import Account, account, signed_in
from auth.forms import Form
from auth.views import frame
from auth.workspaces import presets, rosters
from auth.workspaces.presets import Saved
from auth.workspaces.rosters import Hidden
from components import url_state
from components.text import to_text
from data.versions.db import library
from pages.catalogue import Tool
from pages.dashboard import registry
from pages.workspaces import fit, places, preset_pages, shelves

BLUEPRINT = Blueprint("presets", __name__, url_prefix="/accounts/presets")
SAID = {
    "changed": "The preset is changed.",
    "copied": "The preset is duplicated. The copy is only yours.",
    "deleted": "The preset is deleted.",
}
SAVED = "preset-saved"  # what assets/workspace.js says when the tool is there again
NAMELESS = "Give the preset a name, such as Board pack: access."


def _preset(preset_id: int) -> Saved:
    try:
        return presets.get(account(), preset_id)
    except Hidden:
        raise NotFound from None


@BLUEPRINT.get("/")
@signed_in
def shelf() -> str:
    """Every preset that the account may load; those of one tool where the address names it."""
    slug = request.args.get("tool", "")
    tool = registry.find(slug)
    rows = [one for one in presets.all_of(account()) if not tool or one.tool == slug]
    return preset_pages.shelf(
        f"Presets of {tool.title}" if tool else "Presets",
        [shelves.row(account(), one) for one in rows],
        tool=tool,
        form=Form(),
        done=SAID.get(request.args.get("done", ""), ""),
    )


@BLUEPRINT.get("/menu/")
def menu() -> Response:
    """What the menu of a tool page lists, as JSON. Nothing for whoever is not signed in."""
    visitor = sessions.current()
    slug = request.args.get("tool", "")
    found = presets.of_tool(visitor, slug) if visitor else []
    items = [
        {
            "name": one.name,
            "detail": shelves.organisation(one.query),
            "shared": one.shared,
            "href": url_for("presets.load", preset_id=one.id),
        }
        for one in found
    ]
    body = orjson.dumps({"signed_in": visitor is not None, "items": items})
    return Response(body, content_type="application/json; charset=utf-8")


@BLUEPRINT.route("/new/", methods=["GET", "POST"])
@signed_in
def new() -> Answer | str:
    """Save the selections of a page: `tool` is its slug, `query` the part after the `?`."""
    sent = request.args if request.method == "GET" else request.form
    tool = fit.tool_of(sent.get("tool", ""))
    search = sent.get("query", "")
    if tool is None or len(search) > presets.LONGEST_QUERY:
        raise NotFound
    if request.method == "GET":
        return _new(Form({"pin": "1"} if "version=" in search else {}), tool, search)
    form = Form.sent("name", "share", "pin", "instead")
    query, version = fit.selections(search)
    pinned = (version or _current_version(tool)) if form["pin"] else None
    try:
        if form["instead"]:
            presets.replace(account(), _chosen(form, tool), query=query, data_version=pinned)
        elif _has_name(form):
            presets.save(
                account(),
                name=form["name"],
                tool=tool.slug,
                query=query,
                org_code=account().workspace if rosters.active_workspace(account()) else None,
                shared=bool(form["share"]),
                data_version=pinned,
            )
    except presets.Taken as taken:
        form.errors["name"] = str(taken)
    except presets.Full as full:
        form.errors["form"] = str(full)
    if form.errors:
        return _new(form, tool, search)
    back = fit.address(tool, query, pinned)
    return redirect(f"{request.script_root}{back}#{SAVED}")


def _chosen(form: Form, tool: Tool) -> int:
    """The preset whose selections are to be replaced."""
    own = {str(one.id): one.id for one in _own_of(tool)}
    if form["instead"] not in own:
        raise NotFound
    return own[form["instead"]]


def _own_of(tool: Tool) -> list[Saved]:
    return [one for one in presets.of_tool(account(), tool.slug) if one.own]


def _has_name(form: Form) -> bool:
    _check_name(form)
    return not form.errors


def _check_name(form: Form) -> None:
    form.require("name", NAMELESS)
    form.limit("name", presets.LONGEST_NAME, "The name")


def _current_version(tool: Tool) -> str | None:
    snapshot = library().current(tool.dataset) if tool.dataset else None
    return snapshot.version if snapshot else None


def _new(form: Form, tool: Tool, search: str) -> str:
    workspace = rosters.active_workspace(account())
    return preset_pages.new(
        form,
        tool,
        search,
        org=shelves.organisation(search),
        code=url_state.parse(search).get("org", ""),
        place=places.place(workspace.org_code) if workspace else None,
        can_pin=_current_version(tool) is not None,
        own=_own_of(tool),
    )


@BLUEPRINT.get("/<int:preset_id>/")
@signed_in
def load(preset_id: int) -> Answer | str:
    """Open the page as it was saved; say first what no longer fits."""
    one = _preset(preset_id)
    tool = fit.tool_of(one.tool)
    wrong = fit.problems(one.tool, one.query, one.data_version)
    target = ""
    if tool:
        target = request.script_root + fit.address(tool, one.query, one.data_version)
    if not wrong:
        presets.used(account(), one.id)
        return redirect(target)
    may_delete = presets.may_delete(account(), one)
    return preset_pages.misfit(one, wrong, target=target, may_delete=may_delete)


@BLUEPRINT.route("/<int:preset_id>/edit/", methods=["GET", "POST"])
@signed_in
def edit(preset_id: int) -> Answer | str:
    one = _preset(preset_id)
    if not one.own:
        raise NotFound
    tool = fit.tool_of(one.tool)
    if request.method == "GET":
        shared_with = one.org_code if one.shared and one.org_code else ""
        kept = "keep" if one.data_version else ""
        return _edit(Form({"name": one.name, "with": shared_with, "pin": kept}), one)
    form = Form.sent("name", "with", "pin")
    if not _has_name(form):
        return _edit(form, one)
    now = _current_version(tool) if tool else None
    pinned = {"keep": one.data_version, "now": now}.get(form["pin"])
    try:
        presets.change(
            account(),
            one.id,
            name=form["name"],
            org_code=form["with"] or None,
            data_version=pinned,
        )
    except Hidden:
        raise NotFound from None
    except presets.Taken as taken:
        form.errors["name"] = str(taken)
        return _edit(form, one)
    return redirect(url_for("presets.shelf", done="changed"))


def _edit(form: Form, saved: Saved) -> str:
    choices = [places.place(code) for code in sorted(rosters.codes(account()))]
    tool = fit.tool_of(saved.tool)
    return preset_pages.edit(
        form,
        shelves.row(account(), saved),
        choices,
        target=f"{request.script_root}{fit.address(tool, saved.query, None)}" if tool else "",
        can_pin=tool is not None and _current_version(tool) is not None,
    )


@BLUEPRINT.post("/<int:preset_id>/duplicate/")
@signed_in
def duplicate(preset_id: int) -> Answer | str:
    one = _preset(preset_id)
    try:
        presets.duplicate(account(), one.id)
    except presets.Full as full:
        form = Form(errors={"form": str(full)})
        rows = shelves.rows(account())
        return preset_pages.shelf("Presets", rows, tool=None, form=form, done="")
    return redirect(url_for("presets.shelf", done="copied"))


@BLUEPRINT.route("/<int:preset_id>/delete/", methods=["GET", "POST"])
@signed_in
def delete(preset_id: int) -> Answer | str:
    one = _preset(preset_id)
    if not presets.may_delete(account(), one):
        raise NotFound
    if request.method == "GET":
        place = places.place(one.org_code) if one.shared and one.org_code else None
        return preset_pages.delete(one, place)
    presets.delete(account(), one.id)
    return redirect(url_for("presets.shelf", done="deleted"))


def on_profile(visitor: Account) -> frame.Section:
    """The account's presets on its profile page."""
    return frame.Section(
        "presets",
        "Presets",
        to_text(preset_pages.table(shelves.rows(visitor))),
        "They keep selections, not data: figures update with each release",
    )
