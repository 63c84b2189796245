"""What the administrators see of API keys and of requests for them."""

from __future__ import annotations

from collections.abc import Sequence

from auth.forms import Form
from auth.models import ApiKey, ApiKeyRequest, User
from auth.views import fields, reasons
from auth.views.admin_pages import ADMIN, area
from auth.views.dates import day, moment
from auth.views.fields import at
from auth.views.keys_page import about
from components.markup import Child, Children, Node, html, icon

WORDS = {"approved": "approved", "collected": "approved", "declined": "declined"}


def keys(
    requests: Sequence[tuple[ApiKeyRequest, User]],
    issued: Sequence[tuple[ApiKey, User | None]],
    *,
    form: Form,
    done: str,
) -> str:
    heads = ("Name", "Owner", "Begins with", "Limits", "Last used", "")
    return area(
        "API keys",
        fields.section(
            "req",
            "Requests",
            *([_request(one, user) for one, user in requests] or [html.P("None.")]),
            remark=f"{len(requests)} waiting",
        ),
        fields.section(
            "keys",
            "Keys",
            fields.table("Keys", heads, [_key(key, owner) for key, owner in issued])
            if issued
            else html.P("None."),
        ),
        form=form,
        done=done,
    )


def _request(one: ApiKeyRequest, user: User) -> Node:
    here = at(f"{ADMIN}keys/requests/{one.id}")
    approve = html.Button(
        ["Approve", html.Span(f" {one.name}", className="vh")],
        className="btn btn-primary",
        type="submit",
    )
    form = fields.form(
        *_limit(one, "hourly", "Requests an hour"),
        *_limit(one, "daily", "a day"),
        approve,
        action=f"{here}/approve/",
        className="inline limits",
    )
    asked = f"{user.name}, {user.email}, {day(one.requested_at)}"
    return html.Div(
        [
            html.H3(one.name),
            html.P(asked, className="muted"),
            html.P(one.purpose, className="said"),
            fields.row(form, _decline(one)),
        ],
        className="panel",
    )


def _decline(one: ApiKeyRequest) -> Node:
    words: list[Child] = ["Decline", html.Span(f" {one.name}", className="vh")]
    return fields.way(words, at(f"{ADMIN}keys/requests/{one.id}/decline/"), "outline-secondary")


def decline(form: Form, one: ApiKeyRequest, user: User) -> str:
    return reasons.page(
        form,
        f"Decline the key for {one.name}?",
        f"{user.name} gets an e-mail and may ask again.",
        action=at(f"{ADMIN}keys/requests/{one.id}/decline/"),
        label="Decline",
        hint=f"It goes into the e-mail to {user.name}.",
        back=at(f"{ADMIN}keys/"),
    )


def asked(one: ApiKeyRequest, user: User, by: str) -> str:
    """One request: to be decided, or who decided and when."""
    if one.state == "requested":
        return area("A key was asked for", _request(one, user))
    verb = "withdrew" if one.state == "withdrawn" else WORDS[one.state]
    when = f" on {moment(one.decided_at)}" if one.decided_at else ""
    reason = f" The reason given: {one.reason}" if one.reason else ""
    words = f"Already decided: {by} {verb} this request{when}.{reason}"
    asked_by = f"{user.name}, {user.email}, {day(one.requested_at)}"
    return area(
        f"The key for {one.name}",
        html.P([icon("info"), html.Span(words)], className="note", role="status"),
        html.P(asked_by, className="muted"),
        html.P(one.purpose, className="said"),
    )


def _limit(one: ApiKeyRequest, name: str, label: str) -> tuple[Node, Node]:
    identity = f"{name}-{one.id}"
    box = html.Input(
        className="form-control",
        id=identity,
        name=name,
        inputmode="numeric",
        maxlength=9,
        placeholder="usual",
    )
    return html.Label(label, htmlFor=identity), box


def _key(key: ApiKey, owner: User | None) -> Sequence[Children]:
    revoke = about("Revoke", at(f"{ADMIN}keys/{key.id}/revoke/"), key.name)
    limits = "Usual"
    if key.hourly_limit or key.daily_limit:
        limits = f"{key.hourly_limit or 'usual'} an hour, {key.daily_limit or 'usual'} a day"
    return (
        key.name,
        owner.email if owner else "Command line",
        html.Code(f"hsk_{key.prefix}"),
        limits,
        moment(key.last_used_at) if key.last_used_at else "Never",
        fields.tag("Revoked") if key.revoked_at else revoke,
    )
