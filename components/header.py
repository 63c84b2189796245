"""Header, banners and footer: the same on pages that Dash draws and pages that the server draws.

Paths given to these functions carry the URL prefix already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.account import Visitor, badge, corner, in_menu, in_use, switches
from components.markup import Node, attrs, html, icon, link
from components.selector import search

NAME = "Haresign"


@dataclass(frozen=True, slots=True)
class NavItem:
    """A main destination. `match` is the start of the paths that belong to it."""

    label: str
    href: str
    match: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What header, banners and footer say at one request. `links` are (label, href)."""

    nav: Sequence[NavItem]
    links: Sequence[tuple[str, str]]
    search_url: str
    demo: bool
    home: str = "/"
    visitor: Visitor | None = None
    notices: Sequence[str] = ()


def wordmark(href: str) -> Node:
    """Our mark, two leaves like a hare's ears, and the name."""
    return link(
        [html.Span(className="mark-h", **attrs({"aria-hidden": "true"})), NAME],
        href=href,
        className="wordmark",
    )


def _nav(items: Sequence[NavItem], *, label: str, class_name: str = "") -> Node:
    return html.Nav(
        html.Ul(
            [
                html.Li(html.Span(link(item.label, item.href), **attrs({"data-match": item.match})))
                for item in items
            ],
            className=class_name,
        ),
        **attrs({"aria-label": label}),
    )


def _theme_button() -> Node:
    return html.Button(
        [
            html.Span(
                [icon(mark), html.Span(f"Theme: {name}", className="vh")], className=f"t-{name}"
            )
            for name, mark in (("system", "screen"), ("light", "sun"), ("dark", "moon"))
        ],
        type="button",
        className="icon-btn theme",
        **attrs({"data-theme-toggle": "1"}),
    )


def _switcher(search_url: str, visitor: Visitor | None) -> Node:
    """Choose a practice: linked workspaces, then what assets/page.js finds in this browser."""
    workspace = visitor.workspace if visitor else None
    linked = switches(visitor) if visitor else None
    mark = in_use(visitor) if visitor else None
    kept = (
        {"data-workspace": workspace.name, "data-workspace-code": workspace.code}
        if workspace
        else {}
    )
    looked_at = html.B(workspace.name if workspace else "Choose a practice", **attrs(kept))
    return html.Div(
        [
            html.Button(
                [
                    html.Span(className="dot"),
                    html.Span([looked_at, *([mark] if mark else [])], className="two"),
                    icon("chevron"),
                ],
                type="button",
                className="btn btn-outline-secondary org",
                **attrs({"aria-expanded": "false", "aria-controls": "switcher-panel"}),
            ),
            html.Div(
                [
                    search(
                        "switch",
                        label="Search all practices, PCNs and areas",
                        search_url=search_url,
                    ),
                    *([linked] if linked else []),
                    html.Div(className="recent known"),
                ],
                id="switcher-panel",
                className="pop",
                hidden=True,
            ),
        ],
        className="switcher",
    )


def brand(home: str, nav: Sequence[NavItem]) -> Node:
    """The header of a page that is not there yet: mark and main links, in the same places."""
    links = _nav(nav, label="Main", class_name="nav-main")
    return html.Header(html.Div([wordmark(home), links], className="wrap"), className="top")


def header(around: Surroundings) -> Node:
    """Skip link, mark, main links, search, organisation switcher, account, theme and menu."""
    nav, search_url, visitor = around.nav, around.search_url, around.visitor
    mark = badge(visitor.waiting) if visitor else None
    return html.Header(
        [
            html.A("Skip to main content", href="#main", className="skip"),
            html.Div(
                [
                    wordmark(around.home),
                    _nav(nav, label="Main", class_name="nav-main"),
                    html.Div(
                        [
                            html.Div(
                                search(
                                    "find",
                                    label="Find a practice, PCN or tool",
                                    search_url=search_url,
                                    placeholder="Practice, PCN or tool",
                                    flags=("follow", "shortcut", "hide-label"),
                                ),
                                className="find",
                                role="search",
                            ),
                            _switcher(search_url, visitor),
                            _theme_button(),
                            *([corner(visitor)] if visitor else []),
                            html.Button(
                                [icon("menu"), html.Span("Menu"), *([mark] if mark else [])],
                                type="button",
                                className="btn btn-outline-secondary only-s",
                                **attrs({"aria-expanded": "false", "aria-controls": "menu"}),
                            ),
                        ],
                        className="top-r",
                    ),
                ],
                className="wrap",
            ),
            html.Div(
                [
                    search(
                        "find-menu",
                        label="Find a practice, PCN or tool",
                        search_url=search_url,
                        placeholder="Practice, PCN or tool",
                        flags=("follow", "hide-label"),
                    ),
                    _nav(nav, label="Menu"),
                    *([in_menu(visitor)] if visitor else []),
                ],
                id="menu",
                className="menu wrap",
                hidden=True,
            ),
        ],
        className="top",
    )


def banners(around: Surroundings) -> list[Node]:
    """What every page says above its content."""
    said = [_notice(text) for text in around.notices]
    return [demo_banner(), *said] if around.demo else said


def _notice(text: str) -> Node:
    return html.Div(
        html.Div([html.Strong("Notice. "), text], className="wrap"),
        className="demo notice",
        role="region",
        **attrs({"aria-label": "Notice"}),
    )


def demo_banner() -> Node:
    """Shown on every page with demonstration data."""
    return html.Div(
        html.Div(
            [
                html.Strong("Demonstration data."),
                " Every practice, name and number here is invented.",
            ],
            className="wrap",
        ),
        className="demo",
        role="region",
        **attrs({"aria-label": "Demonstration data"}),
    )


def footer(links: Sequence[tuple[str, str]]) -> Node:
    """That we are not the NHS, and the small links (label, href)."""
    return html.Footer(
        html.Div(
            [
                html.P(
                    "Independent and open source. Not affiliated with or endorsed by the NHS. "
                    "Published data under the Open Government Licence v3.0."
                ),
                html.Nav(
                    html.Ul([html.Li(link(label, href)) for label, href in links]),
                    **attrs({"aria-label": "Footer"}),
                ),
            ],
            className="wrap",
        ),
        className="foot",
    )
