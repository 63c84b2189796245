"""State of the Nation: appointments in England, how practices are spread, and how areas differ."""

from __future__ import annotations

from components import charts
from components.blocks import Absent, Figure, Section
from data.questions import queries
from data.versions.orgs import ENGLAND_ORG
from pages.dashboard import breakdowns
from pages.dashboard.nation_view import NationView
from pages.dashboard.steps import step
from pages.nation import sections as parts
from pages.nation import standard


@step("categories", "Categories")
def category_mix(page: NationView) -> Section:
    """The national categories, now and a year before."""
    view = page.view
    split = view.snapshot.dataset.breakdown("category")
    now = breakdowns.shares(view, split, view.org)
    then = queries.breakdown(view.snapshot, split, ENGLAND_ORG, month=page.before)
    frame = standard.frame(
        page,
        "categories",
        "What appointments were for",
        f"National category, % of appointments, {view.when}; "
        f"line marks {page.view.label(page.before)}",
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
            name=view.when_short,
            marker=page.view.short(page.before),
            unit="percent",
        )
        drawn = Figure(frame, chart)
    return Section(slug="categories", title="Category mix", blocks=(drawn,))


@step("quality", "Mapping quality")
def quality(page: NationView) -> Section:
    """Unmapped and inconsistent appointments by area: how far category figures can be trusted."""
    one = page.view.snapshot.dataset.measure("mapping_problems")
    drawn = parts.area_dots(page, one, slug="quality", heading="Mapping quality differs by area")
    return Section(
        slug="quality",
        title="Mapping quality",
        blocks=(drawn,),
        remark="Category figures leave these out",
    )
