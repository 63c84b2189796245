"""What a chart shows: plain values, names and words, and nothing of how it is drawn.

Every kind of chart is one frozen dataclass here. A missing value is None. Words are ready to be
read; numbers are unrounded, in the unit that they are shown in.
"""

from components.charts.specs.grids import Heat, Map, Measured, Tartan, Thread, Tile
from components.charts.specs.periods import Mark, Periods, Series, Values
from components.charts.specs.rows import Age, Bar, Bars, Dot, Dots, Pyramid, Row, Stacked
from components.charts.specs.spread import Bin, Funnel, Histogram, Limits, Place, Scatter
from components.charts.specs.sums import Amounts, Bullet, Change, Waterfall
from components.charts.specs.trends import (
    HEIGHT,
    LEAD_HEIGHT,
    PERCENTILES,
    Deciles,
    Lines,
    Spc,
    Variation,
)

Spec = (
    Deciles
    | Lines
    | Spc
    | Stacked
    | Bars
    | Pyramid
    | Dots
    | Histogram
    | Scatter
    | Funnel
    | Heat
    | Tartan
    | Waterfall
    | Bullet
    | Map
)

__all__ = [
    "HEIGHT",
    "LEAD_HEIGHT",
    "PERCENTILES",
    "Age",
    "Amounts",
    "Bar",
    "Bars",
    "Bin",
    "Bullet",
    "Change",
    "Deciles",
    "Dot",
    "Dots",
    "Funnel",
    "Heat",
    "Histogram",
    "Limits",
    "Lines",
    "Map",
    "Mark",
    "Measured",
    "Periods",
    "Place",
    "Pyramid",
    "Row",
    "Scatter",
    "Series",
    "Spc",
    "Spec",
    "Stacked",
    "Tartan",
    "Thread",
    "Tile",
    "Values",
    "Variation",
    "Waterfall",
]
