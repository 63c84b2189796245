"""What the pages of the administration look like: its own links above the content."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from flask import request

from auth.accounts import administration
from auth.credentials.sessions import account
from auth.forms import Form
from auth.models import AuditEvent, ContactMessage, Notice, User
from auth.moments import now
from auth.views import fields, frame
from auth.views.dates import day, moment
from auth.views.fields import at
from auth.views.security_pages import facts
from components.markup import Child, Children, Node, attrs, html

ADMIN = "/accounts/admin/"


def area(title: str, *content: Child | None, form: Form | None = None, done: str = "") -> str:
    """A page of the administration. `done` confirms what was just done."""
    problems = fields.problems(form) if form else None
    return frame.draw(title, problems, *content, said=done, lead=_links())


def _links() -> Node:
    waiting = administration.waiting()
    pages = (
        ("Overview", "", 0),
        ("Requests to join", "organisations/", waiting.members),
        ("Users", "users/", 0),
        ("Keys", "keys/", waiting.keys),
        ("Notices", "notices/", 0),
        ("Messages", "messages/", waiting.messages),
        ("Import jobs", "imports/", 0),
        ("Data", "data/", 0),
        ("Audit", "audit/", 0),
    )
    lines = [html.Li(_link(label, at(f"{ADMIN}{path}"), count)) for label, path, count in pages]
    return html.Nav(
        html.Ul(lines, className="side across"), **attrs({"aria-label": "Administration"})
    )


def _link(label: str, href: str, count: int) -> Node:
    here = request.script_root + request.path == href
    return html.A(
        [label, *([" ", html.Span(str(count), className="muted")] if count else [])],
        href=href,
        **attrs({"aria-current": "page"} if here else {}),
    )


def overview() -> str:
    waiting = administration.waiting()
    audit = html.A("audit record", href=at(f"{ADMIN}audit/"))
    return area(
        "Administration",
        facts(
            ("Keys asked for", [html.A(str(waiting.keys), href=at(f"{ADMIN}keys/"))]),
            ("Messages to answer", [html.A(str(waiting.messages), href=at(f"{ADMIN}messages/"))]),
            (
                "Requests to join, where there is no admin",
                [html.A(str(waiting.members), href=at(f"{ADMIN}organisations/"))],
            ),
        ),
        html.P(["Every change made here is in the ", audit, "."]),
    )


def _pager(page: int, *, more: bool, search: str = "") -> Node | None:
    """Links to newer and older rows, where there are any."""
    kept = f"&q={quote(search, safe='/')}" if search else ""
    newer = html.A("Newer", href=f"?page={page - 1}{kept}") if page else None
    older = html.A("Older", href=f"?page={page + 1}{kept}") if more else None
    if newer is None and older is None:
        return None
    return html.Nav([newer, older], className="row-act mt-3", **attrs({"aria-label": "Pages"}))


def users(
    rows: Sequence[User], *, search: str, page: int, more: bool, form: Form, done: str
) -> str:
    box = html.Input(className="form-control", id="q", name="q", value=search, maxlength=100)
    heads = ("Name", "E-mail", "Joined", "State", "")
    table = fields.table("Users", heads, [_user(user) for user in rows], className="box mt-3")
    return area(
        "Users",
        html.Form(
            [
                html.Label("Name or e-mail", className="form-label", htmlFor="q"),
                html.Div(
                    [box, fields.submit("Search", "outline-secondary")], className="input-group"
                ),
            ],
            className="search-row",
            role="search",
            **attrs({"aria-label": "Users"}),
        ),
        table if rows else html.P("Nobody found.", className="mt-3"),
        _pager(page, more=more, search=search),
        form=form,
        done=done,
    )


def _user(user: User) -> Sequence[Children]:
    if user.suspended_at:
        state = fields.tag("Suspended", "bad")
    elif user.verified_at:
        state = fields.tag("Active", "ok")
    else:
        state = fields.tag("Not confirmed", "wait")
    administers: list[Child] = []
    if user.is_platform_admin:
        administers = [" ", fields.tag("Administrator", "br")]
    return (
        [user.name, html.Span(f"No. {user.id}", className="sub")],
        user.email,
        day(user.created_at),
        [state, *administers],
        _user_actions(user) if user.id != account().id else None,
    )


def _user_actions(user: User) -> Node:
    here = at(f"{ADMIN}users/{user.id}")
    if user.suspended_at:
        first = fields.button(f"{here}/restore/", "Lift suspension", about=user.name)
    else:
        first = fields.button(f"{here}/suspend/", "Suspend", "outline-danger", about=user.name)
    second = None
    if user.is_platform_admin:
        second = fields.button(f"{here}/dismiss/", "Remove as administrator", about=user.name)
    elif user.verified_at and not user.suspended_at:
        second = fields.button(f"{here}/appoint/", "Make administrator", about=user.name)
    return fields.row(first, second)


def notices(rows: Sequence[Notice], *, form: Form, done: str) -> str:
    heads = ("Text", "From", "Until", "")
    return area(
        "Notices",
        fields.section(
            "new",
            "New notice",
            fields.form(
                fields.area(form, "text", "Text", rows=3, maxlength=500),
                fields.text(
                    form,
                    "ends",
                    "Last day",
                    type="date",
                    maxlength=10,
                    hint="Empty: until it is ended here.",
                    optional=True,
                ),
                fields.submit("Post"),
                action=at(f"{ADMIN}notices/"),
            ),
            remark="Every page shows it, within seconds",
        ),
        fields.section(
            "all",
            "Notices",
            fields.table("Notices", heads, [_notice(one) for one in rows])
            if rows
            else html.P("None."),
        ),
        form=form,
        done=done,
    )


def _notice(one: Notice) -> Sequence[Children]:
    shown = not one.ends_at or one.ends_at > now()
    end = fields.button(at(f"{ADMIN}notices/{one.id}/end/"), "End", about=one.text)
    until = moment(one.ends_at) if one.ends_at else "Ended here"
    return one.text, moment(one.starts_at), until, end if shown else None


def messages(rows: Sequence[ContactMessage], *, done: str) -> str:
    return area("Messages", *([_message(one) for one in rows] or [html.P("None.")]), done=done)


def _message(one: ContactMessage) -> Node:
    here, about = at(f"{ADMIN}messages/{one.id}"), f"message of {one.name}"
    which = ", ".join(part for part in (one.tool, one.organisation, one.period) if part)
    expected = [html.B("Expected:"), f" {one.expected}"]
    if one.handled_at:
        state = html.Span(f"Handled on {day(one.handled_at)}", className="muted")
    else:
        state = fields.button(f"{here}/handled/", "Mark as handled", about=about)
    remove = fields.button(f"{here}/remove/", "Remove", "outline-danger", about=about)
    return html.Div(
        [
            html.H2([f"{one.name} ", html.Span(moment(one.at), className="muted small")]),
            html.P(html.A(one.email, href=f"mailto:{one.email}")),
            html.P(which, className="muted") if which else None,
            html.P(one.message, className="said"),
            html.P(expected, className="said") if one.expected else None,
            fields.row(state, remove),
        ],
        className="panel",
    )


def audit(events: Sequence[AuditEvent], *, page: int, more: bool) -> str:
    heads = ("When", "What", "Account", "By", "Detail")
    return area(
        "Audit record",
        html.P("Accounts are named by number, so the record outlives them without naming anyone."),
        fields.table("Security events", heads, [_event(one) for one in events]),
        _pager(page, more=more),
    )


def _event(one: AuditEvent) -> Sequence[Children]:
    return (
        moment(one.at),
        one.kind,
        str(one.user_id or "–"),
        str(one.actor_id or "–"),
        one.detail or "–",
    )
