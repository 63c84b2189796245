"""The last section of a page: what to keep in mind, and where the figures come from."""

from __future__ import annotations

from components.blocks import Fold, Notes, Section, Sentence, Words, sentence
from data import format as fmt
from data.questions import provenance
from pages import links
from pages.dashboard.context import View, query
from pages.dashboard.standard import download
from pages.dashboard.steps import step
from pages.dashboard.words import lower_first

METHOD = (
    "The rate of an area is worked out from the totals of its practices, not by averaging their "
    "rates. Percentages have Wilson 95% intervals and rates have Byar ones. A difference is clear "
    "where the interval does not hold the figure it is set against. "
    "A position counts those that are lower or higher. Unusual is what lies outside the 99.8% "
    "limits of a funnel around the comparator, widened for how much practices differ anyway."
)


@step("notes", "Notes and sources")
def notes(view: View, *extra: str) -> Section:
    """What to keep in mind, and where it comes from."""
    declared, manifest = view.snapshot.dataset, view.snapshot.manifest
    release = provenance.release(view.snapshot, view.period)
    about = provenance.notes_of(view.snapshot, view.period)
    record = manifest.periods.get(view.period)
    demo = ("Demonstration data: every practice, name and number here is invented.",)
    keep = [*(demo if manifest.demo else ()), *declared.caveats, *about, *extra]
    entries: list[tuple[str, Sentence]] = [
        ("Publisher", sentence(f"{declared.publisher}, {declared.series}")),
        ("Licence", sentence(declared.licence)),
    ]
    if release is not None:
        entries.append(("Release", sentence(Words(release.title, href=release.url))))
    if record is not None:
        total = view.snapshot.england(declared.measure(declared.headline), view.period)
        covers = f"{fmt.plural(record.practices, 'practice', 'practices')}, {fmt.large(total)} "
        covers += lower_first(declared.measure(declared.headline).label)
        entries.append(("Covers", sentence(covers)))
    names = ", ".join(file.name for file in provenance.period_files(view.snapshot, view.period))
    checks = provenance.checks_words(view.snapshot, view.period)
    csv, xlsx = (download(view, kind) + query(view) for kind in ("zip", "xlsx"))
    made: list[tuple[str, Sentence]] = [
        ("Files", sentence(names or "Not recorded")),
        ("Version", sentence(f"{view.snapshot.version}, {checks}")),
        ("Method", sentence(METHOD)),
        ("Downloads", sentence(Words("CSV", href=csv), ", ", Words("XLSX", href=xlsx))),
        ("All sources", sentence(Words("Data sources", href=links.path("/data-sources/")))),
    ]
    return Section(
        slug="notes",
        title="Notes and sources",
        blocks=(
            Notes(tuple(keep), tuple(entries)),
            Fold("Files, version and method", (Notes((), tuple(made)),)),
        ),
        remark="Read before using a figure in a paper",
    )
