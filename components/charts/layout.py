"""The one Plotly layout: axes, ticks, margins, end labels, in a wide and a narrow arrangement.

`layout.meta` carries both arrangements; assets/figures.js applies the narrow one under
`NARROW` px. Plotly sizes are px; font size 14 is the smallest used anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from components.charts.palette import AXIS, GRID, INK, INK_3, SURFACE
from components.charts.specs import HEIGHT
from data import format as fmt
from data.spec import Unit

FONT = (
    '"Source Sans 3 Variable", "Source Sans 3", system-ui, -apple-system, "Segoe UI", Roboto, '
    '"Helvetica Neue", Arial, sans-serif'
)
CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "showAxisDragHandles": False,
    "locale": "en-GB",
}
WEIGHT = 400  # of the font where nothing is emphasised
LABEL_GAP = 18  # px between the baselines of two end labels
CHARACTER = 7.2  # px, a generous average width of a character at 14 px
WIDE_PLOT, NARROW_PLOT = 420, 270  # px of plot assumed when month labels are chosen
TREND_BOTTOM = 30  # px under a month axis
NO_ZERO = "Axis does not start at zero"
MONTH_LABEL = 72  # px: labels closer than this are dropped


@dataclass(frozen=True, slots=True)
class EndLabel:
    """Words at the end of a line, at the height of its last value."""

    text: str
    value: float
    colour: str = INK_3
    bold: bool = False
    above: str = ""  # the same words where two share a line above a narrow plot


@dataclass(frozen=True, slots=True)
class Margins:
    """px around the plot."""

    left: int
    right: int
    top: int
    bottom: int

    def plotly(self) -> dict[str, int]:
        return {"l": self.left, "r": self.right, "t": self.top, "b": self.bottom, "pad": 0}


def font(colour: str = INK_3, *, weight: int = WEIGHT) -> dict[str, Any]:
    """What differs from the font of the whole chart, which Plotly takes the rest from."""
    return {"color": colour} if weight == WEIGHT else {"color": colour, "weight": weight}


def base(
    margins: Margins, *, xaxis: dict[str, Any], yaxis: dict[str, Any], **rest: Any
) -> dict[str, Any]:
    """The layout every chart starts from."""
    whole = {"family": FONT, "size": 14, "color": INK_3, "weight": WEIGHT}
    return {
        "autosize": True,
        "margin": margins.plotly(),
        "font": whole,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
        "hovermode": False,
        "hoverlabel": {
            "bgcolor": SURFACE,
            "bordercolor": AXIS,
            "font": whole | font(INK),
            "align": "left",
        },
        "xaxis": xaxis,
        "yaxis": yaxis,
        "annotations": [],
        "shapes": [],
        **rest,
    }


def variants(
    layout: dict[str, Any], *, wide: dict[str, Any], narrow: dict[str, Any]
) -> dict[str, Any]:
    """The layout in its wide arrangement, with both kept in `meta` for the browser.

    Both must set the same keys, so that going back and forth loses nothing.
    """
    if wide.keys() != narrow.keys():
        raise ValueError(f"not the same keys: {wide.keys() ^ narrow.keys()}")
    return {**layout, **wide, "meta": {"wide": wide, "narrow": narrow, "at": "wide"}}


def nice_ticks(low: float, high: float) -> tuple[float, ...]:
    """Three to six round tick values that enclose `low` and `high`."""
    if high <= low:
        high = low + 1
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= raw * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return tuple(round(index * step, 10) for index in range(first, last + 1))


def value_ticks(values: Sequence[float], unit: Unit, *, from_zero: bool) -> tuple[float, ...]:
    """Ticks for the value axis. Counts never get a fractional tick."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if from_zero:
        low, high = min(0.0, low), max(0.0, high)
    else:
        room = max((high - low) * 0.06, abs(high) * 0.005)
        low, high = low - room, high + room
    ticks = nice_ticks(low, high)
    if unit == "count" and any(not tick.is_integer() for tick in map(float, ticks)):
        return tuple(float(tick) for tick in range(math.floor(low), math.ceil(high) + 2))[:6]
    return ticks


def value_axis(ticks: Sequence[float], unit: Unit, **rest: Any) -> dict[str, Any]:
    return {
        "range": [ticks[0], ticks[-1]],
        "tickvals": list(ticks),
        "ticktext": [fmt.axis(tick, unit) for tick in ticks],
        "tickfont": font(),
        "ticks": "outside",
        "ticklen": 6,
        "tickcolor": "rgba(0,0,0,0)",
        "showgrid": True,
        "gridcolor": GRID,
        "gridwidth": 1,
        "zeroline": False,
        "fixedrange": True,
        **rest,
    }


def left_margin(ticks: Sequence[float], unit: Unit) -> int:
    widest = max(len(fmt.axis(tick, unit)) for tick in ticks)
    return max(30, round(widest * CHARACTER) + 12)


def month_ticks(months: Sequence[date], *, width: int) -> tuple[list[str], list[str]]:
    """Tick positions and labels: each January that has room, and the last month."""
    last = len(months) - 1
    per_month = width / max(1, last)
    chosen = [last]
    for index in range(last - 1, -1, -1):
        room = (chosen[-1] - index) * per_month
        near_end = chosen[-1] == last and room < MONTH_LABEL * 4 / 3
        if months[index].month == 1 and room >= MONTH_LABEL and not near_end:
            chosen.append(index)
    if len(chosen) == 1 and last * per_month >= MONTH_LABEL * 4 / 3:
        chosen.append(0)
    chosen.reverse()
    return [months[i].isoformat() for i in chosen], [fmt.month_short(months[i]) for i in chosen]


def month_axis(months: Sequence[date], *, width: int = WIDE_PLOT, **rest: Any) -> dict[str, Any]:
    """The month axis. Month labels are drawn as annotations by `month_labels`."""
    places, _ = month_ticks(months, width=width)
    pad = 15 * 86_400_000 if len(months) == 1 else 0
    return {
        "type": "date",
        "range": [_shift(months[0], -pad), _shift(months[-1], pad)],
        "tickvals": places,
        "showticklabels": False,
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": AXIS,
        "showgrid": False,
        "showline": True,
        "linecolor": AXIS,
        "linewidth": 1,
        "spikecolor": AXIS,
        "spikethickness": 1,
        "spikedash": "solid",
        "zeroline": False,
        "fixedrange": True,
        **rest,
    }


def _shift(day: date, milliseconds: int) -> str:
    return date.fromordinal(day.toordinal() + milliseconds // 86_400_000).isoformat()


def month_labels(months: Sequence[date], *, width: int) -> list[dict[str, Any]]:
    """Labels under the month axis; the last ends at the axis so that it never leaves the frame."""
    places, labels = month_ticks(months, width=width)
    return [
        note(
            label,
            x=place,
            y=0,
            yref="paper",
            yshift=-7,
            yanchor="top",
            xanchor="right" if index == len(places) - 1 and len(months) > 1 else "center",
        )
        for index, (place, label) in enumerate(zip(places, labels, strict=True))
    ]


def note(text: str, *, colour: str = INK_3, bold: bool = False, **rest: Any) -> dict[str, Any]:
    """Words on the plot, without arrow, that never take the pointer."""
    return {
        "text": text,
        "showarrow": False,
        "font": font(colour, weight=650 if bold else WEIGHT),
        "xanchor": "left",
        "yanchor": "middle",
        "captureevents": False,
        **rest,
    }


def spread(heights: Sequence[float], *, gap: float = LABEL_GAP) -> list[float]:
    """Move label heights (px, any order) apart until neighbours are `gap` away."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = [heights[index] for index in order]
    for _ in range(len(placed) * 8):
        for left in range(len(placed) - 1):
            short = gap - (placed[left + 1] - placed[left])
            if short > 0:
                placed[left] -= short / 2
                placed[left + 1] += short / 2
    result = [0.0] * len(heights)
    for index, height in zip(order, placed, strict=True):
        result[index] = height
    return result


def end_labels(
    labels: Sequence[EndLabel], *, low: float, high: float, margins: Margins, height: int = HEIGHT
) -> list[dict[str, Any]]:
    """Labels to the right of the plot, moved apart where they would touch."""
    plot = height - margins.top - margins.bottom
    scale = plot / (high - low)
    wanted = [(label.value - low) * scale for label in labels]
    placed = spread(wanted)
    return [
        note(
            label.text,
            x=1,
            xref="paper",
            xshift=10,
            y=label.value,
            yshift=round(place - want, 1),
            colour=label.colour,
            bold=label.bold,
        )
        for label, want, place in zip(labels, wanted, placed, strict=True)
    ]


def top_labels(
    labels: Sequence[str], *, colours: Sequence[str], bold: int, left: int
) -> list[dict[str, Any]]:
    """The same words above the plot, two to a line from the frame's `left` (px), some bold."""
    rows = (len(labels) + 1) // 2
    return [
        note(
            label,
            x=0.0 if index % 2 == 0 else 0.52,
            xref="paper",
            y=1,
            yref="paper",
            yshift=20 + 20 * (rows - 1 - index // 2),
            colour=colours[index],
            bold=index < bold,
            **({"xshift": -left} if index % 2 == 0 else {}),
        )
        for index, label in enumerate(labels)
    ]


def right_margin(labels: Sequence[str]) -> int:
    """Room for the longest end label."""
    return round(max(len(label) for label in labels) * CHARACTER) + 14


def axis_break(x: Any, y: float) -> dict[str, Any]:
    """The mark on an axis that does not start at zero: two short slanted strokes."""
    return {
        "type": "path",
        "path": "M-5,12L5,7M-5,17L5,12",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": x,
        "yanchor": y,
        "line": {"color": AXIS, "width": 1},
    }


def shorten(name: str, *, limit: int = 24) -> str:
    """A name that fits beside a line; the full one is in the table and the alt text."""
    return name if len(name) <= limit else name[: limit - 1].rstrip() + "…"
