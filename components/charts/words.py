"""Words on a plot: at the ends of lines, above a narrow plot, beside rows, under periods."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

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


def distinct(names: Sequence[str], cut: Callable[[str], str]) -> list[str]:
    """The names as `cut` shortens them, different wherever they are: of names that begin alike,
    what they share is left out after its first word, then altogether; at last they are numbered.
    """
    shown = [cut(name) for name in names]
    for keep_first in (True, False):
        for alike in _alike(names, shown):
            letters = takewhile(lambda each: len(set(each)) == 1, zip(*alike, strict=False))
            shared = "".join(first for first, *_ in letters)
            shared = shared[: shared.rfind(" ") + 1]
            first = f"{shared.split()[0]} … " if keep_first and shared else "… "
            for index, name in enumerate(names):
                if name in alike:
                    shown[index] = cut(first + name.removeprefix(shared))
    for alike in _alike(names, shown):
        for index, name in enumerate(names):
            if name in alike:
                number = f" ({alike.index(name) + 1})"
                shown[index] = shown[index][: -len(number) - 1].rstrip("…") + "…" + number
    return shown


def _alike(names: Sequence[str], shown: Sequence[str]) -> list[list[str]]:
    """The names that differ and are shown alike."""
    texts = Counter(dict(zip(names, shown, strict=True)).values())
    return [
        list(dict.fromkeys(n for n, s in zip(names, shown, strict=True) if s == text))
        for text, count in texts.items()
        if count > 1
    ]


def shortened(names: Sequence[str], *, limit: int) -> list[str]:
    """Names cut to `limit` characters that stay different from each other."""
    return distinct(names, lambda name: shorten(name, limit=limit))


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


def spread(
    heights: Sequence[float],
    *,
    gap: float = LABEL_GAP,
    within: tuple[float, float] = (-math.inf, math.inf),
) -> list[float]:
    """Move label heights (px, any order) apart until neighbours are `gap` away.

    They stay `within` two heights as long as there is room for all of them.
    """
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = [heights[index] for index in order]
    for _ in range(len(placed) * 8):
        for left in range(len(placed) - 1):
            short = gap - (placed[left + 1] - placed[left])
            if short > 0:
                placed[left] -= short / 2
                placed[left + 1] += short / 2
    lowest, highest = within
    if placed and (len(placed) - 1) * gap <= highest - lowest:
        for index, height in enumerate(placed):
            placed[index] = max(height, lowest + gap * index)
        for index in range(len(placed)):
            placed[-1 - index] = min(placed[-1 - index], highest - gap * index)
    result = [0.0] * len(heights)
    for index, height in zip(order, placed, strict=True):
        result[index] = height
    return result


def end_labels(
    labels: Sequence[EndLabel], *, low: float, high: float, margins: Margins, height: int
) -> list[Words]:
    """Labels to the right of the plot, moved apart where they would touch."""
    plot = height - margins.top - margins.bottom
    scale = plot / (high - low)
    # A label is 18 px high and stands inside the figure, margins included.
    within = (9.0 - margins.bottom, plot + margins.top - 9.0)
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
        for label, want, place in zip(labels, wanted, spread(wanted, within=within), strict=True)
    ]


def top_labels(
    labels: Sequence[str],
    *,
    colours: Sequence[str],
    bold: int,
    left: int,
    each: int = 2,
    up: int = 0,
) -> list[Words]:
    """The same words above the plot from the frame's `left` (px), `each` to a line, some bold."""
    rows = (len(labels) + each - 1) // each
    return [
        Words(
            text=label,
            x=0.0 if index % each == 0 else 0.52,
            x_of_plot=True,
            right=-left if index % each == 0 else 0,
            y=1,
            y_of_plot=True,
            up=up + 20 + 20 * (rows - 1 - index // each),
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
    cut = shortened(names, limit=LONGEST_LABEL if beside else LONGEST_ABOVE)
    return [
        Words(
            text=name,
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
        for index, (name, strong, colour) in enumerate(zip(cut, bold, colours, strict=True))
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
