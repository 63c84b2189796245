"""The sections of a State of the Nation page, in order, from the declaration of its dashboard."""

from __future__ import annotations

from collections.abc import Sequence

from components.blocks import Cards, Section, Sentence, Sentences
from components.kpi import Kpi
from data.spec import Measure
from pages.dashboard import cards
from pages.dashboard import contents as dashboard_contents
from pages.dashboard.declaration import Dashboard
from pages.dashboard.nation_view import NationView
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
        title="England",
        blocks=(
            Sentences(sentences=said, name="England", disclaimer=dashboard.disclaimer),
            *_bands(_headline(page, dashboard)),
        ),
        quiet=True,
    )


def _said(page: NationView, dashboard: Dashboard) -> Sequence[Sentence]:
    if dashboard.nation.sentences is not None:
        return dashboard.nation.sentences(page)
    return dashboard_contents.summary(page.view, page.peers, dashboard)


def _headline(page: NationView, dashboard: Dashboard) -> Sequence[Kpi]:
    declared = dashboard.nation
    if declared.headline is not None:
        return declared.headline(page)
    return [
        cards.card(page.view, page.peers, _measure(page, measure_id))
        for measure_id in declared.cards or declared.measures
    ]


def _bands(found: Sequence[Kpi]) -> list[Cards]:
    """The cards in ruled bands of equal length."""
    size = 6 if len(found) % 5 else 5
    size = 4 if len(found) == 8 else size
    return [Cards(tuple(found[at : at + size])) for at in range(0, len(found), size)]
