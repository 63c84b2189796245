"""The sections of a State of the Nation page, in order, from the declaration of its dashboard."""

from __future__ import annotations

from collections.abc import Sequence

from components.blocks import Cards, Section, Sentence, Sentences
from components.kpi import Kpi
from data.spec import Measure
from pages.dashboard import cards
from pages.dashboard.declaration import MOST_CARDS, Dashboard
from pages.dashboard.nation_view import NationView
from pages.dashboard.sections.summary import lead
from pages.dashboard.steps import Step, step
from pages.nation import sections


def steps_of(page: NationView, dashboard: Dashboard) -> list[Step]:
    """The sections of a view, each drawn when it is needed."""
    declared = dashboard.nation
    columns = [_measure(page, measure_id) for measure_id in declared.columns or declared.measures]
    found = [
        summary(page, dashboard),
        sections.trend(page),
        sections.spread(page),
        sections.variation(page, columns),
        sections.by_size(page),
        *(section(page) for section in declared.sections),
        sections.changed(page),
        sections.notes(page),
    ]
    return [one for one in found if one is not None]


def _measure(page: NationView, measure_id: str) -> Measure:
    return page.view.snapshot.dataset.measure(measure_id)


@step("summary", "England")
def summary(page: NationView, dashboard: Dashboard) -> Section:
    """England in sentences, each with its number, and the headline cards."""
    said = tuple(one for one in _said(page, dashboard) if one)
    return Section(
        slug="summary",
        title=page.view.org.name,
        blocks=(
            Sentences(sentences=said, name=page.view.org.name, disclaimer=dashboard.disclaimer),
            Cards(tuple(_headline(page, dashboard))),
        ),
        quiet=True,
    )


def _said(page: NationView, dashboard: Dashboard) -> Sequence[Sentence]:
    if dashboard.nation.sentences is not None:
        return dashboard.nation.sentences(page)
    return lead(page.view, page.peers, dashboard)


def _headline(page: NationView, dashboard: Dashboard) -> Sequence[Kpi]:
    declared = dashboard.nation
    return [
        cards.card(page.view, page.peers, _measure(page, one))
        if isinstance(one, str)
        else one(page)
        for one in declared.cards or declared.measures[:MOST_CARDS]
    ]
