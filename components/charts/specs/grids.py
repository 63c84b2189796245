"""Charts with a number in every cell."""

from __future__ import annotations

from dataclasses import dataclass

from components.charts.specs.periods import Values, same_length
from data.spec import Polarity, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """One measure over two dimensions, a number in every cell: weekday by time of day.

    `what` names the rows, `measure` the number.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Values, ...]
    unit: Unit
    measure: str
    what: str

    def __post_init__(self) -> None:
        same_length("rows and rows of cells", self.rows, self.cells)
        same_length("columns and cells", self.columns, *self.cells)


@dataclass(frozen=True, slots=True)
class Measured:
    """A column of a tartan."""

    label: str
    unit: Unit
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class Thread:
    """A row of a tartan: an organisation, its values and how far each is from what is expected.

    `steps` are 0 for nothing unusual and 1 to 3 for more and more, above zero when the value is
    higher and below when it is lower. None where the caller does not know.
    """

    name: str
    values: Values
    steps: tuple[int | None, ...]
    you: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tartan:
    """Practices by measures. Colour only where a measure has a polarity and a value is unusual.

    `sorted_by` is the index of the measure that orders the rows, highest first.
    """

    measures: tuple[Measured, ...]
    rows: tuple[Thread, ...]
    what: str = "Practice"
    sorted_by: int | None = None

    @property
    def ordered(self) -> tuple[Thread, ...]:
        """The rows as they are drawn and listed; those without the value last."""
        at = self.sorted_by
        if at is None:
            return self.rows

        def order(row: Thread) -> tuple[bool, float]:
            value = row.values[at]
            return value is None, -(value or 0)

        return tuple(sorted(self.rows, key=order))

    def __post_init__(self) -> None:
        for row in self.rows:
            same_length("measures, values and steps", self.measures, row.values, row.steps)
