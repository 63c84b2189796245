"""Sections that every dashboard has: summary, trend, comparison, practices, notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash.development.base_component import Component

from components import charts, selector, shell
from components import kpi as cards_of
from components.elements import html
from components.explain import explain
from components.figure import draw, empty
from components.kpi import Kpi
from components.selector import Option
from components.spine import legend, spine
from data import format as fmt
from data import landscape, queries
from data.spec import LEVEL_NAMES, Measure
from pages.dashboard import cards, figures, messages, peers, sentences, trends
from pages.dashboard.context import View, defaults, href
from pages.dashboard.peers import Peers
from pages.dashboard.sentences import Sentence
from pages.dashboard.steps import section
from pages.dashboard.words import brief, lower_first, short_name

Draw = Callable[[View], Component]
SPANS = (Option("24", "24 months"), Option("36", "36 months"), Option("all", "All"))


def spoken(sentence: Sentence) -> Component:
    """A sentence with its strong pieces in bold."""
    return html.Span([html.B(one.text) if one.strong else one.text for one in sentence])


def _reading(view: View, group: Peers) -> Component | None:
    """How to read the strips of a practice."""
    if view.org.level != "practice":
        return None
    name = brief(view.org)
    if group.codes is None:
        return cards_of.how_to_read(name)
    return cards_of.how_to_read(name, middle="median", among=group.among)


@section("summary", "Summary")
def summary(
    view: View,
    group: Peers,
    said: Callable[[View, Peers], Sequence[Sentence]],
    headline: Callable[[View, Peers], Sequence[Kpi]],
) -> Component:
    """The answer in sentences and the headline cards; for a first visit, how to start."""
    name = short_name(view.org)
    parts: list[Component] = [] if view.chosen else [messages.choose(view)]
    if view.has_data:
        known = [spoken(sentence) for sentence in said(view, group) if sentence]
        parts.append(cards_of.summary(known, name=name, with_key=_reading(view, group)))
        shown = headline(view, group)
        for start in range(0, len(shown), 6):
            parts.append(cards_of.kpis(shown[start : start + 6]))
    return shell.quiet_section("summary", "Summary", *parts)


@section("trend", "Trend")
def trend(
    view: View,
    group: Peers,
    measures: Sequence[Measure],
    *extra: Draw,
    beside: Draw,
) -> Component:
    """The chosen measure over its decile band, `beside` it what the page adds, and more below."""
    standard = defaults(view)
    picker = html.Div(
        [
            selector.choice(
                "measure",
                label="Measure",
                options=[Option(measure.id, measure.label) for measure in measures],
                value=view.measure.id,
                default=standard["measure"],
            ),
            selector.segments(
                "span", label="Months", options=SPANS, value=view.span, default=standard["span"]
            ),
        ],
        className="selbar inline",
    )
    when = trends.months(view)
    lead = lead_chart(view, group)
    remark = fmt.months_between(when[0], when[-1])
    return shell.section(
        "trend",
        "Trend",
        picker,
        shell.side_by_side(lead, beside(view), lead=True),
        *(draw_below(view) for draw_below in extra),
        remark=remark,
    )


def lead_chart(view: View, group: Peers) -> Component:
    """The decile chart; a plain line for totals above practice level."""
    measure = view.measure
    now = peers.figure(view, measure)
    name = short_name(view.org)
    level = LEVEL_NAMES[trends.band_level(view)][1]
    banded = measure.rollup != "sum" or view.org.level == "practice"
    unit = fmt.UNIT_WORDS[measure.unit]
    detail = f"{measure.label}, {unit}" if unit and unit not in measure.label else measure.label
    year_ago = queries.change(view.snapshot, now, months=12, membership=view.membership).earlier
    position = peers.position(view, group, now)
    _, band_name = trends.band_peer(view, group)
    title = sentences.trend_title(
        measure.label, now, year_ago, position, median=f"{band_name} median"
    )
    where = f"all {level}" if band_name == "England" else f"{level} in {band_name}"
    subtitle = f"{detail}, each month, {name}" + (f" and {where}" if banded else "")
    frame = figures.frame(view, "trend-deciles", title, subtitle)
    when = trends.months(view)
    if not any(figure for figure in trends.values(view, measure, when)):
        words = f"{measure.label}: nothing was published for {name} in these months."
        if measure.unit == "per_1000" and view.has_data:
            words = f"{measure.label} needs the list sizes of these months, which are not loaded."
        return empty(frame, words, height=charts.LEAD_HEIGHT)
    chart: charts.Spec = (
        trends.decile_chart(view, group, measure)
        if banded
        else trends.line_chart(view, measure, when)
    )
    return draw(frame, chart, explain=explain(figures.working(view, now)))


def control_figure(view: View, measure: Measure) -> Component:
    """The control chart of a measure, or why there is none."""
    spc = trends.control(view, measure)
    now = peers.figure(view, measure)
    name = short_name(view.org)
    frame = figures.frame(
        view,
        "trend-control",
        sentences.spc_title(measure.name, spc),
        f"{measure.label}, {name}, control chart",
    )
    if spc is None:
        words = (
            f"A control chart needs 12 months of {lower_first(measure.label)}. "
            f"{name} has fewer in the months shown."
        )
        return empty(frame, words, height=charts.HEIGHT)
    chart = trends.control_chart(view, measure, spc)
    return draw(frame, chart, explain=explain(figures.working(view, now)))


@section("comparison", "Comparison")
def comparison(
    view: View,
    group: Peers,
    grouped: Sequence[tuple[str, Sequence[Measure]]],
    *,
    spread: Measure | None,
) -> Component:
    """Every measure on one percentile scale, below it how one of them is spread."""
    thin = peers.is_thin(view)
    rows = [
        cards.spine_row(
            view, group, measure, heading=heading, thin=thin,
            href=href(view, measure=measure.id) + "#trend",
        )
        for heading, measures in grouped
        for measure in measures
    ]  # fmt: skip
    shown = cards.spine_peers(view)
    name = short_name(view.org)
    frame = figures.frame(
        view, "comparison", f"{name} compared", f"{fmt.month(view.month)}, {group.among}"
    )
    return shell.section(
        "comparison",
        "Comparison",
        spine(frame, rows, shown, among=cards.among(view, group)),
        distribution(view, group, spread) if spread else None,
        remark=fmt.month(view.month),
        right=legend(cards.spine_marks(view, group)),
    )


def distribution(view: View, group: Peers, measure: Measure) -> Component | None:
    """How practices are spread over a measure this month, with the view's own value."""
    if view.month not in view.snapshot.months:
        return None
    bins, outside = landscape.histogram(view.snapshot, measure, "practice", view.month)
    if not bins:
        return None
    now = peers.figure(view, measure)
    comparable = measure.rollup != "sum" or view.org.level == "practice"
    inside = now.value is not None and bins[0].low <= now.value < bins[-1].high
    you = (brief(view.org), now.value) if inside and comparable and now.value is not None else None
    values = queries.peer_values(view.snapshot, measure, "practice", month=view.month, codes=None)
    title = f"{measure.label} across practices"
    position = peers.position(view, group, now) if view.group == "england" else None
    if position is not None and view.org.level == "practice":
        where = fmt.position_phrase(peers.place(position), peers="practices")
        title = f"{measure.name}: {where}"
    beyond = f"{fmt.plural(outside, 'practice', 'practices')} beyond the axis" if outside else ""
    chart = charts.Histogram(
        bins=tuple(charts.Bin(one.low, one.high, one.organisations) for one in bins),
        unit=measure.unit,
        measure=lower_first(measure.label),
        you=you,
        median=queries.middle(values),
    )
    subtitle = "Number of practices in England" + (f", {beyond}" if beyond else "")
    slug = f"spread-{measure.id.replace('_', '-')}"
    frame = figures.frame(view, slug, title, f"{measure.label}. {subtitle}")
    return draw(frame, chart, explain=explain(figures.working(view, now)))
