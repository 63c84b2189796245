"""Every element of every page: one kind of node, one way to make it.

`html.Div(children, className="box")` is a `Node`, which holds values and does nothing. What it
becomes is the business of three functions: `components.text.to_text` writes HTML,
`components.speed.serialise.to_dash` what Dash sends and `to_json` what assets/speed/built.js reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """An element: its kind, its attributes and what is inside it.

    `kind` is a tag of HTML, the name of what Dash draws itself (`dcc.Graph`), or a form of
    `components.speed.short`. Attributes are named as in Dash (`className`); None leaves one out.
    """

    kind: str
    attributes: Mapping[str, Any]
    children: tuple[Child, ...] = ()


Child = Node | str
Children = Child | Iterable[Child | None] | None

_TAGS = """
    a b br button caption code dd details div dl dt fieldset figure footer form h1 h2 h3 header hr
    img input label legend li main nav ol option p section select small span strong summary table
    tbody td textarea th thead tr ul
"""
TAGS = frozenset(_TAGS.split())
# Addresses come from publishers' files and from whoever is signed in: a link may lead to a place,
# never run anything.
ADDRESSES = frozenset({"href", "src", "action", "formAction"})
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PLACES = frozenset({"http:", "https:", "mailto:", "tel:"})
_IGNORED = re.compile(r"[\x00-\x20]")  # by browsers, when they look for the scheme


def is_place(address: str) -> bool:
    """Whether an address leads somewhere, as opposed to `javascript:` and `data:`."""
    scheme = _SCHEME.match(_IGNORED.sub("", address))
    return scheme is None or scheme[0].lower() in _PLACES


def _without_scripts(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in attributes.items()
        if name not in ADDRESSES or value is None or is_place(value)
    }


def inside(children: Children) -> tuple[Child, ...]:
    """Children as they are given, in every form, without those that are None."""
    if children is None:
        return ()
    if isinstance(children, Node | str):
        return (children,)
    return tuple([child for child in children if child is not None])


def _maker(kind: str) -> Callable[..., Node]:
    def make(children: Children = None, /, **attributes: Any) -> Node:
        if not ADDRESSES.isdisjoint(attributes):
            attributes = _without_scripts(attributes)
        return Node(kind, attributes, inside(children))

    return make


class _Html:
    """`html.Div(...)`: a maker for each tag that pages use, none for scripts and styles."""

    def __getattr__(self, name: str) -> Callable[..., Node]:
        tag = name.lower()
        if tag not in TAGS or tag.capitalize() != name:
            raise AttributeError(f"html.{name} is not in components.markup.TAGS")
        make = _maker(tag)
        setattr(self, name, make)
        return make


class _Dash:
    """`dcc.Graph(...)`: what Dash draws in the browser, by the name of its library."""

    def __init__(self, library: str) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Callable[..., Node]:
        make = _maker(f"{self._library}.{name}")
        setattr(self, name, make)
        return make


html, dcc, dbc = _Html(), _Dash("dcc"), _Dash("dbc")


# Attributes that HTML names otherwise than Dash does.
_NAMES = {
    "className": "class",
    "htmlFor": "for",
    "colSpan": "colspan",
    "tabIndex": "tabindex",
    "formAction": "formaction",
}


def html_attributes(node: Node) -> dict[str, str]:
    """The attributes of a node as HTML names and writes them."""
    return {
        _NAMES.get(name, name): value if isinstance(value, str) else _written(name, value)
        for name, value in node.attributes.items()
        if value is not None and value is not False
    }


def _written(name: str, value: Any) -> str:
    if value is True:
        return ""
    if isinstance(value, dict) and name == "style":
        return ";".join(f"{part}:{setting}" for part, setting in value.items())
    if isinstance(value, dict):  # the id of a control, as Dash writes it
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    return str(value)


def attrs(values: Mapping[str, str]) -> dict[str, Any]:
    """`data-` and `aria-` attributes for `**`, whose names Python cannot write as keywords."""
    return dict(values)


_ICONS = """
    up down equal tick warn info search chevron menu link bookmark download print table sun moon
    screen sort close question
"""
ICONS = frozenset(_ICONS.split())


def icon(name: str) -> Node:
    """A decorative icon drawn by assets/icons.css, always beside the words that it repeats.

    KeyError when there is no such icon.
    """
    if name not in ICONS:
        raise KeyError(name)
    return html.Span(className=f"i i-{name}", **attrs({"aria-hidden": "true"}))


# Answered by the server itself: Dash cannot draw them. As in assets/url_state.js.
SERVED = (
    "/api/",
    "/organisations/",
    "/search/",
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


def link(text: Children, href: str, **attributes: Any) -> Node:
    """A link to anywhere; to a page that the browser draws without loading the document again."""
    go = {} if is_served(href) else {"data-go": "1"}  # followed by assets/speed/built.js
    return html.A(text, href=href, **attributes, **go)


def lines(children: Sequence[Child]) -> list[Child]:
    """The children on lines of their own."""
    return [part for child in children for part in (html.Br(), child)][1:]
