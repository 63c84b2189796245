"""What a dashboard declares. Everything else of its pages, downloads and links follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from components.blocks import Block, Sentence
from components.kpi import Kpi
from components.selector import Option
from data.questions.peers import Peers
from data.spec import Measure
from pages.catalogue import Tool
from pages.dashboard.context import View

if TYPE_CHECKING:
    from pages.dashboard.members import Extra
    from pages.dashboard.nation_view import NationView
    from pages.dashboard.steps import Step

Draw = Callable[[View], Block]
Rows = tuple[tuple[Draw, ...], ...]  # of figures; those of one row stand side by side


@dataclass(frozen=True, slots=True, kw_only=True)
class Nation:
    """The State of the Nation page of a dataset.

    `measures` are those that can be chosen, the first at first; `cards`, `columns` (of areas) and
    `front` (on the front page) default to them. `sections` stand between areas and what changed.
    """

    measures: tuple[str, ...]
    cards: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    front: tuple[str, ...] = ()
    sentences: Callable[[NationView], Sequence[Sentence]] | None = None
    headline: Callable[[NationView], Sequence[Kpi]] | None = None
    sections: tuple[Callable[[NationView], Step | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A dashboard of one dataset.

    `groups` are the measures of the comparison under their headings, `cards` those of the head,
    `members` the columns of organisations side by side: measure ids all. `noun` is what shares are
    shares of. `rows` are the figures of the breakdown; where there are none, every breakdown that
    the dataset declares is drawn. `sections` stand between breakdown and members.
    """

    tool: Tool
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    cards: tuple[str, ...]
    members: tuple[str, ...]
    noun: str
    nation: Nation
    units: tuple[Option, Option] = (Option("rate", "Rates"), Option("count", "Counts"))
    disclaimer: str = "Says nothing about need or quality."
    spread_elsewhere: tuple[str, ...] = ()  # measures whose distribution another section draws
    resolve: Callable[[View, str], str] = field(default=lambda view, measure_id: measure_id)
    sentences: Callable[[View, Peers], Sequence[Sentence]] | None = None
    headline: Callable[[View, Peers], Sequence[Kpi]] | None = None
    beside: Draw | None = None  # the trend; the control chart of the same measure if None
    below: tuple[Draw, ...] = ()  # the trend
    breakdown: str = "Breakdown"
    rows: Rows = ()
    sections: tuple[Callable[[View, Peers], Step | None], ...] = ()
    extra: Callable[[View, Sequence], Extra] | None = None
    notes: Callable[[View], Sequence[str]] = field(default=lambda view: ())

    def measure(self, view: View, measure_id: str) -> Measure:
        """A measure of this page, as the switches of the view make it."""
        return view.snapshot.dataset.measure(self.resolve(view, measure_id))
