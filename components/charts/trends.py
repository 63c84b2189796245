"""Charts over months: deciles and lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Literal

from components.charts import layout as lay
from components.charts.layout import EndLabel, Margins
from components.charts.model import Chart
from components.charts.palette import (
    BANDS,
    DECILE,
    INK_3,
    STROKES,
)
from components.charts.specs import HEIGHT, LEAD_HEIGHT, PERCENTILES, Series
from components.table import Column, Table
from data import format as fmt
from data.spec import Unit

Values = Sequence[float | None]
MOST_LINES = 4
SHADING = "Shading: 10th to 90th percentile"
ABOVE_LABEL = 20  # characters of a label where two share a line above a narrow plot


def _last(values: Values) -> tuple[int, float] | None:
    """Index and value of the last month that has one."""
    for index in range(len(values) - 1, -1, -1):
        amount = values[index]
        if amount is not None:
            return index, amount
    return None


def _first(values: Values) -> tuple[int, float] | None:
    for index, amount in enumerate(values):
        if amount is not None:
            return index, amount
    return None


def _present(*lines: Values) -> list[float]:
    return [amount for line in lines for amount in line if amount is not None]


def _marks(values: Values, provisional: frozenset[int]) -> tuple[list[int], list[str]]:
    """Marker sizes and symbols: the last value, months alone between gaps, provisional months."""
    end = _last(values)
    sizes, symbols = [], []
    for index, amount in enumerate(values):
        before = values[index - 1] if index else None
        after = values[index + 1] if index + 1 < len(values) else None
        alone = amount is not None and before is None and after is None
        shown = index in provisional or alone or (end is not None and index == end[0])
        sizes.append(9 if shown and amount is not None else 0)
        symbols.append("circle-open" if index in provisional else "circle")
    return sizes, symbols


def _line(series: Series, x: list[str], unit: Unit, provisional: frozenset[int]) -> dict[str, Any]:
    stroke = STROKES[series.role]
    sizes, symbols = _marks(series.values, provisional)
    return {
        "type": "scatter",
        "mode": "lines+markers" if series.role == "you" or any(sizes[:-1]) else "lines",
        "name": series.name,
        "x": x,
        "y": list(series.values),
        "connectgaps": False,
        "line": {"color": stroke.colour, "width": stroke.width, "dash": stroke.dash},
        "marker": {
            "color": stroke.colour,
            "size": sizes if series.role == "you" else [min(size, 7) for size in sizes],
            "symbol": symbols,
            "line": {"width": 2 if provisional else 0, "color": stroke.colour},
            "opacity": 1,
        },
        "cliponaxis": False,
        "text": [
            fmt.value(amount, unit) + (" (provisional)" if index in provisional else "")
            for index, amount in enumerate(series.values)
        ],
        "hovertemplate": f"{series.name} <b>%{{text}}</b><extra></extra>",
    }


def _band(low: Values, high: Values, x: list[str], colour: str) -> dict[str, Any]:
    """A filled band, one polygon for each run of months without a gap."""
    xs: list[str | None] = []
    ys: list[float | None] = []
    known = [a is not None and b is not None for a, b in zip(low, high, strict=True)]
    for present, run in groupby(range(len(x)), key=lambda index: known[index]):
        indexes = list(run)
        if not present:
            continue
        xs += [x[i] for i in indexes] + [x[i] for i in reversed(indexes)] + [None]
        ys += [high[i] for i in indexes] + [low[i] for i in reversed(indexes)] + [None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "fill": "toself",
        "fillcolor": colour,
        "line": {"width": 0, "color": colour},
        "hoverinfo": "skip",
    }


def _edge(values: Values, x: list[str], name: str, unit: Unit) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": list(values),
        "connectgaps": False,
        "line": {"color": DECILE, "width": 1, "dash": "dot"},
        "text": [fmt.value(amount, unit) for amount in values],
        "hovertemplate": f"{name} %{{text}}<extra></extra>",
    }


def _trend_layout(
    months: Sequence[date],
    labels: Sequence[EndLabel],
    ticks: Sequence[float],
    unit: Unit,
    *,
    height: int,
    bold: int,
    extra: str = "",
) -> dict[str, Any]:
    """Month axis, value axis and the end labels beside (wide) or above (narrow) the plot."""
    left = lay.left_margin(ticks, unit)
    words = [label.text for label in labels]
    narrowed = [label.above or label.text for label in labels]
    above = [*narrowed[:bold], extra] if extra else narrowed
    rows = (len(above) + 1) // 2
    wide = Margins(left, lay.right_margin(words), 14, lay.TREND_BOTTOM)
    narrow = Margins(left, 12, 22 + 20 * rows, lay.TREND_BOTTOM)
    colours = [label.colour for label in labels[:bold]] + ([INK_3] if extra else [])
    layout = lay.base(
        wide,
        xaxis=lay.month_axis(months),
        yaxis=lay.value_axis(ticks, unit),
        hovermode="x unified",
    )
    layout["xaxis"]["hoverformat"] = "%B %Y"
    layout["xaxis"]["unifiedhovertitle"] = {"text": "%{x|%B %Y}"}
    if ticks[0] != 0:
        layout["shapes"] = [lay.axis_break(months[0].isoformat(), ticks[0])]
    return lay.variants(
        layout,
        wide={
            "margin": wide.plotly(),
            "annotations": lay.end_labels(
                labels, low=ticks[0], high=ticks[-1], margins=wide, height=height
            )
            + lay.month_labels(months, width=lay.WIDE_PLOT),
        },
        narrow={
            "margin": narrow.plotly(),
            "annotations": lay.top_labels(above, colours=colours, bold=bold, left=left)
            + lay.month_labels(months, width=lay.NARROW_PLOT),
        },
    )


def _story(name: str, values: Values, unit: Unit) -> str:
    """First to last in words, for the alt text."""
    first, last = _first(values), _last(values)
    if first is None or last is None:
        return f"{name} has no published value."
    if first[0] == last[0]:
        return f"{name} has one value, {fmt.with_unit(last[1], unit)}."
    if fmt.value(first[1], unit) == fmt.value(last[1], unit):
        return f"{name} starts and ends at {fmt.with_unit(last[1], unit)}."
    verb = "rises" if last[1] > first[1] else "falls"
    start, end = fmt.value(first[1], unit), fmt.with_unit(last[1], unit)
    return f"{name} {verb} from {start} to {end}."


def _gaps(name: str, values: Values) -> str:
    missing = sum(amount is None for amount in values)
    if not missing:
        return ""
    return f" {fmt.plural(missing, 'month', 'months')} not published for {name}."


def deciles(
    months: Sequence[date],
    bands: Mapping[int, Values],
    *,
    unit: Unit,
    lines: Sequence[Series] = (),
    median: str = "England median",
    position: str = "",
    provisional: frozenset[int] = frozenset(),
    height: int = LEAD_HEIGHT,
    axis: Literal["zero", "fit"] = "zero",
) -> Chart:
    """Where an organisation lies among all practices, month by month.

    `bands` maps each of `PERCENTILES` to one value a month. `lines` are at most three, the
    organisation itself first. `position` is a sentence for the alt text. `provisional` holds
    indexes of months.
    """
    if len(lines) > MOST_LINES - 1:
        raise ValueError(f"{len(lines)} lines and a median; at most {MOST_LINES}")
    x = [month.isoformat() for month in months]
    drawn = [series.values for series in lines]
    ticks = lay.value_ticks(_present(bands[10], bands[90], *drawn), unit, from_zero=axis == "zero")
    middle = Series(median, "england", tuple(bands[50]))
    traces = [
        _band(bands[low], bands[high], x, colour)
        for low, high, colour in zip((10, 20, 40), (90, 80, 60), BANDS, strict=True)
    ]
    traces += [_edge(bands[90], x, "90th percentile", unit)]
    traces += [_line(series, x, unit, provisional) for series in reversed(lines)][:-1]
    traces += [_line(middle, x, unit, frozenset())]
    traces += [_line(series, x, unit, provisional) for series in lines[:1]]
    traces += [_edge(bands[10], x, "10th percentile", unit)]
    labels = [
        _end_label(series, end[1], unit)
        for series in (*lines[:1], middle, *lines[1:])
        if (end := _last(series.values))
    ]
    named = len(labels)
    labels += [
        EndLabel(f"{percentile}th percentile", end[1])
        for percentile in (90, 10)
        if (end := _last(bands[percentile]))
    ]
    figure = {
        "data": traces,
        "layout": _trend_layout(
            months, labels, ticks, unit, height=height, bold=named, extra=SHADING
        ),
    }
    series_columns = [Column(series.name, unit) for series in (*lines, middle)]
    columns = [Column("Month"), *series_columns]
    columns += [Column(f"{p}th percentile", unit) for p in PERCENTILES if p != 50]
    rows = tuple(
        (
            fmt.month_short(month),
            *(series.values[i] for series in (*lines, middle)),
            *(bands[p][i] for p in PERCENTILES if p != 50),
        )
        for i, month in enumerate(months)
    )
    period = fmt.months_between(months[0], months[-1])
    story = " ".join(_story(s.name, s.values, unit) for s in (*lines[:1], middle))
    gaps = "".join(_gaps(series.name, series.values) for series in lines[:1])
    tail = f" {position}" if position else ""
    return Chart(
        figure=figure,
        table=Table(f"Each month, {period}", tuple(columns), rows),
        alt=f"Line chart with decile bands, {period}. {story}{tail}{gaps}",
        height=height,
        narrow_height=HEIGHT,
        remark=lay.NO_ZERO if ticks[0] != 0 else "",
    )


def _end_label(series: Series, value: float, unit: Unit) -> EndLabel:
    """The name of a line and its last value; a name that is too long for its place is cut."""
    said = fmt.value(value, unit)
    room = max(7, ABOVE_LABEL - 1 - len(said))
    return EndLabel(
        f"{lay.shorten(series.name)} {said}",
        value,
        STROKES[series.role].colour,
        bold=True,
        above=f"{lay.shorten(series.name, limit=room)} {said}",
    )


def lines(
    months: Sequence[date],
    series: Sequence[Series],
    *,
    unit: Unit,
    position: str = "",
    provisional: frozenset[int] = frozenset(),
    height: int = HEIGHT,
    axis: Literal["zero", "fit"] = "zero",
) -> Chart:
    """Up to four named lines; each ends in its own label. The first is the organisation."""
    if not 1 <= len(series) <= MOST_LINES:
        raise ValueError(f"{len(series)} lines; from 1 to {MOST_LINES} can be read")
    x = [month.isoformat() for month in months]
    ticks = lay.value_ticks(
        _present(*(one.values for one in series)), unit, from_zero=axis == "zero"
    )
    labels = [_end_label(one, end[1], unit) for one in series if (end := _last(one.values))] or [
        EndLabel("No values published", ticks[0])
    ]
    figure = {
        "data": [_line(one, x, unit, provisional) for one in reversed(series)],
        "layout": _trend_layout(months, labels, ticks, unit, height=height, bold=len(labels)),
    }
    period = fmt.months_between(months[0], months[-1])
    rows = tuple(
        (fmt.month_short(month), *(one.values[index] for one in series))
        for index, month in enumerate(months)
    )
    story = " ".join(_story(one.name, one.values, unit) for one in series)
    gaps = "".join(_gaps(one.name, one.values) for one in series)
    tail = f" {position}" if position else ""
    columns = (Column("Month"), *(Column(one.name, unit) for one in series))
    return Chart(
        figure=figure,
        table=Table(f"Each month, {period}", columns, rows),
        alt=f"Line chart, {period}. {story}{tail}{gaps}",
        height=height,
        narrow_height=height,
        remark=lay.NO_ZERO if ticks[0] != 0 else "",
    )
