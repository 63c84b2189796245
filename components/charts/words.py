"""Words on a plot: at the ends of lines, above a narrow plot, beside rows, under periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.charts.drawing import Margins, Words
from components.charts.palette import INK_3
from components.charts.scales import CHARACTER, labelled
from components.charts.specs import Periods

LABEL_GAP = 18  # px between the baselines of two end labels
PERIODS_BELOW = 30  # px under an axis of periods
LONGEST_LABEL = 36  # characters of a row label before it is shortened
LONGEST_ABOVE = 44  # of one above its row


@dataclass(frozen=True, slots=True)
class EndLabel:
    """Words at the end of a line, at the height of its last value."""

    text: str
    value: float
    colour: str = INK_3
    bold: bool = False
    above: str = ""  # the same words where two share a line above a narrow plot


def shorten(name: str, *, limit: int = 24) -> str:
    """A name that fits beside a line; the full one is in the table and the alt text."""
    return name if len(name) <= limit else name[: limit - 1].rstrip() + "…"


def wrap(text: str, *, limit: int, most: int = 3) -> str:
    """Words on lines of at most `limit` characters; what is too long for them is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= limit or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    shown = [shorten(line, limit=max(2, limit)) for line in lines[:most]]
    if len(lines) > most and not shown[-1].endswith("…"):
        shown[-1] = shorten(f"{shown[-1]} …", limit=max(2, limit)).replace(" …", "…")
    return "\n".join(shown)


def spread(heights: Sequence[float], *, gap: float = LABEL_GAP) -> list[float]:
    """Move label heights (px, any order) apart until neighbours are `gap` away."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = [heights[index] for index in order]
    for _ in range(len(placed) * 8):
        for left in range(len(placed) - 1):
            short = gap - (placed[left + 1] - placed[left])
            if short > 0:
                placed[left] -= short / 2
                placed[left + 1] += short / 2
    result = [0.0] * len(heights)
    for index, height in zip(order, placed, strict=True):
        result[index] = height
    return result


def end_labels(
    labels: Sequence[EndLabel], *, low: float, high: float, margins: Margins, height: int
) -> list[Words]:
    """Labels to the right of the plot, moved apart where they would touch."""
    scale = (height - margins.top - margins.bottom) / (high - low)
    wanted = [(label.value - low) * scale for label in labels]
    return [
        Words(
            text=label.text,
            x=1,
            x_of_plot=True,
            right=10,
            y=label.value,
            up=round(place - want, 1),
            colour=label.colour,
            bold=label.bold,
        )
        for label, want, place in zip(labels, wanted, spread(wanted), strict=True)
    ]


def top_labels(
    labels: Sequence[str], *, colours: Sequence[str], bold: int, left: int
) -> list[Words]:
    """The same words above the plot, two to a line from the frame's `left` (px), some bold."""
    rows = (len(labels) + 1) // 2
    return [
        Words(
            text=label,
            x=0.0 if index % 2 == 0 else 0.52,
            x_of_plot=True,
            right=-left if index % 2 == 0 else 0,
            y=1,
            y_of_plot=True,
            up=20 + 20 * (rows - 1 - index // 2),
            colour=colours[index],
            bold=index < bold,
        )
        for index, label in enumerate(labels)
    ]


def right_margin(labels: Sequence[str]) -> int:
    """Room for the longest end label."""
    return round(max(len(label) for label in labels) * CHARACTER) + 14


def period_labels(periods: Periods, *, width: int) -> list[Words]:
    """Labels under the axis; the last ends at the axis so that it never leaves the frame."""
    last = len(periods.days) - 1
    return [
        Words(
            text=periods.short(index),
            x=periods.days[index],
            y=0,
            y_of_plot=True,
            up=-7,
            edge="top",
            side="right" if index == last and last else "center",
        )
        for index in labelled(periods, width=width)
    ]


def row_labels(
    names: Sequence[str], *, bold: Sequence[bool], colours: Sequence[str], beside: bool, lift: int
) -> list[Words]:
    """Row names left of the plot (wide) or just above each bar (narrow)."""
    return [
        Words(
            text=shorten(name, limit=LONGEST_LABEL if beside else LONGEST_ABOVE),
            x=0,
            x_of_plot=True,
            y=index,
            side="right" if beside else "left",
            right=-10 if beside else 0,
            up=0 if beside else lift,
            bold=strong,
            colour=colour,
            backed=not beside,  # a marker's line does not run through the words
        )
        for index, (name, strong, colour) in enumerate(zip(names, bold, colours, strict=True))
    ]


def row_margin(names: Sequence[str]) -> int:
    """Room for row labels left of the plot."""
    longest = max(len(shorten(name, limit=LONGEST_LABEL)) for name in names)
    return min(276, round(longest * CHARACTER) + 16)


def under(text: str) -> Words:
    """What an axis of values shows, under its right end."""
    return Words(
        text=text, x=1, x_of_plot=True, y=0, y_of_plot=True, up=-26, edge="top", side="right"
    )
