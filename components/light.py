"""Markup sent as data and built in the browser, for parts with hundreds of elements.

A Dash component costs 15 µs to make, 25 µs to serialise and a React wrapper to show; a table of
twenty rows has four hundred of them. What only has to be read is sent as one attribute instead:
`built(node)` is one Dash component, and assets/built.js turns its `data-built` into elements.
Text is set as text, never parsed as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from dash.development.base_component import Component

from components.anchor import is_served
from components.attrs import attrs
from components.elements import html as dash_html


class Node(list[Any]):
    """An element: its tag, its attributes, then its children."""


Child = Node | str
Children = Child | Iterable[Child | None] | None
_ONE = (Node, str)
_NAMES = {"className": "class", "htmlFor": "for", "colSpan": "colspan", "tabIndex": "tabindex"}


def _attribute(value: Any) -> Any:
    if isinstance(value, dict):
        return ";".join(f"{name}:{part}" for name, part in value.items())
    return value


def _element(tag: str) -> Callable[..., Node]:
    def make(children: Children = None, /, **attributes: Any) -> Node:
        written = {
            _NAMES.get(name, name): value if isinstance(value, str) else _attribute(value)
            for name, value in attributes.items()
            if value is not None
        }
        node = Node((tag, written))
        if children is None:
            return node
        if isinstance(children, _ONE):
            node.append(children)
        else:
            node.extend(child for child in children if child is not None)
        return node

    return make


class Html:
    """Makers of elements, called like those of `dash.html`."""

    A = staticmethod(_element("a"))
    B = staticmethod(_element("b"))
    Br = staticmethod(_element("br"))
    Button = staticmethod(_element("button"))
    Caption = staticmethod(_element("caption"))
    Code = staticmethod(_element("code"))
    Dd = staticmethod(_element("dd"))
    Details = staticmethod(_element("details"))
    Div = staticmethod(_element("div"))
    Dl = staticmethod(_element("dl"))
    Dt = staticmethod(_element("dt"))
    Fieldset = staticmethod(_element("fieldset"))
    H2 = staticmethod(_element("h2"))
    H3 = staticmethod(_element("h3"))
    Input = staticmethod(_element("input"))
    Label = staticmethod(_element("label"))
    Legend = staticmethod(_element("legend"))
    Li = staticmethod(_element("li"))
    P = staticmethod(_element("p"))
    Section = staticmethod(_element("section"))
    Small = staticmethod(_element("small"))
    Span = staticmethod(_element("span"))
    Summary = staticmethod(_element("summary"))
    Table = staticmethod(_element("table"))
    Tbody = staticmethod(_element("tbody"))
    Td = staticmethod(_element("td"))
    Th = staticmethod(_element("th"))
    Thead = staticmethod(_element("thead"))
    Tr = staticmethod(_element("tr"))
    Ul = staticmethod(_element("ul"))


html = Html


def link(children: Children, href: str, **attributes: Any) -> Node:
    """A link; inside the site it is followed without loading the page again."""
    go = {} if is_served(href) else attrs({"data-go": "1"})
    return Html.A(children, href=href, **attributes, **go)


def icon(name: str) -> Node:
    """As `components.icons.icon`."""
    return Html.Span(className=f"i i-{name}", **attrs({"aria-hidden": "true"}))


def group(children: Iterable[Child | None]) -> Node:
    """Several elements without one around them."""
    return Node(("#group", {}, *(child for child in children if child is not None)))


def rows_node(
    caption: str,
    columns: Sequence[tuple[str, bool]],
    rows: Sequence[Sequence[tuple[str, str]]],
) -> Node:
    """A plain table: columns are (heading, whether numbers), cells (what is read, what is saved).

    Written out by the browser; the same as a table of elements at a fifth of the size.
    """
    return Node(("#rows", {"caption": caption, "columns": columns, "rows": rows}))


def members_node(
    caption: str,
    first: str,
    columns: Sequence[tuple[str, str, str]],
    rows: Sequence[tuple[object, ...]],
) -> Node:
    """A sortable table of organisations, in short form.

    Columns are (label, heading, `aria-sort`), rows (name, code, both as saved, address, note,
    whether selected, cells as those of `rows_node`).
    """
    inside = {"caption": caption, "first": first, "columns": columns, "rows": rows}
    return Node(("#members", inside))


def strip_node(alt: str, marks: Sequence[tuple[str, str]]) -> Node:
    """Marks on the bands of a strip, in short form: (class, place in %)."""
    return Node(("#strip", {"alt": alt, "marks": marks}))


def lines(children: Sequence[Child]) -> list[Child]:
    """The children on lines of their own."""
    return [part for child in children for part in (Node(("br", {})), child)][1:]


def bullets(texts: Sequence[str]) -> Node:
    """A list of sentences, in short form."""
    return Node(("#bullets", {"texts": texts}))


def copyable(text: str) -> Node:
    """Words with a button that copies them, in short form."""
    return Node(("#copyable", {"text": text}))


def disclosure(label: str, *, said: str, rows: Sequence[tuple[str, Sequence[Child]]]) -> Node:
    """Named rows behind a native disclosure, in short form. `said` completes the label for
    screen readers. Only one of a page is open at a time.
    """
    return Node(("#disclosure", {"label": label, "said": said, "rows": rows}))


def built(node: Node, **attributes: Any) -> Component:
    """The node inside one Dash component, a Div with these attributes."""
    return dash_html.Div(**attributes, **attrs({"data-built": orjson.dumps(node).decode()}))


def text(node: Node | str) -> str:
    """Everything a reader would read, for tests."""
    if isinstance(node, str):
        return node
    return " ".join(part for part in (text(child) for child in node[2:]) if part)
