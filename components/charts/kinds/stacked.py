"""Parts of a whole, as bars of 100%."""

from __future__ import annotations

from itertools import accumulate

from components.charts import scales, words
from components.charts.description import Description, Key
from components.charts.drawing import (
    Arrangement,
    Axis,
    Bars,
    Drawing,
    Margins,
    Panel,
    Rule,
    Words,
)
from components.charts.palette import FILL, INK, INK_2, ON_FILL, YOU, Stroke, Swatch, swatches
from components.charts.specs import Row, Stacked
from components.table import Column, Table
from data import format as fmt

WHOLE = 100.0
OFF = 0.5  # % by which rounded parts may miss the whole
LEAST = 0.5  # % under which a part has no label of its own
INSIDE = 36  # px of a part in which its share is written
ALL = Stroke(INK, 1.5, "solid")


def _fills(spec: Stacked) -> tuple[Swatch, ...]:
    return swatches(len(spec.parts), ordered=spec.ordered, unknown=spec.unknown)


def _sums(spec: Stacked) -> list[float]:
    return [sum(known) for row in spec.rows if (known := [s for s in row.shares if s is not None])]


def _adds_up(spec: Stacked) -> bool:
    """Whether the parts of each bar make the whole, as far as they are rounded."""
    return all(abs(total - WHOLE) <= OFF for total in _sums(spec))


def _small(spec: Stacked, row: Row, *, width: float) -> str:
    """The parts whose shares do not fit inside, largest first, as far as they fit on a line."""
    high = max([WHOLE, *_sums(spec)])
    parts = sorted(
        (-share, index)
        for index, share in enumerate(row.shares)
        if share is not None and LEAST <= share < INSIDE / width * high
    )
    line = ""
    for share, index in parts:
        longer = f"{line}, " if line else ""
        longer += f"{spec.parts[index]} {fmt.value(-share, 'percent')}"
        if len(longer) * scales.CHARACTER <= width:
            line = longer
    return line


def _beside(texts: list[str], *, up: int) -> list[Words]:
    """The small parts of each row, at the end of its bar where they lie."""
    return [
        Words(text=text, x=1, x_of_plot=True, y=row, up=up, side="right", colour=INK_2)
        for row, text in enumerate(texts)
        if text
    ]


def draw(spec: Stacked) -> Drawing:
    """One bar a row, each part with its share inside, or above the bar where it is too small."""
    starts = [
        list(accumulate((share or 0 for share in row.shares), initial=0.0)) for row in spec.rows
    ]
    places = tuple(float(place) for place in range(len(spec.rows)))
    names = [row.name for row in spec.rows]
    marks = tuple(
        Bars(
            name=part,
            at=places,
            lengths=(shares := tuple(row.shares[index] for row in spec.rows)),
            starts=tuple(start[index] for start in starts),
            colours=(FILL[fill],) * len(places),
            labels=tuple("" if s is None else fmt.inside(s, "percent") for s in shares),
            label_colours=(ON_FILL[fill],) * len(places),
            names=tuple(f"{name}\n{part} " for name in names),
            readings=tuple(fmt.value(share, "percent") for share in shares),
            edge=2,
        )
        for index, (part, fill) in enumerate(zip(spec.parts, _fills(spec), strict=True))
    )
    bold = [row.you for row in spec.rows]
    colours = [YOU if row.you else INK_2 for row in spec.rows]

    def arranged(
        margins: Margins, *, gap: float, each: int, beside: bool, small: list[str]
    ) -> Arrangement:
        labels = words.row_labels(names, bold=bold, colours=colours, beside=beside, lift=24)
        extra = 18 if any(small) else 0
        pitch = each + extra
        bar = each * (1 - gap)
        own = _beside(small, up=round(bar / 2 + 9) * (1 if beside else -1))
        return Arrangement(
            margins=margins,
            words=(*labels, *own),
            gap=1 - bar / pitch,
            height=margins.top + margins.bottom + pitch * len(names),
        )

    high = max([WHOLE, *_sums(spec)])
    return Drawing(
        panels=(Panel(x=Axis(low=0, high=high), marks=marks),),
        y=scales.row_axis(len(spec.rows)),
        rules=()
        if high <= WHOLE + OFF
        else (Rule(at=WHOLE, upright=True, stroke=ALL, below=False),),
        wide=arranged(
            Margins(words.row_margin(names), 0, 4, 4),
            gap=0.3,
            each=48,
            beside=True,
            small=[_small(spec, row, width=scales.WIDE_PLOT) for row in spec.rows],
        ),
        narrow=arranged(
            Margins(0, 0, 4, 4),
            gap=0.5,
            each=60,
            beside=False,
            small=[_small(spec, row, width=scales.NARROW_PLOT) for row in spec.rows],
        ),
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
        remark="" if _adds_up(spec) else f"Parts do not add up to all {spec.what}",
        key=tuple(Key(part, fill) for part, fill in zip(spec.parts, _fills(spec), strict=True)),
    )
