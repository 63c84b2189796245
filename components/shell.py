"""What surrounds every page: header, menu, footer, and the one `dcc.Location` they listen to.

Paths given to these functions carry the URL prefix already. The document and the parts of a
page have modules of their own and are offered here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.anchor import anchor
from components.attrs import attrs
from components.document import (
    ASSETS_IGNORE,
    FONT,
    FONT_RANGE,
    NAME,
    STYLES,
    index_string,
)
from components.icons import icon
from components.page import (
    Crumb,
    Provenance,
    breadcrumb,
    copy_link,
    download_menu,
    frame,
    page_state,
    print_page,
    provenance,
    quiet_section,
    rail,
    section,
    side_by_side,
)
from components.selector import search
from components.url_state import LOCATION

__all__ = [
    "ASSETS_IGNORE",
    "FONT",
    "FONT_RANGE",
    "NAME",
    "STYLES",
    "Crumb",
    "NavItem",
    "Provenance",
    "breadcrumb",
    "copy_link",
    "demo_banner",
    "download_menu",
    "footer",
    "frame",
    "header",
    "index_string",
    "layout",
    "page_state",
    "print_page",
    "provenance",
    "quiet_section",
    "rail",
    "section",
    "side_by_side",
    "wordmark",
]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A main destination. `match` is the start of the paths that belong to it."""

    label: str
    href: str
    match: str


def wordmark(href: str) -> Component:
    """Our mark, two leaves like a hare's ears, and the name."""
    return dcc.Link(
        [html.Span(className="mark-h", **attrs({"aria-hidden": "true"})), NAME],
        href=href,
        className="wordmark",
    )


def _nav(items: Sequence[NavItem], *, label: str, class_name: str = "") -> Component:
    return html.Nav(
        html.Ul(
            [
                html.Li(
                    html.Span(anchor(item.label, item.href), **attrs({"data-match": item.match}))
                )
                for item in items
            ],
            className=class_name,
        ),
        **attrs({"aria-label": label}),
    )


def _theme_button() -> Component:
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


def _switcher(search_url: str) -> Component:
    """Choose a practice: the button and panel that assets/page.js fills from this browser."""
    return html.Div(
        [
            html.Button(
                [
                    html.Span(className="dot"),
                    html.B("Choose a practice"),
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
                    html.Div(className="recent"),
                ],
                id="switcher-panel",
                className="pop",
                hidden=True,
            ),
        ],
        className="switcher",
    )


def header(nav: Sequence[NavItem], *, home: str, search_url: str) -> Component:
    """Skip link, mark, main links, search, organisation switcher, theme and menu."""
    return html.Header(
        [
            html.A("Skip to main content", href="#main", className="skip"),
            html.Div(
                [
                    wordmark(home),
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
                            _switcher(search_url),
                            _theme_button(),
                            html.Button(
                                [icon("menu"), html.Span("Menu")],
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
                ],
                id="menu",
                className="menu wrap",
                hidden=True,
            ),
        ],
        className="top",
    )


def demo_banner() -> Component:
    """Said on every page that shows demonstration data."""
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


def footer(links: Sequence[tuple[str, str]]) -> Component:
    """Who we are not, and the small links (label, href)."""
    return html.Footer(
        html.Div(
            [
                html.P(
                    "Independent and open source. Not affiliated with or endorsed by the NHS. "
                    "Published data under the Open Government Licence v3.0."
                ),
                html.Nav(
                    html.Ul([html.Li(anchor(label, href)) for label, href in links]),
                    **attrs({"aria-label": "Footer"}),
                ),
            ],
            className="wrap",
        ),
        className="foot",
    )


def layout(
    container: Component,
    *,
    nav: Sequence[NavItem],
    links: Sequence[tuple[str, str]],
    home: str = "/",
    search_url: str,
    demo: bool,
) -> Component:
    """The whole site around `dash.page_container`."""
    return html.Div(
        [
            dcc.Location(id=LOCATION, refresh=False),
            header(nav, home=home, search_url=search_url),
            *([demo_banner()] if demo else []),
            container,
            html.Div(id="live", className="vh", role="status", **attrs({"aria-live": "polite"})),
            footer(links),
        ],
        className="site",
    )
