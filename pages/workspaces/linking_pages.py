"""What the pages look like that link an account to a practice or PCN, and manage its members."""

from __future__ import annotations

from collections.abc import Sequence

from auth.credentials.sessions import account
from auth.forms import Form
from auth.models.workspaces import OrgType, State
from auth.views import fields, frame
from auth.views.dates import day, moment
from auth.views.entry_pages import lead
from auth.views.fields import at
from auth.workspaces.rosters import Event, Member
from auth.workspaces.transitions import Action
from components.markup import Child, Children, Node, attrs, html, icon
from pages.workspaces.places import Place
from pages.workspaces.preset_pages import about
from pages.workspaces.workspace_pages import LINK, requests, successor

ASK = (
    "Ask to join the practice or PCN you work for. Its admins decide; where it has none yet, "
    "Haresign’s administrators do."
)
FEWER = "Try fewer letters, the ODS code or a postcode."


def search(form: Form, kind: OrgType, results: Sequence[tuple[Place, State | None]]) -> str:
    """Find a practice or PCN, and ask to join it."""
    return frame.draw(
        "Link a practice or PCN",
        fields.problems(form),
        html.Form(
            [
                html.Fieldset(
                    [
                        html.Legend("Link a", className="form-label"),
                        fields.row(
                            _kind("practice", " Practice", kind), _kind("pcn", " PCN", kind)
                        ),
                    ],
                    className="field",
                ),
                _words(form["q"]),
                fields.row(fields.submit("Search")),
            ],
            method="get",
            action=at(LINK),
            role="search",
            **attrs({"aria-label": "Practices and PCNs"}),
        ),
        _results(form["q"], kind, results) if form["q"] else None,
        lead=html.P(ASK, className="lead"),
    )


def _kind(value: OrgType, words: str, chosen: OrgType) -> Node:
    box = html.Input(
        className="form-check-input",
        type="radio",
        name="kind",
        value=value,
        checked=value == chosen,
    )
    return html.Label([box, words], className="tick")


def _words(text: str) -> Node:
    return html.Div(
        [
            html.Label("Name or code", className="form-label", htmlFor="f-q"),
            html.P("Such as Millbrook, Y99001 or a postcode", className="hint", id="h-q"),
            html.Input(
                className="form-control",
                id="f-q",
                name="q",
                type="search",
                value=text,
                maxlength=80,
                autocomplete="off",
                **attrs({"aria-describedby": "h-q"}),
            ),
        ],
        className="field",
    )


def _results(text: str, kind: OrgType, results: Sequence[tuple[Place, State | None]]) -> Node:
    many = "practices" if kind == "practice" else "PCNs"
    table = fields.table(
        f"{many[0].upper()}{many[1:]} found",
        ("Name", "Code", "Where", ""),
        [_result(place, state, kind, text) for place, state in results],
        actions="Ask to join",
    )
    return fields.section(
        "found",
        "Found" if results else "Nothing found",
        table if results else html.P(FEWER),
        remark=f"{len(results)} {many} for “{text}”",
    )


def _result(place: Place, state: State | None, kind: OrgType, text: str) -> Sequence[Children]:
    asking = {"code": place.code, "kind": kind, "q": text}
    action: Node
    if place.ended:
        now = [part for org in place.successors for part in (" ", successor(org))]
        action = html.Span([place.ended, *now], className="small")
    elif state == "pending":
        action = fields.tag("Pending", "wait")
    elif state in ("active", "admin"):
        action = fields.tag("Linked", "ok")
    else:
        action = fields.button(at(LINK), "Ask to join", "primary", place.name, asking)
    return (
        place.name,
        html.Span(place.code, className="code"),
        place.detail,
        fields.row(action, className="row-act justify-content-end"),
    )


def _named(place: Place) -> list[Child]:
    return [f"{place.kind} ", html.Span(place.code, className="code")]


def confirm(
    title: str, place: Place, person: Member, action: Action, *, label: str, meaning: str, own: bool
) -> str:
    """What an action means, before it is done."""
    back = "workspaces/" if own else f"organisations/{person.org_code}/"
    return frame.draw(
        title,
        lead(meaning),
        fields.row(
            fields.button(
                at(f"/accounts/memberships/{person.id}/{action}/"),
                label,
                "outline-danger" if action in ("leave", "remove") else "primary",
                place.name if own else person.name,
            ),
            fields.way("Cancel", at(f"/accounts/{back}")),
            className="row-act mt-3",
        ),
        lead=html.P([f"{place.name}, ", *_named(place)], className="lead"),
    )


def organisation(
    place: Place,
    asked: Sequence[Member],
    inside: Sequence[Member],
    events: Sequence[Event],
    *,
    is_admin: bool,
    form: Form,
    done: str | None,
) -> str:
    """The members of a practice or PCN, who asks to join, and what happened."""
    closed = f"{place.ended} It takes no new members; what it has stays."
    nobody = (
        f"No admin of {place.name} can act, so Haresign’s administrators decide. Whoever you "
        "approve or promote becomes its admin."
    )
    return frame.draw(
        f"Members of {place.name}",
        fields.problems(form),
        _remark(closed) if place.ended else None,
        None if is_admin else _remark(nobody),
        fields.section(
            "ask", "Requests to join", requests(place, asked), remark=f"{len(asked)} waiting"
        )
        if asked
        else None,
        fields.section(
            "in",
            "Members",
            fields.table(
                f"Members of {place.name}",
                ("Person", "E-mail", "Role", "Since", ""),
                [_member(one, place, is_admin=is_admin) for one in inside],
                actions="Change",
            ),
            remark=str(len(inside)),
        ),
        fields.section(
            "log",
            "Log",
            fields.table(f"What happened at {place.name}", ("When", "Who", "What"), _log(events))
            if events
            else html.P("Nothing yet."),
            remark="Newest first",
        ),
        said=done,
        lead=html.P(
            [*_named(place), f", {place.detail}" if place.detail else ""], className="lead"
        ),
    )


def _remark(words: str) -> Node:
    return html.P([icon("info"), html.Span(words)], className="note warn")


def _member(member: Member, place: Place, *, is_admin: bool) -> Sequence[Children]:
    own = member.user_id == account().id
    here = at(f"/accounts/memberships/{member.id}")
    ways: list[Child] = []
    if own:
        ways = [about("Leave", f"{here}/leave/", place.name)]
    else:
        if member.state == "active":
            words = ["Make an admin", html.Span(f": {member.name}", className="vh")]
            ways.append(html.A(words, href=f"{here}/promote/"))
        if is_admin:
            ways.append(about("Hand over", f"{here}/hand-over/", f"to {member.name}"))
        ways.append(about("Remove", f"{here}/remove/", member.name))
    you: list[Child] = [" ", html.Span("(you)", className="muted")] if own else []
    return (
        [member.name, *you],
        member.email,
        "Admin" if member.state == "admin" else "Member",
        day(member.decided_at or member.requested_at),
        fields.row(*ways, className="row-act justify-content-end"),
    )


def _log(events: Sequence[Event]) -> list[Sequence[Children]]:
    rows: list[Sequence[Children]] = []
    for one in events:
        of_whom = f" {one.name}" if one.name != one.by else ""
        detail = f": {one.detail}" if one.detail else ""
        rows.append((moment(one.at), one.by, f"{one.kind}{of_whom}{detail}"))
    return rows
