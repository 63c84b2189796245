"""The vocabulary in which a dataset is declared. Types only: no files, no queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import Literal

from data.absence import Absence

Unit = Literal[
    "count",
    "percent",
    "per_1000",
    "per_10000",
    "per_100",
    "per_day",
    "mean",
    "fte",
    "pounds",
    "points",
]
Kind = Literal["count", "decimal"]
Spread = Literal["sum", "max", "published"]
PeriodKind = Literal["month", "quarter", "financial_year", "calendar_year"]
Polarity = Literal["higher_better", "lower_better", "neutral"]
Rollup = Literal["ratio_of_sums", "sum", "published_only"]
Interval = Literal["wilson", "byar", "none"]
Level = Literal["practice", "pcn", "sub_icb", "icb", "region", "england"]

LEVELS: tuple[Level, ...] = ("practice", "pcn", "sub_icb", "icb", "region", "england")
LEVEL_NAMES: dict[Level, tuple[str, str]] = {
    "practice": ("practice", "practices"),
    "pcn": ("PCN", "PCNs"),
    "sub_icb": ("sub-ICB location", "sub-ICB locations"),
    "icb": ("ICB", "ICBs"),
    "region": ("NHS region", "NHS regions"),
    "england": ("England", "England"),
}
ENGLAND = "ENG"
UNALLOCATED = "U"  # the publishers' PCN code for a practice that is in no PCN

UNASSIGNED = "~"  # begins the code of a fact row that is of no practice: counts in areas only

MULTIPLIER: dict[Unit, float] = {
    "count": 1,
    "percent": 100,
    "per_1000": 1000,
    "per_10000": 10_000,
    "per_100": 100,
    "per_day": 1,
    "mean": 1,
    "fte": 1,
    "pounds": 1,
    "points": 1,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows of a long fact table: those whose `columns` have these `labels`; `value` adds up."""

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """A column of the cube: a number that adds up across practices.

    `sql` is an aggregate over the dataset's own fact columns. `kind="decimal"` holds up to six
    decimals exactly (FTE, pounds, weighted answers). `spread="max"` marks the few columns that
    belong to the period rather than to the practice (working days) and so do not add up;
    `spread="published"` those whose areas the publisher gives: they are never added up here, and
    an area for which it gives nothing is missing.
    """

    id: str
    label: str
    sql: str
    kind: Kind = "count"
    spread: Spread = "sum"
    cell: Cell | None = None  # what `sql` adds up, where hundreds of parts are read in one pass
    table: str = "fact"  # `fact`, or the id of one of the dataset's extra tables


@cache
def _part_ids(joined: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in joined.split("+"))


@dataclass(frozen=True, slots=True)
class Break:
    """The first period that cannot be compared with those before it, and why."""

    period: date
    why: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A number we show. `num` and `den` are part ids joined by ` + `.

    `den` is None for a plain total. Above practice level the value is always the sum of
    numerators over the sum of denominators, times the multiplier of the unit; with
    `rollup="published_only"` it is the publisher's. `low` and `high` are parts that hold the
    publisher's own 95 % limits, in the unit of the measure; `base` is the part that counts whom
    it asked, for small numbers.
    """

    id: str
    label: str
    num: str
    den: str | None = None
    unit: Unit = "count"
    polarity: Polarity = "neutral"
    rollup: Rollup = "ratio_of_sums"
    counted: bool = True  # False: the numerator is no number of events, such as FTE: no interval
    short: str = ""  # label on a card, when the full one is too long
    what: str = ""  # the formula in words: what over what
    why: str = ""  # one paragraph a practice manager can read
    low: str = ""
    high: str = ""
    base: str = ""
    breaks: tuple[Break, ...] = ()  # earliest first; a trend is cut there
    stock: bool = False  # what there is on a day: those who are gone by then count as none
    synonyms: tuple[str, ...] = ()  # what else people call it, so that a search finds it

    @property
    def num_parts(self) -> tuple[str, ...]:
        return _part_ids(self.num)

    @property
    def den_parts(self) -> tuple[str, ...]:
        return _part_ids(self.den) if self.den else ()

    @property
    def interval(self) -> Interval:
        """Method of the 95 % interval: proportions Wilson, rates Byar, totals none."""
        if not self.counted:
            return "none"
        if self.unit == "percent":
            return "wilson"
        return "byar" if self.unit in ("per_1000", "per_10000") else "none"

    @property
    def multiplier(self) -> float:
        return MULTIPLIER[self.unit]

    @property
    def is_total(self) -> bool:
        """Whether it counts something and sets it against nothing, whoever adds it up."""
        return self.den is None and self.unit in ("count", "fte", "pounds")

    @property
    def is_size(self) -> bool:
        """Whether an area's value says how large the area is, so that only its change compares."""
        return self.is_total or self.unit == "per_day"

    @property
    def name(self) -> str:
        return self.short or self.label


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A whole split into parts that add up to it, such as appointments by mode."""

    id: str
    label: str
    parts: tuple[str, ...]  # part ids in the order they are shown
    ordered: bool = False  # bands have an order; categories do not
    unknown: tuple[str, ...] = ()  # those of `parts` that mean unknown or unmapped


@dataclass(frozen=True, slots=True)
class FactTable:
    """A second table of a month's folder, of another grain: practice x weekday x time band.

    `asked_by` is the API's name of the period in filters, where it is not that of the dataset.
    `level` is that of the organisations whose codes are in its column `practice`: a table of
    England holds what the publisher gives for England only.
    """

    id: str
    label: str
    dims: tuple[str, ...]
    value: str  # column of the number
    kind: Kind = "count"
    asked_by: str = ""
    level: Literal["practice", "england"] = "practice"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When releases come: between two days of the month, in some months (all when empty).

    In those days the publisher's page is looked at on the weekdays (Monday is 0) at the times.
    Of a series that `may_have_ended` nobody can say that the next release is late.
    """

    days: tuple[int, int] = (1, 31)
    months: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    times: tuple[time, ...] = (time(9, 45), time(16, 0))
    may_have_ended: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A published series, declared once. Queries, API, exports and notes follow from it."""

    id: str
    title: str
    publisher: str
    series: str
    source_url: str
    cadence: Literal["weekly", "monthly", "quarterly", "annual"]
    publication_lag: str  # in words: when a period normally comes out
    dims: tuple[str, ...]  # dimension columns of the fact table, after practice and month
    parts: tuple[Part, ...]
    measures: tuple[Measure, ...]
    breakdowns: tuple[Breakdown, ...]
    headline: str  # measure whose England total is the control total
    control: str  # the name of that total in `flask data status --json`
    caveats: tuple[str, ...]
    needs: tuple[str, ...] = ()  # datasets whose current version goes into this one
    tool: str = ""  # slug of the dashboard page
    extra: tuple[FactTable, ...] = ()
    period: PeriodKind = "month"
    levels: tuple[Level, ...] = LEVELS  # those that the publisher gives, lowest first
    licence: str = "Open Government Licence v3.0"
    rhythm: Rhythm | None = None  # where the cadence alone does not say when to look
    counted: str = ""  # part without which a practice does not count among those of a period
    suppression: str = ""  # the publisher's rule of small numbers, where its tables leave them out
    gap: Absence = "not_published"  # a missing value of an organisation that has others
    silence: Absence = "not_published"  # an organisation without any, of those that report

    @property
    def has_practices(self) -> bool:
        return "practice" in self.levels

    @property
    def is_published_above(self) -> bool:
        """Whether areas may have figures of their own, without any practice of theirs."""
        return any(part.spread == "published" for part in self.parts)

    def measure(self, measure_id: str) -> Measure:
        """The measure with that id; KeyError names the dataset when there is none."""
        for measure in self.measures:
            if measure.id == measure_id:
                return measure
        raise KeyError(f"{self.id} has no measure {measure_id!r}")

    def table(self, table_id: str) -> FactTable:
        for table in self.extra:
            if table.id == table_id:
                return table
        raise KeyError(f"{self.id} has no table {table_id!r}")

    def breakdown(self, breakdown_id: str) -> Breakdown:
        for breakdown in self.breakdowns:
            if breakdown.id == breakdown_id:
                return breakdown
        raise KeyError(f"{self.id} has no breakdown {breakdown_id!r}")

    def part(self, part_id: str) -> Part:
        for part in self.parts:
            if part.id == part_id:
                return part
        raise KeyError(f"{self.id} has no part {part_id!r}")
