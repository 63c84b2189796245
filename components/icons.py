"""Icons drawn by CSS masks (assets/icons.css): always beside the words they repeat."""

from __future__ import annotations

from dash.development.base_component import Component

from components.attrs import attrs
from components.elements import html

NAMES = (
    "up",
    "down",
    "equal",
    "tick",
    "warn",
    "info",
    "search",
    "chevron",
    "menu",
    "link",
    "bookmark",
    "download",
    "print",
    "table",
    "sun",
    "moon",
    "screen",
    "sort",
    "close",
    "question",
)


def icon(name: str) -> Component:
    """A decorative icon in the colour of the text around it. KeyError when it is not drawn."""
    if name not in NAMES:
        raise KeyError(name)
    return html.Span(className=f"i i-{name}", **attrs({"aria-hidden": "true"}))
