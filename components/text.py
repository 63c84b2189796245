"""Nodes as HTML, for pages that the server draws and readers without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markupsafe import Markup, escape

from components.markup import Child, Node, html_attributes
from components.speed.short import written_out

VOID = frozenset({"br", "hr", "img", "input"})
_WRITTEN = "#written"
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")


def to_text(part: Child | Sequence[Child | None] | None) -> Markup:
    """HTML of a node, or of several. Text and the values of attributes are escaped."""
    out: list[str] = []
    for child in [part] if isinstance(part, Node | str | None) else part:
        if child is not None:
            _write(child, out)
    return Markup("".join(out))  # each piece of which is escaped below


def written(html: Markup) -> Node:
    """HTML from elsewhere that is known to be whole and harmless, such as a drawing."""
    return Node(_WRITTEN, {"html": html})


def _write(part: Child, out: list[str]) -> None:
    if isinstance(part, str):
        out.append(_escaped(part))
        return
    node = written_out(part)
    if node.kind == _WRITTEN:
        out.append(node.attributes["html"])
        return
    if "." in node.kind:
        raise TypeError(f"{node.kind} is drawn by Dash in the browser: give HTML another part")
    out.append(f"<{node.kind}")
    for name, value in html_attributes(node).items():
        out.append(f' {_name(name)}="{_escaped(value)}"' if value else f" {_name(name)}")
    out.append(">")
    if node.kind in VOID:
        return
    for child in node.children:
        _write(child, out)
    out.append(f"</{node.kind}>")


def _escaped(text: str) -> str:
    """Escaped whatever it is, also text that claims to be markup."""
    return str(escape(str.__str__(text)))


@cache
def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of an attribute")
    return name
