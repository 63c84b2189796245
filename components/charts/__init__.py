"""Figure builders: plain values in, a `Chart` out. Figures are dicts, never plotly objects."""

from components.charts.areas import Age, Dot, dots, pyramid
from components.charts.bars import Bar, Row, ranked, stack
from components.charts.distribution import Bin, Place, histogram, landscape
from components.charts.layout import CONFIG
from components.charts.model import HEIGHT, LEAD_HEIGHT, Chart, Key, Series
from components.charts.spc import spc
from components.charts.trends import PERCENTILES, deciles, lines

__all__ = [
    "CONFIG",
    "HEIGHT",
    "LEAD_HEIGHT",
    "PERCENTILES",
    "Age",
    "Bar",
    "Bin",
    "Chart",
    "Dot",
    "Key",
    "Place",
    "Row",
    "Series",
    "deciles",
    "dots",
    "histogram",
    "landscape",
    "lines",
    "pyramid",
    "ranked",
    "spc",
    "stack",
]
