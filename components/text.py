"""Nodes as HTML, for pages that the server draws and readers without JavaScript."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup, escape

from components.markup import Child, Node, html_attributes
from components.speed.short import written_out

VOID = frozenset({"br", "hr", "img", "input"})
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")


def to_text(part: Child | list[Node] | None) -> Markup:
    """HTML of a node, or of several. Text and the values of attributes are escaped."""
    written: list[str] = []
    for child in part if isinstance(part, list) else [part]:
        if child is not None:
            _write(child, written)
    return Markup("".join(written))  # each piece of which is escaped below


def _write(part: Child, written: list[str]) -> None:
    if isinstance(part, str):
        written.append(_escaped(part))
        return
    node = written_out(part)
    if "." in node.kind:
        raise TypeError(f"{node.kind} is drawn by Dash in the browser: give HTML another part")
    written.append(f"<{node.kind}")
    for name, value in html_attributes(node).items():
        written.append(f' {_name(name)}="{_escaped(value)}"' if value else f" {_name(name)}")
    written.append(">")
    if node.kind in VOID:
        return
    for child in node.children:
        _write(child, written)
    written.append(f"</{node.kind}>")


def _escaped(text: str) -> str:
    """Escaped whatever it is: text that says of itself that it is markup is not believed."""
    return str(escape(str.__str__(text)))


@cache
def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of an attribute")
    return name
