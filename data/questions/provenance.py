"""Where figures of a version come from: source, release, files, checks, notes, citation."""

from __future__ import annotations

from datetime import date

from data import format as fmt
from data import periods
from data.provenance import Source
from data.remembered import remembered
from data.versions.manifest import Release, SourceFile
from data.versions.snapshot import Snapshot


@remembered
def source(snapshot: Snapshot, month: date) -> Source:
    """Publisher, series and period as they stand under a figure."""
    declared = snapshot.dataset
    series = declared.series
    if snapshot.manifest.demo:
        series = f"{series} (demonstration data)"
    return Source(
        publisher=declared.publisher,
        series=series,
        period=periods.short(declared.period, month),
        licence=declared.licence,
        url=address_of(snapshot, release(snapshot, month)),
    )


def address_of(snapshot: Snapshot, came_from: Release | None) -> str:
    """The publisher's page of a release; that of the series where files were handed in."""
    if came_from and came_from.url.startswith("http"):
        return came_from.url
    return snapshot.dataset.source_url


def citation(snapshot: Snapshot, first: date, last: date, *, address: str, number: str = "") -> str:
    """A sentence to quote: a number, its publisher, series, periods, licence, version, address."""
    declared = snapshot.dataset
    about = f"{number}. " if number else ""
    when = " to ".join(dict.fromkeys((snapshot.label(first), snapshot.label(last))))
    demo = " Demonstration data: every figure is invented." if snapshot.manifest.demo else ""
    return (
        f"{about}{declared.publisher}. {declared.series}, {when}. {declared.licence}. "
        f"Version {snapshot.version}.{demo} {address}"
    )


@remembered
def period_files(snapshot: Snapshot, month: date) -> tuple[SourceFile, ...]:
    """The landed files that a month was read from, with their hashes."""
    record = snapshot.manifest.periods.get(month)
    if record is None:
        return ()
    names = {name.split(": ", 1)[0] for used in record.sources.values() for name in used}
    files = {
        file.name: file for release in snapshot.manifest.releases for file in release.files
    } | {file.name: file for file in snapshot.manifest.release_of(month).files}
    return tuple(files[name] for name in sorted(names) if name in files)


def release(snapshot: Snapshot, month: date) -> Release | None:
    """The publication that a month was taken from."""
    record = snapshot.manifest.periods.get(month)
    return snapshot.manifest.release_of(month) if record else None


@remembered
def checks_words(snapshot: Snapshot, month: date) -> str:
    """Which checks the month passed before it was published here."""
    named = [
        check for check in snapshot.manifest.checks if check.found.startswith(f"{month:%B %Y}:")
    ]
    if not named:
        return "checks passed when it was published here"
    passed = sum(check.passed for check in named)
    return f"{passed} of {fmt.plural(len(named), 'check', 'checks')} passed"


def notes_of(snapshot: Snapshot, month: date) -> tuple[str, ...]:
    """The version's notes about a month: those that name it before any other month."""
    named = {snapshot.label(day): day for day in snapshot.months}
    about = []
    for note in snapshot.manifest.notes:
        places = {note.find(words): day for words, day in named.items() if words in note}
        if places and places[min(places)] == month:
            about.append(note)
    return tuple(about)
