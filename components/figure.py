"""The frame of every figure: title, subtitle, key, plot, table twin, source and menu.

The frame keeps its height in every state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from components import charts, menu
from components.charts import CONFIG, HEIGHT, Key, Spec
from components.markup import Node, attrs, dcc, html, icon
from components.menu import Frame as Frame
from components.menu import foot
from components.speed.short import built
from components.table import Table, twin
from data import format as fmt
from data.absence import DASHED, WORDS, Absence


def attributes(frame: Frame) -> dict[str, Any]:
    """What assets/toolbar.js copies."""
    return {"data-fig": frame.id, "data-link": frame.address, "data-cite": frame.citation}


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


def table_box(table: Table, frame: Frame) -> Node:
    """The table behind a chart, which the menu shows."""
    return built(
        twin(table),
        id=f"{frame.id}-table",
        className="twin-box",
        role="region",
        tabIndex="0",
        **attrs({"aria-label": f"Table: {frame.title}"}),
    )


def draw(
    frame: Frame,
    spec: Spec,
    *,
    note: Node | None = None,
    explain: Node | None = None,
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
    table = table_box(description.table, frame)
    return around(frame, description, plot, table, note=note, explain=explain)


def around(
    frame: Frame,
    description: charts.Description,
    plot: Node,
    table: Node | None,
    *,
    note: Node | None = None,
    explain: Node | None = None,
) -> Node:
    """The frame around a plot, whoever draws it, and its table."""
    parts: list[Node | None] = [
        _header(frame, description.remark),
        note,
        key(description.key),
        plot,
        table,
        foot(frame, table=table is not None, kinds=menu.EVERY, explain=explain),
    ]
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


def boxed(frame: Frame, inner: Node) -> Node:
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
            foot(frame, kinds=menu.TABLES),
        ],
        id=frame.id,
        className="box",
        **attributes(frame),
    )


def loading(frame: Frame, *, height: int = HEIGHT) -> Node:
    """Grey bars where the axes go, shown after 300 ms by CSS."""
    bars = html.Div([html.Div(className="bone") for _ in range(4)], className="bones")
    words = html.Span("Loading", className="vh", role="status")
    return _shell(frame, [_message(height, bars, words, kind="wait")], foot=foot(frame), busy=True)


def empty(frame: Frame, sentence: str, *, link: Node | None = None, height: int = HEIGHT) -> Node:
    """Nothing was recorded: a sentence and the nearest useful link."""
    body = _message(height, html.P(sentence), link)
    return _shell(frame, [body], foot=foot(frame))


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
    return _shell(frame, [body], foot=foot(frame))


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
    box = table_box(table, frame) if table is not None else None
    return _shell(frame, [body, box], foot=foot(frame, table=table is not None))


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
