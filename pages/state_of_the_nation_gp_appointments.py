"""State of the Nation: appointments in England, how practices are spread, and how areas differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import Input, Output, callback

from components import charts, url_state
from components.blocks import Absent, Figure, Section, Sentence
from components.kpi import Kpi
from components.markup import html
from components.speed.serialise import to_dash
from components.table import Column, Table
from data import format as fmt
from data import national, queries
from data.national import Band
from data.orgs import ENGLAND_ORG
from data.spec import Measure
from pages.catalogue import GP_APPOINTMENTS as TOOL
from pages.dashboard import breakdowns, cards, steps
from pages.dashboard.steps import Step, step
from pages.nation import sections as parts
from pages.nation import standard
from pages.nation.standard import Nation
from pages.particular import appointments

BODY = standard.body_id(TOOL)
MEASURES = (
    "per_1000",
    "dna_rate",
    "gp_share",
    "face_to_face",
    "same_day",
    "within_14_days",
    "acute_same_day",
    "routine_14_days",
    "mapping_problems",
    "per_working_day",
)
CARDS = (
    "appointments",
    "per_working_day",
    "per_1000",
    "dna_rate",
    "gp_share",
    "face_to_face",
    "same_day",
    "within_14_days",
)
COLUMNS = ("per_1000", "dna_rate", "gp_share", "face_to_face", "same_day", "within_14_days")


def measure(page: Nation, measure_id: str) -> Measure:
    return page.view.snapshot.dataset.measure(measure_id)


def said(page: Nation) -> Sequence[Sentence]:
    """England in sentences, each with its number."""
    return appointments.said(page.view, page.peers)


def headline(page: Nation) -> Sequence[Kpi]:
    return [cards.card(page.view, page.peers, measure(page, one)) for one in CARDS]


def shown(page: Nation) -> Sequence[Step | None]:
    return [
        parts.trend(page),
        parts.spread(page),
        parts.variation(page, [measure(page, one) for one in COLUMNS]),
        by_size(page),
        category_mix(page),
        quality(page),
        parts.changed(page),
        parts.notes(page),
    ]


def by_size(page: Nation) -> Step | None:
    """The measure for practices of each list size."""
    view = page.view
    if view.lists is None or standard.is_size(page.measure):
        return None
    found = national.by_size(view.snapshot, view.lists, page.measure, view.month)
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
    said = f"Sum over sum, {fmt.month(view.month)}"

    def drawn() -> Section:
        block = parts.plain_table(page, "by-size", table, said)
        return Section(slug="size", title="By list size", blocks=(block,))

    return Step("size", "By list size", drawn)


def _band_words(band: Band) -> str:
    """Under 5,000; 5,000 to 7,499; 15,000 and over."""
    if band.low == 0:
        return f"Under {fmt.value(band.high, 'count')}"
    if band.high == national.SIZE_BANDS[-1]:
        return f"{fmt.value(band.low, 'count')} and over"
    return f"{fmt.value(band.low, 'count')} to {fmt.value(band.high - 1, 'count')}"


@step("categories", "Categories")
def category_mix(page: Nation) -> Section:
    """The national categories, now and a year before."""
    view = page.view
    split = view.snapshot.dataset.breakdown("category")
    now = breakdowns.shares(view, split, view.org)
    then = queries.breakdown(view.snapshot, split, ENGLAND_ORG, month=page.before)
    frame = standard.frame(
        page,
        "categories",
        "What appointments were for",
        f"National category, % of appointments, {fmt.month(view.month)}; "
        f"line marks {fmt.month(page.before)}",
    )
    bars = tuple(
        charts.Bar(one.label, one.percent, old.percent, unknown=one.part in split.unknown)
        for one, old in zip(now, then, strict=True)
    )
    if all(bar.value is None for bar in bars):
        drawn = Figure(frame, Absent("No categories were published that month.", "empty"))
    else:
        chart = charts.Bars(
            bars=bars,
            name=fmt.month_short(view.month),
            marker=fmt.month_short(page.before),
            unit="percent",
        )
        drawn = Figure(frame, chart)
    return Section(slug="categories", title="Category mix", blocks=(drawn,))


@step("quality", "Mapping quality")
def quality(page: Nation) -> Section:
    """Unmapped and inconsistent appointments by area: how far category figures can be trusted."""
    one = measure(page, "mapping_problems")
    drawn = parts.area_dots(page, one, slug="quality", heading="Mapping quality differs by area")
    return Section(
        slug="quality",
        title="Mapping quality",
        blocks=(drawn,),
        remark="Category figures leave these out",
    )


CONTENTS = standard.Contents(
    tool=TOOL, measures=MEASURES, said=said, headline=headline, sections=shown
)


def layout(**values: str | None) -> dict[str, Any]:
    return to_dash(html.Div(standard.page(CONTENTS, values), id=BODY))


@callback(Output(BODY, "children"), Input(url_state.LOCATION, "search"), prevent_initial_call=True)
def refresh(search: str | None) -> dict[str, Any]:
    return to_dash(standard.page(CONTENTS, url_state.parse(search)))


@callback(
    Output(steps.place(BODY), "children"),
    Input(steps.asking(BODY), "data"),
    prevent_initial_call=True,
)
def later(data: object) -> list[dict[str, Any]]:
    return to_dash(standard.later(CONTENTS, data))


dash.register_page(
    __name__,
    path=TOOL.nation_path,
    title=f"{standard.TITLE}: {TOOL.title} | Haresign",
    layout=layout,
)
