"""Ranked categories with a comparator's marker."""

from __future__ import annotations

from components.charts import drawing as on
from components.charts import scales, words
from components.charts.description import Description
from components.charts.drawing import Arrangement, Axis, Drawing, Margins, Panel, Strokes
from components.charts.kinds import numbers
from components.charts.kinds.numbers import Numbers
from components.charts.palette import FILL, INK_2, UNKNOWN, YOU
from components.charts.specs import Bars
from components.table import Column, Table
from data import format as fmt


def _columns(spec: Bars) -> tuple[Numbers, Numbers]:
    """Both organisations' number of each bar."""
    ranked, unit = spec.ranked, spec.unit
    return (
        Numbers(spec.name, tuple(fmt.value(bar.value, unit) for bar in ranked), own=True),
        Numbers(spec.marker, tuple(fmt.value(bar.marker, unit) for bar in ranked)),
    )


def draw(spec: Bars) -> Drawing:
    """A bar a category, the comparator as a stroke, both numbers at the right."""
    ranked = spec.ranked
    names = [bar.name for bar in ranked]
    values = [value for bar in ranked for value in (bar.value, bar.marker)]
    mark = on.Bars(
        name=spec.name,
        at=tuple(float(place) for place in range(len(ranked))),
        lengths=tuple(bar.value for bar in ranked),
        colours=tuple(FILL[UNKNOWN] if bar.unknown else YOU for bar in ranked),
        names=tuple(f"{name}\n" for name in names),
        readings=tuple(fmt.value(bar.value, spec.unit) for bar in ranked),
        rest=tuple(f", {spec.marker} {fmt.value(bar.marker, spec.unit)}" for bar in ranked),
    )
    numbered = _columns(spec)
    column = numbers.width(numbered)

    def arranged(
        margins: Margins, *, more: int, gap: float, height: int, beside: bool
    ) -> Arrangement:
        labels = words.row_labels(
            names,
            bold=[False] * len(names),
            colours=[INK_2] * len(names),
            beside=beside,
            lift=19,
        )
        columns = numbers.beside(numbered, each=column, more=more)
        return Arrangement(margins=margins, words=(*labels, *columns), gap=gap, height=height)

    high = max((value or 0 for value in values), default=0) or 1
    return Drawing(
        panels=(
            Panel(
                x=Axis(low=0, high=high),
                marks=(mark, Strokes(spec.marker, tuple(bar.marker for bar in ranked))),
            ),
        ),
        y=scales.row_axis(len(ranked)),
        wide=arranged(
            Margins(words.row_margin(names), column * 2 + 16, 26, 4),
            more=8,
            gap=0.42,
            height=30 + 28 * len(ranked),
            beside=True,
        ),
        narrow=arranged(
            Margins(0, column * 2, 44, 4),
            more=0,
            gap=0.64,
            height=48 + 48 * len(ranked),
            beside=False,
        ),
    )


def describe(spec: Bars) -> Description:
    """One row a category, in the order of the bars."""
    ranked = spec.ranked
    top = ranked[0]
    count = fmt.plural(len(ranked), "category", "categories")
    return Description(
        table=Table(
            f"{spec.name} and {spec.marker}",
            (
                Column(spec.what),
                Column(spec.name, spec.unit),
                Column(spec.marker, spec.unit),
            ),
            tuple((bar.name, bar.value, bar.marker) for bar in ranked),
        ),
        alt=(
            f"Bar chart of {count}. Largest for {spec.name}: {top.name}, "
            f"{fmt.value(top.value, spec.unit)}; {spec.marker} "
            f"{fmt.value(top.marker, spec.unit)}."
        ),
    )
