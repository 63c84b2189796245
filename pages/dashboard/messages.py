"""What a page says when there is something to know first: gaps, closures, old codes, coverage."""

from __future__ import annotations

from dash.development.base_component import Component

from components.attrs import attrs
from components.elements import dcc, html
from components.figure import note, note_partial
from components.selector import search
from data import areas
from data import format as fmt
from data.coverage import coverage_of
from data.db import library
from data.spec import ENGLAND, LEVEL_NAMES
from pages.dashboard.context import UnknownOrg, View, href, nearest_month, write_month
from pages.dashboard.words import lower_first, short_name
from pages.site import links

Parts = list[Component]


def before(view: View) -> Parts:
    """Every remark that belongs above the figures of a view."""
    found = [
        *_pinned(view),
        *_refused(view),
        *_closed(view),
        *_replaced(view),
        *_asked(view),
        *_no_data(view),
        *_outside_pcn(view),
        *_coverage(view),
    ]
    return [html.Div(found, className="stack-notes")] if found else []


def _pinned(view: View) -> Parts:
    if not view.version:
        return []
    published = view.snapshot.manifest.release.published
    when = f" published {fmt.full_date(published)}" if published else ""
    live = library().current(view.tool.dataset)
    if live is not None and live.version == view.version:
        return [note(f"Pinned to the data{when}, which are still the current ones.")]
    words = f"Pinned to the data{when}. Later releases and corrections are not in these figures."
    link = dcc.Link("Show the current data", href=href(view, version=""))
    return [note(words, kind="warn", link=link)]


def _refused(view: View) -> Parts:
    status = library().store.status(view.tool.dataset)
    if status is None or status.outcome != "failed":
        return []
    words = (
        f"The latest refresh on {fmt.full_date(status.checked_at.date())} failed our checks. "
        f"Showing what was published before it."
    )
    return [note(words, kind="warn", link=dcc.Link("See data status", href=links.path("/status/")))]


def _closed(view: View) -> Parts:
    org = view.org
    if org.level != "practice" or (org.closed is None and org.status == "active"):
        return []
    name = org.label
    if org.status == "dormant":
        return [note(f"{name} is dormant. Its history stays here.", kind="warn")]
    if org.closed is None:
        return [note(f"{name} is {org.status}. Its history stays here.", kind="warn")]
    words = (
        f"{name} closed on {fmt.full_date(org.closed)}. Its history stays here, in the totals of "
        "the months in which it was open. It is left out of benchmarks from then on."
    )
    return [note(words, kind="warn")]


def _replaced(view: View) -> Parts:
    found = areas.successors(view.snapshot, view.directory, view.org)
    if not found:
        return []
    last = fmt.month(view.org.last_month) if view.org.last_month else ""
    parts: list[Component | str] = [
        f"{view.org.label} was last used in {last}. Its practices now belong to "
    ]
    for index, one in enumerate(found):
        parts += [" and "] if index else []
        share = f" ({one.percent:.0f}% of them)" if len(found) > 1 else ""
        target = href(view, org=one.org.code, month=write_month(view.snapshot.latest))
        parts += [dcc.Link(one.org.label, href=target), share]
    parts.append(". Its history stays here.")
    return [note("", kind="warn", link=html.Span(parts))]


def _asked(view: View) -> Parts:
    if not view.asked:
        return []
    first, last = view.snapshot.months[0], view.snapshot.latest
    words = (
        f"There are no figures for {view.asked}. "
        f"{view.snapshot.dataset.title} run from {fmt.month(first)} to {fmt.month(last)}; "
        f"not every month may be loaded. Showing {fmt.month(view.month)}, the nearest."
    )
    return [note(words, kind="warn")]


def _no_data(view: View) -> Parts:
    if view.has_data:
        return []
    title = lower_first(view.snapshot.dataset.title)
    words = f"No {title} were published for {view.org.label} in {fmt.month(view.month)}."
    months = view.snapshot.published(view.org.level, view.org.code, membership=view.membership)
    if not months:
        words += " There are none in any month that is loaded."
        return [note(words, kind="warn", link=_england(view))]
    nearest = nearest_month(months, view.month)
    link = dcc.Link(
        f"Show {fmt.month(nearest)}, the nearest month",
        href=href(view, month=write_month(nearest)),
    )
    return [note(words, kind="warn", link=link)]


def _england(view: View) -> Component:
    return dcc.Link("Show England", href=links.page(view.tool.path, {"org": ENGLAND}))


def _outside_pcn(view: View) -> Parts:
    inside = any(area.level == "pcn" for area in view.areas)
    if view.org.level != "practice" or inside or not view.has_data:
        return []
    return [note(f"{short_name(view.org)} was in no PCN in {fmt.month(view.month)} (Unallocated).")]


def _coverage(view: View) -> Parts:
    if view.lists is None or view.lists is view.snapshot or view.org.level == "practice":
        return []
    covered = coverage_of(
        view.snapshot, view.lists, view.org, month=view.month, membership=view.membership
    )
    if covered is None or not covered.missing or covered.patients_percent is None:
        return []
    subject = f"{LEVEL_NAMES[view.org.level][0]} figures"
    subject = subject[:1].upper() + subject[1:]
    return [
        note_partial(covered.published, covered.expected, covered.patients_percent, subject=subject)
    ]


def choose(view: View) -> Component:
    """For a first visit: what the page does, a search box, and that England is shown meanwhile."""
    return html.Div(
        [
            html.P(
                f"{view.tool.question} Choose a practice, PCN, sub-ICB, ICB or region. "
                "Until then this page shows England."
            ),
            search(
                "start",
                label="Find your practice, PCN or area",
                search_url=links.path(links.SEARCH),
                flags=("dot",),
            ),
        ],
        className="panel choose",
    )


def unknown(problem: UnknownOrg) -> Component:
    """No organisation has that code: the nearest three, and a search box."""
    shown = problem.code[:20]
    nearest = [
        html.Li(
            dcc.Link(org.label, href=links.page(problem.tool.path, {"org": org.code})),
        )
        for org in problem.nearest
    ]
    return html.Div(
        [
            html.P(f"No practice, PCN or area has the code {shown}. Did you mean:"),
            html.Ul(nearest, className="nearest"),
            search(
                "start",
                label="Search by name, code, postcode or town",
                search_url=links.path(links.SEARCH),
            ),
            html.P(
                dcc.Link(f"{problem.tool.title} for England", href=links.path(problem.tool.path))
            ),
        ],
        className="panel",
        **attrs({"data-unknown": shown}),
    )
