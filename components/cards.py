"""Rows of tools, releases and questions for the index and home pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.attrs import attrs


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRow:
    """A tool in the index. Without `href` it is not built yet and says so."""

    name: str
    question: str
    kind: str  # Dashboard
    levels: str  # Practice to England
    latest: str = ""  # Sep 2026
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A published release. `published` and `period` are as shown."""

    title: str
    period: str
    published: str
    change: str
    href: str


def _tool(tool: ToolRow) -> Component:
    title = dcc.Link(tool.name, href=tool.href) if tool.href else tool.name
    last: list[Component | str] = [html.Span("Coming", className="tag")]
    if tool.href:
        last = ["Data to ", html.B(tool.latest)] if tool.latest else []
    return html.Li(
        [
            html.Div([html.H3(title), html.P(tool.question)]),
            html.Div([html.B(tool.kind), html.Span(tool.levels)], className="m ms"),
            html.Div(last, className="m"),
        ],
        className=None if tool.href else "soon",
    )


def tool_group(slug: str, title: str, tools: Sequence[ToolRow]) -> Component:
    """A subject and its tools, as rows."""
    count = f"{len(tools)} tool" if len(tools) == 1 else f"{len(tools)} tools"
    return html.Section(
        [
            html.Div([html.H2(title, id=f"{slug}-h"), html.Span(count)], className="tg-head"),
            html.Ul([_tool(tool) for tool in tools], className="tl"),
        ],
        className="tg",
        **attrs({"aria-labelledby": f"{slug}-h"}),
    )


def questions(label: str, links: Sequence[tuple[str, str]]) -> Component:
    """Questions people ask, each a link (text, href) to a filled tool."""
    return html.Div(
        [
            html.Span(label, className="muted"),
            *(dcc.Link(text, href=href) for text, href in links),
        ],
        className="qs",
    )


def releases(rows: Sequence[Release]) -> Component:
    """The latest releases: date, what came, what changed."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Div([html.H3(dcc.Link(row.title, href=row.href)), html.P(row.change)]),
                    html.Div([html.B(row.period)], className="m"),
                    html.Div(["Published ", html.B(row.published)], className="m"),
                ]
            )
            for row in rows
        ],
        className="tl",
    )
