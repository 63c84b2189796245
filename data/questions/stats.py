"""Intervals, control charts and positions, as OHID and Making Data Count define them.

Sources: PHE technical guidance on confidence intervals (Wilson 1927; Byar in Breslow and Day
1987; exact Poisson below 10 events); NHS England "Making Data Count" for XmR charts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Z95 = 1.959964
XMR_FACTOR = 2.66  # 3 sigma from the mean moving range of two
SHIFT_LENGTH = 7
TREND_LENGTH = 7
FIRM_LIMITS = 12  # fewer points give trial limits only

# Exact Poisson 95 % limits for 0 to 9 events: chi-square quantiles (2x and 2x + 2 degrees) / 2.
_POISSON_95 = (
    (0.0, 3.688879),
    (0.025318, 5.571643),
    (0.242209, 7.224688),
    (0.618672, 8.767273),
    (1.089865, 10.241589),
    (1.623486, 11.668332),
    (2.201894, 13.059474),
    (2.814363, 14.422675),
    (3.453832, 15.763189),
    (4.115373, 17.084803),
)


def wilson(numerator: float, denominator: float) -> tuple[float, float]:
    """95 % limits of a proportion, as fractions. Raises ValueError unless 0 <= x <= n, n > 0."""
    x, n, z = numerator, denominator, Z95
    if n <= 0 or not 0 <= x <= n:
        raise ValueError(f"a proportion needs 0 <= numerator <= denominator, not {x} of {n}")
    spread = z * math.sqrt(z * z + 4 * x * (1 - x / n))
    middle, scale = 2 * x + z * z, 2 * (n + z * z)
    return (max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def byar(events: float) -> tuple[float, float]:
    """95 % limits of a count: exact Poisson below 10 events, Byar's approximation from there."""
    if events < 0:
        raise ValueError(f"a count cannot be {events}")
    if events < 10 and events == int(events):
        return _POISSON_95[int(events)]
    x, z = events, Z95
    lower = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3
    upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * math.sqrt(x + 1))) ** 3
    return (lower, upper)


SpcMark = Literal["common", "high", "low", "rising", "falling"]


@dataclass(frozen=True, slots=True)
class Spc:
    """A control chart: mean, limits and, per point, whether it is special-cause variation."""

    mean: float
    lowers: tuple[float | None, ...]  # one a point; None where its size is not known
    uppers: tuple[float | None, ...]
    marks: tuple[SpcMark | None, ...]  # None where the month has no value
    firm: bool  # at least `FIRM_LIMITS` points

    @property
    def lower(self) -> float:
        """The latest lower limit."""
        return next(limit for limit in reversed(self.lowers) if limit is not None)

    @property
    def upper(self) -> float:
        """The latest upper limit."""
        return next(limit for limit in reversed(self.uppers) if limit is not None)


def xmr(values: Sequence[float | None]) -> Spc | None:
    """The XmR chart of a series, without screening of moving ranges; None below two points.

    Special cause, in order of priority: a point outside the limits; 7 successive points all
    rising or all falling ("rising" and "falling", which says nothing of the side of the mean that
    they are on); 2 of 3 beyond the two-sigma line on one side; 7 on one side of the mean.
    """
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    numbers = [value for _, value in known]
    mean = sum(numbers) / len(numbers)
    ranges = [abs(b - a) for a, b in zip(numbers, numbers[1:], strict=False)]
    reach = XMR_FACTOR * sum(ranges) / len(ranges)
    marks: list[SpcMark | None] = [None] * len(values)
    causes = special_causes(numbers, mean, [reach] * len(numbers))
    for (index, _), mark in zip(known, causes, strict=True):
        marks[index] = mark
    return Spc(
        mean,
        (mean - reach,) * len(values),
        (mean + reach,) * len(values),
        tuple(marks),
        len(numbers) >= FIRM_LIMITS,
    )


def special_causes(
    numbers: Sequence[float], mean: float, reaches: Sequence[float]
) -> list[SpcMark]:
    """What each point is, by the rules of `xmr`; `reaches` are from the mean to its limits."""
    count = len(numbers)
    side = [(value > mean) - (value < mean) for value in numbers]
    marks: list[SpcMark] = ["common"] * count

    def mark(indices: Sequence[int], kind: SpcMark) -> None:
        for index in indices:
            if marks[index] == "common":
                marks[index] = kind

    def beyond_mean(direction: int) -> SpcMark:
        return "high" if direction > 0 else "low"

    for index, value in enumerate(numbers):
        if abs(value - mean) > reaches[index]:
            mark([index], beyond_mean(side[index]))
    for start in range(count - TREND_LENGTH + 1):
        window = range(start, start + TREND_LENGTH)
        steps = [numbers[i + 1] - numbers[i] for i in window[:-1]]
        if all(step > 0 for step in steps):
            mark(window, "rising")
        elif all(step < 0 for step in steps):
            mark(window, "falling")
    for start in range(count - 2):
        window = range(start, start + 3)
        for direction in (1, -1):
            if all(side[i] == direction for i in window):
                beyond = [i for i in window if (numbers[i] - mean) * direction > 2 / 3 * reaches[i]]
                if len(beyond) >= 2:
                    mark(beyond, beyond_mean(direction))
    for start in range(count - SHIFT_LENGTH + 1):
        window = range(start, start + SHIFT_LENGTH)
        if side[start] and all(side[i] == side[start] for i in window):
            mark(window, beyond_mean(side[start]))
    return marks
