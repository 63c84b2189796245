"""What administrators see of organisations that have no admin."""

from __future__ import annotations

from collections.abc import Sequence

from auth.views import fields
from auth.views.admin_pages import area
from auth.views.dates import day
from auth.views.fields import at
from auth.workspaces.rosters import Member
from components.markup import Children, Node, html
from pages.workspaces.places import Place
from pages.workspaces.workspace_pages import decline

WHAT = (
    "Requests to join a practice or PCN that has no admin yet. Whoever you approve becomes its "
    "admin and decides about everyone after. Check that the person works there."
)


def page(asked: Sequence[tuple[Member, Place]], ungoverned: Sequence[Place], *, done: str) -> str:
    heads = ("Person", "E-mail", "Organisation", "Asked", "")
    rows = [_request(one, place) for one, place in asked]
    table = fields.table("Requests to join", heads, rows, actions="Decision")
    return area(
        "Requests to join",
        html.P(WHAT, className="prose mt-3"),
        fields.section(
            "wait",
            "Waiting",
            table if asked else html.P("Nobody is waiting."),
            remark=str(len(asked)),
        ),
        _ungoverned(ungoverned) if ungoverned else None,
        done=done,
    )


def _request(membership: Member, place: Place) -> Sequence[Children]:
    here = at(f"/accounts/memberships/{membership.id}")
    about = f"{membership.name} for {place.name}"
    ended = f". {place.ended}" if place.ended else ""
    return (
        membership.name,
        [membership.email, html.Span("Verified", className="sub")],
        [_link(place, place.name), html.Span(f"{place.kind} {place.code}{ended}", className="sub")],
        day(membership.requested_at),
        fields.row(
            fields.button(f"{here}/approve/", "Approve", "primary", about),
            decline(here, about),
            className="row-act justify-content-end",
        ),
    )


def _link(place: Place, words: str) -> Node:
    return html.A(words, href=at(f"/accounts/organisations/{place.code}/"))


def _ungoverned(places: Sequence[Place]) -> Node:
    return fields.section(
        "un",
        "Members but no admin",
        html.P("Their admins are suspended or gone. Make a member admin."),
        html.Ul([html.Li(_link(place, place.label)) for place in places]),
    )
