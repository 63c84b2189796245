"""Age pyramid, and dots by area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.charts import layout as lay
from components.charts import rowed
from components.charts.layout import Margins
from components.charts.model import Chart
from components.charts.palette import COMMON, INK, INK_2, INK_3, SURFACE, YOU
from components.charts.specs import Age, Dot
from components.table import Column, Table
from data import format as fmt
from data.spec import Unit


def pyramid(bands: Sequence[Age], *, name: str, marker: str) -> Chart:
    """Age and sex, youngest at the bottom: the organisation as bars, the comparator as lines."""
    places = list(range(len(bands)))
    sides = {
        "Male": ([b.male for b in bands], [b.marker_male for b in bands]),
        "Female": ([b.female for b in bands], [b.marker_female for b in bands]),
    }
    every = [v for values, marks in sides.values() for v in (*values, *marks) if v is not None]
    ticks = lay.nice_ticks(0, max(every, default=1.0))
    ticks = ticks[:: max(1, (len(ticks) - 1) // 2)]
    high = max([*ticks, *every])
    traces: list[dict[str, Any]] = []
    for (sex, (values, marks)), axis in zip(sides.items(), ("x", "x2"), strict=True):
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": sex,
                "xaxis": axis,
                "y": places,
                "x": values,
                "marker": {"color": YOU},
                "customdata": [
                    f"{sex}, {band.label}<br><b>{fmt.value(value, 'percent')}</b>, "
                    f"{marker} {fmt.value(mark, 'percent')}"
                    for band, value, mark in zip(bands, values, marks, strict=True)
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
        if any(mark is not None for mark in marks):
            strokes = rowed.marker(marks, [band.label for band in bands], marker, size=18)
            traces += [{**stroke, "xaxis": axis} for stroke in strokes]

    def side(reverse: bool, domain: list[float]) -> dict[str, Any]:
        return {
            "domain": domain,
            "range": [high, 0] if reverse else [0, high],
            "tickvals": list(ticks),
            "ticktext": [fmt.axis(tick, "percent") for tick in ticks],
            "tickfont": lay.font(),
            "tickangle": 0,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        }

    margins = Margins(14, 14, 28, 26)
    labels = [
        lay.note(
            band.label.replace(" and over", "+"), x=0.5, xref="paper", y=index, xanchor="center"
        )
        for index, band in enumerate(bands)
    ]
    for sex, place, anchor in (("Male", 0.41, "right"), ("Female", 0.59, "left")):
        total = sum(value or 0 for value in sides[sex][0])
        labels.append(
            lay.note(
                f"{sex} {fmt.value(total, 'percent')}",
                x=place,
                xref="paper",
                y=1,
                yref="paper",
                yanchor="bottom",
                xanchor=anchor,
                yshift=4,
                colour=INK_2,
                bold=True,
            )
        )
    layout = lay.base(
        margins,
        xaxis=side(True, [0, 0.41]),
        yaxis={**rowed.axis(len(bands)), "range": [-0.5, len(bands) - 0.5]},
        xaxis2=side(False, [0.59, 1]),
        hovermode="closest",
        bargap=0.22,
        annotations=labels,
    )
    largest = max(bands, key=lambda band: (band.male or 0) + (band.female or 0))
    share = (largest.male or 0) + (largest.female or 0)
    height = 60 + 24 * len(bands)
    return Chart(
        figure={"data": traces, "layout": layout},
        table=Table(
            f"Age and sex, % of registered patients, {name} and {marker}",
            (
                Column("Age"),
                Column(f"Male, {name}, %", "percent"),
                Column(f"Female, {name}, %", "percent"),
                Column(f"Male, {marker}, %", "percent"),
                Column(f"Female, {marker}, %", "percent"),
            ),
            tuple((b.label, b.male, b.female, b.marker_male, b.marker_female) for b in bands),
        ),
        alt=(
            f"Age and sex pyramid for {name}, with {marker} as lines. Largest band: "
            f"{largest.label}, {fmt.value(share, 'percent')} of patients."
        ),
        height=height,
        narrow_height=height,
    )


def dots(
    areas: Sequence[Dot], *, unit: Unit, marker: str, marker_value: float | None, what: str = "ICB"
) -> Chart:
    """Areas sorted by value, with the comparator as a line; yours stands out. Not a league table:
    no places are numbered, and areas without a value are listed last.
    """
    shown = sorted(areas, key=lambda area: (area.value is None, -(area.value or 0)))
    names = [area.name for area in shown]
    ends = [v for a in shown for v in (a.value, a.low, a.high) if v is not None]
    ends += [marker_value] if marker_value is not None else []
    ticks = lay.value_ticks(ends, unit, from_zero=False)
    bold = [area.mine for area in shown]
    colours = [YOU if area.mine else INK_2 for area in shown]
    intervals: dict[str, Any] = {}
    if any(area.low is not None for area in shown):
        intervals = {
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [_gap(area.high, area.value) for area in shown],
                "arrayminus": [_gap(area.value, area.low) for area in shown],
                "color": COMMON,
                "thickness": 1.5,
                "width": 0,
            }
        }
    trace = {
        "type": "scatter",
        "mode": "markers",
        "name": what,
        "x": [area.value for area in shown],
        "y": list(range(len(shown))),
        "marker": {
            "color": [YOU if area.mine else COMMON for area in shown],
            "size": [13 if area.mine else 9 for area in shown],
            "line": {"color": SURFACE, "width": 1.5},
            "opacity": 1,
        },
        "cliponaxis": False,
        "text": [f"{area.name} <b>{fmt.value(area.value, unit)}</b>" for area in shown],
        "hovertemplate": "%{text}<extra></extra>",
        **intervals,
    }
    shapes, heads = [], []
    if marker_value is not None:
        shapes = [
            {
                "type": "line",
                "x0": marker_value,
                "x1": marker_value,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "layer": "below",
                "line": {"color": INK, "width": 1.5},
            }
        ]
        heads = [
            lay.note(
                f"{marker} {fmt.value(marker_value, unit)}",
                x=marker_value,
                y=1,
                yref="paper",
                yanchor="bottom",
                xanchor="center",
                yshift=2,
                colour=INK_3,
                bold=True,
            )
        ]
    wide = Margins(rowed.left(names), 16, 26, 26)
    narrow = Margins(14, 14, 42, 26)
    value_axis = lay.value_axis(ticks, unit, tickangle=0)
    layout = lay.variants(
        lay.base(
            wide, xaxis=value_axis, yaxis=rowed.axis(len(shown)), hovermode="closest", shapes=shapes
        ),
        wide={
            "margin": wide.plotly(),
            "annotations": heads
            + rowed.labels(names, bold=bold, colours=colours, beside=True, lift=0),
        },
        narrow={
            "margin": narrow.plotly(),
            "annotations": [{**head, "yshift": 18} for head in heads]
            + rowed.labels(names, bold=bold, colours=colours, beside=False, lift=16),
        },
    )
    known = [area for area in shown if area.value is not None]
    spread = (
        f"From {fmt.value(known[-1].value, unit)} in {known[-1].name} to "
        f"{fmt.value(known[0].value, unit)} in {known[0].name}."
        if known
        else "No values published."
    )
    mine = "".join(f" {a.name}: {fmt.value(a.value, unit)}." for a in known if a.mine)
    return Chart(
        figure={"data": [trace], "layout": layout},
        table=Table(
            f"By {what}; {marker} {fmt.value(marker_value, unit)}",
            (Column(what), Column("Value", unit), Column("Low", unit), Column("High", unit))
            if intervals
            else (Column(what), Column("Value", unit)),
            tuple(
                (a.name, a.value, a.low, a.high) if intervals else (a.name, a.value) for a in shown
            ),
        ),
        alt=(
            f"Dot plot of {len(shown)} areas. {spread} "
            f"{marker} {fmt.value(marker_value, unit)}.{mine}"
        ),
        height=56 + 22 * len(shown),
        narrow_height=72 + 38 * len(shown),
        remark=lay.NO_ZERO if ticks[0] != 0 else "",
    )


def _gap(upper: float | None, lower: float | None) -> float:
    return 0.0 if upper is None or lower is None else max(0.0, upper - lower)
