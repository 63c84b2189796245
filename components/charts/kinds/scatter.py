"""Practices by two measures."""

from __future__ import annotations

from collections.abc import Sequence

from components.charts import scales, words
from components.charts.description import Description
from components.charts.drawing import Arrangement, Drawing, Line, Margins, Panel, Point, Rule, Words
from components.charts.palette import AXIS, COMMON, DECILE, YOU, Stroke
from components.charts.specs import Place, Scatter
from components.table import Column, Table
from data import format as fmt

ZERO = Stroke(AXIS, 1, "solid")


def along(text: str, *, left: int) -> Words:
    """What an axis of values shows, above its upper end."""
    return Words(
        text=text,
        x=0,
        x_of_plot=True,
        right=6 - left,
        y=1,
        y_of_plot=True,
        up=8,
        edge="bottom",
    )


def named(place: Place, middle: float) -> Words:
    """The organisation's name beside its point, on the side with more room."""
    to_the_left = (place.x or 0) > middle
    return Words(
        text=words.shorten(place.name),
        x=place.x or 0,
        y=place.y or 0,
        side="right" if to_the_left else "left",
        right=-12 if to_the_left else 12,
        colour=YOU,
        bold=True,
    )


def _points(spec: Scatter, places: Sequence[Place], point: Point) -> Line:
    return Line(
        name="Practices",
        x=tuple(place.x for place in places),
        y=tuple(place.y for place in places),
        points=(point,) * len(places),
        edged=True,
        names=tuple(f"{place.name}\n{spec.x_label} " for place in places),
        readings=tuple(fmt.value(place.x, spec.x_unit) for place in places),
        rest=tuple(f"\n{spec.y_label} {fmt.value(place.y, spec.y_unit)}" for place in places),
    )


def draw(spec: Scatter) -> Drawing:
    """Grey points, the organisation's own in its colour and named."""
    known = spec.known
    mine = [place for place in known if place.you]
    x_ticks = scales.value_ticks(
        scales.present(place.x for place in known), spec.x_unit, from_zero=True
    )
    y_ticks = scales.value_ticks(
        scales.present(place.y for place in known), spec.y_unit, from_zero=True
    )
    base = Margins(scales.left_margin(y_ticks, spec.y_unit), 16, 32, 50)
    axis = scales.fitting(scales.value_axis(x_ticks, spec.x_unit, grid=False, line=DECILE), base)
    margins = scales.with_room(base, axis)
    middle = (x_ticks[0] + x_ticks[-1]) / 2
    arrangement = Arrangement(
        margins=margins,
        words=(
            *(named(place, middle) for place in mine),
            words.under(spec.x_label),
            along(spec.y_label, left=margins.left),
        ),
        height=spec.height,
    )
    others = [place for place in known if not place.you]
    return Drawing(
        panels=(
            Panel(
                x=axis,
                marks=(
                    _points(spec, others, Point(9, COMMON)),
                    _points(spec, mine, Point(13, YOU)),
                ),
            ),
        ),
        y=scales.value_axis(y_ticks, spec.y_unit),
        rules=(Rule(at=0.0, upright=False, stroke=ZERO),) if y_ticks[0] < 0 else (),
        wide=arrangement,
        narrow=arrangement,
    )


def describe(spec: Scatter) -> Description:
    """One row a practice, those without both values too."""
    known = spec.known
    count = fmt.plural(len(known), "practice", "practices")
    where = " ".join(
        f"{place.name}: {spec.x_label} {fmt.value(place.x, spec.x_unit)}, "
        f"{spec.y_label} {fmt.value(place.y, spec.y_unit)}."
        for place in known
        if place.you
    )
    return Description(
        table=Table(
            f"{spec.x_label} and {spec.y_label}",
            (
                Column("Practice"),
                Column(spec.x_label, spec.x_unit),
                Column(spec.y_label, spec.y_unit),
            ),
            tuple((place.name, place.x, place.y) for place in spec.places),
        ),
        alt=(
            f"Scatter plot of {count}, {spec.x_label} across and {spec.y_label} up. {where}"
        ).strip(),
    )
