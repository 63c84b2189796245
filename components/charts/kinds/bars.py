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
from components.table import Cell, Column, Table
from data import format as fmt


def _columns(spec: Bars) -> tuple[Numbers, ...]:
    """Both organisations' number of each bar; one's alone where nothing is marked."""
    ranked, unit = spec.drawn, spec.unit
    own = Numbers(spec.name, tuple(fmt.value(bar.value, unit) for bar in ranked), own=True)
    if not spec.is_marked:
        return (own,)
    return own, Numbers(spec.marker, tuple(fmt.value(bar.marker, unit) for bar in ranked))


def _strokes(spec: Bars) -> tuple[Strokes, ...]:
    if not spec.is_marked:
        return ()
    return (Strokes(spec.marker, tuple(bar.marker for bar in spec.drawn)),)


def draw(spec: Bars) -> Drawing:
    """A bar a category, the comparator as a stroke, both numbers at the right."""
    ranked = spec.drawn
    names = [bar.name for bar in ranked]
    values = [value for bar in ranked for value in (bar.value, bar.marker)]
    mark = on.Bars(
        name=spec.name,
        at=tuple(float(place) for place in range(len(ranked))),
        lengths=tuple(bar.value for bar in ranked),
        colours=tuple(FILL[UNKNOWN] if bar.unknown else YOU for bar in ranked),
        names=tuple(f"{name}\n" for name in names),
        readings=tuple(fmt.value(bar.value, spec.unit) for bar in ranked),
        rest=tuple(
            f", {spec.marker} {fmt.value(bar.marker, spec.unit)}" if spec.is_marked else ""
            for bar in ranked
        ),
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
                marks=(mark, *_strokes(spec)),
            ),
        ),
        y=scales.row_axis(len(ranked)),
        wide=arranged(
            Margins(words.row_margin(names), column * len(numbered) + 16, 26, 4),
            more=8,
            gap=0.42,
            height=30 + 28 * len(ranked),
            beside=True,
        ),
        narrow=arranged(
            Margins(0, column * len(numbered), 44, 4),
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
    folded = len(ranked) - len(spec.drawn) + 1
    small = f" {folded} under 0.5% are drawn as one." if folded > 1 else ""
    largest = f"Largest for {spec.name}: {top.name}, {fmt.value(top.value, spec.unit)}"
    caption = spec.name
    columns: tuple[Column, ...] = (Column(spec.what), Column(spec.name, spec.unit))
    rows: tuple[tuple[Cell, ...], ...] = tuple((bar.name, bar.value) for bar in ranked)
    if spec.is_marked:
        largest += f"; {spec.marker} {fmt.value(top.marker, spec.unit)}"
        caption += f" and {spec.marker}"
        columns = (*columns, Column(spec.marker, spec.unit))
        rows = tuple((bar.name, bar.value, bar.marker) for bar in ranked)
    return Description(
        remark=f"{folded} categories under 0.5% are one bar" if folded > 1 else "",
        table=Table(caption, columns, rows),
        alt=f"Bar chart of {count}. {largest}.{small}",
    )
