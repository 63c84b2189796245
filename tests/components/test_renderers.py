"""Plotly and SVG show the same: every kind of chart, drawn by both from one spec.

Numbers are read back from the SVG by the ticks that stand on its own axes, as a reader would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest

from components import charts
from components.charts import svg
from components.charts.drawing import Area, Bars, Drawing, Line, Mark, Strokes
from components.charts.kinds import KINDS
from components.charts.palette import HEX
from components.charts.scales import number
from tests.components.gallery_charts import every_chart

SVG = "{http://www.w3.org/2000/svg}"
SPECS: dict[str, charts.Spec] = every_chart()
each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
LABELS = svg.Labels(title="A finding", subtitle="A measure, a place", foot="A source, a month")
CLOSE = 0.002  # of an axis: what is lost where px are rounded


def file_of(spec: charts.Spec, *, width: int = 860) -> ElementTree.Element:
    text = svg.file(charts.draw(spec), charts.describe(spec), LABELS, width=width)
    return ElementTree.fromstring(text)


def groups(root: ElementTree.Element, *kinds: str) -> list[ElementTree.Element]:
    return [one for one in root.iter(f"{SVG}g") if one.get("class") in kinds]


def plot_of(root: ElementTree.Element) -> ElementTree.Element:
    return groups(root, "plot")[0]


def words_of(root: ElementTree.Element) -> list[str]:
    """Every text of the plot, those of the axes and bars too."""
    return [one.text or "" for one in plot_of(root).iter(f"{SVG}text")]


def unescaped(text: str) -> list[str]:
    return text.replace("&lt;", "<").replace("&amp;", "&").split("<br>")


class Ruler:
    """Turns px into the numbers of an axis, from two places that are known."""

    def __init__(self, first: tuple[float, float], second: tuple[float, float]) -> None:
        (self.px, self.value), (px, value) = first, second
        self.scale = (value - self.value) / (px - self.px)
        self.span = abs(self.scale) * 1000

    def read(self, px: float) -> float:
        return self.value + (px - self.px) * self.scale


def rulers(drawing: Drawing, root: ElementTree.Element, at: int) -> tuple[Ruler, Ruler]:
    """Of x and y of a panel. Where ticks are drawn they are used, else the size of the plot."""
    margins = drawing.wide.margins
    width = 860 - 48 - margins.left - margins.right
    height = drawing.wide.height - margins.top - margins.bottom
    panel = drawing.panels[at]
    left, right = (share * width for share in panel.domain)
    x = Ruler((left, number(panel.x.low)), (right, number(panel.x.high)))
    y = Ruler((height, number(drawing.y.low)), (0, number(drawing.y.high)))
    if drawing.y.grid:
        lines = [float(line.get("y1", "")) for line in groups(root, "y-axis")[0].iter(f"{SVG}line")]
        ticks = [number(at) for at, _ in drawing.y.ticks]
        assert len(lines) == len(ticks)
        y = Ruler((lines[0], ticks[0]), (lines[-1], ticks[-1]))
    return x, y


def points(path: str) -> list[list[tuple[float, float]]]:
    """The pieces of a path."""
    pieces = [piece for piece in path.replace("Z", "").split("M") if piece]
    return [
        [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+),([-\d.]+)", p)] for p in pieces
    ]


def shown(mark: Mark, group: ElementTree.Element, x: Ruler, y: Ruler) -> list[Any]:
    """The numbers that a group of the SVG shows."""
    if isinstance(mark, Area):
        return [
            [(x.read(a), y.read(b)) for a, b in piece]
            for path in group.iter(f"{SVG}path")
            for piece in points(path.get("d", ""))
        ]
    if isinstance(mark, Bars):
        sides = ("y", "height", y) if mark.standing else ("x", "width", x)
        place, length, ruler = sides
        found = []
        for bar in group.iter(f"{SVG}rect"):
            first = float(bar.get(place, ""))
            found.append(abs(ruler.read(first + float(bar.get(length, ""))) - ruler.read(first)))
        return found
    if isinstance(mark, Strokes):
        lines = list(group.iter(f"{SVG}line"))
        return [x.read(float(line.get("x1", ""))) for line in lines[::2]]
    if mark.stroke:
        drawn = [piece for p in group.iter(f"{SVG}path") for piece in points(p.get("d", ""))]
        return [(x.read(a), y.read(b)) for piece in drawn for a, b in piece]
    circles = list(group.iter(f"{SVG}circle"))
    moved = [one.get("transform", "") for one in group.iter(f"{SVG}g") if one.get("transform")]
    places = [(float(one.get("cx", "")), float(one.get("cy", ""))) for one in circles]
    places += [tuple(map(float, re.findall(r"[-\d.]+", move))) for move in moved]  # type: ignore[misc]
    return [(x.read(a), y.read(b)) for a, b in places]


def day(value: Any) -> float:
    return number(date.fromisoformat(value)) if isinstance(value, str) else value


def plotted(mark: Mark, trace: dict[str, Any]) -> list[Any]:
    """The numbers that a Plotly trace shows, in the same form."""
    if isinstance(mark, Bars):
        lengths = trace["y" if mark.standing else "x"]
        return [abs(length) for length in lengths if length is not None]
    if isinstance(mark, Strokes):
        return [x for x in trace["x"] if x is not None]
    pairs = [
        None if x is None or y is None else (day(x), y)
        for x, y in zip(trace["x"], trace["y"], strict=True)
    ]
    runs: list[list[Any]] = [[]]
    for pair in pairs:
        if pair is None:
            runs.append([])
        else:
            runs[-1].append(pair)
    if isinstance(mark, Area):
        return [run for run in runs if run]
    if mark.stroke:
        return [pair for run in runs if len(run) > 1 for pair in run]
    return [pair for run in runs for pair in run]


def traces_of(
    drawing: Drawing, figure: dict[str, Any]
) -> Iterator[tuple[int, Mark, dict[str, Any]]]:
    """Each mark with the Plotly trace that shows it; strokes have a second one for their edge."""
    data = iter(figure["data"])
    for at, panel in enumerate(drawing.panels):
        for mark in panel.marks:
            trace = next(data)
            if isinstance(mark, Strokes):
                next(data)
            yield at, mark, trace
    assert next(data, None) is None


@each_spec
def test_both_draw_the_same_marks_in_the_same_order_with_the_same_numbers(
    spec: charts.Spec,
) -> None:
    drawing = charts.draw(spec)
    root = file_of(spec)
    drawn = groups(plot_of(root), "area", "line", "points", "bars", "strokes")
    pairs = list(traces_of(drawing, charts.figure(drawing)))
    assert [one.get("data-name") for one in drawn] == [trace["name"] for _, _, trace in pairs]
    for group, (at, mark, trace) in zip(drawn, pairs, strict=True):
        x, y = rulers(drawing, root, at)
        in_svg, in_plotly = shown(mark, group, x, y), plotted(mark, trace)
        assert len(in_svg) == len(in_plotly), trace["name"]
        flat_svg, flat_plotly = (list(flattened(one)) for one in (in_svg, in_plotly))
        assert len(flat_svg) == len(flat_plotly)
        for read, wanted in zip(flat_svg, flat_plotly, strict=True):
            assert read == pytest.approx(wanted, abs=CLOSE * max(x.span, y.span)), trace["name"]


def flattened(values: Any) -> Iterator[float]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from flattened(value)
        else:
            yield value


@each_spec
@pytest.mark.parametrize(("width", "at"), [(860, "wide"), (380, "narrow")])
def test_both_write_the_same_words(spec: charts.Spec, width: int, at: str) -> None:
    drawing = charts.draw(spec)
    layout = charts.figure(drawing)["layout"]
    arranged = layout | layout.get("meta", {}).get(at, {})
    axes = [arranged[name] for name in sorted(arranged) if re.fullmatch(r"[xy]axis\d?", name)]
    ticks = [
        label
        for axis in axes
        if axis.get("showticklabels", True)
        for text in axis["ticktext"]
        for label in unescaped(text)
    ]
    notes = [line for note in arranged["annotations"] for line in unescaped(note["text"])]
    inside = [
        text
        for trace in charts.figure(drawing)["data"]
        if trace["type"] == "bar"
        for text in trace.get("text", ())
        if text
    ]
    written = words_of(file_of(spec, width=width))
    assert written[-len(notes) :] == notes
    rest = written[: -len(notes)] if notes else written
    for label in ticks:
        rest.remove(label)
    # Parts of a stack that are too small are not labelled; all else is, and in the same order.
    assert rest == inside or isinstance(spec, charts.Stacked)
    left = iter(inside)
    assert all(text in left for text in rest)


@each_spec
def test_both_use_the_same_colours(spec: charts.Spec) -> None:
    drawing = charts.draw(spec)
    figure = charts.figure(drawing)
    # What only a pointer meets is not in a picture that has none.
    layout = {key: value for key, value in figure["layout"].items() if key != "hoverlabel"}
    hexes = re.compile(r"#[0-9A-F]{6}")
    in_plotly = set(hexes.findall(repr(figure["data"]) + repr(layout)))
    in_file = svg.file(drawing, charts.describe(spec), LABELS)
    extra = {"#16201E", "#41504C", "#596763", "#FFFFFF"}  # of what stands around the plot
    key = {HEX[one.colour] for one in charts.describe(spec).key}
    assert set(hexes.findall(in_file)) - extra <= in_plotly | key
    assert in_plotly - extra <= set(hexes.findall(in_file)) | _unseen(drawing)


def _unseen(drawing: Drawing) -> set[str]:
    """Colours of points without a size, of spikes, and of labels without room."""
    marks = [mark for panel in drawing.panels for mark in panel.marks]
    found = {"#74827E"}
    for mark in marks:
        if isinstance(mark, Line):
            found |= {point.colour for point in mark.points if not point.size}
        if isinstance(mark, Bars):
            found |= set(mark.label_colours) | {
                colour
                for colour, length in zip(mark.colours, mark.lengths, strict=True)
                if length is None
            }
    return found


@each_spec
def test_the_figure_has_no_key_that_plotly_does_not_know(spec: charts.Spec) -> None:
    figure = charts.figure(charts.draw(spec))
    go.Figure(figure, skip_invalid=False)
    with pytest.raises(ValueError, match="wobble"):
        go.Figure({**figure, "layout": {**figure["layout"], "wobble": 1}}, skip_invalid=False)


def test_every_kind_is_drawn_here() -> None:
    assert {type(spec) for spec in SPECS.values()} == set(KINDS)
