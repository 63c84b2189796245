"""Nodes as what Dash sends (`to_dash`), and as what assets/speed/built.js reads (`to_json`).

Dash makes a component of each element, checks the names of its properties, and serialises it by
trying, failing and then walking every value of every figure. Plain dicts, lists and strings go
straight to orjson: 1 ms instead of 15 for a dashboard.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import dash
import dash_bootstrap_components  # noqa: F401  by which Dash knows to serve its script
import orjson
from dash.development.base_component import Component

from components.markup import Node, html_attributes, inside

LIBRARIES = {
    "html": "dash_html_components",
    "dcc": "dash_core_components",
    "dbc": "dash_bootstrap_components",
}
BUILT = "#built"  # a part that is sent as data; see components/speed/short.py


@cache
def _kind(kind: str) -> tuple[str, str]:
    """The library and the name of what Dash draws for a kind of node."""
    if kind.startswith("#"):
        raise TypeError(f"{kind} is no element that Dash draws: put it into `built`")
    library, _, name = kind.rpartition(".")
    return LIBRARIES[library or "html"], name if library else name.capitalize()


def to_dash(part: Any) -> Any:
    """A node, or a list of nodes and text, as the dicts that Dash sends."""
    if isinstance(part, str):
        return part
    if isinstance(part, Node):
        return _component(part)
    if isinstance(part, list | tuple):
        return [to_dash(child) for child in part]
    raise TypeError(f"Dash is sent nodes and text, not {type(part).__name__}")


def drawn(layout: Callable[..., Node]) -> Callable[..., dict[str, Any]]:
    """The layout of a page as Dash takes it."""

    @wraps(layout)
    def sent(**values: str | None) -> dict[str, Any]:
        return _component(layout(**values))

    return sent


def _component(node: Node) -> dict[str, Any]:
    props = {name: value for name, value in node.attributes.items() if value is not None}
    if node.kind == BUILT:
        first = node.children[0] if len(node.children) == 1 else None
        whole = first if isinstance(first, Node) else Node("#group", {}, node.children)
        props["data-built"] = to_json(whole)
        return {"props": props, "type": "Div", "namespace": LIBRARIES["html"]}
    namespace, kind_name = _kind(node.kind)
    if "options" in props:  # whose labels may be nodes
        props["options"] = [
            {name: value if isinstance(value, str) else to_dash(value) for name, value in o.items()}
            for o in props["options"]
        ]
    if node.children:
        only = len(node.children) == 1
        props["children"] = to_dash(node.children[0] if only else node.children)
    return {"props": props, "type": kind_name, "namespace": namespace}


def outermost(node: Node) -> Component:
    """The Div around a site: the one element that Dash wants as a component of its own."""
    return dash.html.Div(**_component(node)["props"])


def from_dash(component: Component) -> Node:
    """A component that Dash makes itself, such as the container of its pages."""
    sent = component.to_plotly_json()
    library = next(name for name, long in LIBRARIES.items() if long == sent["namespace"])
    kind = sent["type"].lower() if library == "html" else f"{library}.{sent['type']}"
    attributes = {name: value for name, value in sent["props"].items() if name != "children"}
    children = sent["props"].get("children")
    several = children if isinstance(children, list) else [children]
    return Node(
        kind,
        attributes,
        inside(from_dash(one) if isinstance(one, Component) else one for one in several),
    )


def to_json(node: Node) -> str:
    """`[tag, attributes, ...children]`, all the way down."""
    return orjson.dumps(node, default=_element, option=orjson.OPT_PASSTHROUGH_DATACLASS).decode()


def _element(node: object) -> list[Any]:
    if not isinstance(node, Node):
        raise TypeError(f"a part that is sent as data holds nodes, not {type(node).__name__}")
    if node.kind.startswith("#"):
        return [node.kind, node.attributes, *node.children]
    return [node.kind, html_attributes(node), *node.children]
