"""Pictures in a page: as wide as their place, in the colours of the theme, without scripts.

A chart whose narrow arrangement differs is drawn twice; assets/charts.css shows one of them, by
the width of the figure.
"""

from __future__ import annotations

from components.charts.drawing import Arrangement, Drawing
from components.charts.svg.plot import drawn
from components.charts.svg.space import Space, element


def inline(drawing: Drawing, alt: str) -> str:
    """The elements of a chart. `alt` is what a screen reader says."""
    if drawing.wide == drawing.narrow:
        return _picture(drawing, drawing.wide, alt, kind="chart", is_narrow=False)
    return _picture(drawing, drawing.wide, alt, kind="chart wide", is_narrow=False) + _picture(
        drawing, drawing.narrow, alt, kind="chart narrow", is_narrow=True
    )


def _picture(
    drawing: Drawing, arrangement: Arrangement, alt: str, *, kind: str, is_narrow: bool
) -> str:
    margins = arrangement.margins
    space = Space(arrangement.height - margins.top - margins.bottom, None, is_narrow)
    around = f"{margins.top}px {margins.right}px {margins.bottom}px {margins.left}px"
    return element(
        "svg",
        drawn(drawing, arrangement, space),
        class_=kind,
        role="img",
        aria_label=alt,
        style=f"height:{arrangement.height}px;padding:{around}",
    )
