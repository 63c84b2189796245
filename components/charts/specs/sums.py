"""Charts of amounts that add up: what makes a difference, and what is planned of an allowance."""

from __future__ import annotations

from dataclasses import dataclass

from components.charts.specs.periods import Values, same_length
from data.spec import Unit

MOST_LIMITS = 2
MOST_CHANGES = 8  # that have a bar of their own


@dataclass(frozen=True, slots=True)
class Change:
    """One cause of a difference: how much more (or less, below zero) it is here."""

    name: str
    amount: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """From a comparator's figure to the organisation's, the largest difference first.

    `start` and `end` are the two names and their figures. What the changes do not add up to is
    drawn as `rest`, so that the last bar is always the whole difference. Beyond `MOST_CHANGES` the
    smallest are one bar; the table has them all.
    """

    start: tuple[str, float]
    end: tuple[str, float]
    changes: tuple[Change, ...]
    unit: Unit
    measure: str  # Pounds per registered patient
    what: str = "Category"
    rest: str = "Not in these lines"

    @property
    def ordered(self) -> tuple[Change, ...]:
        """The changes as they are listed; those without an amount last."""
        return tuple(sorted(self.changes, key=lambda c: (c.amount is None, -abs(c.amount or 0))))

    @property
    def unexplained(self) -> float:
        """The part of the difference that the changes do not add up to."""
        return self.end[1] - self.start[1] - sum(c.amount or 0 for c in self.changes)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A row of a bullet chart: the amount of each part, and its limits."""

    name: str
    amounts: Values
    limits: Values
    you: bool = False

    @property
    def total(self) -> float | None:
        """Of the amounts that are there; None where none is."""
        known = [amount for amount in self.amounts if amount is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """Parts laid end to end, with a line at each limit: an allowance, two thresholds."""

    rows: tuple[Amounts, ...]
    parts: tuple[str, ...]
    limits: tuple[str, ...]
    unit: Unit
    measure: str  # Planned claim
    what: str = "Organisation"

    def __post_init__(self) -> None:
        same_length("parts and amounts", self.parts, *(row.amounts for row in self.rows))
        same_length("limits and their values", self.limits, *(row.limits for row in self.rows))
        if not 1 <= len(self.limits) <= MOST_LIMITS:
            raise ValueError(f"{len(self.limits)} limits; from 1 to {MOST_LIMITS} can be read")
