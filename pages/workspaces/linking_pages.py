"""What the pages look like that link an account to a practice or PCN, and manage its members."""

from __future__ import annotations

from collections.abc import Sequence

from auth.credentials.sessions import account
from auth.forms import Form
from auth.models.workspaces import OrgType, State
from auth.views import fields, frame
from auth.views.dates import day, moment
from auth.views.fields import at
from auth.workspaces.rosters import Event, Member
from components.markup import Child, Children, Node, attrs, html, icon
from data.format import plural
from pages.workspaces.places import Place
from pages.workspaces.preset_pages import about
from pages.workspaces.workspace_pages import LINK, requests, successor

ASK = (
    "Ask to join the practice or PCN you work for. Its admins decide; where it has none yet, "
    "Haresign’s administrators do."
)
FEWER = "Try fewer letters, the ODS code or a postcode."


def search(
    form: Form, kind: OrgType, results: Sequence[tuple[Place, State | None]], *, total: int
) -> str:
    """Find a practice or PCN, and ask to join it. `results` are the first of so many."""
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
        _results(form["q"], kind, results, total) if form["q"] else None,
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


def _results(
    text: str, kind: OrgType, results: Sequence[tuple[Place, State | None]], total: int
) -> Node:
    single, many = ("practice", "practices") if kind == "practice" else ("PCN", "PCNs")
    counted = plural(total, single, many)
    if len(results) < total:
        counted = f"First {len(results)} of {counted}"
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
        remark=f"{counted} for “{text}”",
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
        ways = [
            about("Stop being an admin", f"{here}/demote/", f"of {place.name}"),
            about("Leave", f"{here}/leave/", place.name),
        ]
    else:
        if member.state == "active":
            ways.append(about("Make an admin", f"{here}/promote/", f"of {member.name}"))
        elif is_admin:
            words = "Make an ordinary member again"
            ways.append(about(words, f"{here}/demote/", f"of {member.name}"))
        if is_admin:
            words = "Make admin in my place"
            ways.append(about(words, f"{here}/hand-over/", member.name))
        ways.append(about("Remove", f"{here}/remove/", member.name))
    return (
        _person(member),
        member.email,
        _role(member),
        day(member.decided_at or member.requested_at),
        fields.row(*ways, className="row-act justify-content-end"),
    )


def colleagues(place: Place, people: Sequence[Member]) -> str:
    """Who else is a member, for one who does not decide about others."""
    rows: list[Sequence[Children]] = [
        (_person(one), _role(one), day(one.decided_at or one.requested_at)) for one in people
    ]
    return frame.draw(
        f"Members of {place.name}",
        fields.table(f"Members of {place.name}", ("Person", "Role", "Since"), rows),
        html.P("Its admins decide about members."),
        lead=html.P(
            [*_named(place), f", {place.detail}" if place.detail else ""], className="lead"
        ),
    )


def _person(member: Member) -> list[Child]:
    own = member.user_id == account().id
    return [member.name, " ", html.Span("(you)", className="muted")] if own else [member.name]


def _role(member: Member) -> str:
    return "Admin" if member.state == "admin" else "Member"


# How a line of the log goes on after the name of whoever did it; `{}` is the other person.
TOLD = {
    "request withdrawn": "withdrew the request",
    "approved": "approved {}",
    "declined": "declined {}",
    "removed": "removed {}",
    "made an admin": "made {} an admin",
    "made an ordinary member": "made {} an ordinary member again",
    "handed over to": "made {} admin in their place",
    "an admin is gone": "was an admin until the account was deleted",
    "a member is gone": "was a member until the account was deleted",
    "handed over": "became admin after the last one’s account was deleted",
}


def _log(events: Sequence[Event]) -> list[Sequence[Children]]:
    rows: list[Sequence[Children]] = []
    for one in events:
        own = one.name == one.by
        words = TOLD.get(one.kind, one.kind if own else f"{one.kind} {{}}")
        if own and "{}" in words:  # of oneself, as in "made an ordinary member again"
            words = " ".join(words.replace("{}", "themselves").split())
        detail = f": {one.detail}" if one.detail else ""
        by = one.name if one.kind == "handed over" else one.by
        rows.append((moment(one.at), by, f"{words.replace('{}', one.name)}{detail}"))
    return rows
