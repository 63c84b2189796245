"""What charts over periods share: lines with their points, the arrangement, marks on the axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from components.charts import scales, words
from components.charts.description import Key
from components.charts.drawing import Arrangement, Line, Margins, Point, Rule, Words
from components.charts.palette import COMMON, INK_2, INK_3, STROKES, Stroke
from components.charts.scales import Ticks
from components.charts.specs import HEIGHT, Mark, Periods, Series, Values
from components.charts.words import EndLabel
from components.table import Cell, Column
from data import format as fmt
from data.absence import DASHED, WORDS
from data.periods import NOUNS
from data.spec import Unit

ABOVE_LABEL = 20  # characters of a label where two share a line above a narrow plot
BREAK = Stroke(INK_3, 1, "dot")


def last_of(values: Values) -> tuple[int, float] | None:
    """Index and value of the last period that has one."""
    return next(
        (
            (i, v)
            for i, v in zip(range(len(values))[::-1], values[::-1], strict=True)
            if v is not None
        ),
        None,
    )


def first_of(values: Values) -> tuple[int, float] | None:
    """Index and value of the first period that has one."""
    return next(((i, v) for i, v in enumerate(values) if v is not None), None)


def _points(series: Series) -> tuple[Point, ...]:
    """Points at the last value, at values alone between gaps and at hollow ones."""
    values = series.values
    end = last_of(values)
    colour = STROKES[series.role].colour
    size = 9 if series.role == "you" else 7
    hollow = {mark.at for mark in series.hollow}
    grey = {at for at, kind in enumerate(series.statuses) if kind == "below_base"}
    points = []
    for index, value in enumerate(values):
        before = values[index - 1] if index else None
        after = values[index + 1] if index + 1 < len(values) else None
        alone = before is None and after is None
        shown = value is not None and (
            index in hollow or index in grey or alone or (end is not None and index == end[0])
        )
        drawn = COMMON if index in grey else colour
        points.append(Point(size if shown else 0, drawn, hollow=index in hollow))
    return tuple(points)


def line(series: Series, periods: Periods, unit: Unit) -> Line:
    """A named series."""
    remarks = {
        at: f" ({WORDS[kind]})" for at, kind in enumerate(series.statuses) if kind is not None
    }
    remarks |= {mark.at: f" ({mark.words})" for mark in series.hollow}
    return Line(
        name=series.name,
        x=periods.days,
        y=series.values,
        readings=tuple(
            fmt.value(value, unit) + remarks.get(index, "")
            for index, value in enumerate(series.values)
        ),
        stroke=STROKES[series.role],
        points=_points(series),
    )


def end_labels(series: Sequence[Series], unit: Unit) -> list[EndLabel]:
    """The name of each line and its last value; names too long for their place are cut."""
    ended = [(line, end[1]) for line in series if (end := last_of(line.values))]
    names = [line.name for line, _ in ended]
    amounts = [fmt.value(value, unit) for _, value in ended]
    room = ABOVE_LABEL - 1 - max(map(len, amounts), default=0)
    beside = words.shortened(names, limit=24)
    above = words.shortened(names, limit=max(7, room))
    return [
        EndLabel(
            f"{long} {amount}",
            value,
            STROKES[line.role].colour,
            bold=True,
            above=f"{short} {amount}",
        )
        for (line, value), long, short, amount in zip(ended, beside, above, amounts, strict=True)
    ]


def arrangements(
    periods: Periods,
    labels: Sequence[EndLabel],
    ticks: Ticks,
    unit: Unit,
    *,
    height: int,
    bold: int,
    extra: str = "",
    narrow_height: int = HEIGHT,
    inside: Sequence[Words] = (),
) -> tuple[Arrangement, Arrangement]:
    """The end labels beside the plot (wide) and above it (narrow), with the periods below."""
    left = scales.left_margin(ticks, unit)
    narrowed = [label.above or label.text for label in labels]
    above = [*narrowed[:bold], extra] if extra else narrowed
    rows = (len(above) + 1) // 2
    beside = words.right_margin([label.text for label in labels])
    wide = Margins(left, beside, 14, words.PERIODS_BELOW)
    narrow = Margins(left, 12, 22 + 20 * rows, words.PERIODS_BELOW)
    colours = [label.colour for label in labels[:bold]] + ([INK_3] if extra else [])
    named = words.end_labels(labels, low=ticks[0], high=ticks[-1], margins=wide, height=height)
    stacked = words.top_labels(above, colours=colours, bold=bold, left=left)
    return (
        Arrangement(
            margins=wide,
            words=(*named, *inside, *words.period_labels(periods, width=scales.WIDE_PLOT)),
            height=height,
        ),
        Arrangement(
            margins=narrow,
            words=(*stacked, *inside, *words.period_labels(periods, width=scales.NARROW_PLOT)),
            height=narrow_height,
        ),
    )


def breaks(periods: Periods) -> tuple[Rule, ...]:
    """A dotted line wherever values cannot be compared with earlier ones."""
    return tuple(
        Rule(at=periods.days[mark.at], upright=True, stroke=BREAK) for mark in periods.breaks
    )


def flags(periods: Periods, floor: float) -> tuple[Line, ...]:
    """Triangles on the axis under the periods that are flagged."""
    if not periods.flags:
        return ()
    return (
        Line(
            name=periods.flag[1],
            x=tuple(periods.days[mark.at] for mark in periods.flags),
            y=tuple(floor for _ in periods.flags),
            readings=tuple(mark.words for mark in periods.flags),
            names=tuple("" for _ in periods.flags),
            points=tuple(Point(10, COMMON, "triangle") for _ in periods.flags),
        ),
    )


def flag_key(periods: Periods) -> tuple[Key, ...]:
    """What the triangles mean."""
    return (Key(periods.flag[0], "common", "triangle"),) if periods.flags else ()


def _listed(marks: Sequence[Mark], periods: Periods) -> str:
    return ", ".join(periods.short(mark.at) for mark in marks)


def break_words(periods: Periods) -> str:
    """Where comparisons end, and why."""
    return " ".join(
        f"Not comparable over {periods.label(mark.at)}: {mark.words}." for mark in periods.breaks
    )


def marked_words(periods: Periods) -> str:
    """Everything that is marked on the axis, for those who cannot see it."""
    parts = [break_words(periods)]
    if periods.flags:
        parts.append(f"{periods.flag[1]}: {_listed(periods.flags, periods)}.")
    parts += [f"{periods.label(mark.at)}: {mark.words}." for mark in periods.events]
    return " ".join(part for part in parts if part)


def remark(
    periods: Periods,
    ticks: Ticks,
    lines: Sequence[Series] = (),
    listed: Sequence[Series] = (),
) -> str:
    """What the subtitle adds: an axis without zero, lines that are not there, where comparisons
    end.
    """
    parts = [scales.NO_ZERO] if ticks[0] != 0 else []
    if empty := [line for line in lines if last_of(line.values) is None]:
        parts.append(f"No figures for {_named(empty)}")
    if listed:
        parts.append(f"{not_drawn(listed)}; at most four can be read")
    if broken := break_words(periods):
        parts.append(broken)
    return ". ".join(parts)


def not_drawn(listed: Sequence[Series]) -> str:
    """Which lines are in the table only."""
    return f"In the table, not drawn: {_named(listed)}"


def _named(lines: Sequence[Series]) -> str:
    *first, last = [line.name for line in lines]
    return f"{', '.join(first)} and {last}" if first else last


def newest_first(rows: Sequence[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of periods as tables have them."""
    return tuple(rows[::-1])


def hollow_labels(lines: Sequence[Series], periods: Periods) -> list[Words]:
    """The word at the last of the hollow points of each line, once where lines share it."""
    last = {}
    for line in lines[::-1]:
        for mark in line.hollow:
            value = line.values[mark.at]
            if value is not None:
                last[mark.words] = (mark.at, value)
    count = len(periods.days)
    return [
        Words(
            text=text,
            x=periods.days[at],
            y=value,
            up=16,
            side="right" if at > count * 0.6 else "left",
            colour=INK_2,
            backed=True,
        )
        for text, (at, value) in last.items()
    ]


def story(series: Series, periods: Periods, unit: Unit) -> str:
    """First and last value, each with its period, for the alt text.

    Which way it went is for the title to say, over a time that it names.
    """
    name = series.name
    first, last = first_of(series.values), last_of(series.values)
    if first is None or last is None:
        return f"{name} has no value."
    start, end = fmt.value(first[1], unit), fmt.with_unit(last[1], unit)
    if first[0] == last[0]:
        return f"{name} has one value, {end} in {periods.label(last[0])}."
    return f"{name}: {start} in {periods.label(first[0])}, {end} in {periods.label(last[0])}."


def gaps(series: Series, periods: Periods) -> str:
    """How many periods have no value, or none to compare, and why, for those who cannot see it."""
    nouns = NOUNS[periods.kind]
    kinds = Counter(kind for kind in series.statuses if kind is not None)
    reasons = [f"{fmt.plural(count, *nouns)}: {WORDS[kind]}" for kind, count in kinds.items()]
    if not reasons and (missing := sum(value is None for value in series.values)):
        reasons = [f"no value in {fmt.plural(missing, *nouns)}"]
    return f"{series.name}, {'; '.join(reasons)}." if reasons else ""


def dashes(series: Series, periods: Periods) -> list[Words]:
    """A dash on the axis where a value is withheld or does not apply; other gaps stay empty."""
    return [
        Words(
            text=fmt.MISSING,
            x=periods.days[at],
            y=0,
            y_of_plot=True,
            up=7,
            side="center",
            colour=STROKES[series.role].colour,
            bold=True,
        )
        for at, kind in enumerate(series.statuses)
        if kind in DASHED
    ]


STATUS = Column("Status")


def status(series: Series, at: int) -> str:
    """The kind of no value of a period, as files have it; empty where there is a sound value."""
    return (series.statuses[at] or "") if series.statuses else ""


def hollow_words(lines: Sequence[Series], periods: Periods) -> str:
    """Which periods are drawn hollow."""
    marks = dict.fromkeys(mark for series in lines for mark in series.hollow)
    by_words = {
        mark.words: [other.at for other in marks if other.words == mark.words] for mark in marks
    }
    return " ".join(
        f"{words.capitalize()}: {', '.join(periods.short(at) for at in places)}."
        for words, places in by_words.items()
    )


def caption(periods: Periods) -> str:
    """Of the table twin: Each month, October 2023 to September 2026."""
    return f"Each {NOUNS[periods.kind][0]}, {periods.span}"


def heading(periods: Periods) -> str:
    """Of the first column: Month, Year."""
    return NOUNS[periods.kind][0].capitalize()


def joined(*sentences: str) -> str:
    """Sentences that are there, with a space between."""
    return " ".join(sentence for sentence in sentences if sentence)
