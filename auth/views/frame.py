"""What the pages of an account share: the side menu and the line that confirms what was done.

Other packages add their pages with `add_to_menu`: a label, an address and, where it helps, a
function that counts what is behind it for the account. `add_section` adds to the profile page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, render_template, request
from markupsafe import Markup

from auth.accounts import administration
from auth.credentials.sessions import Account, account
from auth.views import fields
from components.account import badge
from components.markup import Child, Node, attrs, html
from components.text import to_text

EXTENSION = "haresign-account-menu"
SECTIONS = "haresign-account-sections"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the side menu. Smaller `order` is higher."""

    label: str
    path: str
    order: int
    count: Callable[[Account], int] | None = None
    waiting: Callable[[Account], int] | None = None  # what asks for a decision there
    only_admins: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the profile page."""

    slug: str
    title: str
    body: Markup
    remark: str = ""
    urgent: bool = False  # above everything else


def register(app: Flask) -> None:
    app.extensions[EXTENSION] = []
    app.extensions[SECTIONS] = []
    add_to_menu(app, Entry("Account", "/accounts/profile/", 0))
    add_to_menu(app, Entry("API keys", "/accounts/api-keys/", 50))
    add_to_menu(app, Entry("Sign-in and security", "/accounts/security/", 60))
    add_to_menu(
        app,
        Entry(
            "Administration",
            "/accounts/admin/",
            90,
            waiting=lambda _: administration.waiting().total,
            only_admins=True,
        ),
    )


def add_to_menu(app: Flask, entry: Entry) -> None:
    entries: list[Entry] = app.extensions[EXTENSION]
    entries.append(entry)
    entries.sort(key=lambda one: one.order)


def add_section(app: Flask, draw: Callable[[Account], Section | None]) -> None:
    """Add to the profile page, below what is there already."""
    app.extensions[SECTIONS].append(draw)


def sections() -> list[Section]:
    """What others add to the profile page, for the account of the request."""
    drawn = [draw(account()) for draw in current_app.extensions[SECTIONS]]
    return [section for section in drawn if section]


def draw(
    title: str,
    *content: Child | None,
    said: str | None = None,
    lead: Node | None = None,
    actions: Node | None = None,
) -> str:
    """A page of the account, with its side menu. `said` confirms what was just done; `lead` and
    `actions` stand with the title.
    """
    signed_in = account()
    entries: list[Entry] = current_app.extensions[EXTENSION]
    menu = [
        _line(entry, signed_in)
        for entry in entries
        if signed_in.is_platform_admin or not entry.only_admins
    ]
    head = html.Div([html.Div([html.H1(title), lead], className="t"), actions], className="phead")
    side = html.Nav(html.Ul(menu, className="side"), **attrs({"aria-label": "Account"}))
    main = html.Main([head, fields.done(said or ""), *content], id="main", tabIndex="-1")
    page = [_crumbs(title), html.Div([side, main], className="acct")]
    return render_template("document.html", title=title, page=to_text(page))


def _line(entry: Entry, signed_in: Account) -> Node:
    href = fields.at(entry.path)
    count = entry.count(signed_in) if entry.count else 0
    here = attrs({"aria-current": "page"} if request.path.startswith(entry.path) else {})
    counted = html.Span(str(count), className="muted") if count else None
    mark = badge(entry.waiting(signed_in)) if entry.waiting else None
    return html.Li(html.A([entry.label, counted, mark], href=href, **here))


def _crumbs(title: str) -> Node:
    start = html.A("Account", href=fields.at("/accounts/profile/"))
    here = html.Li(title, **attrs({"aria-current": "page"}))
    return html.Nav(
        html.Ol([html.Li(start), here]), className="crumbs", **attrs({"aria-label": "Breadcrumb"})
    )
