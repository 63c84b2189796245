"""Amounts laid end to end against a limit: an allowance, or the two thresholds of a target."""

from __future__ import annotations

from itertools import accumulate

from components.charts import drawing as on
from components.charts import scales, words
from components.charts.description import Description, Key
from components.charts.drawing import Arrangement, Drawing, Margins, Panel, Strokes
from components.charts.kinds import numbers
from components.charts.kinds.numbers import Numbers
from components.charts.palette import FILL, INK_2, YOU, Swatch, swatches
from components.charts.specs import Bullet
from components.table import Column, Table
from data import format as fmt

STROKE = 26  # px


def _fills(spec: Bullet) -> tuple[Swatch, ...]:
    return swatches(len(spec.parts), ordered=False, unknown=frozenset())


def draw(spec: Bullet) -> Drawing:
    """A bar a row, its parts one after the other, and a dark line at each limit."""
    rows, unit = spec.rows, spec.unit
    names = [row.name for row in rows]
    starts = [
        list(accumulate((amount or 0 for amount in row.amounts), initial=0.0)) for row in rows
    ]
    marks = tuple(
        on.Bars(
            name=part,
            at=tuple(float(place) for place in range(len(rows))),
            lengths=tuple(row.amounts[index] for row in rows),
            starts=tuple(start[index] for start in starts),
            colours=(FILL[fill],) * len(rows),
            edge=2 if len(spec.parts) > 1 else 0,
            names=tuple(f"{name}\n{part} " for name in names),
            readings=tuple(fmt.value(row.amounts[index], unit) for row in rows),
            rest=tuple(
                "".join(
                    f"\n{limit} {fmt.value(at, unit)}"
                    for limit, at in zip(spec.limits, row.limits, strict=True)
                )
                for row in rows
            ),
        )
        for index, (part, fill) in enumerate(zip(spec.parts, _fills(spec), strict=True))
    )
    limits = tuple(
        Strokes(limit, tuple(row.limits[at] for row in rows), STROKE)
        for at, limit in enumerate(spec.limits)
    )
    columns = (
        Numbers(spec.measure, tuple(fmt.value(row.total, unit) for row in rows), own=True),
        Numbers(spec.limits[-1], tuple(fmt.value(row.limits[-1], unit) for row in rows)),
    )
    each = numbers.width(columns)
    ends = scales.present((row.total for row in rows), *(row.limits for row in rows))
    ticks = scales.value_ticks(ends, unit, from_zero=True)
    narrow = Margins(14, each * 2, 44, 26)
    wide = Margins(words.row_margin(names), each * 2 + 24, 26, 26)
    axis = scales.fitting(scales.value_axis(ticks, unit), narrow, wide)

    def arranged(
        margins: Margins, *, more: int, gap: float, height: int, beside: bool
    ) -> Arrangement:
        labels = words.row_labels(
            names,
            bold=[row.you for row in rows],
            colours=[YOU if row.you else INK_2 for row in rows],
            beside=beside,
            lift=24,
        )
        placed = numbers.beside(columns, each=each, more=more)
        return Arrangement(margins=margins, words=(*labels, *placed), gap=gap, height=height)

    return Drawing(
        panels=(Panel(x=axis, marks=(*marks, *limits)),),
        y=scales.row_axis(len(rows)),
        wide=arranged(
            scales.with_room(wide, axis),
            more=8,
            gap=0.5,
            height=56 + 40 * len(rows),
            beside=True,
        ),
        narrow=arranged(
            scales.with_room(narrow, axis),
            more=0,
            gap=0.64,
            height=74 + 56 * len(rows),
            beside=False,
        ),
    )


def describe(spec: Bullet) -> Description:
    """One row an organisation: each part, their sum and the limits."""
    unit = spec.unit
    several = len(spec.parts) > 1
    sums = (Column(spec.measure, unit),) if several else ()
    lines = " ".join(
        f"{row.name}: {fmt.value(row.total, unit)}, "
        + ", ".join(
            f"{limit} {fmt.value(at, unit)}"
            for limit, at in zip(spec.limits, row.limits, strict=True)
        )
        + "."
        for row in spec.rows
    )
    return Description(
        table=Table(
            f"{spec.measure} and {' and '.join(spec.limits)}",
            (
                Column(spec.what),
                *(Column(part, unit) for part in spec.parts),
                *sums,
                *(Column(limit, unit) for limit in spec.limits),
            ),
            tuple(
                (row.name, *row.amounts, *((row.total,) if several else ()), *row.limits)
                for row in spec.rows
            ),
        ),
        alt=f"Bullet chart, {spec.measure} against {' and '.join(spec.limits)}. {lines}",
        key=(
            *(Key(part, fill) for part, fill in zip(spec.parts, _fills(spec), strict=True)),
            Key(" and ".join(spec.limits), "eng", "line"),
        ),
    )
