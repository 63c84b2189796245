"""The standard dashboard page around its sections: head, selector, rail, states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from components import selector, shell
from components.figure import note
from components.markup import Node, attrs, html, link
from components.shell import Crumb, Provenance
from components.url_state import build
from data import format as fmt
from data.questions.provenance import release as release_of
from data.spec import LEVEL_NAMES
from data.versions.freshness import Freshness, State, freshness
from data.versions.orgs import Org
from pages import links
from pages.catalogue import Tool
from pages.dashboard import bodies, context, controls, messages, sentences, steps
from pages.dashboard.bodies import Body
from pages.dashboard.context import UnknownOrg, Unpublished, View
from pages.dashboard.declaration import Dashboard
from pages.dashboard.steps import Step
from pages.dashboard.words import short_name

Contents = Callable[[View, Dashboard], Sequence[Step]]


def body_id(tool: Tool) -> str:
    """The id of what a change of the address draws anew."""
    return f"{tool.slug}-body"


def page(dashboard: Dashboard, values: steps.Values, contents: Contents) -> Node:
    """The page for an address, without what `later` draws."""
    return bodies.for_dash(read(dashboard, values, contents))


def read(dashboard: Dashboard, values: steps.Values, contents: Contents) -> Body | Node:
    """What the page for an address shows; in its place a page that says why there is nothing."""
    tool = dashboard.tool
    steps.drawn_from_data()
    view = context.read(tool, values)
    if isinstance(view, Unpublished):
        return _unpublished(view)
    if isinstance(view, UnknownOrg):
        return _unknown(view)
    if view.chosen and view.org.level not in tool.levels:
        return _other_level(view)
    return Body(
        page=body_id(tool),
        values=values,
        title=tool.title,
        name=f"{tool.title}: {view.org.name}",
        spoken=f"Showing {view.org.name}, {view.when}",
        crumbs=crumbs(tool),
        provenance=provenance(view),
        actions=actions(view),
        remarks=messages.before(view),
        bar=controls.bar(view, dashboard.units),
        steps=shown(view, dashboard, contents),
        versions=_versions(view),
        link=context.permanent(view),
        selection=selection(view),
        nearby=_nearby(view),
    )


def selection(view: View) -> str:
    """Millbrook Surgery (Y99001), September 2026, beside its PCN, its ICB and England."""
    beside = [short_name(area) for area in view.comparators]
    words = f", beside {sentences.fmt_list(beside)}" if beside else ""
    return f"{view.org.label}, {view.when}{words}."


def _nearby(view: View) -> list[tuple[str, str]]:
    """The periods beside the one shown, and the organisations above it, as links."""
    months = view.snapshot.months
    at = months.index(view.period)
    beside = [*months[max(at - 1, 0) : at], *months[at + 1 : at + 2]]
    return [
        *(
            (view.label(month), context.href(view, month=context.written(view, month)))
            for month in beside
        ),
        *((area.label, context.href(view, org=area.code)) for area in view.areas),
    ]


def later(dashboard: Dashboard, data: object, contents: Contents) -> list[Node]:
    """A section that `page` left for later."""
    steps.drawn_from_data()
    asked = steps.read(data)
    view = context.read(dashboard.tool, asked.values)
    if not isinstance(view, View):
        return []
    found = shown(view, dashboard, contents)
    return steps.later(found, asked=asked, versions=_versions(view))


def _versions(view: View) -> tuple[str, ...]:
    """Versions of the data that a view is drawn from."""
    return (view.snapshot.version, view.lists.version if view.lists else "")


def shown(view: View, dashboard: Dashboard, contents: Contents) -> list[Step]:
    """The sections of a view that have something to show for its month."""
    return [
        one for one in contents(view, dashboard) if view.has_data or one.slug in _without_data(view)
    ]


def _without_data(view: View) -> tuple[str, ...]:
    """The sections that still have something to show in a month without figures."""
    if view.snapshot.published(view.org.level, view.org.code, membership=view.membership):
        return ("trend", "members", "notes")
    return ("members", "notes")


def crumbs(tool: Tool) -> list[Crumb]:
    return [
        Crumb("Tools", links.path("/tools/")),
        Crumb(tool.subject, links.path("/tools/") + f"#{tool.subject.lower().replace(' ', '-')}"),
        Crumb(tool.title),
    ]


def provenance(view: View) -> Provenance:
    """How fresh the month is and whose it is."""
    snapshot = view.snapshot
    release = release_of(snapshot, view.period)
    published = release.published if release else None
    how_old = freshness(snapshot.dataset, snapshot.manifest, datetime.now(UTC).date())
    return Provenance(
        fresh=_fresh(view, how_old),
        is_latest=how_old.is_current and view.period == snapshot.latest,
        data_to=view.when,
        published=fmt.full_date(published) if published else "on a date not recorded",
        next_due=_next_due(how_old),
        publisher=snapshot.dataset.publisher,
        licence=snapshot.dataset.licence,
    )


_OLD: dict[State, str] = {
    "late": "Late: a newer release was due",
    "behind": "Behind: newer releases are not loaded here",
    "ended": "No newer release",
}


def _fresh(view: View, how_old: Freshness) -> str:
    if view.snapshot.manifest.demo:
        return "Demonstration data"
    if view.period != view.snapshot.latest:
        return f"Earlier {view.noun}"
    return _OLD.get(how_old.state, "Latest data")


def _next_due(how_old: Freshness) -> str:
    """The month of the next publication, as series keep their rhythm, or since when it is due."""
    if how_old.state == "ended":
        return ""
    if how_old.is_current:
        return f"next due {fmt.month(how_old.due.last)}"
    return f"next expected since {fmt.full_date(how_old.due.last)}"


def actions(view: View) -> list[Node]:
    query = context.query(view)
    return [
        shell.copy_link(),
        preset_menu(view.tool, query),
        shell.print_page(),
        shell.download_menu(
            [
                ("CSV of every table on this page (ZIP)", download(view, "zip") + query),
                ("XLSX workbook with a cover sheet", download(view, "xlsx") + query),
                ("JSON of everything on this page", download(view, "json") + query),
            ]
        ),
    ]


def preset_menu(tool: Tool, query: str) -> Node:
    """Save the selections of a tool page, or load others."""
    of_tool = build({"tool": tool.slug})
    saving = build({"tool": tool.slug, "query": query.removeprefix("?")})
    return shell.preset_menu(
        menu_url=links.path("/accounts/presets/menu/") + of_tool,
        save_url=links.path("/accounts/presets/new/") + saving,
        all_url=links.path("/accounts/presets/") + of_tool,
    )


def download(view: View, ending: str) -> str:
    return links.path(f"/download/{view.tool.slug}.{ending}")


def _unknown(problem: UnknownOrg) -> Node:
    return shell.frame(
        _did_you_mean(problem),
        shell.page_state(f"{problem.tool.title}: not found", f"No organisation {problem.code}"),
        title=f"No organisation has the code {problem.code[:20]}",
        crumbs=crumbs(problem.tool),
    )


def _did_you_mean(problem: UnknownOrg) -> Node:
    """No organisation has that code: the nearest three, and a search box."""
    shown = problem.code[:20]
    path = problem.tool.path
    nearest = [
        html.Li(link(org.label, href=links.page(path, {"org": org.code})))
        for org in problem.nearest
    ]
    return html.Div(
        [
            html.P(f"No practice, PCN or area has the code {shown}. Did you mean:"),
            html.Ul(nearest, className="nearest"),
            selector.search(
                "start",
                label="Search by name, code, postcode or town",
                search_url=links.path(links.SUGGESTIONS),
            ),
            html.P(link(f"{problem.tool.title} for England", href=links.path(path))),
        ],
        className="panel",
        **attrs({"data-unknown": shown}),
    )


def _other_level(view: View) -> Node:
    """A tool for practices asked about a PCN offers its members, and the other way round."""
    org, tool = view.org, view.tool
    found = [one for one in surroundings_of(view) if one.level in tool.levels]
    works_for = " and ".join(LEVEL_NAMES[level][1] for level in tool.levels)
    words = f"{tool.title} works for {works_for}, not for {org.label}. Choose one of these."
    return shell.frame(
        note(words),
        html.Ul(
            [html.Li(link(one.label, href=context.href(view, org=one.code))) for one in found],
            className="members",
        ),
        shell.page_state(
            f"{tool.title}: {org.name}", f"Choose for {org.name}", code=org.code, text=org.label
        ),
        title=tool.title,
        crumbs=crumbs(tool),
    )


def surroundings_of(view: View) -> list[Org]:
    """The areas above an organisation, then the practices in it, of the month shown."""
    org, lists = view.org, view.lists or view.snapshot
    inside = (
        lists.practices_in(org.level, org.code, view.period)
        if org.level not in ("practice", "england") and view.period in lists.months
        else ()
    )
    members = [found for code in inside if (found := view.directory.at("practice", code))]
    return [*view.areas, *sorted(members, key=lambda one: one.name.casefold())]


def _unpublished(problem: Unpublished) -> Node:
    words = "No data is loaded yet. An administrator loads it with: flask data refresh"
    return shell.frame(
        note(words, kind="warn", link=link("Data status", href=links.path("/status/"))),
        html.P(link("All tools", href=links.path("/tools/"))),
        shell.page_state(problem.tool.title, words),
        title=problem.tool.title,
        crumbs=crumbs(problem.tool),
    )
