"""Age and sex, youngest at the bottom."""

from __future__ import annotations

from components.charts import scales
from components.charts.description import Description
from components.charts.drawing import (
    Arrangement,
    Axis,
    Bars,
    Drawing,
    Margins,
    Mark,
    Panel,
    Strokes,
    Words,
)
from components.charts.palette import INK_2, YOU
from components.charts.specs import Pyramid, Values
from components.table import Column, Table
from data import format as fmt

SIDES = (("Male", (0.0, 0.41)), ("Female", (0.59, 1.0)))
STROKE = 18  # px of the comparator's stroke


def _values(spec: Pyramid, sex: str) -> tuple[Values, Values]:
    if sex == "Male":
        return tuple(b.male for b in spec.bands), tuple(b.marker_male for b in spec.bands)
    return tuple(b.female for b in spec.bands), tuple(b.marker_female for b in spec.bands)


def _marks(spec: Pyramid, sex: str) -> tuple[Mark, ...]:
    values, theirs = _values(spec, sex)
    bars = Bars(
        name=sex,
        at=tuple(float(place) for place in range(len(values))),
        lengths=values,
        colours=(YOU,) * len(values),
        names=tuple(f"{sex}, {band.label}\n" for band in spec.bands),
        readings=tuple(fmt.value(value, "percent") for value in values),
        rest=tuple(
            f", {spec.marker} {fmt.value(value, 'percent')}" if spec.is_marked else ""
            for value in theirs
        ),
    )
    if not spec.is_marked:
        return (bars,)
    return bars, Strokes(spec.marker, theirs, STROKE)


def _total(spec: Pyramid, sex: str, domain: tuple[float, float]) -> Words:
    total = sum(value or 0 for value in _values(spec, sex)[0])
    male = sex == "Male"
    return Words(
        text=f"{sex} {fmt.value(total, 'percent')}",
        x=domain[1] if male else domain[0],
        x_of_plot=True,
        side="right" if male else "left",
        y=1,
        y_of_plot=True,
        up=4,
        edge="bottom",
        colour=INK_2,
        bold=True,
    )


def draw(spec: Pyramid) -> Drawing:
    """Men to the left, women to the right, the age in between; the comparator as strokes."""
    every = scales.present(*(part for sex, _ in SIDES for part in _values(spec, sex)))
    ticks = scales.nice_ticks(0, max(every, default=1.0))
    ticks = ticks[:: max(1, (len(ticks) - 1) // 2)]
    high = max([*ticks, *every])
    shown = scales.named(ticks, "percent")
    labels = [
        Words(
            text=band.label.replace(" and over", "+"),
            x=0.5,
            x_of_plot=True,
            y=index,
            side="center",
        )
        for index, band in enumerate(spec.bands)
    ]
    totals = [_total(spec, sex, domain) for sex, domain in SIDES]
    arrangement = Arrangement(
        margins=Margins(14, 14, 28, 26),
        words=(*labels, *totals),
        gap=0.22,
        height=60 + 24 * len(spec.bands),
    )
    male, female = (
        Panel(
            x=Axis(
                low=high if sex == "Male" else 0, high=0 if sex == "Male" else high, ticks=shown
            ),
            marks=_marks(spec, sex),
            domain=domain,
        )
        for sex, domain in SIDES
    )
    return Drawing(
        panels=(male, female),
        y=Axis(low=-0.5, high=len(spec.bands) - 0.5),
        wide=arrangement,
        narrow=arrangement,
    )


def describe(spec: Pyramid) -> Description:
    """One row an age band."""
    largest = max(spec.bands, key=lambda band: (band.male or 0) + (band.female or 0))
    share = (largest.male or 0) + (largest.female or 0)
    shown = (spec.name, spec.marker) if spec.is_marked else (spec.name,)
    columns = (
        Column("Age"),
        *(Column(f"{sex}, {name}, %", "percent") for name in shown for sex in ("Male", "Female")),
    )
    rows = tuple(
        (b.label, b.male, b.female, b.marker_male, b.marker_female)[: len(columns)]
        for b in spec.bands
    )
    lines = f", with {spec.marker} as lines" if spec.is_marked else ""
    return Description(
        table=Table(f"Age and sex, % of registered patients, {' and '.join(shown)}", columns, rows),
        alt=(
            f"Age and sex pyramid for {spec.name}{lines}. Largest band: "
            f"{largest.label}, {fmt.value(share, 'percent')} of patients."
        ),
    )
