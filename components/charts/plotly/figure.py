"""The one Plotly layout: axes, rules and words, in a wide and a narrow arrangement.

`layout.meta` carries both arrangements; assets/figures.js applies the narrow one under
`scales.NARROW` px. Font size 14 is the smallest used anywhere.
"""

from __future__ import annotations

from typing import Any

from components.charts.drawing import Arrangement, Axis, Bars, Box, Drawing, Rule, Words
from components.charts.palette import AXIS, GRID, INK, INK_3, SURFACE
from components.charts.plotly.traces import Trace, coordinate, escaped, traces
from data.periods import is_annual

FONT = (
    '"Source Sans 3 Variable", "Source Sans 3", system-ui, -apple-system, "Segoe UI", Roboto, '
    '"Helvetica Neue", Arial, sans-serif'
)
WEIGHT, BOLD = 400, 650
CLEAR = "rgba(0,0,0,0)"
CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "showAxisDragHandles": False,
    "locale": "en-GB",
}

Figure = dict[str, Any]


def figure(drawing: Drawing) -> Figure:
    """`data` and `layout` of a drawing; each panel has an x axis of its own."""
    data: list[Trace] = []
    for number, panel in enumerate(drawing.panels, start=1):
        axis = {} if number == 1 else {"xaxis": f"x{number}"}
        data += [trace | axis for mark in panel.marks for trace in traces(mark)]
    return {"data": data, "layout": _layout(drawing)}


def _layout(drawing: Drawing) -> Figure:
    whole = {"family": FONT, "size": 14, "color": INK_3, "weight": WEIGHT}
    wide, narrow = _variant(drawing.wide), _variant(drawing.narrow)
    hovered = "x unified" if drawing.periods else "closest"
    layout: Figure = {
        "autosize": True,
        "font": whole,
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "dragmode": False,
        "hovermode": hovered,
        "hoverdistance": -1 if drawing.periods else 20,  # in px; of periods always the nearest
        "hoverlabel": {
            "bgcolor": SURFACE,
            "bordercolor": AXIS,
            "font": whole | {"color": INK},
            "align": "left",
        },
        "yaxis": _axis(drawing.y),
        "shapes": _shapes(drawing),
        **wide,
    }
    for number, panel in enumerate(drawing.panels, start=1):
        axis = _axis(panel.x) | ({"domain": list(panel.domain)} if panel.domain != (0, 1) else {})
        layout["xaxis" if number == 1 else f"xaxis{number}"] = axis
    if drawing.periods:
        _hover_of_time(layout["xaxis"], drawing)
    bars = [mark for panel in drawing.panels for mark in panel.marks if isinstance(mark, Bars)]
    if any(mark.starts for mark in bars):
        layout["barmode"] = "overlay"
    if any(mark.labels and not mark.always_labelled for mark in bars):
        layout["uniformtext"] = {"minsize": 14, "mode": "hide"}
    if wide != narrow:
        layout["meta"] = {"wide": wide, "narrow": narrow, "at": "wide"}
    return layout


def _variant(arrangement: Arrangement) -> Figure:
    margins = arrangement.margins
    return {
        "margin": {
            "l": margins.left,
            "r": margins.right,
            "t": margins.top,
            "b": margins.bottom,
            "pad": 0,
        },
        "annotations": [_annotation(words) for words in arrangement.words],
        "bargap": arrangement.gap,
    }


def _axis(axis: Axis) -> Figure:
    drawn: Figure = {
        "range": [coordinate(axis.low), coordinate(axis.high)],
        "tickvals": [coordinate(at) for at, _ in axis.ticks],
        "ticktext": [escaped(label) for _, label in axis.ticks],
        "showgrid": axis.grid,
        "zeroline": False,
        "fixedrange": True,
        "tickangle": 0,
    }
    if axis.grid:
        drawn |= {"gridcolor": GRID, "gridwidth": 1}
    if axis.line:
        drawn |= {"showline": True, "linecolor": axis.line, "linewidth": 1}
    if axis.ticks and axis.labelled:
        drawn |= {
            "ticks": "outside",
            "ticklen": 6,
            "tickcolor": CLEAR,
            "tickfont": {"color": INK_3},
        }
    if axis.stubs:
        drawn |= {"ticks": "outside", "ticklen": 5, "tickcolor": AXIS}
    if not axis.labelled:
        drawn["showticklabels"] = False
    return drawn


def _hover_of_time(axis: Figure, drawing: Drawing) -> None:
    """The period that is pointed at, in words: months by their format, years by their tick."""
    axis |= {"type": "date", "spikecolor": AXIS, "spikethickness": 1, "spikedash": "solid"}
    if drawing.periods and not is_annual(drawing.periods):
        axis["hoverformat"] = "%B %Y"
        axis["unifiedhovertitle"] = {"text": "%{x|%B %Y}"}


def _annotation(words: Words) -> Figure:
    """Words on the plot, without arrow, that never take the pointer."""
    note: Figure = {
        "text": escaped(words.text),
        "showarrow": False,
        "captureevents": False,
        "font": {"color": words.colour} | ({"weight": BOLD} if words.bold else {}),
        "x": coordinate(words.x),
        "y": words.y,
        "xanchor": words.side,
        "yanchor": words.edge,
        "align": words.side,
    }
    if words.x_of_plot:
        note["xref"] = "paper"
    if words.y_of_plot:
        note["yref"] = "paper"
    if words.right:
        note["xshift"] = words.right
    if words.up:
        note["yshift"] = words.up
    if words.backed:
        note |= {"bgcolor": SURFACE, "borderpad": 0}
    return note


def _shapes(drawing: Drawing) -> list[Figure]:
    shapes = [_box(box) for box in drawing.boxes] + [_rule(rule) for rule in drawing.rules]
    if drawing.broken:
        shapes.append(
            {
                "type": "path",
                "path": "M-5,12L5,7M-5,17L5,12",
                "xsizemode": "pixel",
                "ysizemode": "pixel",
                "xanchor": coordinate(drawing.panels[0].x.low),
                "yanchor": drawing.y.low,
                "line": {"color": AXIS, "width": 1},
            }
        )
    return shapes


def _box(box: Box) -> Figure:
    across = {"x0": 0, "x1": 1, "xref": "paper"}
    outline = box.outline
    line = {"width": 0}
    if outline:
        line = {"color": outline.colour, "width": outline.width, "dash": outline.dash}  # type: ignore[dict-item]
    return {
        "type": "rect",
        **(across if box.x is None else {"x0": box.x[0], "x1": box.x[1]}),
        "y0": box.y[0],
        "y1": box.y[1],
        "layer": "below",
        "opacity": box.opacity,
        "line": line,
        **({"fillcolor": box.fill} if box.fill else {}),
    }


def _rule(rule: Rule) -> Figure:
    stroke = rule.stroke
    at = coordinate(rule.at)
    if rule.upright:
        place = {"x0": at, "x1": at, "y0": 0, "y1": rule.reach, "yref": "paper"}
    else:
        place = {"x0": 0, "x1": 1, "xref": "paper", "y0": at, "y1": at}
    return {
        "type": "line",
        **place,
        "layer": "below" if rule.below else "above",
        "line": {"color": stroke.colour, "width": stroke.width, "dash": stroke.dash},
    }
