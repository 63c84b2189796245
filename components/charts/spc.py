"""The XmR chart of Making Data Count: is a change more than the usual variation?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from components.charts import layout as lay
from components.charts.layout import EndLabel, Margins
from components.charts.model import Chart, Key
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
)
from components.charts.specs import HEIGHT, Variation
from components.table import Column, Table
from data import format as fmt
from data.spec import Unit

FEWEST = 12  # months under which limits mean nothing
VARIATION_WORDS: dict[Variation, str] = {
    "usual": "Usual variation",
    "better": "Improvement",
    "worse": "Concern",
    "changed": "Change",
}
_SPC_COLOUR: dict[Variation, str] = {
    "usual": COMMON,
    "better": BETTER,
    "worse": WORSE,
    "changed": CHANGED,
}
_SPC_KEY: dict[Variation, Key] = {
    "better": Key("Improvement", "better", "dot"),
    "worse": Key("Concern", "worse", "diamond"),
    "changed": Key("Change", "neutral", "dot"),
    "usual": Key("Usual variation", "common", "dot"),
}


def spc(
    months: Sequence[date],
    values: Sequence[float | None],
    *,
    name: str,
    unit: Unit,
    mean: float,
    lower: float,
    upper: float,
    kinds: Sequence[Variation],
    event: tuple[date, str] | None = None,
    height: int = HEIGHT,
) -> Chart:
    """XmR chart: whether a change is more than the usual variation.

    `kinds` says what each month is; the caller worked it out. `event` is a month and what
    happened then, in a few words.
    """
    known = [amount for amount in values if amount is not None]
    if len(known) < FEWEST:
        raise ValueError(f"fewer than {FEWEST} months: draw lines instead")
    x = [month.isoformat() for month in months]
    ticks = lay.value_ticks([*known, lower, upper], unit, from_zero=False)
    sizes = {"usual": 7, "better": 10, "worse": 11, "changed": 10}
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": x,
        "y": list(values),
        "connectgaps": False,
        "line": {"color": COMMON, "width": 1.75},
        "marker": {
            "color": [_SPC_COLOUR[kind] for kind in kinds],
            "size": [sizes[kind] for kind in kinds],
            "symbol": ["diamond" if kind == "worse" else "circle" for kind in kinds],
            "line": {"width": 0},
            "opacity": 1,
        },
        "cliponaxis": False,
        "text": [
            f"{fmt.value(amount, unit)}, {VARIATION_WORDS[kind].lower()}"
            for amount, kind in zip(values, kinds, strict=True)
        ],
        "hovertemplate": f"{name} <b>%{{text}}</b><extra></extra>",
    }
    limits = [
        ("Mean", mean, INK, 1.5, "solid"),
        ("Upper limit", upper, DECILE, 1.5, "dash"),
        ("Lower limit", lower, DECILE, 1.5, "dash"),
    ]
    span = {"x0": 0, "x1": 1, "xref": "paper", "layer": "below"}
    shapes: list[dict[str, Any]] = [
        {
            "type": "rect",
            **span,
            "y0": lower,
            "y1": upper,
            "fillcolor": BANDS[0],
            "line": {"width": 0},
            "opacity": 0.75,
        }
    ]
    shapes += [
        {
            "type": "line",
            **span,
            "y0": at,
            "y1": at,
            "line": {"color": colour, "width": width, "dash": dash},
        }
        for _, at, colour, width, dash in limits
    ]
    if ticks[0] != 0:
        shapes.append(lay.axis_break(x[0], ticks[0]))
    events = []
    if event is not None:
        words = f"{fmt.month_short(event[0])}: {event[1]}"
        events = [
            lay.note(
                words,
                x=event[0].isoformat(),
                y=ticks[-1],
                yanchor="bottom",
                xanchor=_event_anchor(months, event[0]),
                colour=INK_2,
                yshift=-4,
            )
        ]
        shapes.append(
            {
                "type": "line",
                "x0": event[0].isoformat(),
                "x1": event[0].isoformat(),
                "y0": ticks[0],
                "y1": ticks[-1],
                "layer": "below",
                "line": {"color": DECILE, "width": 1, "dash": "dot"},
            }
        )
    left = lay.left_margin(ticks, unit)
    words_right = [f"{label.split()[0]} {fmt.value(at, unit)}" for label, at, *_ in limits]
    wide = Margins(left, lay.right_margin(words_right), 22, lay.TREND_BOTTOM)
    narrow = Margins(left, 12, 22, lay.TREND_BOTTOM)
    ends = [
        EndLabel(text, at, INK if label == "Mean" else INK_3, bold=label == "Mean")
        for text, (label, at, *_) in zip(words_right, limits, strict=True)
    ]
    inside = [
        lay.note(
            f"{label} {fmt.value(at, unit)}",
            x=0 if label == "Lower limit" else 1,
            xref="paper",
            y=at,
            yshift=-10 if label == "Lower limit" else 10,
            xanchor="left" if label == "Lower limit" else "right",
            colour=colour if label == "Mean" else INK_3,
            bold=label == "Mean",
        )
        for label, at, colour, *_ in limits
    ]
    layout = lay.base(
        wide,
        xaxis=lay.month_axis(months),
        yaxis=lay.value_axis(ticks, unit),
        hovermode="x unified",
        shapes=shapes,
    )
    layout["xaxis"]["unifiedhovertitle"] = {"text": "%{x|%B %Y}"}
    layout = lay.variants(
        layout,
        wide={
            "margin": wide.plotly(),
            "annotations": lay.end_labels(
                ends, low=ticks[0], high=ticks[-1], margins=wide, height=height
            )
            + events
            + lay.month_labels(months, width=lay.WIDE_PLOT - 80),
        },
        narrow={
            "margin": narrow.plotly(),
            "annotations": inside + events + lay.month_labels(months, width=lay.NARROW_PLOT),
        },
    )
    counts = {kind: list(kinds).count(kind) for kind in _SPC_KEY}
    period = fmt.months_between(months[0], months[-1])
    signals = [
        f"{fmt.plural(number, 'month', 'months')} of {VARIATION_WORDS[kind].lower()}"
        for kind, number in counts.items()
        if number and kind != "usual"
    ]
    rows = tuple(
        (fmt.month_short(month), amount, VARIATION_WORDS[kind] if amount is not None else "")
        for month, amount, kind in zip(months, values, kinds, strict=True)
    )
    return Chart(
        figure={"data": [trace], "layout": layout},
        table=Table(
            f"Each month, {period}. Mean {fmt.value(mean, unit)}, "
            f"limits {fmt.between(lower, upper, unit)}",
            (Column("Month"), Column(name, unit), Column("Variation")),
            rows,
        ),
        alt=(
            f"Statistical process control chart, {period}. {name}: mean {fmt.value(mean, unit)}, "
            f"limits {fmt.between(lower, upper, unit)}. "
            f"{'; '.join(signals) if signals else 'Only usual variation'}."
        ),
        height=height,
        narrow_height=height,
        key=tuple(key for kind, key in _SPC_KEY.items() if counts[kind]),
        remark=lay.NO_ZERO if ticks[0] != 0 else "",
    )


def _event_anchor(months: Sequence[date], when: date) -> str:
    share = (when - months[0]).days / max(1, (months[-1] - months[0]).days)
    return "left" if share < 0.33 else "right" if share > 0.67 else "center"
