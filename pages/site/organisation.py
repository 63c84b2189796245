"""`/organisations/<code>/`: a permanent page for any organisation, drawn here without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, current_app, redirect, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from components import charts
from components.charts import svg
from components.url_state import build
from data import format as fmt
from data import periods
from data.provenance import Source
from data.questions import areas, provenance, queries, workings
from data.questions.change import change
from data.questions.coverage import named
from data.questions.rows import OF_THE_PUBLISHER
from data.settings import Settings
from data.spec import LEVEL_NAMES, LEVELS, Level, Measure
from data.versions.db import library
from data.versions.orgs import ENGLAND_ORG, Org, Organisations
from data.versions.snapshot import Snapshot
from pages.catalogue import Tool
from pages.dashboard import registry, steps, words
from pages.dashboard.context import LISTS
from pages.dashboard.words import short_name
from pages.site.search import organisation_path

BLUEPRINT = Blueprint("organisation", __name__, template_folder="../templates")
MONTHS = 36  # of a trend, at most
HEIGHT = 232  # px of its picture
BELOW: dict[Level, tuple[Level, ...]] = {
    "practice": (),
    "pcn": ("practice",),
    "sub_icb": ("practice",),
    "icb": ("sub_icb", "pcn"),
    "region": ("icb",),
    "england": ("region",),
}


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure of the organisation over its months, as picture, table and sentence."""

    title: str
    subtitle: str
    picture: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    source: Source
    href: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the page, with a remark."""

    label: str
    href: str
    remark: str = ""


@BLUEPRINT.get("/organisations/<code>")
@BLUEPRINT.get("/organisations/<code>/")
def organisation(code: str) -> Answer:
    """The page of an organisation; other spellings of its code lead to it."""
    prefix: str = _settings().prefix
    directory = library().directory()
    org = directory.get(code)
    if org is None:
        return _unknown(code, directory, prefix)
    address = f"{prefix}{organisation_path(org.code)}"
    if code != org.code:
        return redirect(address, code=301)
    trends = [
        found
        for tool in registry.dashboards()
        if (snapshot := library().current(tool.dataset))
        and (found := trend(tool, snapshot, snapshot.dataset.measure(tool.measure), org, prefix))
    ]
    body = render_template(
        "organisation.html",
        title=org.label,
        home=f"{prefix}/",
        org=org,
        kind=LEVEL_NAMES[org.level][0],
        where=", ".join(part for part in (org.address, org.town, org.postcode) if part),
        remarks=remarks(org, directory),
        trends=trends,
        tools=[
            _tool_link(tool, org, prefix)
            for tool in registry.tools()
            if tool.built and tool.kind != "Service"
        ],
        nation=[
            Link(tool.title, f"{prefix}{tool.nation_path}?org={org.code}")
            for tool in registry.dashboards()
        ],
        api=_api_links(org, prefix),
        coming=", ".join(
            tool.title for tool in registry.tools() if not tool.built and org.level in tool.levels
        ),
        parents=[_org_link(one, prefix) for one in _parents(org, directory)],
        trail=[
            Link(short_name(one), f"{prefix}{organisation_path(one.code)}")
            for one in reversed(_parents(org, directory))
        ],
        groups=_members(org, directory, prefix),
    )
    steps.drawn_from_data()
    return _html(body, 200)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _html(body: str, status: int) -> Response:
    response = Response(body, status=status, content_type="text/html; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = 300
    return response


def _unknown(code: str, directory: Organisations, prefix: str) -> Response:
    near = directory.nearest_codes(code) if len(code) <= 12 else []
    body = render_template(
        "organisation_unknown.html",
        title="Not found",
        home=f"{prefix}/",
        code=code[:40],
        near=[_org_link(org, prefix) for org in near],
    )
    return _html(body, 404)


def _org_link(org: Org, prefix: str) -> Link:
    label = org.name if org.level == "england" else org.label
    return Link(label, f"{prefix}{organisation_path(org.code)}", LEVEL_NAMES[org.level][0])


def _tool_link(tool: Tool, org: Org, prefix: str) -> Link:
    return Link(tool.title, f"{prefix}{tool.path}{build({'org': org.code})}", tool.question)


def _api_links(org: Org, prefix: str) -> list[Link]:
    """Requests that return the organisation's own rows."""
    found = []
    for tool in registry.dashboards():
        snapshot = library().current(tool.dataset)
        if snapshot is None or tool.dataset in OF_THE_PUBLISHER:
            continue
        if org.level not in snapshot.dataset.levels:
            continue
        asked = workings.rows_of(snapshot.dataset, org, snapshot.latest)
        address = f"/api/v1/{tool.dataset}/{build(asked)}"
        found.append(Link(f"GET {address}", f"{prefix}{address}"))
    return found


def _parents(org: Org, directory: Organisations) -> list[Org]:
    above = LEVELS.index(org.level)
    return [one for one in directory.parents(org) if LEVELS.index(one.level) > above]


def _members(org: Org, directory: Organisations, prefix: str) -> list[tuple[str, list[Link]]]:
    """The organisations just below, level by level, of the newest month."""
    lists = library().current(LISTS) or library().current("gp-appointments")
    if lists is None:
        return []
    found = []
    for level in BELOW[org.level]:
        if level == "practice":
            inside = list(queries.members(lists, directory, org, month=lists.latest))
        else:
            inside = [
                one
                for one in directory.all(level)
                if lists.published_in(level, one.code, lists.latest)
                and (org.level == "england" or getattr(one, org.level) == org.code)
            ]
        if inside:
            heading = LEVEL_NAMES[level][1 if len(inside) > 1 else 0]
            found.append((f"{len(inside)} {heading}", [_org_link(one, prefix) for one in inside]))
    return found


def remarks(org: Org, directory: Organisations) -> list[str]:
    """Closures, replaced codes and practices outside networks, in sentences."""
    found = [f"Published earlier as {' and '.join(org.former)}."] if org.former else []
    if org.level == "practice":
        if org.closed:
            found.append(f"This practice closed on {fmt.full_date(org.closed)}.")
        elif org.status != "active":
            found.append(f"This practice is {org.status}.")
        if org.successors:
            named = [directory.at("practice", code) for code in org.successors]
            labels = [one.label for one in named if one]
            found.append(f"Its successor is {' and '.join(labels)}.")
        if not org.pcn:
            found.append("This practice is not in a PCN.")
    for tool in registry.dashboards():
        snapshot = library().current(tool.dataset)
        after = areas.successors(snapshot, directory, org) if snapshot else []
        if after and org.last_month:
            named_after = " and ".join(
                f"{one.org.label} ({one.practices} of its practices)" for one in after
            )
            found.append(
                f"This code was last used in {fmt.month(org.last_month)}. "
                f"Its practices are now in {named_after}. Its history stays here."
            )
            break
    return found


def trend(tool: Tool, snapshot: Snapshot, measure: Measure, org: Org, prefix: str) -> Trend | None:
    """A measure of the organisation, with England beside a rate; None if it has no value."""
    months = queries.last_months(snapshot, snapshot.latest, MONTHS)
    own = _values(snapshot, measure, org, months)
    known = [index for index, value in enumerate(own) if value is not None]
    if not known:
        return None
    last = known[-1]
    directory = library().directory()
    own_name, england = (
        named(snapshot, directory, one, month=months[last]) for one in (org, ENGLAND_ORG)
    )
    series = [charts.Series(short_name(own_name), "you", tuple(own))]
    if measure.den and org.level != "england":
        theirs = _values(snapshot, measure, ENGLAND_ORG, months)
        series.append(charts.Series(england.name, "england", tuple(theirs)))
    axis = charts.Periods(kind=snapshot.dataset.period, days=tuple(months))
    period = words.span(snapshot.dataset, months[known[0]], months[last])
    latest = fmt.with_unit(own[last], measure.unit)
    beside = ""
    if len(series) > 1:
        beside = f" {england.name}: {fmt.value(series[1].values[last], measure.unit)}."
    sentence = f"{measure.label}, {axis.label(last)}: {latest}.{beside}"
    year = change(
        snapshot,
        directory,
        queries.figure(snapshot, measure, org, month=months[last]),
        months=12,
    )
    basis = f" ({year.basis})" if year.basis and not year.why else ""
    sentence += f" {fmt.sentence_case(year.short)}{basis}."
    rows = tuple(
        (axis.label(index), *(fmt.value(one.values[index], measure.unit) for one in series))
        for index in reversed(range(len(months)))
        if any(one.values[index] is not None for one in series)
    )
    spec = charts.Lines(
        periods=axis,
        series=tuple(series),
        unit=measure.unit,
        height=HEIGHT,
    )
    key = periods.key(snapshot.dataset.period, months[last])
    return Trend(
        title=measure.label,
        subtitle=f"{org.label}, {period}",
        picture=Markup(svg.inline(charts.draw(spec), charts.describe(spec).alt)),
        heads=(
            periods.NOUNS[snapshot.dataset.period][0].capitalize(),
            *(one.name for one in series),
        ),
        rows=rows,
        source=provenance.source(snapshot, months[last]),
        href=f"{prefix}{tool.path}{build({'org': org.code, 'month': key})}",
        sentence=sentence,
    )


def _values(
    snapshot: Snapshot, measure: Measure, org: Org, months: list[date]
) -> list[float | None]:
    """One value a calendar month; None where the version has none."""
    held = {one.period: one.value for one in queries.trend(snapshot, measure, org)}
    return [held.get(month) for month in months]
