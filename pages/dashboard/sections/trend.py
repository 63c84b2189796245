"""The trend: the chosen measure over its decile band, and its control chart."""

from __future__ import annotations

from collections.abc import Sequence

from components import charts
from components.blocks import Absent, Beside, Block, Choice, Control, Figure, Fold, Section
from components.selector import Option
from data import format as fmt
from data import periods
from data.questions.peers import Peers
from data.questions.stats import FIRM_LIMITS
from data.spec import Measure
from pages.dashboard import absent, cards, figures, peers, sentences, trends
from pages.dashboard.context import View, defaults, months
from pages.dashboard.declaration import Dashboard
from pages.dashboard.steps import step
from pages.dashboard.words import short_name


def spans(view: View) -> tuple[Option, ...]:
    """How much of a trend can be shown. Values are in months, words in the dataset's periods."""
    size, (_, plural) = periods.MONTHS_IN[view.kind], periods.NOUNS[view.kind]
    shorter = tuple(Option(text, f"{int(text) // size} {plural}") for text in ("24", "36"))
    return (*shorter, Option("all", "All"))


@step("trend", "Trend")
def trend(view: View, group: Peers, dashboard: Dashboard) -> Section:
    """The chosen measure over its decile band; the tool's own figures beside and behind a line."""
    own = dashboard.beside or (lambda shown: control_figure(shown, shown.measure))
    blocks: list[Block] = [Beside((lead_chart(view, group), own(view)), leads=True)]
    if dashboard.below:
        drawn = tuple(draw(view) for draw in dashboard.below)
        blocks.append(Fold("More trends", drawn))
    when = months(view)
    return Section(
        slug="trend",
        title="Trend",
        blocks=tuple(blocks),
        remark=view.between(when[0], when[-1]),
        controls=_controls(view, dashboard.own_measures(view)),
    )


def _controls(view: View, measures: Sequence[Measure]) -> tuple[Control, ...]:
    standard = defaults(view)
    of_trend = Choice(
        name="measure",
        label="Measure",
        options=tuple(Option(measure.id, measure.label) for measure in measures),
        value=view.measure.id,
        default=standard["measure"],
    )
    if periods.is_annual(view.kind):
        return (of_trend,)
    span = Choice(
        name="span",
        label=periods.NOUNS[view.kind][1].capitalize(),
        options=spans(view),
        value=view.span,
        default=standard["span"],
        look="segments",
    )
    return (of_trend, span)


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
    found, height = trends.values(view, measure, when), charts.LEAD_HEIGHT
    if all(value is None for value in found):
        nothing = absent.of_measure(view, measure, when=absent.these(view), height=height)
        return Figure(frame, nothing)
    if single := absent.single(view, measure, when, found, height=height):
        return Figure(frame, single, figures.working(view, now))
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
        f"{measure.label}, {name}, against its own usual range",
    )
    if spc is None:
        plural = periods.NOUNS[view.kind][1]
        words = (
            f"This chart needs {FIRM_LIMITS} {plural} of figures to tell a real change from the "
            f"usual ups and downs. {name} has fewer in those shown."
        )
        return Figure(frame, Absent(words, "empty"))
    chart = trends.control_chart(view, measure, spc, past)
    return Figure(frame, chart, figures.working(view, now))
