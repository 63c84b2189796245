"""What the page of an account's API keys looks like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auth.api_keys.use import Use
from auth.forms import Form
from auth.models import ApiKey, ApiKeyRequest
from auth.views import fields, frame, reasons
from auth.views.dates import day, moment
from auth.views.fields import at
from components.markup import Child, Children, Node, attrs, html

ADDRESS = "/accounts/api-keys/"
LEAD = (
    "A key lets a program read the same published figures as the site. Ask for one with its "
    "purpose; an administrator decides."
)
STATES = {
    "approved": fields.tag("Approved", "ok"),
    "declined": fields.tag("Declined", "bad"),
}
WAITING = fields.tag("Waiting", "wait")


def page(
    form: Form,
    keys: Sequence[ApiKey],
    requests: Sequence[ApiKeyRequest],
    used: Mapping[int, tuple[Use, Use]],
    *,
    shown: str,
    done: str,
) -> str:
    """`shown` is a key that is shown this once."""
    reference = html.A("API reference", href=at("/api/docs/"))
    heads = ("Name", "Begins with", "Issued", "Last used", "This hour", "Today", "")
    return frame.draw(
        "API keys",
        fields.problems(form),
        _shown(shown) if shown else None,
        _requests(requests) if requests else None,
        fields.section(
            "keys",
            "Your keys",
            fields.table("Your keys", heads, [_key(one, used[one.id]) for one in keys])
            if keys
            else html.P("None yet."),
            remark=["How to use them is in the ", reference],
        ),
        fields.section(
            "ask",
            "Ask for a key",
            fields.form(
                fields.text(
                    form,
                    "name",
                    "What will use it",
                    maxlength=200,
                    hint="Such as Power BI at Hartley Vale PCN.",
                ),
                fields.area(form, "purpose", "What for", maxlength=2000, rows=4),
                fields.submit("Ask for a key"),
                action=at(ADDRESS),
            ),
        ),
        said=done,
        lead=html.P(LEAD, className="lead"),
    )


def _shown(key: str) -> Node:
    copy = html.Button(
        "Copy",
        className="btn btn-outline-secondary",
        type="button",
        **attrs({"data-copy": key}),
    )
    return html.Div(
        [
            html.H2("Your key"),
            html.P("Copy it now: it is stored hashed and not shown again."),
            html.Code(key, className="secret", id="key"),
            copy,
        ],
        className="panel",
        role="status",
    )


def _requests(requests: Sequence[ApiKeyRequest]) -> Node:
    heads = ("For", "State", "Asked", "")
    table = fields.table("Requests for keys", heads, [_request(one) for one in requests])
    return fields.section("asked", "Requests", table)


def _request(one: ApiKeyRequest) -> Sequence[Children]:
    here = at(f"{ADDRESS}requests/{one.id}")
    show = None
    if one.state == "approved":
        show = fields.button(f"{here}/show/", "Show the key", "primary", f"for {one.name}")
    label = "Remove" if one.state == "declined" else "Withdraw"
    end = about(label, f"{here}/withdraw/", f"the request for {one.name}")
    state: list[Child] = [STATES.get(one.state, WAITING)]
    if one.state == "declined" and one.reason:
        state.append(html.Span(one.reason, className="sub"))
    return one.name, state, day(one.requested_at), fields.row(show, end)


def about(label: str, href: str, words: str) -> Node:
    """A link among others of its kind, completed for screen readers."""
    return html.A([label, html.Span(f" {words}", className="vh")], href=href)


def _key(key: ApiKey, used: tuple[Use, Use]) -> Sequence[Children]:
    hour, today = (f"{one.used:,} of {one.limit:,}" for one in used)
    if key.revoked_at:
        hour = today = "–"
    return (
        key.name,
        html.Code(f"hsk_{key.prefix}"),
        day(key.issued_at),
        moment(key.last_used_at) if key.last_used_at else "Never",
        hour,
        today,
        _revoked(key)
        if key.revoked_at
        else about("Revoke", at(f"{ADDRESS}{key.id}/revoke/"), key.name),
    )


def _revoked(key: ApiKey) -> list[Child]:
    why = [html.Span(key.revoked_reason, className="sub")] if key.revoked_reason else []
    return [fields.tag("Revoked"), *why]


def withdraw(form: Form, asked: ApiKeyRequest) -> str:
    if asked.state == "declined":
        meaning = "It was declined. It goes from the list; you may ask again."
    else:
        meaning = "No key is made for it then. You may ask again."
    return reasons.page(
        form,
        f"Withdraw the request for {asked.name}?",
        meaning,
        action=at(f"{ADDRESS}requests/{asked.id}/withdraw/"),
        label="Withdraw request",
        hint="The administrators see it with the request.",
        back=at(ADDRESS),
    )


def revoke(form: Form, key: ApiKey, *, back: str = ADDRESS, action: str = "") -> str:
    """Before a key stops: its owner asks, or an administrator."""
    own = not action
    return reasons.page(
        form,
        f"Revoke the key {key.name}?",
        f"Whatever uses hsk_{key.prefix} stops within a second. It cannot be brought back.",
        action=at(action or f"{ADDRESS}{key.id}/revoke/"),
        label="Revoke",
        hint="It is kept with the key." if own else "It goes into the e-mail to the owner.",
        back=at(back),
    )
