"""What is drawn for a spec, before Plotly or SVG: axes, marks and words in the chart's own units.

Both renderers draw a `Drawing` and nothing else, so that they show the same marks in the same
order with the same words. Sizes and shifts are px; `up` and `right` are away from the anchor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from components.charts.palette import INK_3, Stroke
from components.charts.specs.periods import Values
from data.spec import PeriodKind

X = float | date
Symbol = Literal["circle", "diamond", "triangle"]


@dataclass(frozen=True, slots=True)
class Margins:
    """px around the plot."""

    left: int
    right: int
    top: int
    bottom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From `low` to `high`, which is the smaller one where the axis runs backwards."""

    low: X
    high: X
    ticks: tuple[tuple[X, str], ...] = ()
    grid: bool = False
    line: str = ""  # its colour
    stubs: bool = False  # a short stroke at each tick
    labelled: bool = True  # else the ticks are named by `Words`


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A band between two lines, in pieces where either is missing."""

    name: str
    x: tuple[X, ...]
    low: Values
    high: Values
    colour: str


@dataclass(frozen=True, slots=True)
class Point:
    """How one value of a line is marked; a size of 0 leaves it unmarked."""

    size: float = 0
    colour: str = ""
    symbol: Symbol = "circle"
    hollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is cut where a value is missing, points on it, or points alone.

    On pointing, `readings` are in bold after the name, or after each of `names`; then `rest`.
    """

    name: str
    x: tuple[X | None, ...]
    y: Values
    readings: tuple[str, ...]
    stroke: Stroke | None = None
    points: tuple[Point, ...] = ()
    edged: bool = False  # points have a light edge
    faded: bool = False  # points are drawn at 70%
    silent: bool = False  # pointing at it says nothing
    spans: tuple[tuple[float, float] | None, ...] = ()  # an interval around x
    names: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Bars from `starts` (0 where there are none), lying in rows or standing on the axis."""

    name: str
    at: tuple[float, ...]
    lengths: Values
    colours: tuple[str, ...]
    readings: tuple[str, ...]
    starts: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()  # written inside, where there is room
    label_colours: tuple[str, ...] = ()
    always_labelled: bool = False  # whether or not there is room
    edge: float = 0
    widths: tuple[float, ...] = ()  # of standing bars; rows take theirs from the arrangement
    names: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()

    @property
    def standing(self) -> bool:
        return bool(self.widths)


@dataclass(frozen=True, slots=True)
class Strokes:
    """A comparator's value in each row, as an upright stroke with a light edge."""

    name: str
    x: Values
    size: int = 20


Mark = Area | Line | Bars | Strokes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A straight line across the plot at a value, upright or level."""

    at: X
    upright: bool
    stroke: Stroke
    reach: float = 1  # share of the plot's height that an upright one covers
    below: bool = True  # the marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle behind the marks, over the whole width where `x` is None."""

    y: tuple[float, float]
    x: tuple[float, float] | None = None
    fill: str = ""
    opacity: float = 1
    outline: Stroke | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Text on the plot. Where `x` or `y` is of the plot, it runs from 0 (left, bottom) to 1."""

    text: str
    x: X
    y: float
    x_of_plot: bool = False
    y_of_plot: bool = False
    right: float = 0
    up: float = 0
    side: Literal["left", "center", "right"] = "left"  # of the text that stands at x
    edge: Literal["top", "middle", "bottom"] = "middle"  # of the text that stands at y
    colour: str = INK_3
    bold: bool = False
    backed: bool = False  # on the colour of the surface, over whatever is drawn there


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What differs between a wide plot and a narrow one."""

    margins: Margins
    words: tuple[Words, ...]
    height: int
    gap: float = 0  # share of a row that is left between bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of the plot with its own x axis; `domain` is its share of the width."""

    x: Axis
    marks: tuple[Mark, ...]
    domain: tuple[float, float] = (0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A whole chart."""

    panels: tuple[Panel, ...]
    y: Axis
    wide: Arrangement
    narrow: Arrangement
    rules: tuple[Rule, ...] = ()
    boxes: tuple[Box, ...] = ()
    broken: bool = False  # the value axis does not start at zero, and is marked for it
    periods: PeriodKind | None = None  # what x is, where it is time
