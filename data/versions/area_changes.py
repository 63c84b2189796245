"""What replaced an area and what it replaced, as the practice maps on both sides of a day say.

Tables are in `data/reference/`. A code alone cannot carry an area's history over such a day: three
ICBs were split between several in April 2026, so figures follow the practices of each month.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from data.spec import Level

_REFERENCE = Path(__file__).parents[1] / "reference"
_LEAST_SHARE = 0.05  # of the practices that moved
_LEAST = 3  # practices: one or two move for reasons of their own


@dataclass(frozen=True, slots=True)
class AreaChange:
    """Practices that went from one area to another on a day."""

    level: Level
    day: date
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    practices: int


def successors(level: Level, code: str) -> tuple[AreaChange, ...]:
    """The areas that took over the practices of one, most practices first."""
    return _most([one for one in _changes() if (one.level, one.old_code) == (level, code)])


def predecessors(level: Level, code: str) -> tuple[AreaChange, ...]:
    """The areas from which one took over its practices, most practices first."""
    return _most([one for one in _changes() if (one.level, one.new_code) == (level, code)])


@cache
def days() -> tuple[date, ...]:
    """Days on which the codes of areas changed or are expected to."""
    return tuple(date.fromisoformat(row["day"]) for row in _rows("area_reorganisations.csv"))


def _most(found: Sequence[AreaChange]) -> tuple[AreaChange, ...]:
    least = _LEAST_SHARE * sum(one.practices for one in found)
    largest_first = sorted(found, key=lambda one: -one.practices)
    return tuple(one for one in largest_first if one.practices >= max(least, _LEAST))


@cache
def _changes() -> tuple[AreaChange, ...]:
    return tuple(
        AreaChange(
            level="icb" if row["level"] == "icb" else "sub_icb",
            day=date.fromisoformat(row["day"]),
            old_code=row["old_code"],
            old_name=row["old_name"],
            new_code=row["new_code"],
            new_name=row["new_name"],
            practices=int(row["practices"]),
        )
        for row in _rows("area_changes.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (_REFERENCE / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
