"""What the page of an account's API keys looks like."""

from __future__ import annotations

from collections.abc import Sequence

from auth.forms import Form
from auth.models import ApiKey, ApiKeyRequest
from auth.views import fields, frame
from auth.views.dates import day, moment
from auth.views.fields import at
from components.markup import Children, Node, attrs, html

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
    *,
    shown: str,
    done: str,
) -> str:
    """`shown` is a key that is shown this once."""
    reference = html.A("API reference", href=at("/api/docs/"))
    heads = ("Name", "Begins with", "Issued", "Last used", "")
    return frame.draw(
        "API keys",
        fields.problems(form),
        _shown(shown) if shown else None,
        _requests(requests) if requests else None,
        fields.section(
            "keys",
            "Your keys",
            fields.table("Your keys", heads, [_key(one) for one in keys])
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
        about = f"for {one.name}"
        show = fields.button(f"{here}/show/", "Show the key", "primary", about=about)
    label = "Remove" if one.state == "declined" else "Withdraw"
    end = fields.button(f"{here}/withdraw/", label, about=f"the request for {one.name}")
    return one.name, STATES.get(one.state, WAITING), day(one.requested_at), fields.row(show, end)


def _key(key: ApiKey) -> Sequence[Children]:
    revoke = fields.button(at(f"{ADDRESS}{key.id}/revoke/"), "Revoke", "outline-danger", key.name)
    return (
        key.name,
        html.Code(f"hsk_{key.prefix}"),
        day(key.issued_at),
        moment(key.last_used_at) if key.last_used_at else "Never",
        fields.tag("Revoked") if key.revoked_at else revoke,
    )
