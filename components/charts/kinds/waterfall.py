"""What makes a figure differ from a comparator's, one difference after the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from components.charts import scales, words
from components.charts.description import Description, Key
from components.charts.drawing import (
    Arrangement,
    Bars,
    Drawing,
    Line,
    Margins,
    Panel,
    Rule,
    Words,
)
from components.charts.kinds import numbers
from components.charts.kinds.numbers import Numbers
from components.charts.palette import AXIS, FILL, INK, INK_2, YOU, Stroke
from components.charts.specs import Waterfall
from components.charts.specs.sums import MOST_CHANGES
from components.table import Column, Table
from data import format as fmt
from data.spec import Unit

ZERO = Stroke(INK, 1.5, "solid")
STEP = Stroke(AXIS, 1, "solid")
MORE, LESS = FILL["c3"], FILL["c2"]


@dataclass(frozen=True, slots=True)
class _Step:
    """A bar: from where the steps before it lead, by its amount."""

    name: str
    amount: float
    start: float
    total: bool = False

    @property
    def colour(self) -> str:
        if self.total:
            return YOU
        return MORE if self.amount > 0 else LESS


def difference(amount: float | None, unit: Unit) -> str:
    """With its sign; between percentages it is in points."""
    if amount is None or unit != "percent":
        return fmt.signed(amount, unit)
    size = fmt.points(amount)
    if size == fmt.points(0):
        return size
    return f"{'+' if amount > 0 else fmt.MINUS}{size}"


def _steps(spec: Waterfall) -> list[_Step]:
    """The largest changes, the others as one, what is left, and the whole difference."""
    known = [(c.name, c.amount) for c in spec.ordered if c.amount is not None]
    shown, folded = known[:MOST_CHANGES], known[MOST_CHANGES:]
    if len(folded) == 1:
        shown, folded = known, []
    if folded:
        shown.append((f"{len(folded)} others", sum(amount for _, amount in folded)))
    if difference(spec.unexplained, spec.unit) != difference(0, spec.unit):
        shown.append((spec.rest, spec.unexplained))
    starts = accumulate((amount for _, amount in shown), initial=0.0)
    steps = [_Step(name, amount, next(starts)) for name, amount in shown]
    name, figure = spec.end
    whole = figure - spec.start[1]
    return [*steps, _Step(f"{name} {fmt.value(figure, spec.unit)}", whole, 0.0, total=True)]


def _joins(steps: list[_Step]) -> Line:
    """Thin lines from the end of each bar to the start of the next."""
    x: list[float | None] = []
    y: list[float | None] = []
    for row, step in enumerate(steps[:-1]):
        end = step.start + step.amount
        x += [end, end, None]
        y += [float(row), row + 1.0, None]
    return Line(
        name="So far",
        x=tuple(x),
        y=tuple(y),
        readings=("",) * len(x),
        stroke=STEP,
        silent=True,
    )


def draw(spec: Waterfall) -> Drawing:
    """A bar a difference, each beginning where the one before it ends; the whole at the foot."""
    steps = _steps(spec)
    names = [step.name for step in steps]
    texts = tuple(difference(step.amount, spec.unit) for step in steps)
    ends = [end for step in steps for end in (step.start, step.start + step.amount)]
    ticks = scales.value_ticks([0.0, *ends], "fte", from_zero=True)
    mark = Bars(
        name=spec.measure,
        at=tuple(float(row) for row in range(len(steps))),
        starts=tuple(min(step.start, step.start + step.amount) for step in steps),
        lengths=tuple(abs(step.amount) for step in steps),
        colours=tuple(step.colour for step in steps),
        names=tuple(f"{name}\n" for name in names),
        readings=texts,
        rest=(f" against {spec.start[0]}",) * len(steps),
    )
    column = (Numbers("Difference", texts, own=True),)
    each = numbers.width(column) + 8
    narrow = Margins(14, each, 44, 26)
    wide = Margins(words.row_margin(names), each, 26, 26)
    axis = scales.fitting(scales.difference_axis(ticks, spec.unit), narrow, wide)

    def arranged(
        margins: Margins, *, gap: float, height: int, beside: bool, up: int
    ) -> Arrangement:
        labels = words.row_labels(
            names,
            bold=[step.total for step in steps],
            colours=[YOU if step.total else INK_2 for step in steps],
            beside=beside,
            lift=19,
        )
        start = Words(
            text=f"{spec.start[0]} {fmt.value(spec.start[1], spec.unit)}",
            x=0.0,
            y=1,
            y_of_plot=True,
            up=up,
            edge="bottom",
            side="left" if ticks[0] == 0 else "right" if ticks[-1] == 0 else "center",
            bold=True,
        )
        columns = numbers.beside(column, each=each)
        return Arrangement(
            margins=margins, words=(start, *labels, *columns), gap=gap, height=height
        )

    return Drawing(
        panels=(Panel(x=axis, marks=(_joins(steps), mark)),),
        y=scales.row_axis(len(steps)),
        rules=(Rule(at=0.0, upright=True, stroke=ZERO),),
        wide=arranged(
            scales.with_room(wide, axis),
            gap=0.36,
            height=56 + 28 * len(steps),
            beside=True,
            up=4,
        ),
        narrow=arranged(
            scales.with_room(narrow, axis),
            gap=0.64,
            height=74 + 48 * len(steps),
            beside=False,
            up=22,
        ),
    )


def describe(spec: Waterfall) -> Description:
    """Every change, in its order, and both figures at the foot."""
    (start, from_), (end, to) = spec.start, spec.end
    unit = spec.unit
    rows: list[tuple[str, float | None]] = [(c.name, c.amount) for c in spec.ordered]
    if difference(spec.unexplained, unit) != difference(0, unit):
        rows.append((spec.rest, spec.unexplained))
    rows += [(f"{end} less {start}", to - from_)]
    largest = [c for c in spec.ordered if c.amount][:2]
    named = ", ".join(f"{c.name} {difference(c.amount, unit)}" for c in largest)
    missing = sum(c.amount is None for c in spec.changes)
    gaps = f" {fmt.plural(missing, 'line has', 'lines have')} no value." if missing else ""
    return Description(
        table=Table(
            f"{spec.measure}: {start} {fmt.value(from_, unit)}, {end} {fmt.value(to, unit)}",
            (Column(spec.what), Column(f"Difference from {start}", _of_difference(unit))),
            tuple(rows),
        ),
        alt=(
            f"Waterfall chart, {spec.measure}. From {start} {fmt.value(from_, unit)} to {end} "
            f"{fmt.value(to, unit)}, {difference(to - from_, unit)}."
            f"{f' Largest differences: {named}.' if named else ''}{gaps}"
        ),
        key=(
            Key(f"More than {start}", "c3"),
            Key(f"Less than {start}", "c2"),
            Key("All together", "you"),
        ),
    )


def _of_difference(unit: Unit) -> Unit:
    return "points" if unit == "percent" else unit
