"""What may be used at most, or must be reached, and the line that says so.

`line` is the first cell of a row of the budgets in `engineering.md` §1, but for the few that stand
elsewhere, which say where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """Of one number. `is_floor`: it must be reached, and not only not exceeded."""

    name: str
    value: float
    unit: str = ""
    is_floor: bool = False

    def __str__(self) -> str:
        unit = self.unit if self.unit in ("", "×") else f" {self.unit}"
        return f"{self.name} {'≥' if self.is_floor else '≤'} {self.value:,.10g}{unit}".strip()

    def is_missed(self, number: float) -> bool:
        return number < self.value if self.is_floor else number > self.value


@dataclass(frozen=True, slots=True)
class Budget:
    line: str
    limits: tuple[Limit, ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.limits))

    def missed(self, numbers: tuple[float, ...]) -> list[Limit]:
        """The limits that the numbers, one for each, do not keep."""
        pairs = zip(self.limits, numbers, strict=True)
        return [limit for limit, number in pairs if limit.is_missed(number)]


def _at_most(line: str, value: float, unit: str, name: str = "") -> Budget:
    return Budget(line, (Limit(name, value, unit),))


ENGINEERING: Final = {
    "api": Budget(
        "API practice trend, one core, 8 connections",
        (
            Limit("", 2500, "req/s", is_floor=True),
            Limit("p99", 10, "ms"),
            Limit("errors", 0),
        ),
    ),
    "callback": _at_most("any dashboard callback, server time", 25, "ms", "p95"),
    "search": _at_most("search per key press", 2, "ms"),
    "organisation": _at_most("public organisation page, first chart visible", 300, "ms"),
    "cold": _at_most("Dash dashboard, chart on screen, cold / reload", 1800, "ms"),
    "reload": _at_most("Dash dashboard, chart on screen, cold / reload", 700, "ms"),
    "weight": _at_most("bytes of a dashboard page, cold", 750, "KB"),
    "shift": _at_most("layout shift", 0.05, ""),
    "start": _at_most("web worker start", 5, "s"),
}
ELSEWHERE: Final = {
    "views": Budget(
        "memory of a worker under page views",
        (Limit("", 512, "MB"), Limit("growth", 1.05, "×")),
    ),
    "publishing": _at_most("a month landed, checked and published, against a raw copy", 3, "×"),
    "publishing memory": _at_most("peak memory of publishing", 2000, "MB"),
    "months held": _at_most("publishing with more months held, against fewer", 1.2, "×"),
}
