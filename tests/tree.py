"""Walking what a page returns: Dash components, and the elements inside `data-built`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dash import html
from dash.development.base_component import Component

_NAMES = {"class": "className", "for": "htmlFor", "colspan": "colSpan", "tabindex": "tabIndex"}


def as_dash(node: Any) -> Any:
    """An element sent as data, as the Dash component it stands for."""
    if isinstance(node, str):
        return node
    tag, attributes, *children = node
    if tag == "input":  # which Dash draws only as a component of its own
        return html.Div()
    if tag == "#group":
        return [as_dash(child) for child in children]
    if tag == "#bullets":
        return html.Ul([html.Li(text) for text in attributes["texts"]])
    if tag == "#copyable":
        return html.Div([html.Code(attributes["text"]), html.Button("Copy")])
    if tag == "#disclosure":
        rows = [
            html.Div([html.Dt(name), html.Dd([as_dash(part) for part in parts])])
            for name, parts in attributes["rows"]
        ]
        heading = [attributes["label"], html.Span(attributes["said"])]
        return html.Details([html.Summary(heading), html.Dl(rows)], className="explain")
    if tag == "#rows":
        return _table(attributes)
    if tag == "#members":
        return _members(attributes)
    if tag == "#strip":
        return html.Div(className="strip", role="img", **{"aria-label": attributes["alt"]})
    named = {_NAMES.get(name, name): value for name, value in attributes.items() if name != "style"}
    return getattr(html, tag.capitalize())([as_dash(child) for child in children], **named)


def _table(data: dict[str, Any]) -> Component:
    """The short form of a plain table, as assets/built.js writes it out."""
    head = [html.Th(label, scope="col") for label, _ in data["columns"]]
    body = [
        html.Tr(
            [
                (html.Td if place else html.Th)(text, **{"data-v": saved})
                for place, (text, saved) in enumerate(row)
            ]
        )
        for row in data["rows"]
    ]
    return html.Table(
        [html.Caption(data["caption"]), html.Thead(html.Tr(head)), html.Tbody(body)],
        className="bt twin",
    )


def _members(data: dict[str, Any]) -> Component:
    """The short form of a table of organisations, as assets/built.js writes it out."""
    labels = [data["first"], *(heading for _, heading, _ in data["columns"])]
    head = [*(html.Th(html.Button(label)) for label in labels), html.Th("Note")]
    body = []
    for name, code, named, href, note, selected, cells in data["rows"]:
        title = html.A(name, href=href) if href else name
        tags = [html.Span(words) for words in ("Selected" if selected else "", note) if words]
        numbers = [
            html.Td(text, **{"data-l": column[0], "data-v": saved})
            for (text, saved), column in zip(cells, data["columns"], strict=True)
        ]
        first = html.Th([title, html.Span(code)], scope="row", **{"data-v": named})
        body.append(html.Tr([first, *numbers, html.Td(tags)], className="me" if selected else None))
    return html.Table(
        [html.Caption(data["caption"]), html.Thead(html.Tr(head)), html.Tbody(body)],
        className="bt stack n3 sortable",
    )


def walk(node: Any) -> Iterator[Any]:
    """Every component and text of a page, in the order of reading."""
    if node is None:
        return
    if isinstance(node, tuple) or (isinstance(node, list) and not _is_element(node)):
        for one in node:
            yield from walk(one)
        return
    if isinstance(node, list):
        node = as_dash(node)
    yield node
    if not isinstance(node, Component):
        return
    built = getattr(node, "data-built", None)
    if built is not None:
        yield from walk(as_dash(json.loads(built)))
    yield from walk(getattr(node, "children", None))


def _is_element(node: list[Any]) -> bool:
    return len(node) > 1 and isinstance(node[0], str) and isinstance(node[1], dict)


def words(node: Any) -> str:
    """The text of a page, as a reader meets it."""
    return "".join(one for one in walk(node) if isinstance(one, str))


def find(node: Any, kind: str) -> list[Component]:
    return [one for one in walk(node) if type(one).__name__ == kind]
