"""What charts made of rows share: labels beside or above a row, hidden axes, the marker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.charts import layout as lay
from components.charts.palette import INK, SURFACE

LONGEST_LABEL = 36  # characters of a row label before it is shortened


def labels(
    names: Sequence[str], *, bold: Sequence[bool], colours: Sequence[str], beside: bool, lift: int
) -> list[dict[str, Any]]:
    """Row names left of the plot (wide) or just above each bar (narrow)."""
    return [
        lay.note(
            lay.shorten(name, limit=LONGEST_LABEL if beside else 44),
            x=0,
            xref="paper",
            y=index,
            xanchor="right" if beside else "left",
            xshift=-10 if beside else 0,
            yshift=0 if beside else lift,
            bold=strong,
            colour=colour,
            bgcolor=None if beside else SURFACE,  # a marker's line does not run through the words
            borderpad=0,
        )
        for index, (name, strong, colour) in enumerate(zip(names, bold, colours, strict=True))
    ]


def left(names: Sequence[str]) -> int:
    longest = max(len(lay.shorten(name, limit=LONGEST_LABEL)) for name in names)
    return min(276, round(longest * lay.CHARACTER) + 16)


def axis(count: int, **rest: Any) -> dict[str, Any]:
    return {
        "range": [count - 0.5, -0.5],
        "tickvals": [],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        **rest,
    }


def hidden_axis(high: float) -> dict[str, Any]:
    return {
        "range": [0, high],
        "tickvals": [],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def marker(
    values: Sequence[float | None], names: Sequence[str], name: str, *, size: int = 20
) -> list[dict[str, Any]]:
    """The comparator as an upright stroke with a light edge. `size` is its height in px."""

    def stroke(colour: str, width: float, height: int) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": list(values),
            "y": list(range(len(values))),
            "marker": {
                "symbol": "line-ns",
                "size": height,
                "color": colour,
                "line": {"color": colour, "width": width},
                "opacity": 1,
            },
            "cliponaxis": False,
            "text": list(names),
            "hoverinfo": "skip",
        }

    return [stroke(SURFACE, 5.5, size), stroke(INK, 2.5, size)]
