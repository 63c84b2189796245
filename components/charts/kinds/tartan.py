"""Practices by measures: where something is unusual, in which direction."""

from __future__ import annotations

from components.charts import scales
from components.charts.description import Description, Key
from components.charts.drawing import Axis, Drawing, Panel
from components.charts.kinds import cells
from components.charts.palette import DIVERGING, INK_2, YOU, Swatch
from components.charts.specs import Measured, Tartan, Thread
from components.table import Column, Table
from data import format as fmt

MIDDLE = len(DIVERGING) // 2
WORDS = {-1: "better", 1: "worse"}


def _towards(measure: Measured, step: int | None) -> int:
    """How far a value is worse (above zero) or better; 0 where that cannot be said."""
    if step is None or measure.polarity == "neutral":
        return 0
    return -step if measure.polarity == "higher_better" else step


def _fill(measure: Measured, step: int | None) -> Swatch:
    return DIVERGING[MIDDLE + max(-MIDDLE, min(MIDDLE, _towards(measure, step)))]


def _unusual(spec: Tartan, row: Thread) -> str:
    """The measures in which an organisation stands out, in words."""
    standing_out = [
        f"{measure.label} ({WORDS[1 if towards > 0 else -1]})"
        for measure, step in zip(spec.measures, row.steps, strict=True)
        if (towards := _towards(measure, step))
    ]
    return ", ".join(standing_out)


def draw(spec: Tartan) -> Drawing:
    """A row an organisation, a cell a measure; grey where nothing is unusual."""
    rows = spec.ordered
    names = [row.name for row in rows]
    labels = [measure.label for measure in spec.measures]
    boxes, dashes = cells.missing([row.values for row in rows])
    marks = tuple(
        cells.column(
            at,
            measure.label,
            tuple(row.values[at] for row in rows),
            [_fill(measure, row.steps[at]) for row in rows],
            unit=measure.unit,
            names=names,
            compact=cells.compact(labels),
        )
        for at, measure in enumerate(spec.measures)
    )
    wide, narrow = (
        cells.arrangement(
            names,
            labels,
            dashes,
            bold=[row.you for row in rows],
            colours=[YOU if row.you else INK_2 for row in rows],
            narrow=is_narrow,
            above=is_narrow,
        )
        for is_narrow in (False, True)
    )
    return Drawing(
        panels=(Panel(x=Axis(low=0, high=len(labels)), marks=marks),),
        y=scales.row_axis(len(rows)),
        boxes=boxes,
        wide=wide,
        narrow=narrow,
    )


def describe(spec: Tartan) -> Description:
    """One row an organisation, one column a measure, and what is unusual in words."""
    rows = spec.ordered
    unusual = [_unusual(spec, row) for row in rows]
    mine = next(
        (
            f" {row.name}: {words}."
            for row, words in zip(rows, unusual, strict=True)
            if row.you and words
        ),
        "",
    )
    count = sum(bool(words) for words in unusual)
    return Description(
        table=Table(
            f"{fmt.plural(len(spec.measures), 'measure', 'measures')} by {spec.what.lower()}",
            (
                Column(spec.what),
                *(Column(measure.label, measure.unit) for measure in spec.measures),
                Column("Unusual"),
            ),
            tuple((row.name, *row.values, words) for row, words in zip(rows, unusual, strict=True)),
        ),
        alt=(
            f"Tartan of {len(rows)} rows by {len(spec.measures)} measures. "
            f"{fmt.plural(count, 'row has', 'rows have')} something unusual.{mine}"
        ),
        key=(
            Key("Better than expected", DIVERGING[1]),
            Key("Nothing unusual, or no direction", DIVERGING[MIDDLE]),
            Key("Worse than expected", DIVERGING[-2]),
        ),
    )
