"""Columns of numbers right of a plot of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.charts import words
from components.charts.drawing import Words
from components.charts.palette import INK, INK_3, YOU
from components.charts.scales import CHARACTER

LEAST = 62  # px of a column
LONGEST = {True: 14, False: 10}  # characters of a heading, of the organisation's own and of others


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column: its heading, a text for each row, and whether it is the organisation's own."""

    heading: str
    texts: tuple[str, ...]
    own: bool = False


def width(columns: Sequence[Numbers]) -> int:
    """px of each of the columns: for their longest number, and headings that stand side by side."""
    widest = max(len(text) for column in columns for text in column.texts)
    for column in columns:
        if not column.own:
            widest = max(widest, min(len(column.heading), LONGEST[False]))
    return max(LEAST, round(widest * CHARACTER) + 14)


def beside(columns: Sequence[Numbers], *, each: int, more: int = 0) -> list[Words]:
    """The headings above the plot's top and the numbers at each row; `more` px lie between."""
    headings = _headings(columns)
    placed = []
    for number, column in enumerate(columns, start=1):
        at = (each + more) * number
        head = _cell(headings[number - 1], at, 1, own=column.own, head=True)
        rows = [_cell(text, at, row, own=column.own) for row, text in enumerate(column.texts)]
        placed += [head, *rows] if column.heading else rows
    return placed


def _headings(columns: Sequence[Numbers]) -> list[str]:
    """Each cut to its own length, and different from the others all the same."""
    limits = {column.heading: LONGEST[column.own] for column in columns}
    least = min(limits.values(), default=0)
    return words.distinct(
        [column.heading for column in columns],
        lambda name: words.shorten(name, limit=limits.get(name, least)),
    )


def _cell(text: str, at: int, y: float, *, own: bool, head: bool = False) -> Words:
    return Words(
        text=text,
        x=1,
        x_of_plot=True,
        side="right",
        right=at,
        y=y,
        y_of_plot=head,
        up=4 if head else 0,
        edge="bottom" if head else "middle",
        colour=INK_3 if not own else YOU if head else INK,
        bold=own,
    )
