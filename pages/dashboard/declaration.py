"""What a dashboard declares. Everything else of its pages, downloads and links follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from components.blocks import Block, Sentence
from components.kpi import Kpi
from components.selector import Option
from components.table import Column
from data.questions.peers import Peers
from data.spec import Measure
from pages.catalogue import Tool
from pages.dashboard.context import View

if TYPE_CHECKING:
    from pages.dashboard.nation_view import NationView
    from pages.dashboard.steps import Step

MOST_CARDS = 6
MOST_COMPARED = 8  # rows of the comparison that are not behind a line

Draw = Callable[[View], Block]
Card = Callable[[View, Peers], Kpi]
Rows = tuple[tuple[Draw, ...], ...]  # of figures; those of one row stand side by side


@dataclass(frozen=True, slots=True)
class Extra:
    """A column of members that is not a measure of the month, put after the first: by code."""

    column: Column
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nation:
    """The State of the Nation page of a dataset.

    `measures` are those that can be chosen, the first at first; `cards`, `columns` (of areas) and
    `front` (on the front page) default to them: of the cards, the first six. `sections` stand
    between areas and what changed.
    """

    measures: tuple[str, ...]
    cards: tuple[str | Callable[[NationView], Kpi], ...] = ()
    columns: tuple[str, ...] = ()
    front: tuple[str, ...] = ()
    sentences: Callable[[NationView], Sequence[Sentence]] | None = None
    sections: tuple[Callable[[NationView], Step | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A dashboard of one dataset.

    `groups` are the measures of the comparison under their headings, `members` the columns of
    organisations side by side: measure ids all. `cards` are those of the head, six at most: a
    measure id each, or what draws one. Of the comparison the measures of `compared` are shown at
    once, the first eight unless it says which; the others stand behind a line. `noun` is what
    shares are shares of. `rows` are the figures of the breakdown, and `more` those of them that
    stand behind a line; where there are no `rows`, every breakdown that the dataset declares is
    drawn, two in sight. `sections` stand between breakdown and members. A page has no more room
    than the budget that tests/e2e/test_budget.py measures.
    """

    tool: Tool
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    cards: tuple[str | Card, ...]
    members: tuple[str, ...]
    noun: str
    nation: Nation
    units: tuple[Option, Option] = (Option("rate", "Rates"), Option("count", "Counts"))
    disclaimer: str = "Says nothing about need or quality."
    spread_elsewhere: tuple[str, ...] = ()  # measures whose distribution another section draws
    resolve: Callable[[View, str], str] = field(default=lambda view, measure_id: measure_id)
    sentences: Callable[[View, Peers], Sequence[Sentence]] | None = None
    compared: tuple[str, ...] = ()
    beside: Draw | None = None  # the trend; the control chart of the same measure if None
    below: tuple[Draw, ...] = ()  # the trend, behind a line
    breakdown: str = "Breakdown"
    rows: Rows = ()
    more: Rows = ()
    sections: tuple[Callable[[View, Peers], Step | None], ...] = ()
    extra: Callable[[View, Sequence], Extra] | None = None
    notes: Callable[[View], Sequence[str]] = field(default=lambda view: ())

    def measure(self, view: View, measure_id: str) -> Measure:
        """A measure of this page, as the switches of the view make it."""
        return view.snapshot.dataset.measure(self.resolve(view, measure_id))

    def own_measures(self, view: View) -> list[Measure]:
        """What the chooser of the trend offers: measures that the page shows, in their order.

        The one shown is always among them, as addresses may name any measure of the dataset.
        """
        named = [*(measure_id for _, ids in self.groups for measure_id in ids), *self.members]
        named += [card for card in self.cards if isinstance(card, str)]
        own = {self.resolve(view, measure_id) for measure_id in named}
        own |= {self.tool.measure, view.measure.id}
        return [measure for measure in view.snapshot.dataset.measures if measure.id in own]

    def check(self) -> None:
        """Refuse what would not fit the page. Raises ValueError."""
        slug = self.tool.slug
        for where, cards in (("cards", self.cards), ("nation.cards", self.nation.cards)):
            if len(cards) > MOST_CARDS:
                raise ValueError(f"{slug}: {where} has {len(cards)} cards; {MOST_CARDS} fit")
        if len(self.compared) > MOST_COMPARED:
            rows = len(self.compared)
            raise ValueError(f"{slug}: compared has {rows} measures; {MOST_COMPARED} fit")
        grouped = {measure_id for _, ids in self.groups for measure_id in ids}
        if unknown := sorted(set(self.compared) - grouped):
            raise ValueError(f"{slug}: compared has {', '.join(unknown)}, which no group has")
