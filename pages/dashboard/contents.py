"""The sections of a dashboard, in order, from its declaration."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from components.blocks import Beside, Block, Section, Sentence
from components.kpi import Kpi
from data.questions.peers import Peers
from data.spec import Measure
from pages.dashboard import breakdowns, cards, members, peers, sections, sentences, sources
from pages.dashboard.context import View
from pages.dashboard.declaration import Dashboard, Draw
from pages.dashboard.steps import Step, step
from pages.dashboard.words import short_name

MOST_SENTENCES = 4


def steps_of(view: View, dashboard: Dashboard) -> list[Step]:
    """The sections of a view, each drawn when it is needed."""
    group = peers.peers(view)
    every = view.snapshot.dataset.measures
    beside = dashboard.beside or (lambda shown: sections.control_figure(shown, shown.measure))
    found = [
        sections.summary(
            view,
            partial(summary, view, group, dashboard),
            partial(headline, view, group, dashboard),
            disclaimer=dashboard.disclaimer,
            reading=sections.reading(view, group),
        ),
        sections.trend(view, group, every, *dashboard.below, beside=beside),
        sections.comparison(
            view, group, grouped_measures(view, dashboard), spread=_spread(view, dashboard)
        ),
        breakdown(view, dashboard) if _rows(view, dashboard) else None,
        *(section(view, group) for section in dashboard.sections),
        members.members(
            view,
            [dashboard.measure(view, measure_id) for measure_id in dashboard.members],
            extra=dashboard.extra,
        ),
        sources.notes(view, *dashboard.notes(view)),
    ]
    return [one for one in found if one is not None]


def grouped_measures(view: View, dashboard: Dashboard) -> list[tuple[str, list[Measure]]]:
    return [
        (heading, [dashboard.measure(view, measure_id) for measure_id in ids])
        for heading, ids in dashboard.groups
    ]


def _spread(view: View, dashboard: Dashboard) -> Measure | None:
    """The measure whose distribution stands under the comparison, unless a section draws it."""
    return view.measure if view.measure.id not in dashboard.spread_elsewhere else None


def summary(view: View, group: Peers, dashboard: Dashboard) -> Sequence[Sentence]:
    """The summary: what is particular to the tool, or the first measures one after the other."""
    if dashboard.sentences is not None:
        return dashboard.sentences(view, group)
    name = short_name(view.org)
    found: list[Sentence] = []
    for measure_id in dashboard.cards[:MOST_SENTENCES]:
        now = peers.figure(view, dashboard.measure(view, measure_id))
        what = f"{now.measure.label}, {name}:" if not found else f"{now.measure.label}:"
        found.append(sentences.share(peers.verdict(view, group, now), what=what))
    return found


def headline(view: View, group: Peers, dashboard: Dashboard) -> Sequence[Kpi]:
    """The headline cards of a view."""
    if dashboard.headline is not None:
        return dashboard.headline(view, group)
    return [
        cards.card(view, group, dashboard.measure(view, measure_id))
        for measure_id in dashboard.cards
    ]


def _rows(view: View, dashboard: Dashboard) -> Sequence[Sequence[Draw]]:
    if dashboard.rows:
        return dashboard.rows
    drawn = [breakdowns.any_split(one, dashboard.noun) for one in view.snapshot.dataset.breakdowns]
    return [drawn[start : start + 2] for start in range(0, len(drawn), 2)]


def breakdown(view: View, dashboard: Dashboard) -> Step:
    """What makes up the whole, figure by figure."""
    title = dashboard.breakdown

    @step("breakdown", title)
    def draw() -> Section:
        blocks: list[Block] = []
        for row in _rows(view, dashboard):
            drawn = tuple(one(view) for one in row)
            blocks += [Beside(drawn)] if len(drawn) > 1 else drawn
        return Section(slug="breakdown", title=title, blocks=tuple(blocks), remark=view.when)

    return draw()
