"""Charts over periods: decile band, lines, control chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from components.charts.specs.periods import Mark, Periods, Series, Values, same_length
from data.absence import Absence
from data.periods import NOUNS
from data.spec import Unit

HEIGHT = 300  # px, of every chart but the lead
LEAD_HEIGHT = 384
PERCENTILES = (10, 20, 40, 50, 60, 80, 90)
MOST_LINES = 4
FEWEST = 12  # periods under which control limits mean nothing

Axis = Literal["zero", "fit"]
Variation = Literal["usual", "better", "worse", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciles:
    """Where an organisation lies among all of its kind, period by period.

    `cuts` are the values at each of `PERCENTILES`, `lines` the organisation itself and at most two
    of its areas; further areas are `listed` in the table, and the subtitle says so. `position` is
    a sentence for those who cannot see the chart.
    """

    periods: Periods
    cuts: tuple[Values, ...]
    unit: Unit
    lines: tuple[Series, ...] = ()
    listed: tuple[Series, ...] = ()
    median: str = "Median practice"
    position: str = ""
    axis: Axis = "zero"
    height: int = LEAD_HEIGHT

    def __post_init__(self) -> None:
        same_length("percentiles and cuts", PERCENTILES, self.cuts)
        same_length(
            "periods, percentiles and lines",
            self.periods.days,
            *self.cuts,
            *(line.values for line in (*self.lines, *self.listed)),
        )
        if len(self.lines) > MOST_LINES - 1:
            raise ValueError(f"{len(self.lines)} lines and a median; at most {MOST_LINES}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Up to four named lines; each ends in its own label. The first is the organisation.

    Further lines are `listed` in the table, and the subtitle says so.
    """

    periods: Periods
    series: tuple[Series, ...]
    unit: Unit
    listed: tuple[Series, ...] = ()
    position: str = ""
    axis: Axis = "zero"
    height: int = HEIGHT

    def __post_init__(self) -> None:
        if not 1 <= len(self.series) <= MOST_LINES:
            raise ValueError(f"{len(self.series)} lines; from 1 to {MOST_LINES} can be read")
        same_length(
            "periods and lines",
            self.periods.days,
            *(line.values for line in (*self.series, *self.listed)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spc:
    """XmR chart of Making Data Count: whether a change is more than the usual variation.

    `kinds` says what each period is; the caller worked it out, and the limits, which may differ
    from period to period with the size of what is counted. `finding` says it of the last one:
    below its own usual level since May 2026. `hollow` is as in `Series`.
    """

    periods: Periods
    values: Values
    name: str
    unit: Unit
    mean: float
    lower: Values
    upper: Values
    kinds: tuple[Variation, ...]
    finding: str = ""
    hollow: tuple[Mark, ...] = ()
    statuses: tuple[Absence | None, ...] = ()
    height: int = HEIGHT

    def __post_init__(self) -> None:
        same_length(
            "periods, values, limits and kinds",
            self.periods.days,
            self.values,
            self.lower,
            self.upper,
            self.kinds,
        )
        if sum(value is not None for value in self.values) < FEWEST:
            plural = NOUNS[self.periods.kind][1]
            raise ValueError(f"fewer than {FEWEST} {plural}: draw lines instead")
