"""One measure over two dimensions, such as weekday by time of day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from components.charts import scales
from components.charts.description import Description, Key
from components.charts.drawing import Axis, Drawing, Panel
from components.charts.kinds import cells
from components.charts.palette import INK_2, SEQUENCES, Swatch
from components.charts.specs import Heat
from components.table import Column, Table
from data import format as fmt


def _edges(spec: Heat) -> scales.Ticks:
    return cells.steps(scales.present(*spec.cells))


def filled(value: float | None, edges: Sequence[float], scale: Sequence[Swatch]) -> Swatch:
    """The colour of the step in which a value lies."""
    if value is None:
        return scale[0]
    return scale[min(len(scale) - 1, max(0, bisect_right(edges, value) - 1))]


def draw(spec: Heat) -> Drawing:
    """A cell a value, darker for more; an outline and a dash where there is none."""
    edges = _edges(spec)
    scale = SEQUENCES[len(edges) - 1]
    boxes, dashes = cells.missing(spec.cells)
    compact = cells.compact(spec.columns)
    marks = tuple(
        cells.column(
            at,
            name,
            values := tuple(row[at] for row in spec.cells),
            [filled(value, edges, scale) for value in values],
            unit=spec.unit,
            names=spec.rows,
            compact=compact,
        )
        for at, name in enumerate(spec.columns)
    )
    plain = [False] * len(spec.rows), [INK_2] * len(spec.rows)
    wide, narrow = (
        cells.arrangement(
            spec.rows,
            spec.columns,
            dashes,
            bold=plain[0],
            colours=plain[1],
            narrow=is_narrow,
            above=False,
        )
        for is_narrow in (False, True)
    )
    return Drawing(
        panels=(Panel(x=Axis(low=0, high=len(spec.columns)), marks=marks),),
        y=scales.row_axis(len(spec.rows)),
        boxes=boxes,
        wide=wide,
        narrow=narrow,
    )


def describe(spec: Heat) -> Description:
    """The cells as they stand, and where they are highest and lowest."""
    known = [
        (value, row, column)
        for row, values in zip(spec.rows, spec.cells, strict=True)
        for column, value in zip(spec.columns, values, strict=True)
        if value is not None
    ]
    alt = f"Heat map of {spec.measure} by {spec.what.lower()}, {len(spec.rows)} rows of "
    alt += f"{len(spec.columns)} cells."
    if known:
        (most, *at_most), (least, *at_least) = max(known), min(known)
        alt += f" Highest: {', '.join(map(str, at_most))}, {fmt.value(most, spec.unit)}."
        alt += f" Lowest: {', '.join(map(str, at_least))}, {fmt.value(least, spec.unit)}."
    gaps = len(spec.rows) * len(spec.columns) - len(known)
    if gaps:
        alt += f" {fmt.plural(gaps, 'cell has', 'cells have')} no value."
    edges = _edges(spec)
    return Description(
        table=Table(
            f"{spec.measure} by {spec.what.lower()}",
            (Column(spec.what), *(Column(column, spec.unit) for column in spec.columns)),
            tuple((row, *values) for row, values in zip(spec.rows, spec.cells, strict=True)),
        ),
        alt=alt,
        key=tuple(
            Key(fmt.between(low, high, spec.unit), fill)
            for low, high, fill in zip(edges, edges[1:], SEQUENCES[len(edges) - 1], strict=False)
        ),
    )
