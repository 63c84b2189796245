"""What is particular to list sizes: growth, sentences, cards, pyramid and landscapes."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components import charts, shell
from components import format as fmt
from components.explain import Working, explain
from components.figure import draw, empty, not_published
from components.kpi import Kpi
from components.table import Column
from data import landscape, queries
from data.datasets.list_sizes import QUINARY_BANDS, band_label, band_part
from data.orgs import Org
from data.queries import Change, Figure
from data.spec import Measure
from pages.support import breakdowns, cards, figures, members, peers, sentences, trends
from pages.support.context import View, href
from pages.support.dashboard import Section
from pages.support.members import Extra
from pages.support.peers import Peers
from pages.support.sentences import Sentence
from pages.support.words import brief, short_name

SHARES = ("aged_65_and_over", "aged_75_and_over", "aged_85_and_over", "under_18")
RATIOS = ("dependency_ratio", "old_age_ratio")
MEASURES = (
    ("Age", SHARES),
    ("For every 100 people of working age", RATIOS),
    ("Practices", ("mean_list",)),
)
CHANGES = ((1, "a month"), (12, "a year"), (60, "five years"))
MEMBER_COLUMNS = (
    "registered_patients",
    "aged_65_and_over",
    "aged_85_and_over",
    "under_18",
    "dependency_ratio",
)
AGES: breakdowns.Grouping = tuple(
    (
        label,
        tuple(
            band_part(sex, band)
            for sex in ("m", "f")
            for band in QUINARY_BANDS
            if low <= int(band.rstrip("+").split("_")[0]) < high
        ),
    )
    for label, low, high in (
        ("0 to 14", 0, 15),
        ("15 to 44", 15, 45),
        ("45 to 64", 45, 65),
        ("65 to 74", 65, 75),
        ("75 to 84", 75, 85),
        ("85 and over", 85, 999),
    )
)


def measure(view: View, measure_id: str) -> Measure:
    return view.snapshot.dataset.measure(measure_id)


def grouped_measures(view: View) -> list[tuple[str, list[Measure]]]:
    return [(heading, [measure(view, one) for one in ids]) for heading, ids in MEASURES]


def registered(view: View) -> Figure:
    return peers.figure(view, measure(view, "registered_patients"))


def changes(view: View, now: Figure) -> list[tuple[str, Change]]:
    return [
        (
            words,
            queries.change(view.snapshot, now, months=months, membership=view.membership),
        )
        for months, words in CHANGES
    ]


def said(view: View, group: Peers) -> list[Sentence]:
    """The summary, from the same figures as the cards."""
    now = registered(view)
    moved = changes(view, now)
    old = peers.figure(view, measure(view, "aged_65_and_over"))
    value = None if view.org.level == "england" else peers.benchmark(view, group, old.measure)
    return [
        sentences.list_size(now, name=short_name(view.org)),
        sentences.growth(moved),
        sentences.jump(moved[0][1]),
        sentences.share(
            old, peers.position(view, group, old), group.among,
            what="Aged 65 and over:",
            benchmark=sentences.against(old, value, figures.benchmark_name(group)),
        ),
    ]  # fmt: skip


def headline(view: View, group: Peers) -> list[Kpi]:
    """The list, its change over three spans, and its age."""
    now = registered(view)
    found = [cards.card(view, group, now.measure, extra=("On the first day of the month",))]
    found += [_change_card(view, words, change, now) for words, change in changes(view, now)]
    found += [cards.card(view, group, measure(view, one)) for one in (*SHARES, *RATIOS)]
    if view.org.level != "practice":
        found.append(cards.card(view, group, measure(view, "mean_list")))
    return found


def _change_card(view: View, over: str, change: Change, now: Figure) -> Kpi:
    """A change in patients, its percentage beside it."""
    earlier = change.earlier
    then = fmt.month_short(earlier.period)
    percent = fmt.decimal(abs(change.percent), 1) + "%" if change.percent is not None else ""
    word = "more" if (change.absolute or 0) >= 0 else "fewer"
    context = (f"{percent} {word} than {then}", f"{then}: {fmt.value(earlier.value, 'count')}")
    return Kpi(
        label=f"Change over {over}",
        value=change.absolute,
        unit="count",
        context=context if percent else (),
        missing=f"{fmt.month_short(earlier.period)} is not loaded or has no list",
        explain=explain(_change_working(view, over, change, now), label="Explain"),
    )


def _change_working(view: View, over: str, change: Change, now: Figure) -> Working:
    """The subtraction, with both counts and the files of the later month."""
    base = figures.working(view, now)
    earlier = change.earlier
    return Working(
        measure=f"Change over {over}",
        value=change.absolute,
        unit="count",
        formula=(
            f"Registered patients in {fmt.month(now.period)} less those in "
            f"{fmt.month(earlier.period)}"
        ),
        numerator=now.value,
        numerator_label=f"Registered patients, {fmt.month(now.period)}",
        denominator=None,
        denominator_label="",
        filters=(
            f"{base.filters}; {fmt.month(earlier.period)}: {fmt.value(earlier.value, 'count')}"
        ),
        release_title=base.release_title,
        release_url=base.release_url,
        files=base.files,
        version=base.version,
        checks=base.checks,
        caveats=base.caveats,
        citation=base.citation,
        api_call=base.api_call,
    )


def growth_lines(view: View) -> Component:
    """Change on a year earlier, month by month, for the organisation and the areas shown."""
    when = trends.months(view)
    name = short_name(view.org)
    lines = [charts.Series(brief(view.org), "you", _yearly(view, when, view.org))]
    for area in view.comparators[-3:]:
        lines.append(charts.Series(brief(area), peers.role(area), _yearly(view, when, area)))
    now = registered(view)
    change = cards.year_change(view, now)
    title = "Growth over a year"
    if change.percent is not None:
        word = "more" if change.percent >= 0 else "fewer"
        title = f"{fmt.decimal(abs(change.percent), 1)}% {word} patients than a year before"
    frame = figures.frame(
        view, "trend-growth", title, f"Registered patients, % change on a year earlier, {name}"
    )
    if not any(value is not None for value in lines[0].values):
        words = f"There is no month of {name} with a list both then and a year earlier."
        return empty(frame, words, height=charts.HEIGHT)
    chart = charts.lines(when, lines, unit="percent", axis="fit")
    return draw(frame, chart, explain=explain(_change_working(view, "a year", change, now)))


def _yearly(view: View, when: Sequence, org: Org) -> tuple[float | None, ...]:
    one = measure(view, "registered_patients")
    now = trends.series(view, one, when, org)
    before = trends.series(view, one, [queries.months_before(m, 12) for m in when], org)
    return tuple(
        100 * (a.value / b.value - 1) if a and b and a.value is not None and b.value else None
        for a, b in zip(now, before, strict=True)
    )


def _band_shares(view: View, org: Org) -> dict[str, float | None]:
    """Each sex and band as % of all patients; None in months without an age file."""
    parts = view.snapshot.parts_at(
        org.level, org.code, month=view.month, membership=view.membership
    )
    bands = {
        band_part(sex, band): parts.get(band_part(sex, band))
        for sex in ("m", "f")
        for band in QUINARY_BANDS
    }
    known = [count for count in bands.values() if count is not None]
    total = sum(known) if len(known) == len(bands) else 0
    return {
        part: 100 * count / total if total and count is not None else None
        for part, count in bands.items()
    }


def pyramid(view: View, against: Org) -> Component:
    """Age and sex, with the benchmark as an outline."""
    name, marker = short_name(view.org), short_name(against)
    own, theirs = _band_shares(view, view.org), _band_shares(view, against)
    over_65 = peers.figure(view, measure(view, "aged_65_and_over"))
    title = "Age and sex"
    if over_65.value is not None:
        title = f"{fmt.value(over_65.value, 'percent')} of patients are 65 or over"
    frame = figures.frame(
        view, "pyramid", title,
        f"Five-year bands, % of registered patients, {name}; lines mark {marker}",
    )  # fmt: skip
    if all(value is None for value in own.values()):
        return not_published(
            frame, f"The age file of {fmt.month(view.month)} is not loaded for {name}."
        )
    same = against.code == view.org.code
    ages = [
        charts.Age(
            band_label(band),
            own[band_part("m", band)],
            own[band_part("f", band)],
            None if same else theirs[band_part("m", band)],
            None if same else theirs[band_part("f", band)],
        )
        for band in QUINARY_BANDS
    ]
    chart = charts.pyramid(ages, name=brief(view.org), marker=brief(against))
    return draw(frame, chart, explain=explain(figures.working(view, over_65)))


def age_bars(view: View) -> Component:
    """Six age groups for every organisation shown; counts are in the table of the download."""
    name = short_name(view.org)
    over = peers.figure(view, measure(view, "dependency_ratio"))
    rows = []
    for org in breakdowns.shown_orgs(view):
        by_part = _band_shares(view, org)
        totals: list[float | None] = []
        for _, parts in AGES:
            known = [by_part[part] for part in parts]
            present = [one for one in known if one is not None]
            totals.append(sum(present) if len(present) == len(known) else None)
        rows.append(charts.Row(brief(org), tuple(totals), you=org is view.org))
    title = "Age groups"
    if over.value is not None:
        title = f"{fmt.value(over.value, 'per_100')} aged under 15 or over 64 for every 100 others"
    frame = figures.frame(view, "ages", title, "Age groups, % of registered patients")
    if all(share is None for share in rows[0].shares):
        return not_published(
            frame, f"The age file of {fmt.month(view.month)} is not loaded for {name}."
        )
    chart = charts.stack(
        rows, [label for label, _ in AGES], what="registered patients", ordered=True
    )
    return draw(frame, chart, explain=explain(figures.working(view, over)))


def growth_spread(view: View) -> Component:
    """How practices' lists changed over a year, with the view's own change marked."""
    one = measure(view, "registered_patients")
    bins, median, beyond = landscape.growths(view.snapshot, one, "practice", view.month, 12)
    now = registered(view)
    change = cards.year_change(view, now)
    title = "How lists changed over the year"
    if median is not None:
        word = "growth" if median >= 0 else "change"
        title = f"Half of practices had {word} above {fmt.value(median, 'percent')} in the year"
    outside = f"; {fmt.plural(beyond, 'practice', 'practices')} beyond 10%" if beyond else ""
    frame = figures.frame(
        view, "growth-spread", title,
        f"Number of practices in England by change in registered patients over 12 months{outside}",
    )  # fmt: skip
    if not bins:
        before = fmt.month(queries.months_before(view.month, 12))
        return empty(frame, f"The lists of {before} are not loaded, so growth is not known.")
    inside = change.percent is not None and bins[0].low <= change.percent < bins[-1].high
    you = (brief(view.org), change.percent) if inside and change.percent is not None else None
    chart = charts.histogram(
        [charts.Bin(b.low, b.high, b.organisations) for b in bins],
        unit="percent", measure="change over 12 months", you=you, median=median,
    )  # fmt: skip
    return draw(frame, chart, explain=explain(_change_working(view, "a year", change, now)))


def local_area(view: View) -> Org | None:
    """Whose practices make the local landscape: the sub-ICB of a practice or PCN, else the area."""
    if view.org.level in ("practice", "pcn"):
        found = [area for area in view.areas if area.level in ("sub_icb", "icb")]
        return found[0] if found else None
    return view.org if view.org.level in ("sub_icb", "icb") else None


def growth_by_code(view: View, orgs: Sequence[Org]) -> dict[str, float | None]:
    """Change over 12 months in % of each organisation."""
    found: dict[str, float | None] = {}
    one = measure(view, "registered_patients")
    for level in {org.level for org in orgs}:
        values = landscape.growth(view.snapshot, one, level, view.month, 12)
        at = queries.places(view.snapshot, level)
        found |= {
            org.code: queries.optional(values[at[org.code]])
            for org in orgs
            if org.level == level and org.code in at
        }
    return found


def local(view: View) -> Component | None:
    """Size and growth of the practices nearby."""
    area = local_area(view)
    if area is None:
        return None
    orgs = queries.members(
        view.snapshot, view.directory, area, month=view.month, membership=view.membership
    )
    growth = growth_by_code(view, orgs)
    one = measure(view, "registered_patients")
    values = view.snapshot.values(one, [(org.level, org.code) for org in orgs], month=view.month)
    sizes = [queries.optional(value) for value in values]
    places = [
        charts.Place(short_name(org), size, growth.get(org.code), you=org.code == view.org.code)
        for org, size in zip(orgs, sizes, strict=True)
    ]
    frame = figures.frame(
        view, "local", f"Size and growth of practices in {short_name(area)}",
        "Registered patients across, % change over 12 months up; each dot is a practice",
    )  # fmt: skip
    if not any(place.x is not None and place.y is not None for place in places):
        before = fmt.month(queries.months_before(view.month, 12))
        return empty(frame, f"The lists of {before} are not loaded, so growth is not known.")
    chart = charts.landscape(
        places, x_label="Registered patients", x_unit="count",
        y_label="Change over 12 months", y_unit="percent",
    )  # fmt: skip
    return draw(frame, chart, explain=explain(figures.working(view, registered(view))))


def comings_and_goings(view: View) -> Component | None:
    """Practices that joined, left, opened or closed in the local area within the year."""
    area = local_area(view)
    before = queries.months_before(view.month, 12)
    if area is None or before not in view.snapshot.months:
        return None
    then = set(view.snapshot.practices_in(area.level, area.code, before))
    now = set(view.snapshot.practices_in(area.level, area.code, view.month))
    joined = [_moved(view, code, "joined") for code in sorted(now - then)]
    left = [_moved(view, code, "left") for code in sorted(then - now)]
    words = (
        f"Practices that joined or left {short_name(area)} between {fmt.month(before)} and "
        f"{fmt.month(view.month)}"
    )
    body: Component = html.Ul([html.Li(one) for one in (*joined, *left)])
    if not joined and not left:
        body = html.P("None did.")
    return html.Div([html.H3(words), body], className="panel")


def _moved(view: View, code: str, verb: str) -> Component:
    org = view.directory.at("practice", code)
    name = org.label if org else code
    detail = verb
    if org and verb == "left" and org.closed:
        detail = f"closed on {fmt.full_date(org.closed)}"
    if org and verb == "joined" and org.first_month and org.first_month > view.snapshot.months[0]:
        appeared = fmt.month(org.first_month)
        detail = f"joined; first list in {appeared}"
    return html.Span([dcc.Link(name, href=href(view, org=code)), f": {detail}"])


def breakdown(view: View, group: Peers) -> Section:
    """Age and sex against the benchmark, and age groups against every area shown."""
    england = view.directory.at("england", "ENG") or view.org
    against = group.area or england
    content = shell.section(
        "breakdown",
        "Age and sex",
        shell.side_by_side(pyramid(view, against), age_bars(view)),
        remark=fmt.month(view.month),
    )
    return Section("breakdown", "Age and sex", content)


def landscapes(view: View, spread: Component | None) -> Section:
    """National: sizes and growth of all practices. Local: the practices nearby."""
    national = [part for part in (spread, growth_spread(view)) if part is not None]
    content = shell.section(
        "landscape",
        "Landscape",
        shell.side_by_side(*national),
        local(view),
        comings_and_goings(view),
        remark=fmt.month(view.month),
    )
    return Section("landscape", "Landscape", content)


def member_section(view: View) -> Section | None:
    """Member organisations with their growth beside their size."""
    parent = members.parent_for_members(view)
    if parent is None:
        return None
    orgs, _ = members.member_orgs(view, parent)
    growth = Extra(Column("Change over 12 months, %", "percent"), growth_by_code(view, orgs))
    columns = [measure(view, one) for one in MEMBER_COLUMNS]
    return members.members(view, columns, extra=growth)
