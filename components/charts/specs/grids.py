"""Charts with a number in every cell."""

from __future__ import annotations

from collections import Counter
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


@dataclass(frozen=True, slots=True)
class Tile:
    """An area on a tile map: a short name that fits it, and where it stands, from the top left."""

    name: str
    short: str
    column: int
    row: int
    value: float | None
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Areas as tiles of one size, each about where it lies. Shapes need boundaries, which are a
    dataset of their own; tiles need none, and small areas are seen as well as large ones.
    """

    tiles: tuple[Tile, ...]
    unit: Unit
    measure: str
    what: str = "ICB"

    @property
    def rows(self) -> int:
        return max(tile.row for tile in self.tiles) + 1

    @property
    def columns(self) -> int:
        return max(tile.column for tile in self.tiles) + 1

    def __post_init__(self) -> None:
        places = Counter((tile.column, tile.row) for tile in self.tiles)
        twice = [place for place, count in places.items() if count > 1]
        if not self.tiles or twice:
            raise ValueError(
                f"a map has tiles, each in a place of its own; more than one at {twice}"
            )
