"""The comparison: every measure on one scale, and how one of them is spread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components import charts
from components.blocks import Block, Comparison, Figure, Fold, Reading, Section
from components.spine import Row
from data import format as fmt
from data.questions import landscape, queries
from data.questions.peers import Peers
from data.spec import LEVEL_NAMES, Measure
from pages.dashboard import cards, figures, peers
from pages.dashboard.context import View, href
from pages.dashboard.declaration import MOST_COMPARED, Dashboard
from pages.dashboard.steps import step
from pages.dashboard.words import brief, lower_first, short_name


@step("comparison", "Comparison")
def comparison(view: View, group: Peers, dashboard: Dashboard) -> Section:
    """The measures that matter most on one percentile scale; the others, and how the measure of
    the trend is spread, behind a line.
    """
    every = grouped(view, dashboard)
    first = _compared(view, dashboard)
    blocks: list[Block] = [
        table(view, group, [("", [one for _, some in every for one in some if one.id in first])])
    ]
    rest = [(heading, [m for m in some if m.id not in first]) for heading, some in every]
    count = sum(len(some) for _, some in rest)
    if count:
        more = table(view, group, rest, slug="comparison-more")
        blocks.append(Fold(fmt.plural(count, "more measure", "more measures"), (more,)))
    spread = view.measure.id not in dashboard.spread_elsewhere
    drawn = distribution(view, group, view.measure) if spread else None
    if drawn is not None:
        nouns, what = LEVEL_NAMES[peers.spread_level(view)][1], lower_first(view.measure.label)
        blocks.append(Fold(f"How {nouns} are spread: {what}", (drawn,)))
    if view.org.level == "practice":
        blocks.append(Fold("How to read a bar", (Reading(among=group.among),)))
    return Section(
        slug="comparison",
        title="Comparison",
        blocks=tuple(blocks),
        remark=view.when,
        key=tuple(cards.spine_marks(view, group)),
    )


def grouped(view: View, dashboard: Dashboard) -> list[tuple[str, list[Measure]]]:
    """The measures of the comparison under their headings, as the view's switches make them."""
    return [
        (heading, [dashboard.measure(view, measure_id) for measure_id in ids])
        for heading, ids in dashboard.groups
    ]


def _compared(view: View, dashboard: Dashboard) -> set[str]:
    """Measures that are in sight."""
    declared = [measure_id for _, ids in dashboard.groups for measure_id in ids]
    few = len(declared) <= MOST_COMPARED
    shown = declared if few else dashboard.compared or declared[:MOST_COMPARED]
    return {dashboard.resolve(view, measure_id) for measure_id in shown}


def table(
    view: View,
    group: Peers,
    measures: Sequence[tuple[str, Sequence[Measure]]],
    *,
    slug: str = "comparison",
) -> Comparison:
    """Measures under their headings, a row each."""
    return Comparison(
        frame=figures.frame(
            view, slug, f"{short_name(view.org)} compared", f"{view.when}, {group.among}"
        ),
        rows=tuple(_rows(view, group, measures)),
        peers=tuple(cards.spine_peers(view)),
        among=cards.among(view, group),
    )


def _rows(
    view: View, group: Peers, measures: Sequence[tuple[str, Sequence[Measure]]]
) -> Iterator[Row]:
    thin = peers.is_thin(view)
    for heading, some in measures:
        for measure in some:
            yield cards.spine_row(
                view,
                group,
                measure,
                heading=heading,
                thin=thin,
                href=href(view, measure=measure.id) + "#trend",
            )


def distribution(view: View, group: Peers, measure: Measure) -> Figure | None:
    """How practices are spread over a measure this month, with the view's own value."""
    if view.period not in view.snapshot.months:
        return None
    level = peers.spread_level(view)
    codes = group.codes if level == view.org.level else None
    bins, outside = landscape.histogram(view.snapshot, measure, level, view.period, codes=codes)
    if not bins:
        return None
    now = peers.figure(view, measure)
    comparable = not measure.is_total or view.org.level == "practice"
    nouns = LEVEL_NAMES[level]
    among = f"{nouns[1]} in England" if codes is None else group.among
    inside = now.value is not None and bins[0].low <= now.value < bins[-1].high
    you = (brief(view.org), now.value) if inside and comparable and now.value is not None else None
    title = f"{measure.label} across {nouns[1]}"
    if level == view.org.level:
        finding = peers.verdict(view, group, now).finding
        title = f"{measure.name}: {finding}" if finding else title
    beyond = f"{fmt.plural(outside, *nouns)} too far out to show" if outside else ""
    chart = charts.Histogram(
        bins=tuple(charts.Bin(one.low, one.high, one.organisations) for one in bins),
        unit=measure.unit,
        measure=lower_first(measure.label),
        you=you,
        median=queries.middle(peers.spread(view, group, measure)),
        among=nouns,
    )
    subtitle = f"Number of {among}" + (f", {beyond}" if beyond else "")
    slug = f"spread-{measure.id.replace('_', '-')}"
    frame = figures.frame(view, slug, title, f"{measure.label}. {subtitle}")
    return Figure(frame, chart, figures.working(view, now))
