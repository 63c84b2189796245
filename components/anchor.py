"""Links: inside the site without loading the page again, and to everything else as links are."""

from __future__ import annotations

from collections.abc import Sequence

from dash.development.base_component import Component

from components.elements import dcc, html

# Answered by the server itself: Dash cannot draw them. As in assets/url_state.js.
SERVED = (
    "/api/",
    "/organisations/",
    "/accounts/",
    "/contact/",
    "/privacy-policy/",
    "/cookie-policy/",
    "/accessibility/",
    "/terms/",
)


def is_served(href: str) -> bool:
    """Whether a link leaves the pages that the browser draws."""
    return "://" in href or any(part in href for part in SERVED)


def anchor(
    children: Component | str | Sequence[Component | str], href: str, class_name: str | None = None
) -> Component:
    """A link to anywhere."""
    if is_served(href):
        return html.A(children, href=href, className=class_name)
    return dcc.Link(children, href=href, className=class_name)
