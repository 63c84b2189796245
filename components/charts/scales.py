"""Ticks of axes: round values, periods with room between their labels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from components.charts.drawing import Axis, Margins, X
from components.charts.palette import AXIS
from components.charts.specs import Periods
from data import format as fmt
from data.periods import is_annual
from data.spec import Unit

CHARACTER = 7.2  # px, a generous average width of a character at 14 px
NARROW = 520  # px of plot width under which the narrow arrangement is used
WIDE_PLOT, NARROW_PLOT = 420, 270  # px of plot assumed when labels of periods are chosen
NARROWEST = 280  # px of a figure in which the labels of an axis of values do not touch
BETWEEN = 10  # px between two of them
LEAST_SPAN = 1e-7  # of an axis; values nearer than that are drawn as one
PERIOD_LABEL = 72  # px: labels closer than this are dropped
NO_ZERO = "Axis does not start at zero"

Ticks = tuple[float, ...]


def present(*lines: Iterable[float | None]) -> list[float]:
    """The values that are there."""
    return [value for line in lines for value in line if value is not None]


def nice_ticks(low: float, high: float) -> Ticks:
    """Three to six round tick values that enclose `low` and `high`."""
    if high - low < LEAST_SPAN:
        high = low + 1
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= raw * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return tuple(round(index * step, 10) for index in range(first, last + 1))


def value_ticks(values: Sequence[float], unit: Unit, *, from_zero: bool) -> Ticks:
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


def named(ticks: Sequence[float], unit: Unit) -> tuple[tuple[float, str], ...]:
    """Ticks with their labels."""
    return tuple((tick, fmt.axis(tick, unit)) for tick in ticks)


def value_axis(ticks: Sequence[float], unit: Unit, *, grid: bool = True, line: str = "") -> Axis:
    """An axis of values from the first tick to the last."""
    return Axis(low=ticks[0], high=ticks[-1], ticks=named(ticks, unit), grid=grid, line=line)


def difference_axis(ticks: Sequence[float], unit: Unit) -> Axis:
    """An axis of differences, with their signs; between percentages they are in points."""
    plain: Unit = "points" if unit == "percent" else unit
    labels = tuple((at, ("+" if at > 0 else "") + fmt.axis(at, plain)) for at in ticks)
    return Axis(low=ticks[0], high=ticks[-1], ticks=labels, grid=True)


def fitting(axis: Axis, narrow: Margins, wide: Margins | None = None) -> Axis:
    """The axis under a plot with as many of its ticks as have room for their labels: on a phone,
    and in the smallest figure whose margins are the wide ones.
    """
    width = max(1, NARROWEST - narrow.left - narrow.right)
    if wide:
        width = max(1, min(width, NARROW - wide.left - wide.right))
    places = [share_of(at, axis) * width for at, _ in axis.ticks]
    halves = [len(label) * CHARACTER / 2 for _, label in axis.ticks]
    for step in range(1, len(axis.ticks) + 1):
        kept = range(0, len(axis.ticks), step)
        if all(places[b] - halves[b] - places[a] - halves[a] >= BETWEEN for a, b in pairwise(kept)):
            return replace(axis, ticks=axis.ticks[::step])
    return axis


def with_room(margins: Margins, axis: Axis) -> Margins:
    """Margins outside which no label of an axis under the plot reaches."""
    return replace(
        margins,
        left=max(margins.left, *(_beyond(at, label, axis) for at, label in axis.ticks[:1]), 0),
        right=max(margins.right, *(_beyond(at, label, axis) for at, label in axis.ticks[-1:]), 0),
    )


def _beyond(at: X, label: str, axis: Axis) -> int:
    """px by which a label at the end of an axis is longer than the axis."""
    share = share_of(at, axis)
    inside = min(share, 1 - share) * (NARROWEST / 2)
    return math.ceil(len(label) * CHARACTER / 2 + 2 - inside)


def left_margin(ticks: Sequence[float], unit: Unit) -> int:
    """px for the longest label of the value axis."""
    widest = max(len(fmt.axis(tick, unit)) for tick in ticks)
    return max(30, round(widest * CHARACTER) + 15)


def labelled(periods: Periods, *, width: int) -> list[int]:
    """Indexes of the periods that are named under a plot of `width` px: the last, and before it
    each January (any year, of years) that has room; the first where there is none.
    """
    days = periods.days
    last = len(days) - 1
    each = width / max(1, last)
    chosen = [last]
    for index in range(last - 1, -1, -1):
        room = (chosen[-1] - index) * each
        near_end = chosen[-1] == last and room < PERIOD_LABEL * 4 / 3
        if _begins_a_year(periods, index) and room >= PERIOD_LABEL and not near_end:
            chosen.append(index)
    if len(chosen) == 1 and last * each >= PERIOD_LABEL * 4 / 3:
        chosen.append(0)
    return chosen[::-1]


def _begins_a_year(periods: Periods, index: int) -> bool:
    """Whether a period is a January, or the first that is held of its year."""
    days = periods.days
    return days[index].month == 1 or bool(index and days[index].year != days[index - 1].year)


def period_axis(periods: Periods, *, width: int = WIDE_PLOT) -> Axis:
    """The axis of time; its labels are written by `words.period_labels`. Years all have a stub."""
    days = periods.days
    pad = timedelta(days=15 if len(days) == 1 else 0)
    at = range(len(days)) if is_annual(periods.kind) else labelled(periods, width=width)
    ticks: tuple[tuple[X, str], ...] = tuple((days[i], periods.short(i)) for i in at)
    return Axis(
        low=days[0] - pad,
        high=days[-1] + pad,
        ticks=ticks,
        line=AXIS,
        stubs=True,
        labelled=False,
    )


def row_axis(count: int) -> Axis:
    """Rows from the top, one unit each."""
    return Axis(low=count - 0.5, high=-0.5)


def share_of(x: X, axis: Axis) -> float:
    """Where a value lies along an axis, from 0 to 1."""
    low, high = number(axis.low), number(axis.high)
    return (number(x) - low) / (high - low)


def number(x: X) -> float:
    """A date as a number of days, so that it can be reckoned with."""
    return float(x.toordinal()) if isinstance(x, date) else x
