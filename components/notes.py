"""Notes and sources: what to keep in mind, and where the figures come from."""

from __future__ import annotations

from collections.abc import Sequence

from components.markup import Node, html


def caveats(sentences: Sequence[Node | str]) -> Node:
    """What to keep in mind before a figure is used."""
    return html.Div(
        [
            html.H3("What to keep in mind"),
            html.Ul([html.Li(sentence) for sentence in sentences]),
        ]
    )


def facts(entries: Sequence[tuple[str, Node | str]]) -> Node:
    """Named facts in columns: publisher, licence, coverage, method."""
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in entries], className="ident"
    )


def sources(entries: Sequence[tuple[str, Node | str]]) -> Node:
    """Where it comes from."""
    return html.Div([html.H3("Where it comes from"), facts(entries)])


def notes(sentences: Sequence[Node | str], entries: Sequence[tuple[str, Node | str]]) -> Node:
    """Both, side by side where there is room."""
    return html.Div([caveats(sentences), sources(entries)], className="g2")
