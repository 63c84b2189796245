"""Charts made of rows: parts of a whole, ranked bars, age pyramid, dots by area."""

from __future__ import annotations

from dataclasses import dataclass

from components.charts.specs.periods import Values, same_length
from data.spec import Unit

SMALL = 0.005  # of the whole
FEWEST_FOLDED = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One bar of a stack: an organisation and its share (%) of each part."""

    name: str
    shares: Values
    you: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacked:
    """100% bars, the organisation first. `ordered` parts use the sequential scale.

    `what` names the whole, for words: "appointments". `unknown` are the indexes of parts that
    mean unknown. A row without shares is drawn empty and says so in the table. Parts that do not
    add up to the whole, or to more than it, are drawn as they are and the subtitle says so.
    """

    rows: tuple[Row, ...]
    parts: tuple[str, ...]
    what: str
    ordered: bool = False
    unknown: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        same_length("parts and shares", self.parts, *(row.shares for row in self.rows))


@dataclass(frozen=True, slots=True)
class Bar:
    """One category: the organisation's value and its comparator's."""

    name: str
    value: float | None
    marker: float | None = None
    unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Categories, longest first and unknown last, with the comparator as a black line.

    `name` and `marker` are the two organisations, whose numbers stand in columns at the right.
    Categories under `SMALL` of what all of them make are drawn as one, and listed in the table.
    """

    bars: tuple[Bar, ...]
    name: str
    marker: str
    unit: Unit
    what: str = "Category"

    @property
    def ranked(self) -> tuple[Bar, ...]:
        """The bars as they are drawn and listed."""
        known = [bar for bar in self.bars if not bar.unknown]
        known.sort(key=lambda bar: bar.value or 0, reverse=True)
        return (*known, *(bar for bar in self.bars if bar.unknown))

    @property
    def is_marked(self) -> bool:
        """Whether any bar has its comparator's value."""
        return any(bar.marker is not None for bar in self.bars)

    @property
    def drawn(self) -> tuple[Bar, ...]:
        """The ranked bars, the small ones as one before the unknown."""
        small = [bar for bar in self.ranked if self._is_small(bar)]
        if len(small) < FEWEST_FOLDED:
            return self.ranked
        others = Bar(
            f"{len(small)} others",
            sum(bar.value or 0 for bar in small),
            None
            if all(bar.marker is None for bar in small)
            else sum(bar.marker or 0 for bar in small),
        )
        rest = [bar for bar in self.ranked if bar not in small]
        return (
            *(bar for bar in rest if not bar.unknown),
            others,
            *(bar for bar in rest if bar.unknown),
        )

    def _is_small(self, bar: Bar) -> bool:
        if bar.unknown or bar.value is None:
            return False
        whole, theirs = (100.0, 100.0) if self.unit == "percent" else self._sums
        return bar.value < SMALL * whole and (bar.marker or 0) < SMALL * (theirs or 1)

    @property
    def _sums(self) -> tuple[float, float]:
        return (
            sum(bar.value or 0 for bar in self.bars),
            sum(bar.marker or 0 for bar in self.bars),
        )


@dataclass(frozen=True, slots=True)
class Age:
    """One age band: male and female as shares (%) of all patients, here and in a comparator."""

    label: str
    male: float | None
    female: float | None
    marker_male: float | None = None
    marker_female: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pyramid:
    """Age and sex, youngest at the bottom: the organisation as bars, the comparator as lines."""

    bands: tuple[Age, ...]
    name: str
    marker: str

    @property
    def is_marked(self) -> bool:
        """Whether any band has its comparator's values."""
        return any(b.marker_male is not None or b.marker_female is not None for b in self.bands)


@dataclass(frozen=True, slots=True)
class Dot:
    """One area on a dot plot, with an interval where the method gives one."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """Areas sorted by value, with the comparator as a line; yours stands out. Not a league table:
    no places are numbered, and areas without a value are listed last.
    """

    areas: tuple[Dot, ...]
    unit: Unit
    marker: str
    marker_value: float | None
    what: str = "ICB"

    @property
    def ordered(self) -> tuple[Dot, ...]:
        """The areas as they are drawn and listed."""
        return tuple(sorted(self.areas, key=lambda area: (area.value is None, -(area.value or 0))))
