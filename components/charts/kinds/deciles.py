"""An organisation over the band of all organisations of its kind."""

from __future__ import annotations

from components.charts import scales
from components.charts.description import Description
from components.charts.drawing import Area, Drawing, Line, Mark, Panel
from components.charts.kinds import trend
from components.charts.palette import BANDS, DECILE, Stroke
from components.charts.scales import Ticks
from components.charts.specs import PERCENTILES, Deciles, Series, Values
from components.charts.words import EndLabel
from components.table import Column, Table
from data import format as fmt

SHADING = "Shading: 10th to 90th percentile"
EDGE = Stroke(DECILE, 1, "dot")


def _cut(spec: Deciles, percentile: int) -> Values:
    return spec.cuts[PERCENTILES.index(percentile)]


def _median(spec: Deciles) -> Series:
    return Series(spec.median, "england", _cut(spec, 50))


def _ticks(spec: Deciles) -> Ticks:
    drawn = scales.present(
        _cut(spec, 10), _cut(spec, 90), *(series.values for series in spec.lines)
    )
    return scales.value_ticks(drawn, spec.unit, from_zero=spec.axis == "zero")


def _edge(spec: Deciles, percentile: int) -> Line:
    values = _cut(spec, percentile)
    return Line(
        name=f"{percentile}th percentile",
        x=spec.periods.days,
        y=values,
        readings=tuple(fmt.value(value, spec.unit) for value in values),
        stroke=EDGE,
    )


def draw(spec: Deciles) -> Drawing:
    """Nested bands, dotted edges, dashed median, the organisation on top."""
    ticks = _ticks(spec)
    median = _median(spec)
    bands = tuple(
        Area(
            name=f"{low}th to {high}th percentile",
            x=spec.periods.days,
            low=_cut(spec, low),
            high=_cut(spec, high),
            colour=colour,
        )
        for low, high, colour in zip((10, 20, 40), (90, 80, 60), BANDS, strict=True)
    )
    lines = [trend.line(series, spec.periods, spec.unit) for series in spec.lines]
    marks: tuple[Mark, ...] = (
        *bands,
        _edge(spec, 90),
        *lines[:0:-1],
        trend.line(median, spec.periods, spec.unit),
        *lines[:1],
        _edge(spec, 10),
        *trend.flags(spec.periods, ticks[0]),
    )
    labels = trend.end_labels((*spec.lines[:1], median, *spec.lines[1:]), spec.unit)
    named = len(labels)
    labels += [
        EndLabel(f"{percentile}th percentile", end[1])
        for percentile in (90, 10)
        if (end := trend.last_of(_cut(spec, percentile)))
    ]
    labels = labels or [EndLabel("No values", ticks[0])]
    wide, narrow = trend.arrangements(
        spec.periods,
        labels,
        ticks,
        spec.unit,
        height=spec.height,
        bold=named,
        extra=SHADING,
        inside=[
            *trend.hollow_labels(spec.lines, spec.periods),
            *(dash for one in spec.lines[:1] for dash in trend.dashes(one, spec.periods)),
        ],
    )
    return Drawing(
        panels=(Panel(x=scales.period_axis(spec.periods), marks=marks),),
        y=scales.value_axis(ticks, spec.unit),
        wide=wide,
        narrow=narrow,
        rules=trend.breaks(spec.periods),
        broken=ticks[0] != 0,
        periods=spec.periods.kind,
    )


def describe(spec: Deciles) -> Description:
    """The lines, the median and every percentile, period by period."""
    periods = spec.periods
    median = _median(spec)
    named = (*spec.lines, median, *spec.listed)
    others = [percentile for percentile in PERCENTILES if percentile != 50]
    columns = (
        Column(trend.heading(periods)),
        *(Column(series.name, spec.unit) for series in named),
        *(Column(f"{percentile}th percentile", spec.unit) for percentile in others),
        *([trend.STATUS] if spec.lines else []),
    )
    rows = trend.newest_first(
        [
            (
                periods.short(at),
                *(series.values[at] for series in named),
                *(_cut(spec, percentile)[at] for percentile in others),
                *(trend.status(series, at) for series in spec.lines[:1]),
            )
            for at in range(len(periods.days))
        ]
    )
    return Description(
        table=Table(trend.caption(periods), columns, rows),
        alt=trend.joined(
            f"Line chart with decile bands, {periods.span}.",
            *(trend.story(series, periods, spec.unit) for series in (*spec.lines[:1], median)),
            spec.position,
            *(trend.gaps(series, periods) for series in spec.lines[:1]),
            trend.hollow_words(spec.lines, periods),
            trend.marked_words(periods),
        ),
        key=trend.flag_key(periods),
        remark=trend.remark(periods, _ticks(spec), spec.lines, spec.listed),
    )
