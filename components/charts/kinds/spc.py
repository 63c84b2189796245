"""The XmR chart of Making Data Count: is a change more than the usual variation?"""

from __future__ import annotations

from dataclasses import replace

from components.charts import scales, words
from components.charts.description import Description, Key
from components.charts.drawing import (
    Area,
    Arrangement,
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
from components.charts.specs import Mark, Periods, Series, Spc, Values, Variation
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
LIMIT = Stroke(DECILE, 1.5, "dash")
MEAN = Stroke(INK, 1.5, "solid")


def _ticks(spec: Spc) -> Ticks:
    values = scales.present(spec.values, spec.lower, spec.upper)
    return scales.value_ticks([*values, spec.mean], spec.unit, from_zero=False)


def _latest(limit: Values) -> float | None:
    end = trend.last_of(limit)
    return end[1] if end else None


def _level(spec: Spc, name: str, values: Values, stroke: Stroke) -> Line:
    """The mean or a limit, which may follow the size of each period."""
    return Line(
        name=name,
        x=spec.periods.days,
        y=values,
        readings=("",) * len(values),
        stroke=stroke,
        silent=True,
    )


def _levels(spec: Spc) -> tuple[Line, ...]:
    return (
        _level(spec, "Upper limit", spec.upper, LIMIT),
        _level(spec, "Lower limit", spec.lower, LIMIT),
        _level(spec, "Mean", (spec.mean,) * len(spec.values), MEAN),
    )


def _ends(spec: Spc) -> list[EndLabel]:
    """Mean and latest limits with their values, beside the ends of their lines."""
    levels = (
        ("Mean", spec.mean, INK),
        ("Upper", _latest(spec.upper), INK_3),
        ("Lower", _latest(spec.lower), INK_3),
    )
    return [
        EndLabel(f"{name} {fmt.value(at, spec.unit)}", at, colour, bold=name == "Mean")
        for name, at, colour in levels
        if at is not None
    ]


def _between(spec: Spc) -> str:
    """The limits in words, those of the latest period where they differ."""
    latest = fmt.between(_latest(spec.lower), _latest(spec.upper), spec.unit)
    if _vary(spec):
        return f"limits in the latest {NOUNS[spec.periods.kind][0]} {latest}"
    return f"limits {latest}"


def _vary(spec: Spc) -> bool:
    return any(len(set(scales.present(limit))) > 1 for limit in (spec.lower, spec.upper))


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


def draw(spec: Spc) -> Drawing:
    """Grey line, points by what they mean, mean and limits named with their values."""
    ticks, periods = _ticks(spec), spec.periods
    hollow = {mark.at: f" ({mark.words})" for mark in spec.hollow}
    line = Line(
        name=spec.name,
        x=periods.days,
        y=spec.values,
        readings=tuple(
            f"{fmt.value(value, spec.unit)}, {WORDS[kind].lower()}{hollow.get(at, '')}"
            for at, (value, kind) in enumerate(zip(spec.values, spec.kinds, strict=True))
        ),
        stroke=Stroke(COMMON, 1.75, "solid"),
        points=tuple(
            replace(POINTS[kind], hollow=True, size=9) if at in hollow else POINTS[kind]
            for at, kind in enumerate(spec.kinds)
        ),
    )
    left = scales.left_margin(ticks, spec.unit)
    ends = _ends(spec)
    wide = Margins(left, words.right_margin([end.text for end in ends]), 22, words.PERIODS_BELOW)
    # On a phone they stand above the plot, where they cover no point.
    above = [ends[0].text, _between(spec).capitalize()]
    rows = 1 if len(above[1]) <= trend.ABOVE_LABEL else 2
    narrow = Margins(left, 12, 26 + 20 * rows, words.PERIODS_BELOW)
    beside = words.end_labels(ends, low=ticks[0], high=ticks[-1], margins=wide, height=spec.height)
    over = words.top_labels(
        above, colours=[INK, INK_3], bold=1, left=left, each=2 if rows == 1 else 1, up=4
    )
    inside = [
        *(_event(mark, periods, ticks[-1]) for mark in periods.events),
        *trend.hollow_labels([Series(spec.name, "you", spec.values, spec.hollow)], periods),
    ]
    band = Area(
        name="Between the limits",
        x=periods.days,
        low=spec.lower,
        high=spec.upper,
        colour=BANDS[0],
    )
    return Drawing(
        panels=(
            Panel(
                x=scales.period_axis(periods),
                marks=(band, *_levels(spec), line, *trend.flags(periods, ticks[0])),
            ),
        ),
        y=scales.value_axis(ticks, spec.unit),
        rules=(
            *(Rule(at=periods.days[m.at], upright=True, stroke=EVENT) for m in periods.events),
            *trend.breaks(periods),
        ),
        wide=Arrangement(
            margins=wide,
            words=(
                *beside,
                *inside,
                *words.period_labels(periods, width=scales.WIDE_PLOT - 80),
            ),
            height=spec.height,
        ),
        narrow=Arrangement(
            margins=narrow,
            words=(
                *over,
                *inside,
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
    limits = f"{fmt.value(spec.mean, spec.unit)}, {_between(spec)}"
    signals = [
        f"{fmt.plural(number, *NOUNS[periods.kind])} {WORDS[kind].lower()}"
        for kind, number in counts.items()
        if number and kind != "usual"
    ]
    own = Series(spec.name, "you", spec.values, spec.hollow, spec.statuses)
    rows = trend.newest_first(
        [
            (
                periods.short(at),
                value,
                WORDS[kind] if value is not None else "",
                low,
                high,
                trend.status(own, at),
            )
            for at, (value, kind, low, high) in enumerate(
                zip(spec.values, spec.kinds, spec.lower, spec.upper, strict=True)
            )
        ]
    )
    return Description(
        table=Table(
            f"{trend.caption(periods)}. Mean {limits}",
            (
                Column(trend.heading(periods)),
                Column(spec.name, spec.unit),
                Column("Variation"),
                Column("Lower limit", spec.unit),
                Column("Upper limit", spec.unit),
                trend.STATUS,
            ),
            rows,
        ),
        alt=trend.joined(
            f"Statistical process control chart, {periods.span}.",
            f"{spec.name}: {spec.finding}." if spec.finding else "",
            f"Mean {limits}. {'; '.join(signals) if signals else 'Nothing unusual for itself'}.",
            trend.gaps(own, periods),
            trend.hollow_words([own], periods),
            trend.marked_words(periods),
        ),
        key=(*(key for kind, key in KEYS.items() if counts[kind]), *trend.flag_key(periods)),
        remark=trend.remark(periods, _ticks(spec)),
    )
