"""A rate by the size of each practice, with the limits within which chance would keep it."""

from __future__ import annotations

from collections.abc import Sequence

from components.charts import scales, words
from components.charts.description import Description, Key
from components.charts.drawing import (
    Arrangement,
    Drawing,
    Line,
    Margins,
    Panel,
    Point,
    Rule,
)
from components.charts.kinds.scatter import along, named
from components.charts.palette import COMMON, DECILE, ENGLAND, YOU, Stroke
from components.charts.specs import Funnel, Place, Values
from components.table import Column, Table
from data import format as fmt

INNER = Stroke(DECILE, 1.5, "dash")
OUTER = Stroke(DECILE, 1.5, "solid")
MIDDLE = Stroke(ENGLAND, 2, "solid")


def _limit(spec: Funnel, name: str, values: Values, stroke: Stroke) -> Line:
    return Line(
        name=name,
        x=tuple(limit.size for limit in spec.limits),
        y=values,
        readings=tuple(fmt.value(value, spec.unit) for value in values),
        stroke=stroke,
    )


def _limits(spec: Funnel) -> tuple[Line, ...]:
    limits = spec.limits
    return (
        _limit(spec, "Lower 99.8% limit", tuple(limit.lowest for limit in limits), OUTER),
        _limit(spec, "Upper 99.8% limit", tuple(limit.highest for limit in limits), OUTER),
        _limit(spec, "Lower 95% limit", tuple(limit.low for limit in limits), INNER),
        _limit(spec, "Upper 95% limit", tuple(limit.high for limit in limits), INNER),
    )


def _points(spec: Funnel, places: Sequence[Place], point: Point) -> Line:
    return Line(
        name="Practices",
        x=tuple(place.x for place in places),
        y=tuple(place.y for place in places),
        points=(point,) * len(places),
        edged=True,
        faded=not any(place.you for place in places),
        names=tuple(f"{place.name} " for place in places),
        readings=tuple(fmt.value(place.y, spec.unit) for place in places),
        rest=tuple(f"\n{spec.size_label} {fmt.value(place.x, spec.size_unit)}" for place in places),
    )


def draw(spec: Funnel) -> Drawing:
    """Limits and the middle below, grey points, the organisation's own on top and named."""
    known = spec.known
    mine = [place for place in known if place.you]
    others = [place for place in known if not place.you]
    x_ticks = scales.value_ticks(
        scales.present((place.x for place in known), (limit.size for limit in spec.limits)),
        spec.size_unit,
        from_zero=True,
    )
    y_ticks = scales.value_ticks(
        [spec.middle, *scales.present(place.y for place in known)], spec.unit, from_zero=True
    )
    base = Margins(scales.left_margin(y_ticks, spec.unit), 16, 32, 50)
    axis = scales.fitting(scales.value_axis(x_ticks, spec.size_unit, grid=False, line=DECILE), base)
    margins = scales.with_room(base, axis)
    middle = (x_ticks[0] + x_ticks[-1]) / 2
    arrangement = Arrangement(
        margins=margins,
        words=(
            *(named(place, middle) for place in mine),
            words.under(spec.size_label),
            along(spec.label, left=margins.left),
        ),
        height=spec.height,
    )
    return Drawing(
        panels=(
            Panel(
                x=axis,
                marks=(
                    *_limits(spec),
                    _points(spec, others, Point(9, COMMON)),
                    _points(spec, mine, Point(13, YOU)),
                ),
            ),
        ),
        y=scales.value_axis(y_ticks, spec.unit),
        rules=(Rule(at=spec.middle, upright=False, stroke=MIDDLE),),
        wide=arrangement,
        narrow=arrangement,
    )


def describe(spec: Funnel) -> Description:
    """One row a practice; how many lie outside the outer limits is not judged here."""
    known = spec.known
    count = fmt.plural(len(known), "practice", "practices")
    middle = f"{spec.middle_name} {fmt.value(spec.middle, spec.unit)}"
    where = "".join(
        f" {place.name}: {fmt.value(place.y, spec.unit)}, "
        f"{spec.size_label} {fmt.value(place.x, spec.size_unit)}."
        for place in known
        if place.you
    )
    return Description(
        table=Table(
            f"{spec.label} by {spec.size_label}; {middle}",
            (
                Column("Practice"),
                Column(spec.size_label, spec.size_unit),
                Column(spec.label, spec.unit),
            ),
            tuple((place.name, place.x, place.y) for place in spec.places),
        ),
        alt=(
            f"Funnel plot of {count}, {spec.label} by {spec.size_label}, with 95% and 99.8% "
            f"limits around {middle}.{where}"
        ),
        key=(
            Key(middle, "eng", "line"),
            Key("95% limits", "decile", "dash"),
            Key("99.8% limits", "decile", "line"),
        ),
    )
