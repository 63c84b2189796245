"""Up to four named lines over periods."""

from __future__ import annotations

from components.charts import scales
from components.charts.description import Description
from components.charts.drawing import Drawing, Panel
from components.charts.kinds import trend
from components.charts.scales import Ticks
from components.charts.specs import Lines
from components.charts.words import EndLabel
from components.table import Column, Table


def _ticks(spec: Lines) -> Ticks:
    values = scales.present(*(series.values for series in spec.series))
    return scales.value_ticks(values, spec.unit, from_zero=spec.axis == "zero")


def draw(spec: Lines) -> Drawing:
    """Lines in reverse, so that the first lies on top, each with its end label."""
    ticks = _ticks(spec)
    labels = trend.end_labels(spec.series, spec.unit)
    labels = labels or [EndLabel("No values", ticks[0])]
    wide, narrow = trend.arrangements(
        spec.periods,
        labels,
        ticks,
        spec.unit,
        height=spec.height,
        bold=len(labels),
        narrow_height=spec.height,
        inside=[
            *trend.hollow_labels(spec.series, spec.periods),
            *trend.dashes(spec.series[0], spec.periods),
        ],
    )
    marks = tuple(trend.line(series, spec.periods, spec.unit) for series in reversed(spec.series))
    return Drawing(
        panels=(
            Panel(
                x=scales.period_axis(spec.periods),
                marks=(*marks, *trend.flags(spec.periods, ticks[0])),
            ),
        ),
        y=scales.value_axis(ticks, spec.unit),
        wide=wide,
        narrow=narrow,
        rules=trend.breaks(spec.periods),
        broken=ticks[0] != 0,
        periods=spec.periods.kind,
    )


def describe(spec: Lines) -> Description:
    """One row a period, one column a line."""
    periods = spec.periods
    every = (*spec.series, *spec.listed)
    columns = (
        Column(trend.heading(periods)),
        *(Column(s.name, spec.unit) for s in every),
        trend.STATUS,
    )
    rows = trend.newest_first(
        [
            (
                periods.short(at),
                *(series.values[at] for series in every),
                trend.status(spec.series[0], at),
            )
            for at in range(len(periods.days))
        ]
    )
    return Description(
        table=Table(trend.caption(periods), columns, rows),
        alt=trend.joined(
            f"Line chart, {periods.span}.",
            *(trend.story(series, periods, spec.unit) for series in spec.series),
            spec.position,
            *(trend.gaps(series, periods) for series in spec.series),
            trend.hollow_words(spec.series, periods),
            trend.marked_words(periods),
        ),
        key=trend.flag_key(periods),
        remark=trend.remark(periods, _ticks(spec), spec.series, spec.listed),
    )
