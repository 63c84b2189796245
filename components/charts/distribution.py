"""How practices are spread: histogram of one measure, landscape of two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.charts import layout as lay
from components.charts.layout import Margins
from components.charts.model import Chart
from components.charts.palette import COMMON, DECILE, ENGLAND, INK_3, SURFACE, YOU
from components.charts.specs import HEIGHT, Bin, Place
from components.table import Column, Table
from data import format as fmt
from data.spec import Unit


def histogram(
    bins: Sequence[Bin],
    *,
    unit: Unit,
    measure: str,
    you: tuple[str, float] | None = None,
    median: float | None = None,
    height: int = HEIGHT,
) -> Chart:
    """Number of practices by value. `you` is a name and its value; its bar is teal.

    `measure` labels the value axis: "appointments per 1,000 patients".
    """
    mine = next(
        (i for i, one in enumerate(bins) if you is not None and one.low <= you[1] < one.high), None
    )
    counts = [one.practices for one in bins]
    ticks = lay.value_ticks(counts, "count", from_zero=True)
    low, high = bins[0].low, bins[-1].high
    places = [tick for tick in lay.nice_ticks(low, high) if low <= tick <= high]
    spans = [f"{fmt.value(b.low, unit)} to {fmt.value(b.high, unit)}" for b in bins]
    trace = {
        "type": "bar",
        "name": "Practices",
        "x": [(one.low + one.high) / 2 for one in bins],
        "width": [one.high - one.low for one in bins],
        "y": counts,
        "marker": {
            "color": [YOU if index == mine else DECILE for index in range(len(bins))],
            "line": {"color": SURFACE, "width": 1.5},
        },
        "customdata": [
            [span, fmt.plural(count, "practice", "practices")]
            for span, count in zip(spans, counts, strict=True)
        ],
        "hovertemplate": "%{customdata[0]}<br><b>%{customdata[1]}</b><extra></extra>",
    }
    marks = []
    if median is not None:
        marks.append(("Median", median, ENGLAND, "dash"))
    if you is not None:
        marks.append((lay.shorten(you[0]), you[1], YOU, "solid"))
    shapes = [
        {
            "type": "line",
            "x0": at,
            "x1": at,
            "y0": 0,
            "y1": 1.06,
            "yref": "paper",
            "line": {"color": colour, "width": 2, "dash": dash},
        }
        for _, at, colour, dash in marks
    ]
    rightmost = max((at for _, at, _, _ in marks), default=0.0)
    words = [
        lay.note(
            f"{name} {fmt.value(at, unit)}",
            x=at,
            y=1.06,
            yref="paper",
            yanchor="top",
            xanchor="left" if at == rightmost else "right",
            xshift=6 if at == rightmost else -6,
            colour=colour,
            bold=True,
        )
        for name, at, colour, _ in marks
    ]
    leftmost = min((at for _, at, _, _ in marks), default=high)
    side = ""
    if rightmost > low + (high - low) * 0.7:
        side = "right"
    elif leftmost < low + (high - low) * 0.35:
        side = "left"
    if side:
        # The outer label stands above the line of the other mark, so that neither crosses it.
        outer = rightmost if side == "right" else leftmost
        words = [
            {
                **word,
                "xanchor": side,
                "xshift": -6 if side == "right" else 6,
                "yshift": 20 if word["x"] == outer and len(words) > 1 else 0,
            }
            for word in words
        ]
    margins = Margins(lay.left_margin(ticks, "count"), 8, 48, 50)
    words.append(
        lay.note(
            measure,
            x=1,
            xref="paper",
            y=0,
            yref="paper",
            yanchor="top",
            xanchor="right",
            yshift=-26,
        )
    )
    layout = lay.base(
        margins,
        xaxis={
            **lay.value_axis(places, unit, showgrid=False, tickangle=0, nticks=5),
            "range": [low, high],
            "showline": True,
            "linecolor": DECILE,
        },
        yaxis=lay.value_axis(ticks, "count"),
        hovermode="closest",
        bargap=0,
        shapes=shapes,
        annotations=words,
    )
    total = sum(counts)
    middle = f" Median {fmt.value(median, unit)}." if median is not None else ""
    where = f" {you[0]} {fmt.value(you[1], unit)}." if you is not None else ""
    return Chart(
        figure={"data": [trace], "layout": layout},
        table=Table(
            f"Number of practices by {measure}",
            (
                Column(f"From, {measure}", unit),
                Column("To below", unit),
                Column("Practices", "count"),
            ),
            tuple((one.low, one.high, one.practices) for one in bins),
        ),
        alt=(
            f"Histogram of {fmt.plural(total, 'practice', 'practices')} by {measure}, "
            f"from {fmt.value(low, unit)} to {fmt.value(high, unit)}.{middle}{where}"
        ),
        height=height,
        narrow_height=height,
    )


def landscape(
    places: Sequence[Place],
    *,
    x_label: str,
    x_unit: Unit,
    y_label: str,
    y_unit: Unit,
    height: int = HEIGHT,
) -> Chart:
    """Neighbouring practices by two measures, such as list size and growth; yours is labelled."""
    known = [place for place in places if place.x is not None and place.y is not None]
    x_ticks = lay.value_ticks([p.x for p in known if p.x is not None], x_unit, from_zero=True)
    y_ticks = lay.value_ticks([p.y for p in known if p.y is not None], y_unit, from_zero=True)

    def trace(shown: Sequence[Place], colour: str, size: int) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "markers",
            "name": "Practices",
            "x": [place.x for place in shown],
            "y": [place.y for place in shown],
            "marker": {
                "color": colour,
                "size": size,
                "opacity": 1,
                "line": {"color": SURFACE, "width": 1.5},
            },
            "cliponaxis": False,
            "text": [
                f"{p.name}<br>{x_label} <b>{fmt.value(p.x, x_unit)}</b><br>"
                f"{y_label} <b>{fmt.value(p.y, y_unit)}</b>"
                for p in shown
            ],
            "hovertemplate": "%{text}<extra></extra>",
        }

    mine = [place for place in known if place.you]
    middle = (x_ticks[0] + x_ticks[-1]) / 2
    words = [
        lay.note(
            lay.shorten(place.name),
            x=place.x,
            y=place.y,
            xanchor="right" if (place.x or 0) > middle else "left",
            xshift=-12 if (place.x or 0) > middle else 12,
            colour=YOU,
            bold=True,
        )
        for place in mine
    ]
    margins = Margins(lay.left_margin(y_ticks, y_unit), 16, 32, 50)
    words.append(
        lay.note(
            x_label,
            x=1,
            xref="paper",
            y=0,
            yref="paper",
            yanchor="top",
            xanchor="right",
            yshift=-26,
        )
    )
    words.append(
        lay.note(
            y_label,
            x=0,
            xref="paper",
            y=1,
            yref="paper",
            yanchor="bottom",
            xshift=6 - margins.left,
            yshift=8,
            colour=INK_3,
        )
    )
    layout = lay.base(
        margins,
        xaxis={
            **lay.value_axis(x_ticks, x_unit, showgrid=False, tickangle=0),
            "showline": True,
            "linecolor": DECILE,
        },
        yaxis=lay.value_axis(y_ticks, y_unit, zeroline=y_ticks[0] < 0),
        hovermode="closest",
        annotations=words,
    )
    where = " ".join(
        f"{place.name}: {x_label} {fmt.value(place.x, x_unit)}, "
        f"{y_label} {fmt.value(place.y, y_unit)}."
        for place in mine
    )
    return Chart(
        figure={
            "data": [
                trace([place for place in known if not place.you], COMMON, 9),
                trace(mine, YOU, 13),
            ],
            "layout": layout,
        },
        table=Table(
            f"{x_label} and {y_label}",
            (Column("Practice"), Column(x_label, x_unit), Column(y_label, y_unit)),
            tuple((place.name, place.x, place.y) for place in places),
        ),
        alt=(
            f"Scatter plot of {fmt.plural(len(known), 'practice', 'practices')}, {x_label} across "
            f"and {y_label} up. {where}"
        ).strip(),
        height=height,
        narrow_height=height,
    )
