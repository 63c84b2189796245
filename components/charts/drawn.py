"""From the spec of a chart to what is drawn and said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from components.charts.areas import dots, pyramid
from components.charts.bars import ranked, stack
from components.charts.distribution import histogram, landscape
from components.charts.model import Chart, Key
from components.charts.palette import COMMON, INK_3
from components.charts.spc import spc
from components.charts.specs import (
    PERCENTILES,
    Bars,
    Deciles,
    Dots,
    Funnel,
    Heat,
    Histogram,
    Lines,
    Periods,
    Pyramid,
    Scatter,
    Spc,
    Spec,
    Stacked,
    Tartan,
)
from components.charts.trends import deciles, lines


def draw(spec: Spec) -> Chart:
    """The figure, its table twin and its words."""
    if isinstance(spec, Deciles):
        hollow = frozenset(mark.at for line in spec.lines for mark in line.hollow)
        chart = deciles(
            spec.periods.days,
            dict(zip(PERCENTILES, spec.cuts, strict=True)),
            unit=spec.unit,
            lines=spec.lines,
            median=spec.median,
            position=spec.position,
            provisional=hollow,
            height=spec.height,
            axis=spec.axis,
        )
        return _marked(chart, spec.periods)
    if isinstance(spec, Lines):
        hollow = frozenset(mark.at for line in spec.series for mark in line.hollow)
        chart = lines(
            spec.periods.days,
            spec.series,
            unit=spec.unit,
            position=spec.position,
            provisional=hollow,
            height=spec.height,
            axis=spec.axis,
        )
        return _marked(chart, spec.periods)
    if isinstance(spec, Spc):
        events = [(spec.periods.days[mark.at], mark.words) for mark in spec.periods.events]
        chart = spc(
            spec.periods.days,
            spec.values,
            name=spec.name,
            unit=spec.unit,
            mean=spec.mean,
            lower=spec.lower,
            upper=spec.upper,
            kinds=spec.kinds,
            event=events[0] if events else None,
            height=spec.height,
        )
        return _marked(chart, spec.periods)
    if isinstance(spec, Stacked):
        return stack(
            spec.rows, spec.parts, what=spec.what, ordered=spec.ordered, unknown=spec.unknown
        )
    if isinstance(spec, Bars):
        return ranked(spec.bars, name=spec.name, marker=spec.marker, unit=spec.unit, what=spec.what)
    if isinstance(spec, Pyramid):
        return pyramid(spec.bands, name=spec.name, marker=spec.marker)
    if isinstance(spec, Dots):
        return dots(
            spec.areas,
            unit=spec.unit,
            marker=spec.marker,
            marker_value=spec.marker_value,
            what=spec.what,
        )
    if isinstance(spec, Histogram):
        return histogram(
            spec.bins,
            unit=spec.unit,
            measure=spec.measure,
            you=spec.you,
            median=spec.median,
            height=spec.height,
        )
    if isinstance(spec, Scatter):
        return landscape(
            spec.places,
            x_label=spec.x_label,
            x_unit=spec.x_unit,
            y_label=spec.y_label,
            y_unit=spec.y_unit,
            height=spec.height,
        )
    if isinstance(spec, Funnel | Heat | Tartan):
        raise NotImplementedError(f"no renderer yet for {type(spec).__name__}")
    assert_never(spec)


def _marked(chart: Chart, periods: Periods) -> Chart:
    """The chart with what is marked on its periods: breaks as lines, flags on the axis."""
    layout, data, key = chart.figure["layout"], chart.figure["data"], chart.key
    alt, remark = chart.alt, chart.remark
    shapes = list(layout["shapes"])
    if periods.breaks:
        words = ". ".join(
            f"Not comparable over {periods.label(one.at)}: {one.words}" for one in periods.breaks
        )
        alt, remark = f"{alt} {words}.", f"{remark} {words}.".strip()
    for one in periods.breaks:
        at = periods.days[one.at].isoformat()
        shapes.append(
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "layer": "below",
                "x0": at,
                "x1": at,
                "line": {"color": INK_3, "width": 1, "dash": "dot"},
            }
        )
    if periods.flags:
        floor = layout["yaxis"]["range"][0]
        trace = {
            "type": "scatter",
            "mode": "markers",
            "name": periods.flag[1],
            "x": [periods.days[one.at].isoformat() for one in periods.flags],
            "y": [floor] * len(periods.flags),
            "marker": {"symbol": "triangle-up", "size": 10, "color": COMMON, "opacity": 1},
            "cliponaxis": False,
            "text": [one.words for one in periods.flags],
            "hovertemplate": "%{text}<extra></extra>",
        }
        data = [*data, trace]
        key = (*key, Key(periods.flag[0], "common", "triangle"))
        named = ", ".join(periods.short(one.at) for one in periods.flags)
        alt = f"{alt} {periods.flag[1]}: {named}."
    figure = {**chart.figure, "data": data, "layout": {**layout, "shapes": shapes}}
    return replace(chart, figure=figure, alt=alt, remark=remark, key=key)
