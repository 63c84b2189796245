"""Sections that every dashboard has: summary, trend, comparison, practices, notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from components import charts
from components.blocks import (
    Absent,
    Beside,
    Block,
    Cards,
    Choice,
    Comparison,
    Controls,
    Figure,
    Reading,
    Section,
    Sentence,
    Sentences,
)
from components.kpi import Kpi
from components.selector import Option
from data import format as fmt
from data import periods
from data.questions import landscape, queries
from data.questions.peers import Peers
from data.questions.stats import FIRM_LIMITS
from data.spec import LEVEL_NAMES, Measure
from pages.dashboard import cards, figures, messages, peers, sentences, trends
from pages.dashboard.context import View, defaults, href, months
from pages.dashboard.steps import step
from pages.dashboard.words import brief, lower_first, short_name

Draw = Callable[[View], Block]


def spans(view: View) -> tuple[Option, ...]:
    """How much of a trend can be shown. Values are in months, words in the dataset's periods."""
    size, (_, plural) = periods.MONTHS_IN[view.kind], periods.NOUNS[view.kind]
    shorter = tuple(Option(text, f"{int(text) // size} {plural}") for text in ("24", "36"))
    return (*shorter, Option("all", "All"))


def reading(view: View, group: Peers) -> Reading | None:
    """How to read the strips of a practice."""
    if view.org.level != "practice":
        return None
    return Reading(among=group.among)


@step("summary", "Summary")
def summary(
    view: View,
    write: Callable[[], Sequence[Sentence]],
    headline: Callable[[], Sequence[Kpi]],
    *,
    disclaimer: str,
    reading: Reading | None,
) -> Section:
    """The answer in sentences and the headline cards; for a first visit, how to start."""
    blocks: list[Block] = [] if view.chosen else [messages.choose(view)]
    if view.has_data:
        blocks.append(
            Sentences(
                sentences=tuple(sentence for sentence in write() if sentence),
                name=short_name(view.org),
                disclaimer=disclaimer,
                reading=reading,
            )
        )
        shown = headline()
        blocks += [Cards(tuple(shown[start : start + 6])) for start in range(0, len(shown), 6)]
    return Section(slug="summary", title="Summary", blocks=tuple(blocks), quiet=True)


@step("trend", "Trend")
def trend(
    view: View,
    group: Peers,
    measures: Sequence[Measure],
    *extra: Draw,
    beside: Draw,
) -> Section:
    """The chosen measure over its decile band; the page's own figures `beside` and below it."""
    standard = defaults(view)
    measure = Choice(
        name="measure",
        label="Measure",
        options=tuple(Option(measure.id, measure.label) for measure in measures),
        value=view.measure.id,
        default=standard["measure"],
    )
    span = Choice(
        name="span",
        label=periods.NOUNS[view.kind][1].capitalize(),
        options=spans(view),
        value=view.span,
        default=standard["span"],
        look="segments",
    )
    when = months(view)
    lead = lead_chart(view, group)
    remark = view.between(when[0], when[-1])
    return Section(
        slug="trend",
        title="Trend",
        blocks=(
            Controls((measure,) if periods.is_annual(view.kind) else (measure, span)),
            Beside((lead, beside(view)), leads=True),
            *(draw_below(view) for draw_below in extra),
        ),
        remark=remark,
    )


def lead_chart(view: View, group: Peers) -> Figure:
    """The decile chart; a plain line for totals above practice level."""
    measure = view.measure
    now = peers.figure(view, measure)
    name = short_name(view.org)
    banded = not measure.is_total or view.org.level == "practice"
    unit = fmt.UNIT_WORDS[measure.unit]
    detail = f"{measure.label}, {unit}" if unit and unit not in measure.label else measure.label
    year = cards.year_change(view, now)
    _, where = trends.band(view, group, measure)
    title = sentences.trend_title(measure.label, peers.verdict(view, group, now), year)
    subtitle = f"{detail}, each {view.noun}, {name}" + (f" and {where}" if banded else "")
    frame = figures.frame(view, "trend-deciles", title, subtitle)
    when = months(view)
    plural = periods.NOUNS[view.kind][1]
    if all(value is None for value in trends.values(view, measure, when)):
        words = f"{measure.label}: nothing was published for {name} in these {plural}."
        if measure.unit == "per_1000" and view.has_data:
            words = f"{measure.label} needs the list sizes of these {plural}, which are not loaded."
        return Figure(frame, Absent(words, "empty", charts.LEAD_HEIGHT))
    chart: charts.Spec = (
        trends.decile_chart(view, group, measure)
        if banded
        else trends.line_chart(view, measure, when)
    )
    return Figure(frame, chart, figures.working(view, now))


def control_figure(view: View, measure: Measure) -> Figure:
    """The control chart of a measure, or why there is none."""
    spc, past = trends.control(view, measure), peers.own_history(view, measure)
    now = peers.figure(view, measure)
    name = short_name(view.org)
    frame = figures.frame(
        view,
        "trend-control",
        sentences.history_title(measure.name, past),
        f"{measure.label}, {name}, control chart",
    )
    if spc is None:
        plural = periods.NOUNS[view.kind][1]
        words = (
            f"A control chart needs {FIRM_LIMITS} {plural} of {lower_first(measure.label)}. "
            f"{name} has fewer in those shown."
        )
        return Figure(frame, Absent(words, "empty"))
    chart = trends.control_chart(view, measure, spc, past)
    return Figure(frame, chart, figures.working(view, now))


@step("comparison", "Comparison")
def comparison(
    view: View,
    group: Peers,
    grouped: Sequence[tuple[str, Sequence[Measure]]],
    *,
    spread: Measure | None,
) -> Section:
    """Every measure on one percentile scale, below it how one of them is spread."""
    thin = peers.is_thin(view)
    rows = [
        cards.spine_row(
            view,
            group,
            measure,
            heading=heading,
            thin=thin,
            href=href(view, measure=measure.id) + "#trend",
        )
        for heading, measures in grouped
        for measure in measures
    ]
    blocks: list[Block] = [
        Comparison(
            frame=figures.frame(
                view,
                "comparison",
                f"{short_name(view.org)} compared",
                f"{view.when}, {group.among}",
            ),
            rows=tuple(rows),
            peers=tuple(cards.spine_peers(view)),
            among=cards.among(view, group),
        )
    ]
    drawn = distribution(view, group, spread) if spread else None
    if drawn is not None:
        blocks.append(drawn)
    return Section(
        slug="comparison",
        title="Comparison",
        blocks=tuple(blocks),
        remark=view.when,
        key=tuple(cards.spine_marks(view, group)),
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
    beyond = f"{fmt.plural(outside, *nouns)} beyond the axis" if outside else ""
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
