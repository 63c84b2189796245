"""The summary: the answer in a sentence, and the headline cards."""

from __future__ import annotations

from collections.abc import Sequence

from components.blocks import Block, Cards, Section, Sentence, Sentences
from components.kpi import Kpi
from data.questions.peers import Peers
from pages.dashboard import cards, peers, sentences
from pages.dashboard.context import View
from pages.dashboard.declaration import Card, Dashboard
from pages.dashboard.steps import step
from pages.dashboard.words import short_name

MEASURES_IN_LEAD = 2
START = "This is England. Choose a practice, PCN or area above to see its own figures."


@step("summary", "Summary")
def summary(view: View, group: Peers, dashboard: Dashboard) -> Section:
    """The answer in sentences and the headline cards; for a first visit, how to start."""
    blocks: list[Block] = []
    if view.has_data:
        said = lead(view, group, dashboard)
        blocks.append(
            Sentences(
                sentences=tuple(sentence for sentence in said if sentence),
                name=short_name(view.org),
                disclaimer=dashboard.disclaimer if view.chosen else START,
            )
        )
        blocks.append(Cards(tuple(headline(view, group, dashboard))))
    return Section(slug="summary", title="Summary", blocks=tuple(blocks), quiet=True)


def lead(view: View, group: Peers, dashboard: Dashboard) -> Sequence[Sentence]:
    """What is particular to the tool, or the first two measures of the head."""
    if dashboard.sentences is not None:
        return dashboard.sentences(view, group)
    named = [one for one in dashboard.cards if isinstance(one, str)][:MEASURES_IN_LEAD]
    shown = [peers.figure(view, dashboard.measure(view, measure_id)) for measure_id in named]
    verdicts = [peers.verdict(view, group, now) for now in shown]
    return [sentences.lead(verdicts, name=short_name(view.org))]


def headline(view: View, group: Peers, dashboard: Dashboard) -> Sequence[Kpi]:
    """The headline cards of a view."""
    return [card(view, group, dashboard, one) for one in dashboard.cards]


def card(view: View, group: Peers, dashboard: Dashboard, declared: str | Card) -> Kpi:
    """A card as it is declared: a measure, or drawn by the tool itself."""
    if not isinstance(declared, str):
        return declared(view, group)
    return cards.card(view, group, dashboard.measure(view, declared))
