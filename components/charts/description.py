"""A chart in words: its table twin, its key and its description, from the same spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from components.table import Table


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the key above a plot."""

    label: str
    colour: str  # name of a CSS variable without its leading `--viz-`
    shape: Literal["square", "dot", "diamond", "triangle", "line", "dash"] = "square"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Everything of a chart that is not drawn."""

    table: Table
    alt: str
    key: tuple[Key, ...] = ()
    remark: str = ""  # added to the subtitle, such as "Axis does not start at zero"
