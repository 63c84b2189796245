"""A whole plot as SVG: grid and axes, what lies below the marks, the marks, and words."""

from __future__ import annotations

from html import escape

from components.charts.drawing import Arrangement, Axis, Box, Drawing, Rule, Words
from components.charts.palette import AXIS, GRID, INK_3, SURFACE, Stroke
from components.charts.svg.marks import marks, stroked
from components.charts.svg.space import Plot, Space, element, rounded

LINE = 18  # px from one line of text to the next
BASELINE = {"top": 15.0, "middle": 5.0, "bottom": -5.0}  # px below where the text stands
ANCHOR = {"left": "start", "center": "middle", "right": "end"}


def drawn(drawing: Drawing, arrangement: Arrangement, space: Space) -> str:
    """Everything inside the margins, from the bottom up."""
    plots = [Plot(space, panel, drawing.y) for panel in drawing.panels]
    first = plots[0]
    above = [rule for rule in drawing.rules if not rule.below]
    parts = [
        *(_box(box, first) for box in drawing.boxes),
        _grid(drawing.y, first),
        *(_axis(plot) for plot in plots),
        *(_rule(rule, first) for rule in drawing.rules if rule.below),
        *(marks(mark, plot, gap=arrangement.gap) for plot in plots for mark in plot.panel.marks),
        *(_rule(rule, first) for rule in above),
        _break(first) if drawing.broken else "",
        *(_words(words, first) for words in arrangement.words),
    ]
    return "".join(parts)


def text(
    words: str,
    space: Space,
    *,
    x: str,
    y: float,
    anchor: str,
    right: float = 0,
    colour: str = INK_3,
    bold: bool = False,
    backed: bool = False,
) -> str:
    """Text whose first baseline stands at `y`; several lines go down from there."""
    halo = {
        "stroke": space.colour(SURFACE),
        "stroke_width": 5,
        "stroke_linejoin": "round",
        "paint_order": "stroke",
    }
    shared: dict[str, object] = {
        "x": x,
        "dx": rounded(right) if right else None,
        "text_anchor": anchor if anchor != "start" else None,
        "fill": space.colour(colour),
        "font_weight": space.bold if bold else None,
        **(halo if backed else {}),
    }
    return "".join(
        element("text", escape(line, quote=False), y=rounded(y + LINE * number), **shared)
        for number, line in enumerate(words.split("\n"))
    )


def _grid(axis: Axis, plot: Plot) -> str:
    """Level lines at the ticks of the value axis, and their labels."""
    parts = []
    for at, label in axis.ticks:
        y = plot.down(float(at))  # type: ignore[arg-type]
        if axis.grid:
            ends = {"x1": 0, "x2": plot.space.across(1), "y1": rounded(y), "y2": rounded(y)}
            parts.append(element("line", **ends, stroke=plot.space.colour(GRID)))
        parts.append(text(label, plot.space, x="0", y=y + 5, anchor="end", right=-8))
    return element("g", "".join(parts), class_="y-axis") if parts else ""


def _axis(plot: Plot) -> str:
    """The x axis of a panel: line, stubs and labels under the plot, upright grid."""
    axis, space = plot.panel.x, plot.space
    bottom = rounded(space.height)
    parts = []
    for at, label in axis.ticks:
        x = plot.across(at)
        if axis.grid:
            parts.append(element("line", x1=x, x2=x, y1=0, y2=bottom, stroke=space.colour(GRID)))
        if axis.stubs:
            down = rounded(space.height + 5)
            parts.append(element("line", x1=x, x2=x, y1=bottom, y2=down, stroke=space.colour(AXIS)))
        if axis.labelled:
            parts.append(text(label, space, x=x, y=space.height + 21, anchor="middle"))
    if axis.line:
        ends = {"x1": 0, "x2": space.across(1), "y1": bottom, "y2": bottom}
        parts.append(element("line", **ends, stroke=space.colour(axis.line)))
    return element("g", "".join(parts), class_="x-axis") if parts else ""


def _box(box: Box, plot: Plot) -> str:
    left, right = (0.0, 1.0) if box.x is None else (plot.share(box.x[0]), plot.share(box.x[1]))
    top, bottom = sorted((plot.down(box.y[0]), plot.down(box.y[1])))
    return element(
        "rect",
        class_="box",
        x=plot.space.across(left),
        y=rounded(top),
        width=plot.space.across(right - left),
        height=rounded(bottom - top),
        fill=plot.space.colour(box.fill) if box.fill else "none",
        opacity=rounded(box.opacity) if box.opacity < 1 else None,
        **(stroked(plot, box.outline) if box.outline else {}),
    )


def _rule(rule: Rule, plot: Plot) -> str:
    look = stroked(plot, rule.stroke)
    if rule.upright:
        x, height = plot.across(rule.at), plot.space.height
        ends = {"x1": x, "x2": x, "y1": rounded(height * (1 - rule.reach)), "y2": rounded(height)}
    else:
        y = rounded(plot.down(float(rule.at)))  # type: ignore[arg-type]
        ends = {"x1": "0", "x2": plot.space.across(1), "y1": y, "y2": y}
    return element("line", class_="rule", **ends, **look)


def _break(plot: Plot) -> str:
    """Two short slanted strokes: the value axis does not start at zero."""
    look = stroked(plot, Stroke(AXIS, 1, "solid"))
    move = f"translate(0,{rounded(plot.space.height)})"
    return element("path", d="M-5-12L5-7M-5-17L5-12", fill="none", transform=move, **look)


def _words(words: Words, plot: Plot) -> str:
    share = float(words.x) if words.x_of_plot else plot.share(words.x)  # type: ignore[arg-type]
    down = plot.space.height * (1 - words.y) if words.y_of_plot else plot.down(words.y)
    lines = words.text.count("\n")
    lifted = {"top": 0.0, "middle": lines / 2, "bottom": float(lines)}[words.edge] * LINE
    return text(
        words.text,
        plot.space,
        x=plot.space.across(share),
        y=down - words.up + BASELINE[words.edge] - lifted,
        anchor=ANCHOR[words.side],
        right=words.right,
        colour=words.colour,
        bold=words.bold,
        backed=words.backed,
    )
