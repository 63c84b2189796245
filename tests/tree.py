"""Walking what a page returns: nodes, or the plain dicts and `data-built` that Dash sends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from components.markup import Node
from components.speed.short import written_out


@dataclass(frozen=True)
class Element:
    """A node as a reader of its page meets it, its attributes by name: `element.href`."""

    node: Node

    @property
    def kind(self) -> str:
        """As in `html.Td` and `dcc.Graph`: Td, Graph."""
        library, _, name = self.node.kind.rpartition(".")
        return name if library else name.capitalize()

    @cached_property
    def children(self) -> list[Any]:
        return [Element(written_out(c)) if isinstance(c, Node) else c for c in self.node.children]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.node.attributes[name]
        except KeyError:
            raise AttributeError(name) from None


def read(part: Any) -> Any:
    """What Dash sends as the nodes that it was made from."""
    if isinstance(part, list | tuple):
        return [read(child) for child in part]
    if not isinstance(part, dict):
        return part
    props: Mapping[str, Any] = part["props"]
    attributes = {name: value for name, value in props.items() if name != "children"}
    if "data-built" in props:
        return Node("div", attributes, (_built(json.loads(props["data-built"])),))
    children = props.get("children")
    several = children if isinstance(children, list) else [] if children is None else [children]
    library = {"dash_html_components": "", "dash_core_components": "dcc."}
    prefix = library.get(part["namespace"], "dbc.")
    kind = part["type"] if prefix else part["type"].lower()
    return Node(f"{prefix}{kind}", attributes, tuple(read(child) for child in several))


def _built(part: Any) -> Node | str:
    if isinstance(part, str):
        return part
    kind, attributes, *children = part
    if kind == "#disclosure":
        rows = [(name, [_built(one) for one in parts]) for name, parts in attributes["rows"]]
        return Node(kind, attributes | {"rows": rows})
    if kind == "#menu":
        opened = {name: [_built(one) for one in attributes[name]] for name in ("cite", "explain")}
        return Node(kind, attributes | opened)
    return Node(kind, attributes, tuple(_built(child) for child in children))


def walk(part: Any) -> Iterator[Any]:
    """Every element and text of a page, in the order of reading."""
    if isinstance(part, list | tuple | dict):
        part = read(part)
    if part is None:
        return
    if isinstance(part, list):
        for child in part:
            yield from walk(child)
        return
    if isinstance(part, Node):
        part = Element(written_out(part))
    yield part
    if isinstance(part, Element):
        yield from walk(part.children)


def words(part: Any) -> str:
    """The text of a page, as a reader meets it."""
    return "".join(text for text in walk(part) if isinstance(text, str))


def find(part: Any, kind: str) -> list[Element]:
    return [
        element for element in walk(part) if isinstance(element, Element) and element.kind == kind
    ]
