"""Marks as SVG elements, each in a group that carries its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import singledispatch
from itertools import groupby

from components.charts.drawing import Area, Bars, Line, Mark, Point, Strokes, X
from components.charts.palette import COMMON, INK, SURFACE, Stroke
from components.charts.scales import CHARACTER
from components.charts.svg.space import Plot, element, rounded

DASHES = {"solid": None, "dash": "6 4", "dot": "2 3", "longdash": "9 4", "dashdot": "8 3 2 3"}
FEWEST_PX = 36  # of a part whose share is written inside


def _group(kind: str, name: str, *children: str) -> str:
    return element("g", "".join(children), class_=kind, data_name=name)


def _runs(known: Sequence[bool]) -> Iterator[list[int]]:
    """Indexes of neighbours that are all known, run by run."""
    for present, run in groupby(range(len(known)), key=lambda index: known[index]):
        if present:
            yield list(run)


def stroked(plot: Plot, stroke: Stroke) -> dict[str, object]:
    """The attributes of a stroke."""
    return {
        "stroke": plot.space.colour(stroke.colour),
        "stroke_width": rounded(stroke.width),
        "stroke_dasharray": DASHES[stroke.dash],
    }


@singledispatch
def marks(mark: Mark, plot: Plot, *, gap: float) -> str:
    """The elements of a mark. `gap` is the share of a row between bars."""
    raise TypeError(f"no elements for {type(mark).__name__}")


@marks.register
def _area(mark: Area, plot: Plot, *, gap: float) -> str:
    known = [a is not None and b is not None for a, b in zip(mark.low, mark.high, strict=True)]
    pieces = []
    for run in _runs(known):
        upper: list[tuple[X, float]] = [(mark.x[i], mark.high[i] or 0.0) for i in run]
        lower: list[tuple[X, float]] = [(mark.x[i], mark.low[i] or 0.0) for i in run[::-1]]
        pieces.append(plot.path(upper + lower) + "Z")
    return _group(
        "area",
        mark.name,
        plot.drawn("".join(pieces), fill=plot.space.colour(mark.colour)) if pieces else "",
    )


def _shape(point: Point, plot: Plot, *, edged: bool) -> dict[str, object]:
    colour = plot.space.colour(point.colour)
    surface = plot.space.colour(SURFACE)
    if point.hollow:
        return {"fill": surface, "stroke": colour, "stroke_width": 2}
    if edged:
        return {"fill": colour, "stroke": surface, "stroke_width": 1.5}
    return {"fill": colour}


def _point(point: Point, plot: Plot, x: X, y: float, *, edged: bool) -> str:
    look = _shape(point, plot, edged=edged)
    half = point.size / 2
    if point.symbol == "circle":
        place = {"cx": plot.across(x), "cy": rounded(plot.down(y)), "r": rounded(half)}
        return element("circle", **place, **look)
    if point.symbol == "diamond":
        r = rounded(half * 1.3)
        path = f"M0-{r}L{r} 0L0 {r}L-{r} 0Z"
    else:
        path = (
            f"M0-{rounded(half)}L{rounded(half)} {rounded(half)}L-{rounded(half)} {rounded(half)}Z"
        )
    return plot.placed(element("path", d=path, **look), x, y)


@marks.register
def _line(mark: Line, plot: Plot, *, gap: float) -> str:
    pairs = [
        None if x is None or y is None else (x, y) for x, y in zip(mark.x, mark.y, strict=True)
    ]
    children = []
    if mark.stroke:
        runs = [
            [pair for i in run if (pair := pairs[i])]
            for run in _runs([p is not None for p in pairs])
        ]
        pieces = [plot.path(run) for run in runs if len(run) > 1]
        if pieces:
            look = stroked(plot, mark.stroke)
            children.append(
                plot.drawn("".join(pieces), fill="none", stroke_linejoin="round", **look)
            )
    for pair, span in zip(pairs, mark.spans, strict=False):
        if pair and span:
            y = rounded(plot.down(pair[1]))
            ends = {"x1": plot.across(span[0]), "x2": plot.across(span[1]), "y1": y, "y2": y}
            children.append(
                element("line", **ends, stroke=plot.space.colour(COMMON), stroke_width=1.5)
            )
    for pair, point in zip(pairs, mark.points, strict=False):
        if pair and point.size:
            children.append(_point(point, plot, *pair, edged=mark.edged))
    group = _group("line" if mark.stroke else "points", mark.name, *children)
    return group.replace("<g ", '<g opacity="0.7" ', 1) if mark.faded else group


def _label(text: str, colour: str, plot: Plot, middle: str, y: float) -> str:
    return element(
        "text",
        text,
        x=middle,
        y=rounded(y + 5),
        text_anchor="middle",
        font_weight=600,
        fill=plot.space.colour(colour),
    )


@marks.register
def _bars(mark: Bars, plot: Plot, *, gap: float) -> str:
    children = []
    for index, (at, length) in enumerate(zip(mark.at, mark.lengths, strict=True)):
        if length is None:
            continue
        start = mark.starts[index] if mark.starts else 0.0
        if mark.standing:
            half = mark.widths[index] / 2
            left, right = plot.share(at - half), plot.share(at + half)
            top, bottom = plot.down(start + length), plot.down(start)
        else:
            half = (1 - gap) / 2
            left, right = sorted((plot.share(start), plot.share(start + length)))
            top, bottom = sorted((plot.down(at - half), plot.down(at + half)))
        edge = (
            {"stroke": plot.space.colour(SURFACE), "stroke_width": mark.edge} if mark.edge else {}
        )
        children.append(
            element(
                "rect",
                x=plot.space.across(left),
                y=rounded(top),
                width=plot.space.across(right - left),
                height=rounded(bottom - top),
                fill=plot.space.colour(mark.colours[index]),
                **edge,
            )
        )
        text = mark.labels[index] if mark.labels else ""
        room = (right - left) * plot.space.assumed_width
        if text and (mark.always_labelled or room >= max(FEWEST_PX, len(text) * CHARACTER + 6)):
            middle = plot.space.across((left + right) / 2)
            children.append(
                _label(text, mark.label_colours[index], plot, middle, (top + bottom) / 2)
            )
    return _group("bars", mark.name, *children)


@marks.register
def _strokes(mark: Strokes, plot: Plot, *, gap: float) -> str:
    def stroke(colour: str, width: float, x: float, y: float) -> str:
        at = plot.across(x)
        return element(
            "line",
            x1=at,
            x2=at,
            y1=rounded(y - mark.size / 2),
            y2=rounded(y + mark.size / 2),
            stroke=plot.space.colour(colour),
            stroke_width=width,
        )

    children = [
        stroke(colour, width, x, plot.down(row))
        for row, x in enumerate(mark.x)
        if x is not None
        for colour, width in ((SURFACE, 5.5), (INK, 2.5))
    ]
    return _group("strokes", mark.name, *children)
