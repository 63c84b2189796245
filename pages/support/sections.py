"""Sections that every dashboard has: summary, trend, comparison, practices, notes."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components import charts, selector, shell
from components import format as fmt
from components import kpi as cards_of
from components.explain import explain
from components.figure import boxed, draw, empty
from components.kpi import Kpi
from components.notes import notes as notes_block
from components.selector import Option
from components.spine import legend, spine
from components.table import Column, Member
from components.table import members as member_table
from data import areas, landscape, queries
from data.orgs import Org
from data.queries import Figure
from data.spec import ENGLAND, LEVEL_NAMES, Level, Measure
from pages.support import cards, figures, links, messages, peers, sentences, trends
from pages.support.context import View, defaults, href
from pages.support.dashboard import Section, download
from pages.support.peers import Peers
from pages.support.sentences import Sentence
from pages.support.words import lower_first, short_name

SPANS = (Option("24", "24 months"), Option("36", "36 months"), Option("all", "All"))
MOST_ROWS = 200  # of practices in one table; a larger area lists its own areas instead
MEMBER_LEVELS: dict[Level, Level] = {"region": "icb", "england": "icb"}


def spoken(sentence: Sentence) -> Component:
    """A sentence with its strong pieces in bold."""
    return html.Span([html.B(one.text) if one.strong else one.text for one in sentence])


def summary(view: View, said: Sequence[Sentence], headline: Sequence[Kpi]) -> Section:
    """The answer in sentences and the headline cards; for a first visit, how to start."""
    name = short_name(view.org)
    parts: list[Component] = [] if view.chosen else [messages.choose(view)]
    if view.has_data:
        known = [spoken(sentence) for sentence in said if sentence]
        reads = cards_of.how_to_read(name) if view.org.level == "practice" else None
        parts.append(cards_of.summary(known, name=name, with_key=reads))
        for start in range(0, len(headline), 6):
            parts.append(cards_of.kpis(headline[start : start + 6]))
    return Section("summary", "Summary", shell.quiet_section("summary", "Summary", *parts))


def _position_words(view: View, group: Peers, now: Figure) -> str:
    where = peers.position(view, group, now)
    if where is None:
        return ""
    return f"Now {fmt.position_phrase(where.percentile, peers=group.among)}."


def trend(
    view: View, group: Peers, measures: Sequence[Measure], *extra: Component, control: Measure
) -> Section:
    """The chosen measure over its decile band, a control chart, and what the page adds."""
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
    second = control_figure(view, control)
    remark = fmt.months_between(when[0], when[-1])
    content = shell.section(
        "trend",
        "Trend",
        picker,
        shell.side_by_side(lead, second, lead=True),
        *extra,
        remark=remark,
    )
    return Section("trend", "Trend", content)


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
    if not any(figure for figure in trends.values(trends.series(view, measure, when))):
        return empty(
            frame,
            f"{measure.label}: nothing was published for {name} in these months.",
            height=charts.LEAD_HEIGHT,
        )
    if banded:
        chart = trends.decile_chart(view, group, measure)
    else:
        chart = trends.line_chart(view, measure, when)
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


def comparison(
    view: View, group: Peers, grouped: Sequence[tuple[str, Sequence[Measure]]]
) -> Section:
    """Every measure on one percentile scale, and the spread of the chosen one."""
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
    content = shell.section(
        "comparison",
        "Comparison",
        spine(frame, rows, shown, among=cards.among(view, group)),
        distribution(view, group),
        remark=fmt.month(view.month),
        right=legend(shown),
    )
    return Section("comparison", "Comparison", content)


def distribution(view: View, group: Peers) -> Component | None:
    """How practices are spread over the chosen measure this month, with the view's own value."""
    measure = view.measure
    if view.month not in view.snapshot.months:
        return None
    bins, outside = landscape.histogram(view.snapshot, measure, "practice", view.month)
    if not bins:
        return None
    now = peers.figure(view, measure)
    comparable = measure.rollup != "sum" or view.org.level == "practice"
    inside = now.value is not None and bins[0].low <= now.value < bins[-1].high
    name = short_name(view.org)
    you = (name, now.value) if inside and comparable and now.value is not None else None
    median = queries.peer_values(view.snapshot, measure, "practice", month=view.month, codes=None)
    title = f"{measure.label} across practices"
    position = peers.position(view, group, now) if view.group == "england" else None
    if position is not None and view.org.level == "practice":
        where = fmt.position_phrase(position.percentile, peers="practices")
        title = f"{name} is {where}"
    beyond = f"{fmt.plural(outside, 'practice', 'practices')} beyond the axis" if outside else ""
    chart = charts.histogram(
        [charts.Bin(one.low, one.high, one.organisations) for one in bins],
        unit=measure.unit,
        measure=lower_first(measure.label),
        you=you,
        median=float(median[len(median) // 2]),
    )
    subtitle = "Number of practices in England" + (f", {beyond}" if beyond else "")
    frame = figures.frame(view, "distribution", title, f"{measure.label}. {subtitle}")
    return draw(frame, chart, explain=explain(figures.working(view, now)))


def parent_for_members(view: View) -> Org | None:
    """The area whose members are listed: its own for an area, the PCN (or sub-ICB) of a practice."""
    if view.org.level != "practice":
        return view.org
    return next((a for a in view.areas if a.level in ("pcn", "sub_icb")), None)


def member_orgs(view: View, parent: Org) -> tuple[list[Org], Level]:
    """Practices of an area, or the ICBs of a region and of England."""
    child = MEMBER_LEVELS.get(parent.level)
    if child is None:
        found = queries.members(
            view.snapshot, view.directory, parent, month=view.month, membership=view.membership
        )
        return found, "practice"
    every = [
        org
        for org in view.directory.all(child)
        if view.snapshot.published_in(child, org.code, view.month, membership=view.membership)
    ]
    if parent.level == "region":
        every = [org for org in every if org.region == parent.code]
    return every, child


def members(view: View, columns: Sequence[Measure], *, note: str = "") -> Section | None:
    """The member organisations side by side, those without figures named."""
    parent = parent_for_members(view)
    if parent is None or parent.level == "practice":
        return None
    orgs, level = member_orgs(view, parent)
    orgs += _missing(view, parent, orgs)
    if not orgs:
        return None
    grid = areas.together(
        view.snapshot, columns, orgs, month=view.month, membership=view.membership
    )
    rows = sorted(
        (
            Member(
                code=org.code,
                name=short_name(org),
                values=values,
                href=href(view, org=org.code),
                note=_member_note(view, org, values),
                selected=org.code == view.org.code,
            )
            for org, values in zip(orgs, grid, strict=True)
        ),
        key=lambda member: (member.values[0] is None, -(member.values[0] or 0)),
    )[:MOST_ROWS]
    plural = LEVEL_NAMES[level][1]
    title = f"{plural[:1].upper() + plural[1:]} in {short_name(parent)}"
    frame = figures.frame(
        view, "members", title, fmt.month(view.month), coverage=_coverage_words(view, parent, note)
    )
    table = member_table(
        rows,
        [Column(measure.name, measure.unit) for measure in columns],
        caption=title,
        first=LEVEL_NAMES[level][0].capitalize() if level == "practice" else "ICB",
        sorted_by=0,
    )
    remark = f"{fmt.month(view.month)}, largest first"
    content = shell.section("members", title, boxed(frame, table), remark=remark)
    return Section("members", title, content)


def _missing(view: View, parent: Org, orgs: Sequence[Org]) -> list[Org]:
    """Practices that have patients that month and no figures: shown with dashes."""
    if view.lists is None or view.lists is view.snapshot or parent.level in MEMBER_LEVELS:
        return []
    covered = queries.coverage(
        view.snapshot, view.lists, parent, month=view.month, membership=view.membership
    )
    known = {org.code for org in orgs}
    codes = covered.missing if covered else ()
    found = [view.directory.at("practice", code) for code in codes if code not in known]
    return [org for org in found if org is not None]


def _member_note(view: View, org: Org, values: tuple[float | None, ...]) -> str:
    if values[0] is None:
        return "Not published this month"
    if org.closed is not None and org.level == "practice":
        return f"Closed {fmt.full_date(org.closed)}"
    supplier = ""
    if org.level == "practice":
        supplier = view.snapshot.home(org.code, view.month).get("supplier", "")
    return supplier


def _coverage_words(view: View, parent: Org, note: str) -> str:
    if view.lists is None or view.lists is view.snapshot:
        return note
    covered = queries.coverage(
        view.snapshot, view.lists, parent, month=view.month, membership=view.membership
    )
    if covered is None or not covered.missing or covered.patients_percent is None:
        return note
    subject = f"{LEVEL_NAMES[parent.level][0]} figures"
    words = fmt.coverage(
        covered.published, covered.expected, covered.patients_percent,
        subject=subject[:1].upper() + subject[1:],
    )  # fmt: skip
    return f"{words} {note}".strip()


def notes(view: View, *extra: str) -> Section:
    """What to keep in mind, and where it comes from."""
    declared, manifest = view.snapshot.dataset, view.snapshot.manifest
    release = figures.release(view.snapshot, view.month)
    about = [one for one in manifest.notes if fmt.month(view.month) in one]
    record = manifest.periods.get(view.month)
    demo = ("Demonstration data: every practice, name and number here is invented.",)
    keep = [*(demo if manifest.demo else ()), *declared.caveats, *about, *extra]
    entries: list[tuple[str, Component | str]] = [
        ("Publisher", f"{declared.publisher}, {declared.series}"),
        ("Licence", declared.licence),
    ]
    if release is not None:
        entries.append(("Release", html.A(release.title, href=release.url)))
    if record is not None:
        total = view.snapshot.england(declared.measure(declared.headline), view.month)
        covers = f"{fmt.plural(record.practices, 'practice', 'practices')}, {fmt.large(total)} "
        entries.append(("Covers", covers + lower_first(declared.measure(declared.headline).label)))
    names = ", ".join(file.name for file in figures.period_files(view.snapshot, view.month))
    entries += [
        ("Files", names or "Not recorded"),
        ("Version", f"{view.snapshot.version}, {figures.checks_words(view.snapshot, view.month)}"),
        (
            "Method",
            "Rates above practice level are sums divided by sums. Percentages have Wilson, rates "
            "Byar 95% intervals. A position is the percentile among the group; 40 to 60 is similar.",
        ),
        (
            "Downloads",
            html.Span(
                [
                    html.A("CSV", href=download(view, "csv") + _query(view), download=""),
                    ", ",
                    html.A("XLSX", href=download(view, "xlsx") + _query(view), download=""),
                ]
            ),
        ),
        ("All sources", dcc.Link("Data sources", href=links.path("/data-sources/"))),
    ]
    content = shell.section(
        "notes",
        "Notes and sources",
        notes_block(keep, entries),
        remark="Read before using a figure in a paper",
    )
    return Section("notes", "Notes and sources", content)


def _query(view: View) -> str:
    from pages.support.context import query

    return query(view)


def england(view: View) -> Org | None:
    return view.directory.at("england", ENGLAND)
