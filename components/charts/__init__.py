"""Charts: a spec of plain values in, figure, table twin and words out.

Figures are dicts, never plotly objects.
"""

from components.charts.areas import dots, pyramid
from components.charts.bars import ranked, stack
from components.charts.distribution import histogram, landscape
from components.charts.drawn import draw
from components.charts.layout import CONFIG
from components.charts.model import Chart, Key
from components.charts.spc import spc
from components.charts.specs import *  # noqa: F403
from components.charts.specs import __all__ as _specs
from components.charts.trends import deciles, lines

__all__ = [
    "CONFIG",
    "Chart",
    "Key",
    "deciles",
    "dots",
    "draw",
    "histogram",
    "landscape",
    "lines",
    "pyramid",
    "ranked",
    "spc",
    "stack",
    *_specs,
]
