"""How practices are spread over each measure."""

from __future__ import annotations

from dataclasses import replace

from components.charts import scales, words
from components.charts.description import Description
from components.charts.drawing import Arrangement, Axis, Bars, Drawing, Margins, Panel, Rule, Words
from components.charts.palette import DECILE, ENGLAND, YOU, Stroke
from components.charts.specs import Histogram
from components.table import Column, Table
from data import format as fmt

REACH = 1.06  # of the lines of the median and the organisation, over the plot
_Marks = list[tuple[str, float, Stroke]]


def _named(spec: Histogram) -> _Marks:
    """What is marked: the median practice, the organisation."""
    marks: _Marks = []
    if spec.median is not None:
        marks.append(("Median", spec.median, Stroke(ENGLAND, 2, "dash")))
    if spec.you is not None:
        marks.append((words.shorten(spec.you[0]), spec.you[1], Stroke(YOU, 2, "solid")))
    return marks


def _labels(spec: Histogram, low: float, high: float) -> list[Words]:
    """The marks' names beside their lines, kept inside the plot and apart from each other."""
    marks = _named(spec)
    if not marks:
        return []
    ends = [at for _, at, _ in marks]
    first, last = min(ends), max(ends)
    side = ""
    if last > low + (high - low) * 0.7:
        side = "right"
    elif first < low + (high - low) * 0.35:
        side = "left"
    # The outer label stands above the line of the other mark, so that neither crosses it.
    outer = last if side == "right" else first
    labels = []
    for name, at, stroke in marks:
        to_the_left = side == "right" or (not side and at != last)
        label = Words(
            text=f"{name} {fmt.value(at, spec.unit)}",
            x=at,
            y=REACH,
            y_of_plot=True,
            edge="top",
            side="right" if to_the_left else "left",
            right=-6 if to_the_left else 6,
            colour=stroke.colour,
            bold=True,
        )
        raised = bool(side) and at == outer and len(marks) > 1
        labels.append(replace(label, up=20) if raised else label)
    return labels


def draw(spec: Histogram) -> Drawing:
    """A bar a bin, the organisation's standing out; it and the median as labelled lines."""
    bins = spec.bins
    counts = [each.practices for each in bins]
    ticks = scales.value_ticks(counts, "count", from_zero=True)
    low, high = bins[0].low, bins[-1].high
    places = [tick for tick in scales.nice_ticks(low, high) if low <= tick <= high]
    you = None if spec.you is None else spec.you[1]
    mark = Bars(
        name=spec.among[1].capitalize(),
        at=tuple((each.low + each.high) / 2 for each in bins),
        widths=tuple(each.high - each.low for each in bins),
        lengths=tuple(float(count) for count in counts),
        colours=tuple(
            YOU if you is not None and each.low <= you < each.high else DECILE for each in bins
        ),
        edge=1.5,
        names=tuple(
            f"{fmt.value(each.low, spec.unit)} to {fmt.value(each.high, spec.unit)}\n"
            for each in bins
        ),
        readings=tuple(fmt.plural(count, *spec.among) for count in counts),
    )
    base = Margins(scales.left_margin(ticks, "count"), 8, 48, 50)
    axis = scales.fitting(
        Axis(low=low, high=high, ticks=scales.named(places, spec.unit), line=DECILE), base
    )
    arrangement = Arrangement(
        margins=scales.with_room(base, axis),
        words=(*_labels(spec, low, high), words.under(spec.measure)),
        height=spec.height,
    )
    return Drawing(
        panels=(
            Panel(
                x=axis,
                marks=(mark,),
            ),
        ),
        y=scales.value_axis(ticks, "count"),
        rules=tuple(
            Rule(at=at, upright=True, stroke=stroke, reach=REACH, below=False)
            for _, at, stroke in _named(spec)
        ),
        wide=arrangement,
        narrow=arrangement,
    )


def describe(spec: Histogram) -> Description:
    """One row a bin."""
    bins, unit = spec.bins, spec.unit
    total = fmt.plural(sum(each.practices for each in bins), *spec.among)
    middle = f" Median {fmt.value(spec.median, unit)}." if spec.median is not None else ""
    where = f" {spec.you[0]} {fmt.value(spec.you[1], unit)}." if spec.you is not None else ""
    ends = f"from {fmt.value(bins[0].low, unit)} to {fmt.value(bins[-1].high, unit)}"
    return Description(
        table=Table(
            f"Number of {spec.among[1]} by {spec.measure}",
            (
                Column(f"From, {spec.measure}", unit),
                Column("To less than", unit),
                Column(spec.among[1].capitalize(), "count"),
            ),
            tuple((each.low, each.high, each.practices) for each in bins),
        ),
        alt=f"Histogram of {total} by {spec.measure}, {ends}.{middle}{where}",
    )
