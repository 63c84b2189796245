"""Sections of the State of the Nation pages that every dataset has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from components import blocks, charts
from components.blocks import Absent, Beside, Block, Figure, Remark, Section, sentence
from components.table import Cell, Column, Member, Table
from data import format as fmt
from data.questions import areas, national, queries
from data.questions.change import Change, change
from data.questions.coverage import coverage_of
from data.questions.national import Band
from data.spec import LEVEL_NAMES, Level, Measure, PeriodKind
from data.versions import revisions
from data.versions.db import library
from data.versions.orgs import Org
from data.versions.revisions import Revision
from pages import links
from pages.dashboard import holdings, peers, trends
from pages.dashboard.context import months
from pages.dashboard.nation_view import NationView
from pages.dashboard.sections.notes import notes as dashboard_notes
from pages.dashboard.sections.trend import lead_chart
from pages.dashboard.steps import Step, step
from pages.dashboard.words import lower_first, short_name
from pages.nation import standard
from pages.nation.standard import AREAS

MOST_REVISIONS = 24
PLACES = ("10th", "20th", "30th", "40th", "50th (median)", "60th", "70th", "80th", "90th")


def england(page: NationView, measure: Measure) -> queries.Figure:
    return peers.figure(page.view, measure)


def year(page: NationView, now: queries.Figure) -> Change:
    view = page.view
    return change(view.snapshot, view.directory, now, months=12, membership="current")


def growth_unit(measure: Measure) -> str:
    """What the areas of a measure are compared by, in words."""
    if measure.is_size:
        return f"{measure.label}, change over a year, %"
    return measure.label


@step("trend", "Trend")
def trend(page: NationView) -> Section:
    """England since the start, and the band of all practices."""
    view = page.view
    drawn: list[Block] = [lead_chart(view, page.peers)]
    if page.measure.is_total:
        drawn.append(practice_deciles(page))
    remark = view.between(view.snapshot.months[0], view.period)
    if len(drawn) > 1:
        drawn = [Beside(tuple(drawn), leads=True)]
    return Section(slug="trend", title="Trend", blocks=tuple(drawn), remark=remark)


def practice_deciles(page: NationView) -> Figure:
    """The decile band of all practices without a line of its own."""
    view, measure = page.view, page.measure
    when = months(view)
    found = peers.deciles(view.snapshot, measure)
    cuts = tuple(
        tuple(found[m].deciles[place // 10 - 1] if m in found else None for m in when)
        for place in charts.PERCENTILES
    )
    frame = standard.frame(
        page,
        "practice-deciles",
        f"{measure.label}: practices month by month",
        f"{measure.label}, all practices in England",
    )
    if not found:
        return Figure(frame, Absent("Too few practices are published for deciles.", "empty"))
    chart = charts.Deciles(
        periods=trends.axis(view, when), cuts=cuts, unit=measure.unit, median="Median practice"
    )
    return Figure(frame, chart)


@step("spread", "Spread")
def spread(page: NationView) -> Section:
    """How practices or PCNs are spread now and a year ago, and the deciles of both."""
    view, measure = page.view, page.measure
    plural = LEVEL_NAMES[page.among][1]
    found = national.spreads(
        view.snapshot, measure, page.among, (view.period, page.before), bins=22
    )
    by_month = {one.month: one for one in found}
    drawn: list[Block] = []
    for month, slug, when in ((view.period, "now", "now"), (page.before, "then", "a year before")):
        one = by_month.get(month)
        frame = standard.frame(
            page,
            f"spread-{slug}",
            f"{measure.label}: {plural} {when}",
            f"Number of {plural}, {view.label(month)}",
            coverage=_outside(one, LEVEL_NAMES[page.among]),
        )
        if one is None:
            words = f"Fewer than {national.FEWEST} {plural} have a value that month."
            drawn.append(Figure(frame, Absent(words, "empty")))
            continue
        bins = tuple(charts.Bin(b.low, b.high, b.organisations) for b in one.bins)
        you = standard.marked(page) if month == view.period else None
        chart = charts.Histogram(
            bins=bins,
            unit=measure.unit,
            measure=lower_first(measure.label),
            you=you,
            median=one.median,
            among=LEVEL_NAMES[page.among],
        )
        drawn.append(Figure(frame, chart))
    parts: list[Block] = [Beside(tuple(drawn))]
    if view.period in by_month:
        parts.append(_decile_table(page, by_month))
    return Section(slug="spread", title=f"How {plural} are spread", blocks=tuple(parts))


def _outside(spread: national.Spread | None, nouns: tuple[str, str]) -> str:
    if spread is None or not spread.outside:
        return ""
    verb = "is" if spread.outside == 1 else "are"
    return f"{fmt.plural(spread.outside, *nouns)} {verb} too far out to show."


def _decile_table(page: NationView, by_month: dict[date, national.Spread]) -> blocks.Table:
    measure = page.measure
    now, then = by_month[page.view.period], by_month.get(page.before)
    rows = tuple(
        (
            place,
            now.deciles[index],
            then.deciles[index] if then else None,
        )
        for index, place in enumerate(PLACES)
    )
    table = Table(
        f"Percentiles of {lower_first(measure.label)}",
        (
            Column("Percentile"),
            Column(page.view.when_short, measure.unit),
            Column(page.view.short(page.before), measure.unit),
        ),
        rows,
    )
    return plain_table(page, "deciles", table, gap_words(page, now, then))


def gap_words(page: NationView, now: national.Spread, then: national.Spread | None) -> str:
    """Whether the gap between the 10th and the 90th percentile is widening."""
    unit = page.measure.unit
    gap = now.deciles[8] - now.deciles[0]
    shown = fmt.points(gap) if unit == "percent" else fmt.value(gap, unit)
    words = f"The 10th and the 90th percentile are {shown} apart"
    if then is None:
        return words
    before = then.deciles[8] - then.deciles[0]
    shown_then = fmt.points(before) if unit == "percent" else fmt.value(before, unit)
    if shown == shown_then:
        return f"{words}, as they were a year before"
    return f"{words}; a year before, the gap was {shown_then}"


def area_dots(
    page: NationView, measure: Measure, *, slug: str, heading: str = "", level: Level | None = None
) -> Figure:
    """Areas sorted by a measure, or by its change where the measure is a size."""
    view = page.view
    level = level or page.level
    size = measure.is_size
    found = national.areas(view.snapshot, view.directory, measure, level, view.period)
    home = page.home
    dots = []
    for area in found:
        org = view.directory.at(level, area.code)
        if org is None:
            continue
        value = area.year.percent if size else area.now
        mine = home is not None and home.code == area.code
        dots.append(charts.Dot(short_name(org), value, mine=mine))
    now = england(page, measure)
    middle = now.value
    if size:
        middle = year(page, now).percent
    words = growth_unit(measure)
    name = AREAS[level]
    frame = standard.frame(
        page,
        f"areas-{slug}",
        heading or f"{words}, by area",
        f"{name}, {view.when}. {fmt.direction(measure.polarity).capitalize()}",
    )
    if not any(dot.value is not None for dot in dots):
        nothing = f"{words}: nothing to compare in {view.when}, or a year before."
        return Figure(frame, Absent(nothing, "empty"))
    unit = "percent" if size else measure.unit
    chart = charts.Dots(
        areas=tuple(dots),
        unit=unit,
        marker=view.org.name,
        marker_value=middle,
        what=LEVEL_NAMES[level][0],
    )
    return Figure(frame, chart)


@step("areas", "Areas")
def variation(page: NationView, columns: Sequence[Measure]) -> Section:
    """Areas on one scale, and side by side over several measures."""
    return Section(
        slug="areas",
        title=f"{AREAS[page.level]} side by side",
        blocks=(area_dots(page, page.measure, slug="dots"), area_table(page, columns)),
        remark="Sorted by value. Areas differ in age and need",
    )


def area_table(page: NationView, columns: Sequence[Measure]) -> blocks.Members:
    """Regions and ICBs (or the chosen areas) with the headline measures."""
    view = page.view
    levels: tuple[Level, ...] = ("region", "icb") if page.level == "icb" else (page.level,)
    orgs: list[Org] = []
    for level in levels:
        codes = [
            one.code
            for one in national.areas(view.snapshot, view.directory, columns[0], level, view.period)
        ]
        orgs += [org for code in codes if (org := view.directory.at(level, code))]
    grid = areas.together(view.snapshot, columns, orgs, month=view.period)
    changes = {
        area.code: area.year.size
        for level in levels
        for area in national.areas(view.snapshot, view.directory, columns[0], level, view.period)
    }
    home = page.home
    rows = [
        Member(
            code=org.code,
            name=short_name(org),
            values=(values[0], changes.get(org.code), *values[1:]),
            href=_tool_href(page, org),
            note="NHS region" if org.level == "region" and len(levels) > 1 else "",
            selected=home is not None and org.code == home.code,
        )
        for org, values in zip(orgs, grid, strict=True)
    ]
    rows.sort(key=lambda row: (row.values[0] is None, -(row.values[0] or 0)))
    heads = [Column(one.name, one.unit) for one in columns]
    points = columns[0].unit == "percent"
    heads.insert(1, Column("Change in a year", "points" if points else "percent"))
    title = "Regions and ICBs" if len(levels) > 1 else AREAS[page.level]
    frame = standard.frame(page, "areas-table", title, view.when)
    return blocks.Members(
        frame=frame, rows=tuple(rows), columns=tuple(heads), first="Area", remark="Kind"
    )


def _tool_href(page: NationView, org: Org) -> str:
    return links.page(page.view.tool.path, {"org": org.code})


def by_size(page: NationView) -> Step | None:
    """The measure for practices of each list size."""
    view = page.view
    if view.lists is None or view.lists is view.snapshot or page.measure.is_size:
        return None
    found = national.by_size(view.snapshot, view.lists, page.measure, view.period)
    if not any(band.practices for band in found):
        return None
    rows = tuple((_band_words(band), float(band.practices), band.value) for band in found)
    table = Table(
        f"{page.measure.label} by list size",
        (
            Column("Registered patients"),
            Column("Practices", "count"),
            Column(page.measure.label, page.measure.unit),
        ),
        rows,
    )
    said = f"Practices of each size taken together, {view.when}"

    def drawn() -> Section:
        block = plain_table(page, "by-size", table, said)
        return Section(slug="size", title="By list size", blocks=(block,))

    return Step("size", "By list size", drawn)


def _band_words(band: Band) -> str:
    """Under 5,000; 5,000 to 7,499; 15,000 and over."""
    if band.low == 0:
        return f"Under {fmt.value(band.high, 'count')}"
    if band.high == national.SIZE_BANDS[-1]:
        return f"{fmt.value(band.low, 'count')} and over"
    return f"{fmt.value(band.low, 'count')} to {fmt.value(band.high - 1, 'count')}"


@step("changed", "What changed")
def changed(page: NationView) -> Section:
    """What this version changed against the one before it."""
    manifest = page.view.snapshot.manifest
    before = revisions.previous(library().store, manifest)
    release = manifest.release
    published = f", published {fmt.full_date(release.published)}" if release.published else ""
    said = f"The newest release is {release.title}{published}. "
    older = holdings.restated(manifest)
    if older:
        months = page.view.between(older[0], older[-1])
        said += f"It also revises {months}."
    parts: list[Block] = [Remark(sentence(said.strip()))]
    if before is None:
        words = "No earlier version is kept here, so revisions cannot be shown yet."
        parts.append(Remark(sentence(words)))
    else:
        found = revisions.revisions(manifest, before, control=page.view.snapshot.dataset.control)
        parts.append(_revisions(page, found, before.version))
    return Section(slug="changed", title="What changed since the last version", blocks=tuple(parts))


REVISION_WORDS = {
    "new": "New",
    "revised": "Revised",
    "reissued": "Issued again, same total",
    "withdrawn": "Withdrawn",
}


def revision_rows(changes: Sequence[Revision]) -> tuple[tuple[Cell, ...], ...]:
    """Period, what happened, total before and now, change, practices before and now."""
    return tuple(
        (
            one.period,
            REVISION_WORDS[one.kind],
            one.before,
            one.now,
            one.percent,
            one.practices_before,
            one.practices_now,
        )
        for one in changes
    )


def revision_table(changes: Sequence[Revision], *, what: str, kind: PeriodKind) -> Table:
    return Table(
        "Periods that changed",
        (
            Column("Period", period=kind),
            Column("What happened"),
            Column(f"{what} before", "count"),
            Column(f"{what} now", "count"),
            Column("Change", "percent"),
            Column("Practices before", "count"),
            Column("Practices now", "count"),
        ),
        revision_rows(changes[:MOST_REVISIONS]),
    )


def _revisions(page: NationView, changes: Sequence[Revision], version: str) -> Block:
    if not changes:
        return Remark(sentence(f"Nothing differs from the version before it ({version})."))
    declared = page.view.snapshot.dataset
    what = declared.measure(declared.headline).label
    frame = standard.frame(page, "revisions", "Periods that changed", f"Against version {version}")
    return blocks.Table(frame, revision_table(changes, what=what, kind=page.view.kind))


def coverage(page: NationView) -> list[str]:
    """How many practices and patients the month covers, in sentences."""
    view = page.view
    record = view.snapshot.manifest.periods.get(view.period)
    found = []
    if record is not None:
        found.append(f"{view.when} holds {fmt.plural(record.practices, 'practice', 'practices')}.")
    covered = coverage_of(view.snapshot, view.directory, view.org, month=view.period)
    if covered is not None:
        found.append(covered.sentence("Figures"))
    return found


def notes(page: NationView) -> Step:
    """Coverage, caveats and where the figures come from; no lists of highest and lowest."""
    return dashboard_notes(page.view, *coverage(page))


def plain_table(page: NationView, slug: str, table: Table, subtitle: str) -> blocks.Table:
    """A small table in a figure's frame."""
    return blocks.Table(standard.frame(page, slug, table.caption, subtitle), table)
