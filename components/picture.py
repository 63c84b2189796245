"""A figure that needs no script: its chart is drawn by the server, its table shown by the menu."""

from __future__ import annotations

from markupsafe import Markup

from components import charts
from components.charts import Spec, svg
from components.figure import Frame, around, table_box
from components.markup import Node, html
from components.text import written


def draw(frame: Frame, spec: Spec, *, explain: Node | None, with_table: bool) -> Node:
    """The figure as `components.figure.draw` has it, of the same height."""
    drawing, description = charts.draw(spec), charts.describe(spec)
    chart = Markup(svg.inline(drawing, description.alt))  # which escapes every word in it
    plot = html.Div(written(chart), className="picture")
    table = None
    if with_table:
        table = table_box(description.table, frame)
    return around(frame, description, plot, table, explain=explain)
