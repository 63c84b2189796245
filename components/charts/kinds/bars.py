"""Ranked categories with a comparator's marker."""

from __future__ import annotations

from components.charts import drawing as on
from components.charts import scales, words
from components.charts.description import Description
from components.charts.drawing import Arrangement, Axis, Drawing, Margins, Panel, Strokes, Words
from components.charts.palette import FILL, INK, INK_2, INK_3, UNKNOWN, YOU
from components.charts.specs import Bars
from components.table import Column, Table
from data import format as fmt


def _columns(spec: Bars, first: int, second: int) -> list[Words]:
    """Both names and both numbers of each bar, this many px right of the plot."""

    def cell(text: str, at: int, y: float, *, own: bool, head: bool = False) -> Words:
        return Words(
            text=text,
            x=1,
            x_of_plot=True,
            side="right",
            right=at,
            y=y,
            y_of_plot=head,
            up=4 if head else 0,
            edge="bottom" if head else "middle",
            colour=INK_3 if not own else YOU if head else INK,
            bold=own,
        )

    cells = [
        cell(words.shorten(spec.name, limit=14), first, 1, own=True, head=True),
        cell(words.shorten(spec.marker, limit=10), second, 1, own=False, head=True),
    ]
    for index, bar in enumerate(spec.ranked):
        cells.append(cell(fmt.value(bar.value, spec.unit), first, index, own=True))
        cells.append(cell(fmt.value(bar.marker, spec.unit), second, index, own=False))
    return cells


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
    widest = max(len(fmt.value(value, spec.unit)) for value in values)
    column = max(62, round(widest * scales.CHARACTER) + 14)

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
        columns = _columns(spec, column + more, column * 2 + 2 * more)
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
