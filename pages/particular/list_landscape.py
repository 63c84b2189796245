"""Sizes and growth of lists: all practices of England, and the practices nearby."""

from __future__ import annotations

from components import charts
from components.blocks import (
    Absent,
    Beside,
    Block,
    Figure,
    Fold,
    Listing,
    Section,
    Sentence,
    Words,
    sentence,
)
from data import format as fmt
from data.questions import areas, landscape, queries
from data.questions.peers import Peers
from data.versions.orgs import Org
from pages.dashboard import cards, figures
from pages.dashboard.context import View, href
from pages.dashboard.sections.comparison import distribution
from pages.dashboard.steps import step
from pages.dashboard.words import brief, short_name
from pages.particular.list_sizes import change_working, growth_by_code, measure, registered


def growth_spread(view: View) -> Figure:
    """How practices' lists changed over a year, with the view's own change marked."""
    one = measure(view, "registered_patients")
    bins, median, beyond = landscape.growths(view.snapshot, one, "practice", view.period, 12)
    now = registered(view)
    year = cards.year_change(view, now)
    title = "How lists changed over the year"
    if median is not None:
        word = "growth" if median >= 0 else "change"
        title = f"Half of practices had {word} above {fmt.value(median, 'percent')} in the year"
    outside = ""
    if beyond:
        outside = f"; {fmt.plural(beyond, 'practice', 'practices')} changed by more than 10%"
    frame = figures.frame(
        view,
        "growth-spread",
        title,
        f"Number of practices in England by change in registered patients over 12 months{outside}",
    )
    if not bins:
        before = fmt.month(queries.months_before(view.period, 12))
        words = f"The lists of {before} are not loaded, so growth is not known."
        return Figure(frame, Absent(words, "not_held"))
    inside = year.percent is not None and bins[0].low <= year.percent < bins[-1].high
    you = (brief(view.org), year.percent) if inside and year.percent is not None else None
    chart = charts.Histogram(
        bins=tuple(charts.Bin(b.low, b.high, b.organisations) for b in bins),
        unit="percent",
        measure="change over 12 months",
        you=you,
        median=median,
    )
    return Figure(frame, chart, change_working(view, "a year", year, now))


def local_area(view: View) -> Org | None:
    """Whose practices make the local landscape: the sub-ICB of a practice or PCN, else the area."""
    if view.org.level in ("practice", "pcn"):
        found = [area for area in view.areas if area.level in ("sub_icb", "icb")]
        return found[0] if found else None
    return view.org if view.org.level in ("sub_icb", "icb") else None


def local(view: View) -> Figure | None:
    """Size and growth of the practices nearby."""
    area = local_area(view)
    if area is None:
        return None
    orgs = queries.members(
        view.snapshot, view.directory, area, month=view.period, membership=view.membership
    )
    growth = growth_by_code(view, orgs)
    one = measure(view, "registered_patients")
    found = areas.together(view.snapshot, [one], orgs, month=view.period)
    places = tuple(
        charts.Place(short_name(org), size, growth.get(org.code), you=org.code == view.org.code)
        for org, (size,) in zip(orgs, found, strict=True)
    )
    frame = figures.frame(
        view,
        "local",
        f"Size and growth of practices in {short_name(area)}",
        "Left to right: registered patients. Bottom to top: % change over 12 months. "
        "Each dot is a practice",
    )
    if not any(place.x is not None and place.y is not None for place in places):
        before = fmt.month(queries.months_before(view.period, 12))
        words = f"The lists of {before} are not loaded, so growth is not known."
        return Figure(frame, Absent(words, "not_held"))
    chart = charts.Scatter(
        places=places,
        x_label="Registered patients",
        x_unit="count",
        y_label="Change over 12 months",
        y_unit="percent",
    )
    return Figure(frame, chart, figures.working(view, registered(view)))


def comings_and_goings(view: View) -> Listing | None:
    """Practices that joined, left, opened or closed in the local area within the year."""
    area = local_area(view)
    before = queries.months_before(view.period, 12)
    if area is None or before not in view.snapshot.months:
        return None
    then = set(view.snapshot.practices_in(area.level, area.code, before))
    now = set(view.snapshot.practices_in(area.level, area.code, view.period))
    joined = [_moved(view, code, "joined") for code in sorted(now - then)]
    left = [_moved(view, code, "left") for code in sorted(then - now)]
    words = (
        f"Practices that joined or left {short_name(area)} between {fmt.month(before)} and "
        f"{view.when}"
    )
    return Listing(words, (*joined, *left), nothing="None did.")


def _moved(view: View, code: str, verb: str) -> Sentence:
    org = view.directory.at("practice", code)
    name = org.label if org else code
    detail = verb
    if org and verb == "left" and org.closed:
        detail = f"closed on {fmt.full_date(org.closed)}"
    if org and verb == "joined" and org.first_month and org.first_month > view.snapshot.months[0]:
        appeared = fmt.month(org.first_month)
        detail = f"joined; first list in {appeared}"
    return sentence(Words(name, href=href(view, org=code)), f": {detail}")


@step("landscape", "Landscape")
def landscapes(view: View, group: Peers) -> Section:
    """National: sizes and growth of all practices. Local: the practices nearby."""
    spread = distribution(view, group, measure(view, "registered_patients"))
    national = [part for part in (spread, growth_spread(view)) if part is not None]
    nearby: list[Block | None] = [local(view), comings_and_goings(view)]
    return Section(
        slug="landscape",
        title="Landscape",
        blocks=(
            Beside(tuple(national)),
            Fold("Practices nearby", tuple(block for block in nearby if block is not None)),
        ),
        remark=view.when,
    )
