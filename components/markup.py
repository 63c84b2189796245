"""Dash components as HTML, for pages that the server draws: one header and footer for all."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component
from markupsafe import Markup, escape

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
NAMES = {"className": "class", "htmlFor": "for"}


def markup(node: Any) -> Markup:
    """HTML of a tree of `dash.html` elements, `dcc.Link`s and text. Text is escaped."""
    if node is None:
        return Markup("")
    if isinstance(node, list | tuple):
        return Markup("").join(markup(one) for one in node)
    if not isinstance(node, Component):
        return escape(str(node))
    tag = "a" if node._type == "Link" else node._type.lower()
    attributes = Markup("").join(_attributes(node))
    opened = Markup("<{}{}>").format(tag, attributes)
    if tag in VOID:
        return opened
    children = markup(getattr(node, "children", None))
    return Markup("{}{}</{}>").format(opened, children, tag)


def _attributes(node: Component) -> list[Markup]:
    found = []
    for name, value in vars(node).items():
        if name == "children" or name.startswith("_") or value is None or value is False:
            continue
        if name not in node._prop_names and not name.startswith(("data-", "aria-")):
            continue
        written = NAMES.get(name, name if "-" in name else name.lower())
        text = Markup(" {}").format(written)
        found.append(text if value is True else Markup('{}="{}"').format(text, value))
    return found
