"""`/accounts/admin/`: for platform administrators; to everyone else it does not exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from auth.accounts import administration
from auth.accounts.administration import Refused
from auth.api_keys import key_requests
from auth.credentials.sessions import account, platform_admin
from auth.forms import Form
from auth.views import admin_key_pages as key_pages
from auth.views import admin_pages as pages
from auth.views import keys_page, reasons

BLUEPRINT = Blueprint("admin", __name__, url_prefix="/accounts/admin")
USER_ACTIONS: dict[str, Callable[..., None]] = {
    "suspend": administration.suspend,
    "restore": administration.restore,
    "appoint": administration.appoint,
    "dismiss": administration.dismiss,
}
LIMIT = "Enter a whole number of requests above 0, or nothing for the usual limit."


SAID = {
    "suspend": "The account is suspended. Its browsers are signed out, and its keys stop.",
    "restore": "The suspension is lifted.",
    "appoint": "The account is an administrator now.",
    "dismiss": "The account is no administrator any more.",
    "approved": "The key is approved. Its owner opens it once.",
    "declined": "The request for a key is declined.",
    "revoked": "The key is revoked. It stops within a second.",
    "posted": "The notice is posted. Every page shows it within seconds.",
    "ended": "The notice is ended.",
    "handled": "The message is marked as handled.",
    "removed": "The message is removed.",
}


def _done() -> str:
    return SAID.get(request.args.get("done", ""), "")


def _page_number() -> int:
    return min(request.args.get("page", 0, type=int) or 0, 10_000) if _is_natural() else 0


def _is_natural() -> bool:
    return request.args.get("page", "0").isdecimal()


@BLUEPRINT.get("/")
@platform_admin
def overview() -> str:
    return pages.overview()


@BLUEPRINT.get("/users/")
@platform_admin
def users() -> str:
    search, page = request.args.get("q", "").strip()[:100], _page_number()
    accounts, more = administration.users(search, page)
    return pages.users(accounts, search=search, page=page, more=more, form=Form(), done=_done())


@BLUEPRINT.post("/users/<int:user_id>/<any(suspend,restore,appoint,dismiss):action>/")
@platform_admin
def change_user(user_id: int, action: str) -> Answer | str:
    try:
        USER_ACTIONS[action](user_id, by=account().id)
    except Refused as refusal:
        accounts, more = administration.users("", 0)
        form = Form(errors={"form": str(refusal)})
        return pages.users(accounts, search="", page=0, more=more, form=form, done="")
    return redirect(url_for("admin.users", done=action))


@BLUEPRINT.get("/keys/")
@platform_admin
def keys() -> str:
    return _keys(Form())


def _keys(form: Form) -> str:
    return key_pages.keys(
        administration.key_requests(), administration.api_keys(), form=form, done=_done()
    )


@BLUEPRINT.post("/keys/requests/<int:request_id>/approve/")
@platform_admin
def approve_key(request_id: int) -> Answer | str:
    form = Form.sent("hourly", "daily")
    limits: dict[str, int] = {}
    for name in ("hourly", "daily"):
        if form[name] and not re.fullmatch("0*[1-9][0-9]{0,8}", form[name][:20]):
            form.errors["form"] = LIMIT
        elif form[name]:
            limits[name] = int(form[name])
    if form.errors:
        return _keys(form)
    asked, person, by = key_requests.asked(request_id)
    if asked.state != "requested":
        return key_pages.asked(asked, person, by)
    key_requests.decide(
        request_id,
        "approved",
        by=account().id,
        hourly_limit=limits.get("hourly"),
        daily_limit=limits.get("daily"),
    )
    return redirect(url_for("admin.keys", done="approved"))


@BLUEPRINT.get("/keys/requests/<int:request_id>/")
@platform_admin
def asked_key(request_id: int) -> str:
    """A request as the e-mail about it leads to it: to be decided, or how it was."""
    return key_pages.asked(*key_requests.asked(request_id))


@BLUEPRINT.route("/keys/requests/<int:request_id>/decline/", methods=["GET", "POST"])
@platform_admin
def decline_key(request_id: int) -> Answer | str:
    form = reasons.sent()
    asked, person, by = key_requests.asked(request_id)
    if asked.state != "requested":
        return key_pages.asked(asked, person, by)
    if request.method == "GET" or form.errors:
        return key_pages.decline(form, asked, person)
    key_requests.decide(request_id, "declined", by=account().id, reason=form["reason"])
    return redirect(url_for("admin.keys", done="declined"))


@BLUEPRINT.route("/keys/<int:key_id>/revoke/", methods=["GET", "POST"])
@platform_admin
def revoke_key(key_id: int) -> Answer | str:
    form = reasons.sent()
    key = key_requests.key(key_id)
    if request.method == "GET" or form.errors:
        here = f"{pages.ADMIN}keys/"
        return keys_page.revoke(form, key, back=here, action=f"{here}{key.id}/revoke/")
    key_requests.revoke(key_id, by=account().id, reason=form["reason"])
    return redirect(url_for("admin.keys", done="revoked"))


@BLUEPRINT.route("/notices/", methods=["GET", "POST"])
@platform_admin
def notices() -> Answer | str:
    form = Form.sent("text", "ends")
    if request.method == "POST":
        form.require("text", "Enter what every page shall say.")
        form.limit("text", 500, "A notice")
        ends = _day(form)
        if not form.errors:
            administration.post_notice(form["text"], ends, by=account().id)
            return redirect(url_for("admin.notices", done="posted"))
    return pages.notices(administration.all_notices(), form=form, done=_done())


def _day(form: Form) -> datetime | None:
    """The end of the day typed as the last one of a notice."""
    if not form["ends"]:
        return None
    try:
        day = datetime.strptime(form["ends"], "%Y-%m-%d").date()
    except ValueError:
        form.errors["ends"] = "Enter a day as year-month-day, such as 2026-12-31."
        return None
    return datetime.combine(day, time(23, 59, 59))


@BLUEPRINT.post("/notices/<int:notice_id>/end/")
@platform_admin
def end_notice(notice_id: int) -> Answer:
    administration.end_notice(notice_id, by=account().id)
    return redirect(url_for("admin.notices", done="ended"))


@BLUEPRINT.get("/messages/")
@platform_admin
def messages() -> str:
    return pages.messages(administration.messages(), done=_done())


@BLUEPRINT.post("/messages/<int:message_id>/handled/")
@platform_admin
def handled(message_id: int) -> Answer:
    administration.handle(message_id, by=account().id)
    return redirect(url_for("admin.messages", done="handled"))


@BLUEPRINT.post("/messages/<int:message_id>/remove/")
@platform_admin
def remove_message(message_id: int) -> Answer:
    administration.remove_message(message_id, by=account().id)
    return redirect(url_for("admin.messages", done="removed"))


@BLUEPRINT.get("/audit/")
@platform_admin
def audit() -> str:
    page = _page_number()
    events, more = administration.audit_events(page)
    return pages.audit(events, page=page, more=more)
