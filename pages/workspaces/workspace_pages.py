"""What an account sees of its own workspaces."""

from __future__ import annotations

from collections.abc import Sequence

from auth.forms import Form
from auth.views import fields, frame
from auth.views.dates import day
from auth.views.fields import at
from auth.workspaces.rosters import Link, Member
from components.markup import Child, Children, Node, attrs, html
from data.format import plural
from data.versions.orgs import Org
from pages.workspaces import preset_pages
from pages.workspaces.places import Place
from pages.workspaces.shelves import Row

LINK, SWITCH = "/accounts/link/", "/accounts/workspaces/"
LEAD = (
    "A workspace is the practice or PCN that pages choose for you. Switching changes what is "
    "pre-selected, never what you may see."
)
PRESETS_KEEP = "Presets keep your selections, not the data: figures update with each release"
Card = tuple[Link, Place]


def page(
    cards: Sequence[Card],
    past: Sequence[Card],
    waiting: Sequence[tuple[Place, Sequence[Member]]],
    presets: Sequence[Row],
    *,
    in_use: str | None,
    form: Form,
    done: str | None,
) -> str:
    """The account's practices and PCNs, what waits for it, and what came to an end."""
    add = fields.way("+ Link a practice or PCN", at(LINK), "primary")
    return frame.draw(
        "Workspaces",
        fields.problems(form),
        html.Section(
            [html.H2("Your workspaces", id="yours-h", className="vh"), _yours(cards, in_use)],
            className="bare",
            **attrs({"aria-labelledby": "yours-h"}),
        ),
        *(_waiting(number, place, asked) for number, (place, asked) in enumerate(waiting, 1)),
        _presets(presets) if in_use else None,
        _past(past) if past else None,
        said=done,
        lead=html.P(LEAD, className="lead"),
        actions=html.Div(add, className="acts"),
    )


def _yours(cards: Sequence[Card], in_use: str | None) -> Node:
    if cards:
        return html.Div([_card(link, place, in_use) for link, place in cards], className="ws")
    return html.Div(
        [
            html.P(
                "No practice or PCN is linked yet. Pages then ask for an organisation each time, "
                "as they do without an account."
            ),
            html.P(html.A("Link a practice or PCN", href=at(LINK)), className="mb-0"),
        ],
        className="panel",
    )


def _card(link: Link, place: Place, in_use: str | None) -> Node:
    used = link.org_code == in_use and link.state != "pending"
    detail = f", {place.detail}" if place.detail else ""
    return html.Div(
        [
            html.Div(
                [html.B(place.name), _tag(link, place, used=used)],
                className="d-flex justify-content-between gap-2",
            ),
            html.Div(
                [f"{place.kind} ", html.Span(place.code, className="code"), detail],
                className="small muted",
            ),
            _ended(place) if place.ended else None,
            *(_asked(link, place) if link.state == "pending" else _inside(link, place, used=used)),
        ],
        className="panel on" if used else "panel",
    )


def _tag(link: Link, place: Place, *, used: bool) -> Node:
    if used:
        return fields.tag("In use", "br")
    return fields.tag("Closed", "wait") if place.ended else _state(link)


def _state(link: Link) -> Node:
    if link.state == "pending":
        return fields.tag("Pending", "wait")
    return fields.tag("Admin" if link.state == "admin" else "Active", "ok")


def successor(org: Org) -> Node:
    return html.A(org.label, href=at(f"{LINK}?kind={org.level}&q={org.code}"))


def _ended(place: Place) -> Node:
    now = [part for org in place.successors for part in (" Now: ", successor(org), ".")]
    words = f"{place.ended} Its earlier figures, presets and documents stay."
    return html.Div([words, *now], className="small")


def _asked(link: Link, place: Place) -> Sequence[Node]:
    who = (
        "An admin there decides."
        if link.has_admin
        else "It has no admin yet, so Haresign’s administrators decide."
    )
    withdraw = at(f"/accounts/memberships/{link.id}/withdraw/")
    return (
        html.Div(f"Asked on {day(link.requested_at)}. {who}", className="small"),
        fields.row(
            fields.way(
                ["Withdraw request", html.Span(f" to join {place.name}", className="vh")],
                withdraw,
                "outline-secondary",
            )
        ),
    )


def _inside(link: Link, place: Place, *, used: bool) -> Sequence[Node]:
    is_admin = link.state == "admin"
    role: list[Child] = ["an ", html.B("admin")] if is_admin else ["a ", html.B("member")]
    others = plural(link.members, "member", "members")
    name = html.Span(f" of {place.name}", className="vh")
    use = fields.button(at(f"{SWITCH}{link.org_code}/use/"), "Use this workspace", about=place.name)
    members = fields.way(
        ["Manage members" if is_admin else "Members", name],
        at(f"/accounts/organisations/{link.org_code}/"),
        "outline-secondary",
    )
    stop = fields.button(at(f"{SWITCH}none/use/"), "Stop using", "link", place.name)
    leave = fields.way(
        ["Leave", html.Span(f" {place.name}", className="vh")],
        at(f"/accounts/memberships/{link.id}/leave/"),
    )
    return (
        html.Div(["You are ", *role, f". {others}"], className="small"),
        fields.row(None if used else use, members, stop if used else None, leave),
    )


def _waiting(number: int, place: Place, asked: Sequence[Member]) -> Node:
    return fields.section(
        f"ask-{number}",
        f"Requests to join {place.name}",
        requests(place, asked),
        remark=f"{len(asked)} waiting for you",
    )


def requests(place: Place, asked: Sequence[Member]) -> Node:
    """Who asks to join, with what an admin can do about it."""
    return fields.table(
        f"Requests to join {place.name}",
        ("Person", "E-mail", "Asked", ""),
        [_request(one) for one in asked],
        actions="Decision",
    )


def decline(membership: str, whom: str) -> Node:
    """To the page that asks for a reason. `membership` is the address of the request."""
    words: list[Child] = ["Decline", html.Span(f" {whom}", className="vh")]
    return fields.way(words, f"{membership}/reject/", "outline-secondary")


def asked_on_profile(waiting: Sequence[tuple[Place, Sequence[Member]]]) -> list[Node]:
    """Every request that waits for the account, by place."""
    return [
        part
        for place, asked in waiting
        for part in (html.H3(f"Requests to join {place.name}"), requests(place, asked))
    ]


def _request(membership: Member) -> Sequence[Children]:
    here = at(f"/accounts/memberships/{membership.id}")
    return (
        membership.name,
        [membership.email, html.Span("Verified", className="sub")],
        day(membership.requested_at),
        fields.row(
            fields.button(f"{here}/approve/", "Approve", "primary", membership.name),
            decline(here, membership.name),
            className="row-act justify-content-end",
        ),
    )


def _presets(rows: Sequence[Row]) -> Node:
    table = preset_pages.table(rows)
    return fields.section("pre", "Presets in this workspace", table, remark=PRESETS_KEEP)


def _past(past: Sequence[Card]) -> Node:
    return fields.section(
        "past",
        "Earlier",
        fields.table(
            "Declined, withdrawn and ended memberships",
            ("Organisation", "State", ""),
            [_ended_link(link, place) for link, place in past],
            actions="Ask again",
        ),
        remark="You may ask again",
    )


def _ended_link(link: Link, place: Place) -> Sequence[Children]:
    asking = {"code": link.org_code, "kind": link.org_type}
    again = fields.button(at(LINK), "Ask again", about=f"to join {place.name}", fields=asking)
    return (
        [place.name, html.Span(f"{place.kind} {place.code}", className="sub")],
        "Declined" if link.state == "rejected" else "Not a member any more",
        place.ended or fields.row(again, className="row-act justify-content-end"),
    )


def on_profile(cards: Sequence[Card], in_use: str | None) -> list[Node]:
    """The same at a glance, with the ways on."""
    return [
        html.Ul([_line(link, place, in_use) for link, place in cards], className="plain")
        if cards
        else html.P("No practice or PCN is linked yet."),
        fields.row(
            fields.way("Link a practice", at(f"{LINK}?kind=practice"), "outline-secondary"),
            fields.way("Link a PCN", at(f"{LINK}?kind=pcn"), "outline-secondary"),
            fields.way("Switch and manage", at(SWITCH)),
            className="row-act mt-3",
        ),
    ]


def _line(link: Link, place: Place, in_use: str | None) -> Node:
    used = link.org_code == in_use and link.state != "pending"
    tag = fields.tag("In use", "br") if used else _state(link)
    return html.Li([html.B(place.name), " ", html.Span(place.code, className="code"), " ", tag])
