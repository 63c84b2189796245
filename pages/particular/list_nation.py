"""State of the Nation: registered patients in England, sizes and growth of lists, and areas."""

from __future__ import annotations

from collections.abc import Sequence

from components import blocks, charts
from components.blocks import (
    Absent,
    Beside,
    Block,
    Figure,
    Remark,
    Section,
    Sentence,
    Words,
    sentence,
)
from components.kpi import Kpi
from components.table import Cell, Column, Table
from data import format as fmt
from data.questions import national
from data.questions.national import Flow
from data.spec import Measure
from pages.dashboard import cards
from pages.dashboard.nation_view import NationView
from pages.dashboard.steps import step
from pages.nation import sections as parts
from pages.nation import standard
from pages.particular import list_landscape, list_sizes

MOST_FLOWS = 60


def measure(page: NationView, measure_id: str) -> Measure:
    return page.view.snapshot.dataset.measure(measure_id)


def summary(page: NationView) -> Sequence[Sentence]:
    """England in sentences, each with its number."""
    opened, closed = national.flows(page.view.snapshot, page.view.period, page.before)
    found = list_sizes.summary(page.view, page.peers)
    if page.before in page.view.snapshot.months:
        found.append(
            (
                Words(f"Since {page.view.label(page.before)} "),
                Words(fmt.plural(len(opened), "practice", "practices"), strong=True),
                Words(" started a list and "),
                Words(fmt.plural(len(closed), "practice", "practices"), strong=True),
                Words(" ended theirs, by closing or merging."),
            )
        )
    return found


def patients(page: NationView) -> Kpi:
    return cards.card(page.view, page.peers, list_sizes.registered(page.view).measure)


def yearly_growth(page: NationView) -> Kpi:
    year = cards.year_change(page.view, list_sizes.registered(page.view))
    return Kpi(
        label="Growth over 12 months",
        value=year.percent,
        unit="percent",
        change=f"since {page.view.label(page.before)}",
        missing=fmt.sentence_case(year.why),
    )


def practices(page: NationView) -> Kpi:
    """How many practices have a list, now and a year ago."""
    held = page.view.snapshot.manifest.periods
    now, then = held.get(page.view.period), held.get(page.before)
    earlier = page.view.short(page.before)
    return Kpi(
        label="Practices",
        value=now.practices if now else None,
        unit="count",
        change=f"{fmt.value(then.practices, 'count')} in {earlier}" if then else "",
    )


@step("growth", "Size and growth")
def growth(page: NationView) -> Section:
    """How many practices are how large, and how lists grew: histograms and deciles."""
    view = page.view
    registered = measure(page, "registered_patients")
    drawn: list[Block] = [list_landscape.growth_spread(view)]
    if page.measure.id != registered.id:
        drawn.insert(0, _sizes(page, registered))
    cuts = national.growth_deciles(view.snapshot, registered, "practice", view.period, 12)
    if cuts:
        table = Table(
            "Growth of lists, percentiles of practices",
            (Column("Percentile"), Column("Change over 12 months", "percent")),
            tuple(zip(parts.PLACES, cuts, strict=True)),
        )
        subtitle = f"{page.view.label(page.before)} to {view.when}"
        drawn.append(parts.plain_table(page, "growth-deciles", table, subtitle))
    return Section(slug="growth", title="Size and growth of lists", blocks=(Beside(tuple(drawn)),))


def _sizes(page: NationView, registered: Measure) -> Figure:
    frame = standard.frame(
        page,
        "sizes",
        "How large practices are",
        f"Number of practices, {page.view.when}",
    )
    found = national.spreads(page.view.snapshot, registered, "practice", (page.view.period,))
    if not found:
        return Figure(frame, Absent("Too few practices have a list that month.", "empty"))
    one = found[0]
    chart = charts.Histogram(
        bins=tuple(charts.Bin(b.low, b.high, b.organisations) for b in one.bins),
        unit="count",
        measure="registered patients",
        median=one.median,
    )
    return Figure(frame, chart)


@step("flows", "Openings and closures")
def flows(page: NationView) -> Section:
    """Practices whose list began or ended within the year."""
    view = page.view
    if page.before not in view.snapshot.months:
        words = (
            f"{page.view.label(page.before)} is not loaded, so openings and closures are not known."
        )
        return Section(
            slug="flows", title="Openings and closures", blocks=(Remark(sentence(words)),)
        )
    opened, closed = national.flows(view.snapshot, view.period, page.before)
    tables = (
        _flow_table(page, "closed", closed, f"Patients in {page.view.short(page.before)}"),
        _flow_table(page, "opened", opened, f"Patients in {view.when_short}"),
    )
    return Section(
        slug="flows",
        title="Openings and closures in the year",
        blocks=(Beside(tables),),
        remark="A merger closes one code and enlarges another list",
    )


def _flow_table(page: NationView, slug: str, flows: Sequence[Flow], patients: str) -> blocks.Table:
    verb = "no longer has a list" if slug == "closed" else "has a new list"
    plural = "no longer have a list" if slug == "closed" else "have a new list"
    count = fmt.plural(len(flows), f"practice {verb}", f"practices {plural}")
    rows: list[tuple[Cell, ...]] = []
    for flow in flows[:MOST_FLOWS]:
        org = page.view.directory.at("practice", flow.code)
        home = page.view.snapshot.home(flow.code)
        area = page.view.directory.at("icb", home.get("icb", ""))
        rows.append((org.label if org else flow.code, area.name if area else "", flow.patients))
    table = Table(
        count, (Column("Practice"), Column("ICB"), Column(patients, "count")), tuple(rows)
    )
    more = len(flows) - MOST_FLOWS
    subtitle = f"Largest first; {more} more are not listed" if more > 0 else "Largest first"
    return parts.plain_table(page, f"flows-{slug}", table, subtitle if rows else "None")
