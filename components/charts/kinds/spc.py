"""The XmR chart of Making Data Count: is a change more than the usual variation?"""

from __future__ import annotations

from components.charts import scales, words
from components.charts.description import Description, Key
from components.charts.drawing import (
    Arrangement,
    Box,
    Drawing,
    Line,
    Margins,
    Panel,
    Point,
    Rule,
    Words,
)
from components.charts.kinds import trend
from components.charts.palette import (
    BANDS,
    BETTER,
    CHANGED,
    COMMON,
    DECILE,
    INK,
    INK_2,
    INK_3,
    WORSE,
    Stroke,
)
from components.charts.scales import Ticks
from components.charts.specs import Mark, Periods, Spc, Variation
from components.charts.words import EndLabel
from components.table import Column, Table
from data import format as fmt
from data.periods import NOUNS

WORDS: dict[Variation, str] = {
    "usual": "Usual for itself",
    "better": "Better than its own usual",
    "worse": "Worse than its own usual",
    "changed": "Unlike its own usual",
}
POINTS: dict[Variation, Point] = {
    "usual": Point(7, COMMON),
    "better": Point(10, BETTER),
    "worse": Point(11, WORSE, "diamond"),
    "changed": Point(10, CHANGED),
}
KEYS: dict[Variation, Key] = {
    "better": Key(WORDS["better"], "better", "dot"),
    "worse": Key(WORDS["worse"], "worse", "diamond"),
    "changed": Key(WORDS["changed"], "neutral", "dot"),
    "usual": Key(WORDS["usual"], "common", "dot"),
}
EVENT = Stroke(DECILE, 1, "dot")


def _ticks(spec: Spc) -> Ticks:
    values = [*scales.present(spec.values), spec.lower, spec.upper]
    return scales.value_ticks(values, spec.unit, from_zero=False)


def _limits(spec: Spc) -> tuple[tuple[str, float, Stroke], ...]:
    return (
        ("Mean", spec.mean, Stroke(INK, 1.5, "solid")),
        ("Upper limit", spec.upper, Stroke(DECILE, 1.5, "dash")),
        ("Lower limit", spec.lower, Stroke(DECILE, 1.5, "dash")),
    )


def _event(mark: Mark, periods: Periods, top: float) -> Words:
    share = mark.at / max(1, len(periods.days) - 1)
    return Words(
        text=f"{periods.short(mark.at)}: {mark.words}",
        x=periods.days[mark.at],
        y=top,
        up=-4,
        edge="bottom",
        side="left" if share < 0.33 else "right" if share > 0.67 else "center",
        colour=INK_2,
    )


def _inside(label: str, at: float, text: str) -> Words:
    """A limit named on a narrow plot: the lower one from the left, under its line."""
    lower, mean = label == "Lower limit", label == "Mean"
    return Words(
        text=text,
        x=0 if lower else 1,
        x_of_plot=True,
        y=at,
        up=-10 if lower else 10,
        side="left" if lower else "right",
        colour=INK if mean else INK_3,
        bold=mean,
    )


def draw(spec: Spc) -> Drawing:
    """Grey line, points by what they mean, mean and limits named with their values."""
    ticks, periods, limits = _ticks(spec), spec.periods, _limits(spec)
    line = Line(
        name=spec.name,
        x=periods.days,
        y=spec.values,
        readings=tuple(
            f"{fmt.value(value, spec.unit)}, {WORDS[kind].lower()}"
            for value, kind in zip(spec.values, spec.kinds, strict=True)
        ),
        stroke=Stroke(COMMON, 1.75, "solid"),
        points=tuple(POINTS[kind] for kind in spec.kinds),
    )
    left = scales.left_margin(ticks, spec.unit)
    short = [f"{label.split()[0]} {fmt.value(at, spec.unit)}" for label, at, _ in limits]
    ends = [
        EndLabel(text, at, INK if label == "Mean" else INK_3, bold=label == "Mean")
        for text, (label, at, _) in zip(short, limits, strict=True)
    ]
    wide = Margins(left, words.right_margin(short), 22, words.PERIODS_BELOW)
    beside = words.end_labels(ends, low=ticks[0], high=ticks[-1], margins=wide, height=spec.height)
    inside = [_inside(label, at, f"{label} {fmt.value(at, spec.unit)}") for label, at, _ in limits]
    events = [_event(mark, periods, ticks[-1]) for mark in periods.events]
    return Drawing(
        panels=(
            Panel(
                x=scales.period_axis(periods),
                marks=(line, *trend.flags(periods, ticks[0])),
            ),
        ),
        y=scales.value_axis(ticks, spec.unit),
        boxes=(Box(y=(spec.lower, spec.upper), fill=BANDS[0], opacity=0.75),),
        rules=(
            *(Rule(at=at, upright=False, stroke=stroke) for _, at, stroke in limits),
            *(Rule(at=periods.days[m.at], upright=True, stroke=EVENT) for m in periods.events),
            *trend.breaks(periods),
        ),
        wide=Arrangement(
            margins=wide,
            words=(
                *beside,
                *events,
                *words.period_labels(periods, width=scales.WIDE_PLOT - 80),
            ),
            height=spec.height,
        ),
        narrow=Arrangement(
            margins=Margins(left, 12, 22, words.PERIODS_BELOW),
            words=(
                *inside,
                *events,
                *words.period_labels(periods, width=scales.NARROW_PLOT),
            ),
            height=spec.height,
        ),
        broken=ticks[0] != 0,
        periods=periods.kind,
    )


def describe(spec: Spc) -> Description:
    """Each period with its variation in words; mean and limits in the caption."""
    periods = spec.periods
    counts = {kind: spec.kinds.count(kind) for kind in KEYS}
    limits = (
        f"{fmt.value(spec.mean, spec.unit)}, "
        f"limits {fmt.between(spec.lower, spec.upper, spec.unit)}"
    )
    signals = [
        f"{fmt.plural(number, *NOUNS[periods.kind])} {WORDS[kind].lower()}"
        for kind, number in counts.items()
        if number and kind != "usual"
    ]
    rows = tuple(
        (periods.short(at), value, WORDS[kind] if value is not None else "")
        for at, (value, kind) in enumerate(zip(spec.values, spec.kinds, strict=True))
    )
    return Description(
        table=Table(
            f"{trend.caption(periods)}. Mean {limits}",
            (Column(trend.heading(periods)), Column(spec.name, spec.unit), Column("Variation")),
            rows,
        ),
        alt=trend.joined(
            f"Statistical process control chart, {periods.span}.",
            f"{spec.name}: {spec.finding}." if spec.finding else "",
            f"Mean {limits}. {'; '.join(signals) if signals else 'Only its own usual variation'}.",
            trend.marked_words(periods),
        ),
        key=(*(key for kind, key in KEYS.items() if counts[kind]), *trend.flag_key(periods)),
        remark=trend.remark(periods, _ticks(spec)),
    )
