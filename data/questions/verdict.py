"""What may be said of a figure, as values: `judgement` makes them, every surface prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data import format as fmt
from data.absence import Absence
from data.questions.funnel import Outside
from data.questions.history import History
from data.questions.queries import Figure, Position

Difference = Literal["above", "below", "unclear", "alike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A figure, whom it is set beside, and the levels at which something may be said of it.

    `comparator` names whose value `benchmark` is; `among` names the peers. A level at which
    nothing may be said is None: all of them for a size, and where too few patients are covered.
    """

    figure: Figure
    comparator: str = ""
    benchmark: float | None = None
    among: str = ""
    position: Position | None = None
    difference: Difference | None = None
    unusual: Outside | None = None
    status: Absence | None = None  # why there is no value, or none to compare
    history: History | None = None  # against its own earlier periods, not against others

    @property
    def place(self) -> fmt.Place | None:
        """The position as components take it."""
        if self.position is None:
            return None
        lies = self.position
        return fmt.Place(
            lies.percentile, lies.higher_than, lies.lower_than, lies.same, peers=lies.peers
        )

    @property
    def chip(self) -> fmt.Position | None:
        """The one thing that there is most reason to say, in a few words."""
        if self.unusual is not None:
            return fmt.unusual(self.unusual, self.figure.measure.polarity)
        if self.difference == "unclear":
            return fmt.Position("No clear difference", "similar", "equal")
        if self.difference == "alike":
            return fmt.Position("About the same", "similar", "equal")
        return fmt.position(self.place) if self.place is not None else None

    @property
    def where(self) -> str:
        """The position in a sentence; nothing where the figure differs from nobody clearly."""
        if self.difference in ("unclear", "alike"):
            return ""
        return fmt.position_phrase(self.place, peers=self.among)

    @property
    def against(self) -> str:
        """The difference in a sentence: above England (4.5%); empty without a comparator."""
        if self.benchmark is None or self.figure.value is None:
            return ""
        shown = fmt.value(self.benchmark, self.figure.measure.unit)
        if self.difference is None:
            return f"{self.comparator} {shown}"
        return f"{_DIFFERENCES[self.difference]} {self.comparator} ({shown})"

    @property
    def finding(self) -> str:
        """What a title says: above England, no clear difference from England, or the position."""
        if self.difference is None:
            return self.where
        return f"{_DIFFERENCES[self.difference]} {self.comparator}"


_DIFFERENCES = {
    "above": "above",
    "below": "below",
    "unclear": "no clear difference from",
    "alike": "about the same as",
}


def difference(figure: Figure, benchmark: float | None) -> Difference | None:
    """A figure against a comparator, judged by the figure's interval; None without one.

    Numbers that look the same once rounded are not called above or below.
    """
    if figure.value is None or benchmark is None or figure.low is None or figure.high is None:
        return None
    unit = figure.measure.unit
    if fmt.value(figure.value, unit) == fmt.value(benchmark, unit):
        return "alike"
    if figure.low <= benchmark <= figure.high:
        return "unclear"
    return "above" if figure.value > benchmark else "below"
