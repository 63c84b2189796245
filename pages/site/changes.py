"""Changes: what each published version changed against the one before it."""

from __future__ import annotations

from collections.abc import Sequence

import dash

from components import shell
from components.figure import note
from components.markup import Node, attrs, html, link
from components.notes import facts
from components.speed.serialise import drawn
from components.speed.short import built
from components.table import Table, twin
from data import format as fmt
from data.registry import all_datasets, dataset
from data.versions import changes
from data.versions.changes import Changes
from data.versions.db import library
from pages import links
from pages.site import change_words as words

PATH = "/changes/"
FEED = "/changes/feed.xml"
TITLE = "Changes"
MOST_VERSIONS = 24  # of each dataset
LEAD = (
    "What each version published here changed against the one before it: periods, totals and the "
    "largest movements."
)


def layout(version: str | None = None, **_: str | None) -> Node:
    found = _named(version) if version else None
    return _version(found) if found else _all()


def _named(version: str) -> Changes | None:
    """The version with a name that some dataset has; names come from the address."""
    store = library().store
    for declared in all_datasets():
        for found in changes.recent(store, declared.id, MOST_VERSIONS):
            if found.entry == version:
                return found
    return None


def _all() -> Node:
    store = library().store
    told = {d.id: changes.recent(store, d.id, MOST_VERSIONS) for d in all_datasets()}
    shown = [d for d in all_datasets() if told[d.id]]
    shown.sort(key=lambda d: (not d.tool, d.title))
    empty = [] if shown else [note("Nothing is published here yet.")]
    return shell.frame(
        *(
            shell.section(
                declared.id,
                declared.title,
                built(
                    _versions(told[declared.id]),
                    className="box scroll",
                    tabIndex="0",
                    role="region",
                    **attrs({"aria-label": f"Table: versions of {declared.title}"}),
                ),
            )
            for declared in shown
        ),
        *empty,
        shell.page_state(TITLE, TITLE),
        title=TITLE,
        crumbs=[shell.Crumb("Home", links.path("/")), shell.Crumb(TITLE)],
        lead=html.Span(
            [
                LEAD,
                " ",
                html.A("Atom feed", href=links.path(FEED), className="nowrap"),
                " · ",
                link("Data status", links.path("/status/")),
            ]
        ),
        sections=[(declared.id, declared.title) for declared in shown],
    )


def _versions(versions: Sequence[Changes]) -> Node:
    heads = ("Published here", "What changed", "England", "Release")
    rows = [
        html.Tr(
            [
                html.Th(
                    html.A(
                        fmt.full_date(one.made_at.date()),
                        href=links.page(PATH, {"version": one.entry}),
                    ),
                    scope="row",
                ),
                *(
                    html.Td(cell, **attrs({"data-l": head}))
                    for head, cell in zip(
                        heads[1:],
                        (words.summary(one), words.headline(one) or fmt.MISSING, one.release),
                        strict=True,
                    )
                ),
            ]
        )
        for one in versions
    ]
    return html.Table(
        [
            html.Caption("Versions, newest first", className="vh"),
            html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
            html.Tbody(rows),
        ],
        className="bt stack two",
    )


def _version(version: Changes) -> Node:
    declared = dataset(version.dataset)
    title = words.title(version)
    directory = library().directory()
    totals = changes.totals(library().store, version.dataset, version.entry)
    england = [one for one in totals if one.level == "england"]
    icbs = [m for m in totals if m.level == "icb" and m.measure == declared.headline]
    tables: list[tuple[str, str, Table]] = [
        ("periods", "Periods", words.period_table(version)),
        ("england", "England", words.england_table(version, england)),
    ]
    practices = [one for one in version.largest if one.level == "practice"]
    areas = [one for one in version.largest if one.level == "icb"]
    for slug, heading, moved in (
        ("practices", "Practices that moved most", practices),
        ("areas", "ICBs that moved most", areas),
        ("icbs", "Every ICB", icbs),
    ):
        table = words.organisation_table(heading, version, moved, directory)
        tables.append((slug, heading, table))
    shown = [(slug, heading, table) for slug, heading, table in tables if table.rows]
    return shell.frame(
        html.Div(facts(_facts(version)), className="panel first"),
        *(
            shell.section(
                slug,
                heading,
                built(
                    twin(table),
                    className="box scroll",
                    tabIndex="0",
                    role="region",
                    **attrs({"aria-label": f"Table: {heading}"}),
                ),
                remark="" if slug == "periods" else "Differences too small to show are left out",
            )
            for slug, heading, table in shown
        ),
        shell.page_state(title, title),
        title=title,
        crumbs=[
            shell.Crumb("Home", links.path("/")),
            shell.Crumb(TITLE, links.path(PATH)),
            shell.Crumb(declared.title),
        ],
        lead=" ".join((words.summary(version), words.headline(version))).strip(),
        sections=[(slug, heading) for slug, heading, _ in shown],
    )


def _facts(version: Changes) -> list[tuple[str, Node | str]]:
    release: Node | str = version.release
    if version.release_url.startswith("http"):
        release = link(version.release, version.release_url)
    published = fmt.full_date(version.published) if version.published else "Not recorded"
    before = version.previous or "None: this is the first one held here"
    return [
        ("Release", release),
        ("Published", published),
        ("Version", html.Span(version.version, className="code wrap-code")),
        ("Version before", html.Span(before, className="code wrap-code")),
        ("All versions", link("Changes", links.path(PATH))),
    ]


dash.register_page(
    __name__, path=PATH, title=f"{TITLE} | Haresign", layout=drawn(layout), node=layout
)
