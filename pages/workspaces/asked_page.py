"""A request to join as those see it who decide: what to do, or who did it and when."""

from __future__ import annotations

from auth.views import fields, frame
from auth.views.dates import day, moment
from auth.views.fields import at
from auth.views.security_pages import facts
from auth.workspaces.requests import Request
from components.markup import Node, html, icon
from pages.workspaces.places import Place

SAID = {
    "approved": "{by} approved this request",
    "declined": "{by} declined this request",
    "request withdrawn": "{by} withdrew this request",
}
KNOWN = "Approve only people who you know work there: members see what its members share."


def page(request: Request, place: Place) -> str:
    member = request.member
    here = at(f"/accounts/memberships/{member.id}")
    decide = fields.row(
        fields.button(f"{here}/approve/", "Approve", "primary", member.name),
        fields.way(
            ["Decline", html.Span(f" {member.name}", className="vh")],
            f"{here}/reject/",
            "outline-secondary",
        ),
    )
    return frame.draw(
        f"{member.name} asks to join {place.name}",
        facts(
            ("Person", [member.name]),
            ("E-mail", [member.email, " (verified)"]),
            (place.kind, [f"{place.name} ", html.Span(place.code, className="code")]),
            ("Asked", [day(member.requested_at)]),
        ),
        html.P(KNOWN) if request.may_decide else None,
        decide if request.may_decide else _note(_what_happened(request, place)),
    )


def _what_happened(request: Request, place: Place) -> str:
    if request.member.state == "pending":
        return f"{place.name} has an admin of its own now, who decides."
    ended = request.ended
    if ended is None:
        return "This was already decided."
    words = SAID[ended.what].format(by=ended.by)
    reason = f" The reason given: {ended.reason}" if ended.reason else ""
    return f"Already decided: {words} on {moment(ended.at)}.{reason}"


def _note(words: str) -> Node:
    return html.P([icon("info"), html.Span(words)], className="note", role="status")
