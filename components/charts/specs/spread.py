"""How practices are spread: over one measure, over two, and over size."""

from __future__ import annotations

from dataclasses import dataclass

from components.charts.specs.trends import HEIGHT, LEAD_HEIGHT
from data.spec import Unit


@dataclass(frozen=True, slots=True)
class Bin:
    """Practices whose value is at least `low` and below `high`."""

    low: float
    high: float
    practices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Number of practices by value. `you` is a name and its value, in the bin that stands out.

    `measure` labels the value axis: "appointments per 1,000 patients". `among` are those counted.
    """

    bins: tuple[Bin, ...]
    unit: Unit
    measure: str
    you: tuple[str, float] | None = None
    median: float | None = None
    among: tuple[str, str] = ("practice", "practices")
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Place:
    """A practice by two measures."""

    name: str
    x: float | None
    y: float | None
    you: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Practices by two measures, such as list size and growth; yours is labelled."""

    places: tuple[Place, ...]
    x_label: str
    x_unit: Unit
    y_label: str
    y_unit: Unit
    height: int = HEIGHT

    @property
    def known(self) -> tuple[Place, ...]:
        """The places that have both values."""
        return tuple(p for p in self.places if p.x is not None and p.y is not None)


@dataclass(frozen=True, slots=True)
class Limits:
    """Where values of a size are expected: the middle 95% and the middle 99.8%."""

    size: float
    low: float
    high: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Rate by size with control limits, the smallest size first; yours is labelled."""

    places: tuple[Place, ...]
    limits: tuple[Limits, ...]
    middle: float
    middle_name: str  # England
    size_label: str  # Registered patients
    size_unit: Unit
    label: str  # Did not attend, %
    unit: Unit
    height: int = LEAD_HEIGHT

    @property
    def known(self) -> tuple[Place, ...]:
        """The places that have both values."""
        return tuple(p for p in self.places if p.x is not None and p.y is not None)
