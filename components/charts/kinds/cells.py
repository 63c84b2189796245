"""What charts with a number in every cell share."""

from __future__ import annotations

from collections.abc import Sequence

from components.charts import scales, words
from components.charts.drawing import Arrangement, Bars, Box, Margins, Words
from components.charts.palette import FILL, INK_3, ON_FILL, Stroke, Swatch
from components.charts.scales import CHARACTER, NARROW_PLOT, WIDE_PLOT
from components.charts.specs import Values
from data import format as fmt
from data.spec import Unit

ROW = 34  # px
LINE = 18  # px of a line of a heading
MISSING = Stroke(INK_3, 1, "dash")
COMPACT = 6  # columns above which numbers lose their decimals
_INSET = 0.06  # of a cell, beside the outline of a missing value
_HALF = 0.27  # of a row, above and below the middle of that outline


def column(
    at: int,
    name: str,
    values: Values,
    fills: Sequence[Swatch],
    *,
    unit: Unit,
    names: Sequence[str],
    compact: bool,
) -> Bars:
    """A column of cells, each with its number; nothing is drawn where there is none."""
    write = fmt.inside if compact else fmt.value
    return Bars(
        name=name,
        at=tuple(float(row) for row in range(len(values))),
        starts=(float(at),) * len(values),
        lengths=tuple(None if value is None else 1.0 for value in values),
        colours=tuple(FILL[fill] for fill in fills),
        labels=tuple("" if value is None else write(value, unit) for value in values),
        label_colours=tuple(ON_FILL[fill] for fill in fills),
        always_labelled=True,
        edge=2,
        names=tuple(f"{row}, {name}: " for row in names),
        readings=tuple(fmt.value(value, unit) for value in values),
    )


def missing(cells: Sequence[Values]) -> tuple[tuple[Box, ...], tuple[Words, ...]]:
    """A dashed outline and a dash for every cell without a value."""
    empty = [
        (row, at)
        for row, values in enumerate(cells)
        for at, value in enumerate(values)
        if value is None
    ]
    boxes = tuple(
        Box(
            x=(at + _INSET, at + 1 - _INSET),
            y=(row - _HALF, row + _HALF),
            outline=MISSING,
        )
        for row, at in empty
    )
    dashes = tuple(Words(text=fmt.MISSING, x=at + 0.5, y=row, side="center") for row, at in empty)
    return boxes, dashes


def _headings(labels: Sequence[str], *, width: int) -> list[Words]:
    limit = int(width / len(labels) / CHARACTER)
    wrapped = words.distinct(labels, lambda label: words.wrap(label, limit=limit))
    return [
        Words(
            text=label,
            x=at + 0.5,
            y=1,
            y_of_plot=True,
            up=4,
            edge="bottom",
            side="center",
        )
        for at, label in enumerate(wrapped)
    ]


def arrangement(
    rows: Sequence[str],
    columns: Sequence[str],
    extra: Sequence[Words],
    *,
    bold: Sequence[bool],
    colours: Sequence[str],
    narrow: bool,
    above: bool,
) -> Arrangement:
    """Headings over the columns, wrapped to their width; row names beside the rows, or `above`."""
    headings = _headings(columns, width=NARROW_PLOT if narrow else WIDE_PLOT)
    top = 8 + LINE * max(label.text.count("\n") + 1 for label in headings)
    each = ROW + (LINE if above else 0)
    names = words.row_labels(rows, bold=bold, colours=colours, beside=not above, lift=ROW // 2 + 9)
    left = 0 if above else words.row_margin(rows)
    return Arrangement(
        margins=Margins(left, 2, top, 2),
        words=(*headings, *names, *extra),
        gap=1 - (ROW - 4) / each if above else 0,
        height=top + 2 + each * len(rows) + (LINE if above else 0),
    )


def compact(columns: Sequence[str]) -> bool:
    """Whether there are so many columns that only whole numbers fit a phone."""
    return len(columns) > COMPACT


def steps(values: Sequence[float]) -> scales.Ticks:
    """Round values between which the steps of a scale lie."""
    if not values:
        return (0.0, 1.0)
    return scales.nice_ticks(min(values), max(values))
