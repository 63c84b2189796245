"""One module for each kind of chart: how its spec is drawn, and how it is described."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from components.charts.description import Description
from components.charts.drawing import Drawing
from components.charts.kinds import (
    bars,
    bullet,
    deciles,
    dots,
    funnel,
    heat,
    histogram,
    lines,
    map,
    pyramid,
    scatter,
    spc,
    stacked,
    tartan,
    waterfall,
)
from components.charts.specs import (
    Bars,
    Bullet,
    Deciles,
    Dots,
    Funnel,
    Heat,
    Histogram,
    Lines,
    Map,
    Pyramid,
    Scatter,
    Spc,
    Spec,
    Stacked,
    Tartan,
    Waterfall,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """The functions for specs of one kind."""

    draw: Callable[[Any], Drawing]
    describe: Callable[[Any], Description]


KINDS: dict[type, Kind] = {
    Deciles: Kind(deciles.draw, deciles.describe),
    Lines: Kind(lines.draw, lines.describe),
    Spc: Kind(spc.draw, spc.describe),
    Stacked: Kind(stacked.draw, stacked.describe),
    Bars: Kind(bars.draw, bars.describe),
    Pyramid: Kind(pyramid.draw, pyramid.describe),
    Dots: Kind(dots.draw, dots.describe),
    Histogram: Kind(histogram.draw, histogram.describe),
    Scatter: Kind(scatter.draw, scatter.describe),
    Funnel: Kind(funnel.draw, funnel.describe),
    Heat: Kind(heat.draw, heat.describe),
    Tartan: Kind(tartan.draw, tartan.describe),
    Waterfall: Kind(waterfall.draw, waterfall.describe),
    Bullet: Kind(bullet.draw, bullet.describe),
    Map: Kind(map.draw, map.describe),
}


def draw(spec: Spec) -> Drawing:
    """What both renderers draw."""
    return KINDS[type(spec)].draw(spec)


def describe(spec: Spec) -> Description:
    """The table twin, the key and the words."""
    return KINDS[type(spec)].describe(spec)
