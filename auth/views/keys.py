"""`/accounts/api-keys/`: ask for a key with a purpose, see it once, revoke it."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from auth.api_keys import key_requests, use
from auth.credentials.sessions import account, signed_in
from auth.forms import Form
from auth.views import keys_page, reasons

BLUEPRINT = Blueprint("keys", __name__, url_prefix="/accounts")
SAID = {
    "asked": "Your request is with the administrators. An e-mail says when it is decided.",
    "revoked": "The key is revoked. It stops within a second.",
    "withdrawn": "The request is withdrawn.",
}


@BLUEPRINT.route("/api-keys/", methods=["GET", "POST"])
@signed_in
def api_keys() -> Answer | str:
    if request.method == "GET":
        return _page(Form())
    form = Form.sent("name", "purpose")
    form.require("name", "Enter what will use the key, such as Power BI.")
    form.limit("name", 200, "The name")
    form.require("purpose", "Say what the data is for.")
    form.limit("purpose", 2000, "The purpose")
    if not form.errors:
        try:
            key_requests.ask(account().id, form["name"], form["purpose"])
        except key_requests.Full as full:
            form.errors["form"] = str(full)
    if form.errors:
        return _page(form)
    return redirect(url_for("keys.api_keys", done="asked"))


@BLUEPRINT.post("/api-keys/requests/<int:request_id>/show/")
@signed_in
def show(request_id: int) -> str:
    return _page(Form(), shown=key_requests.collect(request_id, user_id=account().id))


@BLUEPRINT.route("/api-keys/requests/<int:request_id>/withdraw/", methods=["GET", "POST"])
@signed_in
def withdraw(request_id: int) -> Answer | str:
    """Asks first; one that was declined already is only taken off the list."""
    form = reasons.sent()
    asked = key_requests.own(request_id, user_id=account().id)
    if request.method == "GET" or form.errors:
        return keys_page.withdraw(form, asked)
    key_requests.withdraw(request_id, user_id=account().id, reason=form["reason"])
    return redirect(url_for("keys.api_keys", done="withdrawn"))


@BLUEPRINT.route("/api-keys/<int:key_id>/revoke/", methods=["GET", "POST"])
@signed_in
def revoke(key_id: int) -> Answer | str:
    form = reasons.sent()
    key = key_requests.key(key_id, owner_id=account().id)
    if request.method == "GET" or form.errors:
        return keys_page.revoke(form, key)
    key_requests.revoke(key_id, by=account().id, owner_id=account().id, reason=form["reason"])
    return redirect(url_for("keys.api_keys", done="revoked"))


def _page(form: Form, *, shown: str = "") -> str:
    keys, requests = key_requests.of(account().id)
    done = SAID.get(request.args.get("done", ""), "")
    used = use.of(account().id)
    return keys_page.page(form, keys, requests, used, shown=shown, done=done)
