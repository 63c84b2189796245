"""Parts of a whole, as bars of 100%."""

from __future__ import annotations

from itertools import accumulate

from components.charts import scales, words
from components.charts.description import Description, Key
from components.charts.drawing import Arrangement, Axis, Bars, Drawing, Margins, Panel
from components.charts.palette import FILL, INK_2, ON_FILL, YOU, Swatch, swatches
from components.charts.specs import Stacked
from components.table import Column, Table
from data import format as fmt


def _fills(spec: Stacked) -> tuple[Swatch, ...]:
    return swatches(len(spec.parts), ordered=spec.ordered, unknown=spec.unknown)


def draw(spec: Stacked) -> Drawing:
    """One bar a row, each part with its share inside where there is room."""
    starts = [
        list(accumulate((share or 0 for share in row.shares), initial=0.0)) for row in spec.rows
    ]
    places = tuple(float(place) for place in range(len(spec.rows)))
    marks = tuple(
        Bars(
            name=part,
            at=places,
            lengths=(shares := tuple(row.shares[index] for row in spec.rows)),
            starts=tuple(start[index] for start in starts),
            colours=(FILL[fill],) * len(places),
            labels=tuple("" if s is None else fmt.inside(s, "percent") for s in shares),
            label_colours=(ON_FILL[fill],) * len(places),
            readings=tuple(fmt.value(share, "percent") for share in shares),
            edge=2,
        )
        for index, (part, fill) in enumerate(zip(spec.parts, _fills(spec), strict=True))
    )
    names = [row.name for row in spec.rows]
    bold = [row.you for row in spec.rows]
    colours = [YOU if row.you else INK_2 for row in spec.rows]

    def arranged(margins: Margins, *, gap: float, height: int, beside: bool) -> Arrangement:
        labels = words.row_labels(names, bold=bold, colours=colours, beside=beside, lift=24)
        return Arrangement(margins=margins, words=tuple(labels), gap=gap, height=height)

    return Drawing(
        panels=(Panel(x=Axis(low=0, high=100), marks=marks),),
        y=scales.row_axis(len(spec.rows)),
        wide=arranged(
            Margins(words.row_margin(names), 0, 4, 4),
            gap=0.3,
            height=8 + 48 * len(names),
            beside=True,
        ),
        narrow=arranged(Margins(0, 0, 4, 4), gap=0.5, height=8 + 60 * len(names), beside=False),
    )


def describe(spec: Stacked) -> Description:
    """One row an organisation, one column a part."""
    columns = (Column("Organisation"), *(Column(f"{part}, %", "percent") for part in spec.parts))
    first = spec.rows[0]
    shares = ", ".join(
        f"{part} {fmt.value(share, 'percent')}"
        for part, share in zip(spec.parts, first.shares, strict=True)
    )
    others = ", ".join(row.name for row in spec.rows[1:])
    against = f" Also shown: {others}." if others else ""
    return Description(
        table=Table(
            f"Share of {spec.what}", columns, tuple((row.name, *row.shares) for row in spec.rows)
        ),
        alt=f"Stacked bars, share of {spec.what}. {first.name}: {shares}.{against}",
        key=tuple(Key(part, fill) for part, fill in zip(spec.parts, _fills(spec), strict=True)),
    )
