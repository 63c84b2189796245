"""Data status: per dataset what is held, when it was checked, what failed, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import dash

from components import shell
from components.figure import note
from components.markup import Child, Node, attrs, html, link
from components.notes import facts
from components.speed.serialise import drawn
from components.speed.short import built
from components.table import Column, Table, twin
from data import format as fmt
from data.versions import revisions
from data.versions.db import library
from data.versions.manifest import Check, Manifest
from pages import links
from pages.dashboard import holdings
from pages.dashboard.holdings import Holding
from pages.dashboard.words import period
from pages.nation.sections import revision_table
from pages.site import live

PATH = "/status/"
TITLE = "Data status"
MOST_VERSIONS = 12
MOST_CHECKS = 200


def layout(**_: str | None) -> Node:
    now = datetime.now(UTC)
    today = now.date()
    held = holdings.holdings()
    good = sum(holdings.state(one, today) == "Up to date" for one in held)
    said = f"{good} of {fmt.plural(len(held), 'dataset is', 'datasets are')} up to date"
    return shell.frame(
        live.progress(),
        built(
            _overview(held, today),
            className="box scroll first",
            tabIndex="0",
            role="region",
            **attrs({"aria-label": "Table: every dataset"}),
        ),
        *(_dataset(one, now) for one in held),
        shell.page_state(TITLE, said),
        title=TITLE,
        crumbs=[shell.Crumb("Home", links.path("/")), shell.Crumb(TITLE)],
        lead=html.Span(
            [
                f"{said}. A release that fails a check is not shown; the last good one stays. ",
                link("What changed", links.path("/changes/")),
            ]
        ),
        sections=[(one.declared.id, one.declared.title) for one in held],
    )


def _tag(holding: Holding, today: date) -> Node:
    state = holdings.state(holding, today)
    return html.Span(state, className=f"tag {holdings.TONES[state]}".strip())


def _overview(held: list[Holding], today: date) -> Node:
    heads = ("Dataset", "State", "Newest period", "Published", "Next due", "Checks", "Coverage")
    rows = [
        html.Tr(
            [
                html.Th(html.A(one.declared.title, href=f"#{one.declared.id}"), scope="row"),
                *(
                    html.Td(cell, **attrs({"data-l": head}))
                    for head, cell in zip(heads[1:], _cells(one, today), strict=True)
                ),
            ]
        )
        for one in held
    ]
    head = html.Tr([html.Th(name, scope="col") for name in heads])
    return html.Table(
        [
            html.Caption("Every dataset", className="vh"),
            html.Thead(head),
            html.Tbody(rows),
        ],
        className="bt stack two",
    )


def _cells(holding: Holding, today: date) -> list[Child]:
    snapshot = holding.snapshot
    published = holdings.published(holding)
    return [
        _tag(holding, today),
        period(holding.declared, snapshot.latest) if snapshot else "None",
        fmt.full_date(published) if published else "Not recorded",
        holdings.next_due(holding, today),
        _passed(holdings.checks(holding)),
        holdings.coverage_words(holding),
    ]


def _passed(checks: Sequence[Check]) -> str:
    if not checks:
        return fmt.MISSING
    return f"{sum(check.passed for check in checks)} of {len(checks)} passed"


def _dataset(holding: Holding, now: datetime) -> Node:
    declared, manifest, today = holding.declared, holding.manifest, now.date()
    parts: list[Node] = []
    if warning := _warning(holding):
        parts.append(warning)
    if manifest is None:
        parts.append(
            note(
                f"{declared.title} is not loaded yet. It comes from {declared.publisher}, "
                f"{declared.series}."
            )
        )
        parts.append(facts(_before_the_first(holding, now)))
        return _section(holding, today, parts)
    parts += [
        facts(_facts(holding, now)),
        _history(holding),
        built(_checks(holding), className="more-box"),
        built(_changes(holding, manifest), className="more-box"),
        built(_files(manifest), className="more-box"),
    ]
    return _section(holding, today, parts)


def _section(holding: Holding, today: date, parts: list[Node]) -> Node:
    return shell.section(
        holding.declared.id,
        holding.declared.title,
        html.Div(parts, className="panel"),
        right=[built(_tag(holding, today), className="r")],
    )


def _warning(holding: Holding) -> Node | None:
    """A failed check in the words of the design: what came, that it failed, what is shown."""
    status = holding.status
    if fault := library().fault(holding.declared.id):
        instead = "The version before it is shown." if holding.snapshot else "Nothing is shown."
        return note(f"A file was damaged: {fault}. {instead}", kind="warn")
    if status is None or status.outcome != "failed":
        return None
    shown = (
        f"Showing {period(holding.declared, holding.snapshot.latest)}." if holding.snapshot else ""
    )
    when = fmt.full_date(status.checked_at.date())
    words = [f"A release failed our checks on {when}. {shown}"]
    failed: list[Node] = [
        html.Li([html.B(check.name), f": {check.found}"]) for check in status.checks
    ]
    return html.Div(
        [
            note(" ".join(words), kind="warn"),
            html.Ul(failed or [html.Li(status.message)], className="failed"),
        ]
    )


def _facts(holding: Holding, now: datetime) -> list[tuple[str, Node | str]]:
    manifest, status = holding.manifest, holding.status
    if manifest is None:
        return []
    release = manifest.release
    title: Node | str = release.title
    if release.url.startswith("http"):
        title = link(release.title, release.url)
    published = holdings.published(holding)
    return [
        ("Latest release", title),
        ("Published", fmt.full_date(published) if published else "Not recorded"),
        ("Periods held", holdings.periods_words(holding)),
        *([("Not whole", lacking)] if (lacking := holdings.partial_words(holding)) else []),
        ("Last looked at", holdings.moment(status.checked_at if status else None)),
        ("Last success", holdings.moment(status.succeeded_at if status else None)),
        ("Result", status.message if status else "Not recorded"),
        ("Next release expected", holdings.next_due(holding, now.date())),
        ("Looked at next", holdings.next_check(holding, now)),
        ("Live version", html.Span(manifest.version, className="code wrap-code")),
        ("Made", holdings.moment(manifest.made_at)),
        ("Coverage", holdings.coverage_words(holding)),
    ]


def _before_the_first(holding: Holding, now: datetime) -> list[tuple[str, Node | str]]:
    """What the page shows of a dataset that is not loaded."""
    status = holding.status
    return [
        ("Last looked at", holdings.moment(status.checked_at if status else None)),
        ("Result", status.message if status else "Not recorded"),
        ("Next release expected", holdings.next_due(holding, now.date())),
        ("Looked at next", holdings.next_check(holding, now)),
    ]


def _history(holding: Holding) -> Node:
    """The newest kept versions, each with its date and newest period."""
    store = library().store
    found = []
    for version in holding.versions[:MOST_VERSIONS]:
        manifest = revisions.kept(store, holding.declared.id, version)
        if manifest is None:
            continue
        live = holding.manifest is not None and version == holding.manifest.version
        newest = period(holding.declared, manifest.latest)
        words = f"{fmt.full_date(manifest.made_at.date())}: to {newest}"
        found.append(
            html.Li(
                html.Span(
                    f"{words}, live" if live else words,
                    className="tag ok" if live else "tag",
                    title=version,
                )
            )
        )
    kept = fmt.plural(len(holding.versions), "version is", "versions are")
    return html.Div(
        [
            html.P(f"{kept} kept, newest first.", className="small muted"),
            html.Ul(found, className="strip12"),
        ]
    )


def _details(summary: str, inside: Node) -> Node:
    return html.Details(
        [html.Summary(summary), html.Div(inside, className="scroll", tabIndex="0")],
        className="more",
    )


def _checks(holding: Holding) -> Node:
    """Failed first, then by period, the newest first, each with the numbers it found."""
    checks = sorted(holdings.checks(holding), key=lambda check: check.passed)
    if not checks:
        return _details("Checks: not recorded", html.P("This version records no checks."))
    rows = tuple(_check_row(check) for check in checks[:MOST_CHECKS])
    columns = (Column("Check"), Column("Result"), Column("What was found"))
    return _details(f"Checks: {_passed(checks)}", twin(Table("Checks", columns, rows)))


def _check_row(check: Check) -> tuple[str, str, str]:
    return (check.name, "Passed" if check.passed else "Failed", check.found)


def _changes(holding: Holding, manifest: Manifest) -> Node:
    found = holdings.changed(holding)
    if found is None:
        return _details("Changes: this is the first version held here", html.P("Nothing before."))
    if not found:
        return _details("Changes: none against the version before", html.P("Nothing differs."))
    what = holding.declared.measure(holding.declared.headline).label
    words = f"Changes: {fmt.plural(len(found), 'period', 'periods')} against the version before"
    return _details(words, twin(revision_table(found, what=what, kind=holding.declared.period)))


def _files(manifest: Manifest) -> Node:
    """Releases of this version and the publisher's files, with their hashes."""
    rows = tuple(
        (
            release.title,
            fmt.full_date(release.published) if release.published else fmt.MISSING,
            file.name,
            float(file.bytes),
            file.sha256[:16],
        )
        for release in sorted(
            manifest.releases, key=lambda one: one.published or date.min, reverse=True
        )
        for file in release.files
    )
    columns = (
        Column("Release"),
        Column("Published"),
        Column("File"),
        Column("Bytes", "count"),
        Column("SHA-256, first 16"),
    )
    words = f"Files: {fmt.plural(len(rows), 'file', 'files')} in this version"
    return _details(words, twin(Table("Files", columns, rows[:MOST_CHECKS])))


dash.register_page(
    __name__, path=PATH, title=f"{TITLE} | Haresign", layout=drawn(layout), node=layout
)
