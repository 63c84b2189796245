"""Periods along an axis, and the lines over them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from components.charts.palette import Role
from data import periods
from data.absence import Absence
from data.spec import PeriodKind

Values = tuple[float | None, ...]


def same_length(what: str, *parts: Collection[Any]) -> None:
    """ValueError where parts that belong together differ in length."""
    if len({len(part) for part in parts}) > 1:
        raise ValueError(f"{what} differ in length: {', '.join(str(len(part)) for part in parts)}")


@dataclass(frozen=True, slots=True)
class Mark:
    """Something about one period, by its index: `words` say what, or why."""

    at: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """The periods along an axis, oldest first, and what is marked on them.

    `breaks` are periods from which values cannot be compared with earlier ones, and why. `events`
    are named on the plot. `flags` stand on the axis, explained by `flag`: ("Month with bank
    holidays", "Months with bank holidays").
    """

    kind: PeriodKind
    days: tuple[date, ...]  # the first day of each
    breaks: tuple[Mark, ...] = ()
    events: tuple[Mark, ...] = ()
    flags: tuple[Mark, ...] = ()
    flag: tuple[str, str] = ("", "")

    def __post_init__(self) -> None:
        if not self.days or any(a >= b for a, b in pairwise(self.days)):
            raise ValueError("periods: at least one, each later than the one before")

    def label(self, index: int) -> str:
        """In a sentence: September 2026, 2025/26."""
        return periods.label(self.kind, self.days[index])

    def short(self, index: int) -> str:
        """In a table or on an axis: Sep 2026, 2025/26."""
        return periods.short(self.kind, self.days[index])

    @property
    def span(self) -> str:
        """October 2023 to September 2026; one period alone when there is one."""
        first, last = self.label(0), self.label(-1)
        return first if first == last else f"{first} to {last}"


@dataclass(frozen=True, slots=True)
class Series:
    """A named line: one value a period, None where there is none.

    `hollow` are the periods drawn hollow, and the word for them: provisional, partial. `statuses`
    say of each period why it has no value, or none to compare; without them nobody said.
    """

    name: str
    role: Role
    values: Values
    hollow: tuple[Mark, ...] = ()
    statuses: tuple[Absence | None, ...] = ()
