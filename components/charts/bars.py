"""Bars in rows: parts of a whole, and ranked categories with a marker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.charts import layout as lay
from components.charts import rowed
from components.charts.layout import Margins
from components.charts.model import Chart, Key
from components.charts.palette import (
    FILL,
    INK,
    INK_2,
    ON_FILL,
    SURFACE,
    UNKNOWN,
    YOU,
    swatches,
)
from components.charts.specs import Bar, Row
from components.table import Column, Table
from data import format as fmt
from data.spec import Unit


def stack(
    rows: Sequence[Row],
    parts: Sequence[str],
    *,
    what: str,
    ordered: bool = False,
    unknown: frozenset[int] = frozenset(),
) -> Chart:
    """100% bars, the organisation first. `ordered` parts use the sequential scale.

    `what` names the whole, for words: "appointments". `unknown` holds the indexes of parts
    that mean unknown. A row without shares is drawn empty and says so in the table.
    """
    fills = swatches(len(parts), ordered=ordered, unknown=unknown)
    places = list(range(len(rows)))
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": part,
            "y": places,
            "x": [row.shares[index] for row in rows],
            "marker": {"color": FILL[fill], "line": {"color": SURFACE, "width": 2}},
            "text": [
                "" if (share := row.shares[index]) is None else fmt.inside(share, "percent")
                for row in rows
            ],
            "customdata": [fmt.value(row.shares[index], "percent") for row in rows],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "textfont": lay.font(ON_FILL[fill], weight=600),
            "hovertemplate": f"{part} <b>%{{customdata}}</b><extra></extra>",
        }
        for index, (part, fill) in enumerate(zip(parts, fills, strict=True))
    ]
    names = [row.name for row in rows]
    bold = [row.you for row in rows]
    colours = [YOU if row.you else INK_2 for row in rows]
    wide = Margins(rowed.left(names), 0, 4, 4)
    narrow = Margins(0, 0, 4, 4)
    layout = lay.variants(
        lay.base(
            wide,
            xaxis=rowed.hidden_axis(100),
            yaxis=rowed.axis(len(rows)),
            barmode="stack",
            hovermode="closest",
            uniformtext={"minsize": 14, "mode": "hide"},
        ),
        wide={
            "margin": wide.plotly(),
            "bargap": 0.3,
            "annotations": rowed.labels(names, bold=bold, colours=colours, beside=True, lift=0),
        },
        narrow={
            "margin": narrow.plotly(),
            "bargap": 0.5,
            "annotations": rowed.labels(names, bold=bold, colours=colours, beside=False, lift=24),
        },
    )
    columns = (Column("Organisation"), *(Column(f"{part}, %", "percent") for part in parts))
    first = rows[0]
    shares = ", ".join(
        f"{part} {fmt.value(share, 'percent')}"
        for part, share in zip(parts, first.shares, strict=True)
    )
    others = ", ".join(row.name for row in rows[1:])
    against = f" Also shown: {others}." if others else ""
    return Chart(
        figure={"data": traces, "layout": layout},
        table=Table(f"Share of {what}", columns, tuple((row.name, *row.shares) for row in rows)),
        alt=f"Stacked bars, share of {what}. {first.name}: {shares}.{against}",
        height=8 + 48 * len(rows),
        narrow_height=8 + 60 * len(rows),
        key=tuple(Key(part, fill) for part, fill in zip(parts, fills, strict=True)),
    )


def ranked(
    bars: Sequence[Bar], *, name: str, marker: str, unit: Unit, what: str = "Category"
) -> Chart:
    """Categories, longest first and unknown last, with the comparator as a black line.

    `name` and `marker` are the two organisations, whose numbers stand in columns at the right.
    """
    known = sorted(
        (bar for bar in bars if not bar.unknown), key=lambda bar: bar.value or 0, reverse=True
    )
    shown = [*known, *(bar for bar in bars if bar.unknown)]
    names = [bar.name for bar in shown]
    high = max([bar.value or 0 for bar in shown] + [bar.marker or 0 for bar in shown]) or 1
    bold = [False] * len(shown)
    colours = [INK_2] * len(shown)
    trace = {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": list(range(len(shown))),
        "x": [bar.value for bar in shown],
        "marker": {"color": [FILL[UNKNOWN] if bar.unknown else YOU for bar in shown]},
        "customdata": [
            f"{bar.name}<br><b>{fmt.value(bar.value, unit)}</b>, "
            f"{marker} {fmt.value(bar.marker, unit)}"
            for bar in shown
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
    }

    def columns(first: int, second: int) -> list[dict[str, Any]]:
        """Header words and both numbers; positions are px right of the plot."""
        right: dict[str, Any] = {"x": 1, "xref": "paper", "xanchor": "right"}
        top: dict[str, Any] = {"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 4}
        cells = [
            lay.note(
                lay.shorten(name, limit=14), **right, **top, xshift=first, colour=YOU, bold=True
            ),
            lay.note(lay.shorten(marker, limit=10), **right, **top, xshift=second),
        ]
        for index, bar in enumerate(shown):
            cells.append(
                lay.note(
                    fmt.value(bar.value, unit),
                    **right,
                    y=index,
                    xshift=first,
                    colour=INK,
                    bold=True,
                )
            )
            cells.append(lay.note(fmt.value(bar.marker, unit), **right, y=index, xshift=second))
        return cells

    widest = max(
        len(fmt.value(amount, unit)) for bar in shown for amount in (bar.value, bar.marker)
    )
    column = max(62, round(widest * lay.CHARACTER) + 14)
    wide = Margins(rowed.left(names), column * 2 + 16, 26, 4)
    narrow = Margins(0, column * 2, 44, 4)
    layout = lay.variants(
        lay.base(
            wide, xaxis=rowed.hidden_axis(high), yaxis=rowed.axis(len(shown)), hovermode="closest"
        ),
        wide={
            "margin": wide.plotly(),
            "bargap": 0.42,
            "annotations": rowed.labels(names, bold=bold, colours=colours, beside=True, lift=0)
            + columns(column + 8, column * 2 + 16),
        },
        narrow={
            "margin": narrow.plotly(),
            "bargap": 0.64,
            "annotations": rowed.labels(names, bold=bold, colours=colours, beside=False, lift=19)
            + columns(column, column * 2),
        },
    )
    top = shown[0]
    return Chart(
        figure={
            "data": [trace, *rowed.marker([b.marker for b in shown], names, marker)],
            "layout": layout,
        },
        table=Table(
            f"{name} and {marker}",
            (Column(what), Column(name, unit), Column(marker, unit)),
            tuple((bar.name, bar.value, bar.marker) for bar in shown),
        ),
        alt=(
            f"Bar chart of {fmt.plural(len(shown), 'category', 'categories')}. Largest for {name}: "
            f"{top.name}, {fmt.value(top.value, unit)}; {marker} {fmt.value(top.marker, unit)}."
        ),
        height=30 + 28 * len(shown),
        narrow_height=48 + 48 * len(shown),
    )
