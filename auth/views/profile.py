"""`/accounts/profile/`: the account at a glance, its data to take away, and its end."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from auth import audit
from auth.accounts import deletion, people, personal, signin
from auth.credentials.sessions import account, signed_in
from auth.forms import Form
from auth.models import db
from auth.views import frame
from auth.views import profile_pages as pages

BLUEPRINT = Blueprint("profile", __name__, url_prefix="/accounts")
SAID = {
    "name": "Your name is changed.",
    "verified": "Your e-mail address is confirmed, and you are signed in.",
}
WRONG_PASSWORD = "The password is not right."


@BLUEPRINT.route("/profile/", methods=["GET", "POST"])
@signed_in
def profile() -> Answer | str:
    if request.method == "GET":
        return _profile(Form({"name": account().name}))
    form = Form.sent("name")
    form.require("name", "Enter your name, as colleagues know you.")
    form.limit("name", 100, "Your name")
    if form.errors:
        return _profile(form)
    people.by_id(account().id).name = form["name"]
    audit.record("name changed", user_id=account().id, actor_id=account().id)
    db.session.commit()
    return redirect(url_for("profile.profile", done="name"))


def _profile(form: Form) -> str:
    return pages.profile(form, frame.sections(), done=SAID.get(request.args.get("done", ""), ""))


@BLUEPRINT.get("/download/")
@signed_in
def download() -> Response:
    """Everything that is kept about the account, as JSON."""
    audit.record("data downloaded", user_id=account().id, actor_id=account().id)
    db.session.commit()
    return Response(
        personal.as_json(account().id),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="haresign-account.json"'},
    )


@BLUEPRINT.route("/delete/", methods=["GET", "POST"])
@signed_in
def delete() -> Answer | str:
    """Needs the password, and a new admin wherever the account is the last one."""
    orphaned = deletion.left_without_admin(account().id)
    alone = deletion.is_only_administrator(account().id)
    if request.method == "GET":
        return _delete(Form(), orphaned, alone=alone)
    names = tuple(f"admin-{one.org_code}" for one in orphaned)
    form = Form.sent(*names, "alone", passwords=("password",))
    heirs: dict[str, int] = {}
    for one, name in zip(orphaned, names, strict=True):
        chosen = next((m for m in one.members if str(m.user_id) == form[name]), None)
        if chosen is None:
            form.errors[name] = f"Choose who becomes the admin of {one.label}."
        else:
            heirs[one.org_code] = chosen.user_id
    if alone and not form["alone"]:
        form.errors["alone"] = deletion.ALONE
    if not form.errors and not signin.knows_password(
        account().id, form["password"], how=str(account().session_id)
    ):
        form.errors["password"] = WRONG_PASSWORD
    if not form.errors:
        try:
            deletion.delete(account().id, heirs, leaves_site=bool(form["alone"]))
        except deletion.Refused as refused:
            form.errors["form"] = str(refused)
            orphaned = deletion.left_without_admin(account().id)
            alone = deletion.is_only_administrator(account().id)
    if form.errors:
        return _delete(form, orphaned, alone=alone)
    return redirect(url_for("entry.login", done="deleted"))


def _delete(form: Form, orphaned: list[deletion.Orphaned], *, alone: bool) -> str:
    only = deletion.alone_in(account().id)
    return pages.delete(form, orphaned, only, alone=alone)
