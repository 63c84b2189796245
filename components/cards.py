"""Rows of tools, releases and questions for the index and home pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from components.markup import Node, attrs, html, link


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRow:
    """A tool in the index. Without `href` it is not built yet and says so.

    `data` becomes `data-` attributes, by which assets/tools.js filters; `shown` is how it starts.
    """

    name: str
    question: str
    kind: str  # Dashboard
    levels: str  # Practice to England
    latest: str = ""  # Data to Sep 2026
    access: str = ""  # No account needed
    href: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A published release. `published` and `period` are as shown."""

    title: str
    period: str
    published: str
    change: str
    href: str


def _tool(tool: ToolRow) -> Node:
    title = link(tool.name, tool.href) if tool.href else tool.name
    last = html.B(tool.latest) if tool.href else html.Span("Coming", className="tag")
    return html.Li(
        [
            html.Div([html.H3(title), html.P(tool.question)]),
            html.Div([html.B(tool.kind), html.Span(tool.levels)], className="m ms"),
            html.Div([last, html.Span(tool.access)], className="m ms"),
        ],
        className=None if tool.href else "soon",
        hidden=not tool.shown,
        **attrs({f"data-{name}": value for name, value in tool.data.items()}),
    )


def tool_group(slug: str, title: str, tools: Sequence[ToolRow]) -> Node:
    """A subject and its tools, as rows."""
    shown = sum(tool.shown for tool in tools)
    count = f"{shown} tool" if shown == 1 else f"{shown} tools"
    return html.Section(
        [
            html.Div([html.H2(title, id=f"{slug}-h"), html.Span(count)], className="tg-head"),
            html.Ul([_tool(tool) for tool in tools], className="tl"),
        ],
        className="tg",
        hidden=not shown,
        **attrs({"aria-labelledby": f"{slug}-h"}),
    )


def questions(label: str, links: Sequence[tuple[str, str]]) -> Node:
    """Questions people ask, each a link (text, href) to a filled tool."""
    return html.Div(
        [
            html.Span(label, className="muted"),
            *(link(text, href) for text, href in links),
        ],
        className="qs",
    )


def releases(rows: Sequence[Release]) -> Node:
    """The latest releases: date, what came, what changed."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Div([html.H3(link(row.title, row.href)), html.P(row.change)]),
                    html.Div([html.B(row.period)], className="m"),
                    html.Div(["Published ", html.B(row.published)], className="m"),
                ]
            )
            for row in rows
        ],
        className="tl",
    )
