"""Data sources: where every figure comes from, under which licence, and what to keep in mind."""

from __future__ import annotations

from datetime import UTC, datetime

import dash

from components import shell
from components.markup import Node, html, link
from components.notes import facts
from components.speed.serialise import drawn
from data import format as fmt
from data.versions.db import library
from pages import links
from pages.dashboard import holdings
from pages.dashboard.holdings import Holding

PATH = "/data-sources/"
TITLE = "Data sources"
LEAD = (
    "Every figure comes from a published series of official data. Each is read from the "
    "publisher's own files, checked, and kept with its release."
)


def layout(**_: str | None) -> Node:
    now = datetime.now(UTC)
    held = holdings.holdings()
    demo = library().store.demo
    words = (
        " This site shows demonstration data in the format of these series; none of it is real."
        if demo
        else ""
    )
    return shell.frame(
        *(_source(one, now) for one in held),
        shell.page_state(TITLE, TITLE),
        title=TITLE,
        crumbs=[shell.Crumb("Home", links.path("/")), shell.Crumb(TITLE)],
        lead=LEAD + words,
        sections=[(one.declared.id, one.declared.title) for one in held],
    )


def _source(holding: Holding, now: datetime) -> Node:
    declared, status = holding.declared, holding.status
    tool = holdings.tool_of(declared)
    entries: list[tuple[str, Node | str]] = [
        ("Publisher", declared.publisher),
        ("Series", link(declared.series, declared.source_url)),
        ("Licence", declared.licence),
        ("Published", f"{declared.cadence.capitalize()}: {declared.publication_lag}"),
        ("Periods held", holdings.periods_words(holding)),
        ("Latest release", _release(holding)),
        ("Loaded", _loaded(holding)),
        ("Next release expected", holdings.next_due(holding, now.date())),
        ("Last looked at", holdings.moment(status.checked_at if status else None)),
        ("Last success", holdings.moment(status.succeeded_at if status else None)),
        ("Failed checks", holdings.failed_words(holding)),
        ("Coverage of the newest period", holdings.coverage_words(holding)),
        ("API", html.Code(f"GET {links.path(holding.api)}")),
    ]
    if tool:
        entries.append(("Tool", link(tool.title, links.path(tool.path))))
        entries.append(("England", link(f"{tool.title} in England", links.path(tool.nation_path))))
    checks = links.path("/status/") + f"#{declared.id}"
    entries.append(("Checks and versions", link("Data status", checks)))
    entries.append(("Revisions", link("Changes", links.path("/changes/") + f"#{declared.id}")))
    return shell.section(
        declared.id,
        declared.title,
        html.Div(
            [
                facts(entries),
                html.H3("What to keep in mind"),
                html.Ul([html.Li(caveat) for caveat in declared.caveats]),
                *_remarks(holding),
            ],
            className="panel",
        ),
    )


def _release(holding: Holding) -> Node | str:
    words = holdings.release_words(holding)
    if holding.manifest and holding.manifest.release.url.startswith("http"):
        return link(words, holding.manifest.release.url)
    return words


def _loaded(holding: Holding) -> str:
    if holding.manifest is None:
        return "Not loaded yet"
    made = holding.manifest.made_at
    return f"{fmt.full_date(made.date())}, version {holding.manifest.version}"


def _remarks(holding: Holding) -> list[Node]:
    """What was found in the files themselves."""
    found = holding.manifest.notes if holding.manifest else ()
    if not found:
        return []
    return [
        html.H3("Notes on this version"),
        html.Ul([html.Li(remark) for remark in found[-20:]]),
    ]


dash.register_page(
    __name__, path=PATH, title=f"{TITLE} | Haresign", layout=drawn(layout), node=layout
)
