"""Marks as Plotly traces. Sizes are px; text is escaped, because Plotly reads tags in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import singledispatch
from itertools import groupby
from typing import Any

from components.charts.drawing import Area, Bars, Line, Mark, Point, Strokes, X
from components.charts.palette import COMMON, INK, SURFACE

Trace = dict[str, Any]
_SYMBOLS = {"circle": "circle", "diamond": "diamond", "triangle": "triangle-up"}


def escaped(text: str) -> str:
    """Text as Plotly shows it as it stands, on lines of its own where it has several."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def coordinate(x: X | None) -> Any:
    """A value as Plotly takes it."""
    return x.isoformat() if isinstance(x, date) else x


def _hover(mark: Line | Bars, *, key: str) -> Trace:
    """What pointing at a mark shows: name, value in bold, the rest."""
    if not mark.names:
        readings = [escaped(words) for words in mark.readings]
        return {
            key: readings,
            "hovertemplate": f"{escaped(mark.name)} <b>%{{{key}}}</b><extra></extra>",
        }
    rest = mark.rest or ("",) * len(mark.names)
    return {
        key: [
            f"{escaped(name)}<b>{escaped(words)}</b>{escaped(more)}"
            for name, words, more in zip(mark.names, mark.readings, rest, strict=True)
        ],
        "hovertemplate": f"%{{{key}}}<extra></extra>",
    }


@singledispatch
def traces(mark: Mark) -> list[Trace]:
    """The traces of a mark, in the order in which they are drawn."""
    raise TypeError(f"no traces for {type(mark).__name__}")


@traces.register
def _area(mark: Area) -> list[Trace]:
    """A filled band, one polygon for each run of periods without a gap."""
    x = [coordinate(x) for x in mark.x]
    xs: list[Any] = []
    ys: list[float | None] = []
    known = [a is not None and b is not None for a, b in zip(mark.low, mark.high, strict=True)]
    for present, run in groupby(range(len(x)), key=lambda index: known[index]):
        indexes = list(run)
        if not present:
            continue
        back = indexes[::-1]
        xs += [x[i] for i in indexes] + [x[i] for i in back] + [None]
        ys += [mark.high[i] for i in indexes] + [mark.low[i] for i in back] + [None]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": mark.name,
            "x": xs,
            "y": ys,
            "fill": "toself",
            "fillcolor": mark.colour,
            "line": {"width": 0, "color": mark.colour},
            "hoverinfo": "skip",
        }
    ]


def _one_or_all(values: Sequence[Any]) -> Any:
    """One value where all are alike, else the list of them."""
    return values[0] if len(set(values)) == 1 else list(values)


def _markers(points: Sequence[Point], *, edged: bool, faded: bool) -> Trace:
    if not points:
        return {}
    hollow = any(point.hollow for point in points)
    marker: Trace = {
        "color": _one_or_all([point.colour for point in points]),
        "size": [point.size for point in points],
        "symbol": _one_or_all(
            [_SYMBOLS[point.symbol] + ("-open" if point.hollow else "") for point in points]
        ),
        "opacity": 0.7 if faded else 1,
        "line": {"color": SURFACE, "width": 1.5} if edged else {"width": 2 if hollow else 0},
    }
    return {"marker": marker}


@traces.register
def _line(mark: Line) -> list[Trace]:
    trace: Trace = {
        "type": "scatter",
        "mode": "lines" if mark.stroke else "markers",
        "name": mark.name,
        "x": [coordinate(x) for x in mark.x],
        "y": list(mark.y),
        "cliponaxis": False,
        **_markers(mark.points, edged=mark.edged, faded=mark.faded),
        **({"hoverinfo": "skip"} if mark.silent else _hover(mark, key="text")),
    }
    if mark.stroke:
        if any(point.size for point in mark.points):
            trace["mode"] = "lines+markers"
        stroke = mark.stroke
        trace["connectgaps"] = False
        trace["line"] = {"color": stroke.colour, "width": stroke.width, "dash": stroke.dash}
    if mark.spans:
        pairs = list(zip(mark.x, mark.spans, strict=True))
        trace["error_x"] = {
            "type": "data",
            "symmetric": False,
            "array": [_gap(span and span[1], x) for x, span in pairs],
            "arrayminus": [_gap(x, span and span[0]) for x, span in pairs],
            "color": COMMON,
            "thickness": 1.5,
            "width": 0,
        }
    return [trace]


def _gap(upper: Any, lower: Any) -> float:
    return 0.0 if upper is None or lower is None else max(0.0, upper - lower)


@traces.register
def _bars(mark: Bars) -> list[Trace]:
    place, length = ("x", "y") if mark.standing else ("y", "x")
    trace: Trace = {
        "type": "bar",
        "orientation": "v" if mark.standing else "h",
        "name": mark.name,
        place: list(mark.at),
        length: list(mark.lengths),
        "marker": {"color": _one_or_all(mark.colours)},
        **_hover(mark, key="customdata"),
    }
    if mark.edge:
        trace["marker"]["line"] = {"color": SURFACE, "width": mark.edge}
    if mark.starts:
        trace["base"] = list(mark.starts)
    if mark.widths:
        trace["width"] = list(mark.widths)
    if mark.labels:
        trace |= {
            "text": list(mark.labels),
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "textfont": {"color": _one_or_all(mark.label_colours), "weight": 600},
        }
        if mark.always_labelled:
            trace["constraintext"] = "none"
    return [trace]


@traces.register
def _strokes(mark: Strokes) -> list[Trace]:
    """A dark upright stroke over a light one, which is its edge."""

    def stroke(colour: str, width: float) -> Trace:
        return {
            "type": "scatter",
            "mode": "markers",
            "name": mark.name,
            "x": list(mark.x),
            "y": list(range(len(mark.x))),
            "marker": {
                "symbol": "line-ns",
                "size": mark.size,
                "color": colour,
                "line": {"color": colour, "width": width},
                "opacity": 1,
            },
            "cliponaxis": False,
            "hoverinfo": "skip",
        }

    return [stroke(SURFACE, 5.5), stroke(INK, 2.5)]
