"""The frame of every figure: title, subtitle, key, plot, table twin, source and toolbar.

The frame keeps its height in every state; assets/toolbar.js drives the toolbar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from components import charts
from components.charts import CONFIG, HEIGHT, Key, Spec
from components.markup import Node, attrs, dcc, html, icon
from components.speed.short import built
from components.table import Table, twin
from data import format as fmt
from data.absence import DASHED, WORDS, Absence
from data.provenance import Source


@dataclass(frozen=True, slots=True)
class Download:
    """One more file beside the toolbar's own, such as an XLSX made by the server."""

    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a figure keeps whatever its state. `id` is unique on the page, in kebab case."""

    id: str
    title: str
    subtitle: str
    source: Source
    coverage: str = ""  # a sentence put before the source
    picture: str = ""  # what its files are called, and `pictures` where they are
    pictures: tuple[Download, ...] = ()


Tool = Literal["table", "csv", "link", "cite"]
_TOOLS: dict[Tool, str] = {
    "table": "Table",
    "csv": "CSV",
    "link": "Copy link",
    "cite": "Cite",
}


def toolbar(title: str, tools: Sequence[Tool], downloads: Sequence[Download] = ()) -> Node:
    """The figure's options, in words and always in the same order."""
    buttons: list[Node] = []
    for tool in tools:
        if tool == "table":
            pressed = attrs({"data-do": tool, "aria-pressed": "false"})
            buttons.append(html.Button([icon("table"), "Table"], type="button", **pressed))
        else:
            do = attrs({"data-do": tool})
            buttons.append(html.Button(_TOOLS[tool], type="button", **do))
    links = [html.A(one.label, href=one.href, download="") for one in downloads]
    at = list(tools).index("csv") + 1 if "csv" in tools else len(buttons)
    return html.Div(
        [*buttons[:at], *links, *buttons[at:]],
        className="tools",
        role="group",
        **attrs({"aria-label": f"Options for: {title}"}),
    )


def footer(frame: Frame, *, tools: Sequence[Tool], downloads: Sequence[Download] = ()) -> Node:
    """Source line and toolbar under a figure or a table."""
    line, url = frame.source.line, frame.source.url
    words = [f"{frame.coverage} "] if frame.coverage else []
    source = [*words, html.A(line, href=url) if url else line]
    inside = [
        html.Span(source, className="src"),
        toolbar(frame.title, tools, downloads),
    ]
    return built(inside, className="foot-line")


def attributes(frame: Frame) -> dict[str, Any]:
    """What assets/toolbar.js writes into CSV and citation."""
    source = frame.source
    return {
        "data-fig": frame.id,
        "data-title": frame.title,
        "data-source": f"{source.publisher}, {source.series}",
        "data-period": source.period,
        "data-licence": source.licence,
        "data-cite": source.citation,
    }


def _header(frame: Frame, remark: str = "") -> Node:
    subtitle = f"{frame.subtitle}. {remark}" if remark else frame.subtitle
    inside = [
        html.H3(frame.title, id=f"{frame.id}-title"),
        html.P(subtitle, className="sub"),
    ]
    return built(inside, className="fig-head")


def key(entries: Sequence[Key]) -> Node | None:
    """The key above a plot, in the order of the marks."""
    if not entries:
        return None
    entries_node = html.Ul(
        [
            html.Li(
                [
                    html.Span(
                        className=f"sw sw-{entry.shape}",
                        style={"--sw": f"var(--viz-{entry.colour})"},
                    ),
                    entry.label,
                ]
            )
            for entry in entries
        ],
        className="legend",
    )
    return built(entries_node, className="legend-box")


def _shell(frame: Frame, inside: Sequence[Node | None], *, foot: Node, busy: bool = False) -> Node:
    extra = attrs({"aria-busy": "true"}) if busy else {}
    return html.Figure(
        [_header(frame), *(part for part in inside if part is not None), foot],
        id=frame.id,
        className="fig",
        **attributes(frame),
        **attrs({"aria-labelledby": f"{frame.id}-title"}),
        **extra,
    )


def _table_box(table: Table, title: str) -> Node:
    return built(
        twin(table),
        className="twin-box",
        role="region",
        tabIndex="0",
        **attrs({"aria-label": f"Table: {title}"}),
    )


def draw(
    frame: Frame,
    spec: Spec,
    *,
    note: Node | None = None,
    explain: Node | None = None,
    downloads: Sequence[Download] = (),
) -> Node:
    """A drawn figure with its table twin. `note` is one of the `note_` functions below."""
    drawing, description = charts.draw(spec), charts.describe(spec)
    graph = dcc.Graph(
        id=f"{frame.id}-plot",
        figure=charts.figure(drawing),
        config=CONFIG,
        responsive=True,
        className="gr",
    )
    plot = html.Div(
        graph,
        className="plot",
        role="img",
        style={"--h": f"{drawing.wide.height}px", "--hn": f"{drawing.narrow.height}px"},
        **attrs({"aria-label": description.alt}),
    )
    table = _table_box(description.table, frame.title)
    return around(frame, description, plot, table, note=note, explain=explain, downloads=downloads)


def around(
    frame: Frame,
    description: charts.Description,
    plot: Node,
    table: Node | None,
    *,
    note: Node | None = None,
    explain: Node | None = None,
    downloads: Sequence[Download] = (),
) -> Node:
    """The frame around a plot, whoever draws it, and its table."""
    parts: list[Node | None] = [
        _header(frame, description.remark),
        note,
        key(description.key),
        plot,
        table,
        footer(frame, tools=tuple(_TOOLS), downloads=(*downloads, *frame.pictures)),
    ]
    if explain is not None:
        parts.append(built(explain, className="explain-box"))
    return html.Figure(
        [part for part in parts if part is not None],
        id=frame.id,
        className="fig",
        **attributes(frame),
        **attrs({"aria-labelledby": f"{frame.id}-title"}),
    )


def _message(height: int, *children: Node | str | None, kind: str = "") -> Node:
    return html.Div(
        [child for child in children if child is not None],
        className=f"plot state {kind}".strip(),
        style={"--h": f"{height}px", "--hn": f"{height}px"},
    )


def boxed(frame: Frame, inner: Node, *, downloads: Sequence[Download] = ()) -> Node:
    """A table in a figure's frame, with its source and the options that fit a table."""
    return html.Div(
        [
            built(
                inner,
                className="scroll",
                role="region",
                tabIndex="0",
                **attrs({"aria-label": f"Table: {frame.title}"}),
            ),
            footer(frame, tools=("csv", "link", "cite"), downloads=downloads),
        ],
        id=frame.id,
        className="box",
        **attributes(frame),
    )


def loading(frame: Frame, *, height: int = HEIGHT) -> Node:
    """Grey bars where the axes go, shown after 300 ms by CSS."""
    bars = html.Div([html.Div(className="bone") for _ in range(4)], className="bones")
    words = html.Span("Loading", className="vh", role="status")
    return _shell(
        frame, [_message(height, bars, words, kind="wait")], foot=footer(frame, tools=()), busy=True
    )


def empty(frame: Frame, sentence: str, *, link: Node | None = None, height: int = HEIGHT) -> Node:
    """Nothing was recorded: a sentence and the nearest useful link."""
    body = _message(height, html.P(sentence), link)
    return _shell(frame, [body], foot=footer(frame, tools=("link",)))


def absent(
    frame: Frame,
    sentence: str,
    kind: Absence,
    *,
    link: Node | None = None,
    height: int = HEIGHT,
) -> Node:
    """There is no value to draw, and why: a dash for what is withheld or does not apply."""
    if kind in DASHED:
        mark = html.P(fmt.MISSING, className="dash", **attrs({"aria-hidden": "true"}))
    else:
        mark = html.Span(fmt.sentence_case(WORDS[kind]), className="tag")
    body = _message(height, mark, html.P(sentence), link)
    return _shell(frame, [body], foot=footer(frame, tools=("link",)))


def error(
    frame: Frame,
    *,
    reference: str,
    retry: str,
    table: Table | None = None,
    height: int = HEIGHT,
) -> Node:
    """The chart could not be drawn. `retry` is the page's own link, `reference` is for us."""
    words = "This chart could not be drawn."
    if table is not None:
        words += " The table below still works."
    body = _message(
        height,
        note(words, kind="bad"),
        html.P([html.A("Try again", href=retry), f" · Reference {reference}"]),
    )
    box = _table_box(table, frame.title) if table is not None else None
    tools: tuple[Tool, ...] = ("table", "csv", "link") if table is not None else ("link",)
    return _shell(frame, [body, box], foot=footer(frame, tools=tools))


def note(
    sentence: Node | str,
    *,
    kind: Literal["", "warn", "bad"] = "",
    link: Node | None = None,
) -> Node:
    """A remark in a box, with an icon and words."""
    mark = "info" if kind == "" else "warn"
    text: list[Node | str] = [sentence] if link is None else [sentence, " ", link]
    return html.Div([icon(mark), html.Span(text)], className=f"note {kind}".strip())


def note_partial(covered: int, total: int, share: float, *, subject: str = "Figures") -> Node:
    """Some organisations are missing from a total. `share` is % of patients covered."""
    return html.Div(
        [
            html.Span("Partial", className="tag"),
            html.Span(fmt.coverage(covered, total, share, subject=subject)),
        ],
        className="note",
    )


def note_suppressed(count: int) -> Node:
    """A total leaves suppressed values out."""
    values = fmt.plural(count, "suppressed value", "suppressed values")
    return note(f"Total excludes {values}.")


def note_stale(missed: str, shown: str, *, status_href: str) -> Node:
    """A newer period failed our checks: October was published but failed our checks."""
    return note(
        f"{missed} was published but failed our checks. Showing {shown}.",
        kind="warn",
        link=html.A("See data status", href=status_href),
    )
