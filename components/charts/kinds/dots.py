"""Areas by value, with the comparator as a line."""

from __future__ import annotations

from components.charts import scales, words
from components.charts.description import Description
from components.charts.drawing import (
    Arrangement,
    Drawing,
    Line,
    Margins,
    Panel,
    Point,
    Rule,
    Words,
)
from components.charts.kinds import numbers
from components.charts.kinds.numbers import Numbers
from components.charts.palette import COMMON, INK, INK_2, YOU, Stroke
from components.charts.scales import Ticks
from components.charts.specs import Dot, Dots
from components.table import Column, Table
from data import format as fmt

MARKER = Stroke(INK, 1.5, "solid")


def _ticks(spec: Dots) -> Ticks:
    ends = scales.present(*((area.value, area.low, area.high) for area in spec.areas))
    ends += scales.present((spec.marker_value,))
    return scales.value_ticks(ends, spec.unit, from_zero=False)


def _has_intervals(spec: Dots) -> bool:
    return any(area.low is not None for area in spec.areas)


def _span(area: Dot) -> tuple[float, float] | None:
    return None if area.low is None or area.high is None else (area.low, area.high)


def _marker(spec: Dots, *, up: int) -> list[Words]:
    if spec.marker_value is None:
        return []
    return [
        Words(
            text=f"{spec.marker} {fmt.value(spec.marker_value, spec.unit)}",
            x=spec.marker_value,
            y=1,
            y_of_plot=True,
            up=up,
            edge="bottom",
            side="center",
            bold=True,
        )
    ]


def draw(spec: Dots) -> Drawing:
    """A dot an area, with its interval."""
    areas, ticks = spec.ordered, _ticks(spec)
    names = [area.name for area in areas]
    mark = Line(
        name=spec.what,
        x=tuple(area.value for area in areas),
        y=tuple(float(place) for place in range(len(areas))),
        points=tuple(Point(13, YOU) if area.mine else Point(9, COMMON) for area in areas),
        spans=tuple(_span(area) for area in areas) if _has_intervals(spec) else (),
        edged=True,
        names=tuple(f"{name} " for name in names),
        readings=tuple(fmt.value(area.value, spec.unit) for area in areas),
    )

    column = (Numbers("", tuple(fmt.value(area.value, spec.unit) for area in areas)),)
    each = numbers.width(column)

    def arranged(margins: Margins, *, up: int, height: int, beside: bool) -> Arrangement:
        labels = words.row_labels(
            names,
            bold=[area.mine for area in areas],
            colours=[YOU if area.mine else INK_2 for area in areas],
            beside=beside,
            lift=16,
        )
        columns = numbers.beside(column, each=each)
        return Arrangement(
            margins=margins, words=(*_marker(spec, up=up), *labels, *columns), height=height
        )

    at = spec.marker_value
    narrow = Margins(14, each, 42, 26)
    wide = Margins(words.row_margin(names), each, 26, 26)
    axis = scales.fitting(scales.value_axis(ticks, spec.unit), narrow, wide)
    return Drawing(
        panels=(Panel(x=axis, marks=(mark,)),),
        y=scales.row_axis(len(areas)),
        rules=() if at is None else (Rule(at=at, upright=True, stroke=MARKER),),
        wide=arranged(
            scales.with_room(wide, axis),
            up=2,
            height=56 + 22 * len(areas),
            beside=True,
        ),
        narrow=arranged(
            scales.with_room(narrow, axis), up=18, height=72 + 38 * len(areas), beside=False
        ),
    )


def describe(spec: Dots) -> Description:
    """One row an area, in the order of the dots."""
    areas, unit = spec.ordered, spec.unit
    known = [area for area in areas if area.value is not None]
    ends = "No values published."
    if known:
        ends = (
            f"From {fmt.value(known[-1].value, unit)} in {known[-1].name} to "
            f"{fmt.value(known[0].value, unit)} in {known[0].name}."
        )
    mine = "".join(f" {a.name}: {fmt.value(a.value, unit)}." for a in known if a.mine)
    marker = f"{spec.marker} {fmt.value(spec.marker_value, unit)}"
    columns: tuple[Column, ...] = (Column(spec.what), Column("Value", unit))
    rows: tuple[tuple[str | float | None, ...], ...] = tuple((a.name, a.value) for a in areas)
    if _has_intervals(spec):
        columns = (*columns, Column("Low", unit), Column("High", unit))
        rows = tuple((a.name, a.value, a.low, a.high) for a in areas)
    return Description(
        table=Table(f"By {spec.what}; {marker}", columns, rows),
        alt=f"Dot plot of {len(areas)} areas. {ends} {marker}.{mine}",
        remark=scales.NO_ZERO if _ticks(spec)[0] != 0 else "",
    )
