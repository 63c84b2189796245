"""A trend drawn as plain SVG text, for pages that must work without scripts, mail and print.

Colours are attributes, so the picture stands alone; assets/site.css replaces them by class, so
that it follows the theme on our pages. x is in percent and text is not scaled: the chart fits any
width.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from itertools import groupby

from components.charts import layout as lay
from components.charts.palette import AXIS, GRID, INK_3, STROKES
from components.charts.specs import Series
from data import format as fmt
from data.spec import Unit

HEIGHT = 232  # px
TOP, BOTTOM = 42, 28  # px above and below the plot
LEFT, RIGHT = 13.0, 1.5  # percent of the width beside it
PLOT = HEIGHT - TOP - BOTTOM
DASHES = {"solid": "", "dash": "6 4", "dot": "2 3", "longdash": "9 4", "dashdot": "8 3 2 3"}
CLASS = {"you": "you", "england": "england"}


def trend(months: Sequence[date], series: Sequence[Series], *, unit: Unit, title: str) -> str:
    """At most two series over consecutive months, each named above the plot with its last value.

    `title` is what a screen reader says. Months without a value are gaps; one alone is a dot.
    """
    if not 1 <= len(series) <= 2:
        raise ValueError(f"{len(series)} series; there is room to name two")
    every = [value for one in series for value in one.values if value is not None]
    ticks = lay.value_ticks(every, unit, from_zero=True)
    opening = (
        f'<svg class="trend" role="img" aria-label="{escape(title, quote=True)}" width="100%" '
        f'height="{HEIGHT}" xmlns="http://www.w3.org/2000/svg" '
        'font-family="Source Sans 3, system-ui, sans-serif" font-size="14">'
    )
    parts = [opening]
    for place, one in enumerate(series):
        parts.append(_name(one, unit, at=50 * place))
    for tick in ticks:
        y = _y(tick, ticks)
        parts.append(
            f'<line class="grid" x1="{LEFT}%" x2="{100 - RIGHT}%" y1="{y}" y2="{y}" '
            f'stroke="{AXIS if tick == 0 else GRID}"/>'
            f'<text x="{LEFT - 2}%" y="{y + 5}" text-anchor="end" fill="{INK_3}">'
            f"{escape(fmt.axis(tick, unit))}</text>"
        )
    parts += _months(months)
    for one in reversed(series):
        parts.append(_line(one, ticks))
    return "".join([*parts, "</svg>"])


def _x(index: int, count: int) -> float:
    """Percent of the width of the plot."""
    return 50.0 if count == 1 else round(100 * index / (count - 1), 3)


def _across(index: int, count: int) -> float:
    """Percent of the width of the picture."""
    return round(LEFT + (100 - LEFT - RIGHT) * _x(index, count) / 100, 3)


def _y(value: float, ticks: Sequence[float]) -> float:
    return round(TOP + PLOT * (1 - (value - ticks[0]) / (ticks[-1] - ticks[0])), 1)


def _last(values: Sequence[float | None]) -> int | None:
    known = [index for index, value in enumerate(values) if value is not None]
    return known[-1] if known else None


def _name(one: Series, unit: Unit, *, at: int) -> str:
    last = _last(one.values)
    said = fmt.value(one.values[last] if last is not None else None, unit)
    name = escape(f"{lay.shorten(one.name, limit=22)} {said}")
    kind = CLASS.get(one.role, "england")
    return (
        f'<text class="t-{kind}" x="{at}%" y="16" font-weight="650" '
        f'fill="{STROKES[one.role].colour}">{name}</text>'
    )


def _months(months: Sequence[date]) -> list[str]:
    count = len(months)
    shown = sorted({0, (count - 1) // 2, count - 1} if count > 6 else {0, count - 1})
    anchors = {0: "start", count - 1: "end"}
    return [
        f'<text x="{_across(index, count)}%" y="{HEIGHT - 8}" fill="{INK_3}" '
        f'text-anchor="{anchors.get(index, "middle") if count > 1 else "middle"}">'
        f"{escape(fmt.month_short(months[index]))}</text>"
        for index in shown
    ]


def _line(one: Series, ticks: Sequence[float]) -> str:
    stroke = STROKES[one.role]
    kind = CLASS.get(one.role, "england")
    count = len(one.values)
    paths, dots = [], []
    last = _last(one.values)
    for known, run in groupby(range(count), key=lambda index: one.values[index] is not None):
        if not known:
            continue
        indexes = list(run)
        points = [
            f"{_x(i, count)},{round(100 * (_y(one.values[i] or 0.0, ticks) - TOP) / PLOT, 2)}"
            for i in indexes
        ]
        if len(points) > 1:
            paths.append("M" + "L".join(points))
        if len(points) == 1 or last in indexes:
            dots.append(indexes[-1])
    dash = f' stroke-dasharray="{DASHES[stroke.dash]}"' if DASHES[stroke.dash] else ""
    path = (
        f'<path class="s-{kind}" d="{"".join(paths)}" fill="none" stroke="{stroke.colour}" '
        f'stroke-width="{stroke.width}"{dash} vector-effect="non-scaling-stroke"/>'
    )
    plot = (
        f'<svg x="{LEFT}%" y="{TOP}" width="{100 - LEFT - RIGHT}%" height="{PLOT}" '
        f'viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible">{path}</svg>'
    )
    circles = "".join(
        f'<circle class="d-{kind}" cx="{_across(i, count)}%" '
        f'cy="{_y(one.values[i] or 0.0, ticks)}" r="4.5" fill="{stroke.colour}"/>'
        for i in dots
    )
    return plot + circles
