"""The last section of a page: what to keep in mind, and where the figures come from."""

from __future__ import annotations

from dash.development.base_component import Component

from components import shell
from components.elements import dcc, html
from components.notes import notes as notes_block
from data import format as fmt
from pages.dashboard import figures
from pages.dashboard.context import View, query
from pages.dashboard.standard import download
from pages.dashboard.steps import section
from pages.dashboard.words import lower_first
from pages.site import links

METHOD = (
    "Rates above practice level are sums divided by sums. Percentages have Wilson and rates have "
    "Byar 95% intervals. A position is the percentile among the group; 40 to 60 is similar."
)


@section("notes", "Notes and sources")
def notes(view: View, *extra: str) -> Component:
    """What to keep in mind, and where it comes from."""
    declared, manifest = view.snapshot.dataset, view.snapshot.manifest
    release = figures.release(view.snapshot, view.month)
    about = figures.notes_of(view.snapshot, view.month)
    record = manifest.periods.get(view.month)
    demo = ("Demonstration data: every practice, name and number here is invented.",)
    keep = [*(demo if manifest.demo else ()), *declared.caveats, *about, *extra]
    entries: list[tuple[str, Component | str]] = [
        ("Publisher", f"{declared.publisher}, {declared.series}"),
        ("Licence", declared.licence),
    ]
    if release is not None:
        title = html.A(release.title, href=release.url) if release.url else release.title
        entries.append(("Release", title))
    if record is not None:
        total = view.snapshot.england(declared.measure(declared.headline), view.month)
        covers = f"{fmt.plural(record.practices, 'practice', 'practices')}, {fmt.large(total)} "
        entries.append(("Covers", covers + lower_first(declared.measure(declared.headline).label)))
    names = ", ".join(file.name for file in figures.period_files(view.snapshot, view.month))
    entries += [
        ("Files", names or "Not recorded"),
        ("Version", f"{view.snapshot.version}, {figures.checks_words(view.snapshot, view.month)}"),
        ("Method", METHOD),
        (
            "Downloads",
            html.Span(
                [
                    html.A("CSV", href=download(view, "csv") + query(view), download=""),
                    ", ",
                    html.A("XLSX", href=download(view, "xlsx") + query(view), download=""),
                ]
            ),
        ),
        ("All sources", dcc.Link("Data sources", href=links.path("/data-sources/"))),
    ]
    return shell.section(
        "notes",
        "Notes and sources",
        notes_block(keep, entries),
        remark="Read before using a figure in a paper",
    )
