"""What a chart is once it is built: figure, table twin and words, from one set of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from components.charts.specs import HEIGHT
from components.table import Table

NARROW = 520  # px of plot width under which end labels move above the plot


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the key above a plot."""

    label: str
    colour: str  # name of a CSS variable without its leading `--viz-`
    shape: Literal["square", "dot", "diamond", "triangle", "line", "dash"] = "square"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawn chart. Heights are px; `narrow_height` is used under `NARROW`."""

    figure: dict[str, Any]
    table: Table
    alt: str
    height: int = HEIGHT
    narrow_height: int = HEIGHT
    key: tuple[Key, ...] = ()
    remark: str = ""  # added to the subtitle, such as "Axis does not start at zero"
