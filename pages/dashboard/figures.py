"""Where a number on a page comes from: source line, frame, citation and its whole working."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from components.explain import Working
from components.figure import Download, Frame, Source
from components.url_state import build
from data import format as fmt
from data import periods
from data.questions.queries import Figure
from data.questions.rows import LONG
from data.remembered import remembered
from data.versions.manifest import Release, SourceFile
from data.versions.snapshot import Snapshot
from pages import links
from pages.dashboard.context import View, permanent, query
from pages.dashboard.peers import Peers, figure
from pages.dashboard.words import parts_words, sentence_case

PRACTICES = "practices"  # the part that counts practices
METHODS = {
    "wilson": "Wilson score interval for a proportion",
    "byar": "Byar's method for a rate; exact Poisson below 10 events",
    "none": "",
}


@remembered
def source(snapshot: Snapshot, month: date) -> Source:
    """Publisher, series and month as they stand under a figure."""
    declared = snapshot.dataset
    series = declared.series
    if snapshot.manifest.demo:
        series = f"{series} (demonstration data)"
    record = snapshot.manifest.periods.get(month)
    release = snapshot.manifest.release_of(month) if record else None
    return Source(
        publisher=declared.publisher,
        series=series,
        period=periods.short(declared.period, month),
        licence=declared.licence,
        url=release.url if release and release.url.startswith("http") else declared.source_url,
    )


def frame(view: View, slug: str, title: str, subtitle: str, *, coverage: str = "") -> Frame:
    """The frame of one figure of a page. `slug` is unique on the page."""
    return Frame(
        id=f"{view.tool.slug}-{slug}",
        title=title,
        subtitle=subtitle,
        source=source(view.snapshot, view.period),
        coverage=coverage,
        picture=slug,
        pictures=picture_links(view.tool.slug, slug, query(view)),
    )


def picture_links(folder: str, name: str, query: str) -> tuple[Download, ...]:
    """Addresses of a figure as a file (`pages.dashboard.files.pictures`), for its toolbar."""
    return tuple(
        Download(ending.upper(), links.path(f"/download/{folder}/{name}.{ending}") + query)
        for ending in ("png", "svg")
    )


def of_measure(view: View, measure_id: str) -> Figure:
    """A measure of the view's organisation and month."""
    return figure(view, view.snapshot.dataset.measure(measure_id))


def headline(view: View) -> Figure:
    """The figure whose England total is the dataset's control total."""
    return of_measure(view, view.snapshot.dataset.headline)


def citation(view: View, now: Figure) -> str:
    """A sentence with number, source, release and address, ready to be quoted."""
    said = fmt.with_unit(now.value, now.measure.unit)
    low, high = now.interval
    if low is not None:
        said += f" (95% interval {fmt.between(low, high, now.measure.unit)})"
    one = source(view.snapshot, now.period)
    return (
        f"{now.org.label}: {now.measure.label}, {now.when}, {said}. "
        f"{one.citation} Version {view.snapshot.version}. {permanent(view)}"
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


@dataclass(frozen=True, slots=True)
class _Origin:
    """The release that a month was taken from and its files, which every working repeats."""

    title: str
    url: str
    files: tuple[tuple[str, str, str], ...]  # (name, url, SHA-256)


@remembered
def _origin(snapshot: Snapshot, month: date) -> _Origin:
    came_from = release(snapshot, month)
    files = period_files(snapshot, month)
    return _Origin(
        title=_release_title(came_from),
        url=came_from.url if came_from else "",
        files=tuple((file.name, file.url, file.sha256) for file in files),
    )


def working(view: View, now: Figure) -> Working:
    """Everything needed to work a figure out again from the publisher's own file."""
    declared, measure = view.snapshot.dataset, now.measure
    came_from = _origin(view.snapshot, now.period)
    low, high = now.interval
    rows = f"{now.org.label}, {now.when}"
    if now.org.level not in ("practice", "england"):
        belongs = "as it was that month" if view.membership == "dated" else "as it is today"
        rows += f": the practices that belong to it, {belongs}"
    return Working(
        measure=measure.label,
        value=now.value,
        unit=measure.unit,
        formula=sentence_case(measure.what),
        numerator=now.numerator,
        numerator_label=parts_words(declared, measure.num_parts),
        denominator=now.denominator,
        denominator_label=parts_words(declared, measure.den_parts) if measure.den else "",
        low=low,
        high=high,
        method=METHODS[measure.interval],
        filters=rows,
        release_title=came_from.title,
        release_url=came_from.url,
        files=came_from.files,
        version=view.snapshot.version,
        checks=checks_words(view.snapshot, now.period),
        caveats=(measure.why, *declared.caveats[:2]),
        citation=citation(view, now),
        api_call=api_call(view, now),
    )


def _release_title(one: Release | None) -> str:
    if one is None:
        return ""
    when = f", published {fmt.full_date(one.published)}" if one.published else ""
    return f"{one.title}{when}"


def api_call(view: View, now: Figure) -> str:
    """The request that returns this number or the counts it is made of; empty if none does."""
    measure, org = now.measure, now.org
    declared = view.snapshot.dataset
    column = periods.column(declared)
    asked = {"org": org.code, column: periods.written(declared.period, now.period)}
    if view.tool.dataset in LONG:
        parts = {*measure.num_parts, *measure.den_parts}
        if not parts - {PRACTICES} <= _in_cells(view.tool.dataset):
            return ""
        if not measure.den_parts or PRACTICES in parts:
            asked |= {"sex": "ALL", "age_band": "ALL"}
        if PRACTICES in parts and org.level != "practice":  # as many as rows are returned
            del asked["org"]
            asked |= {} if org.level == "england" else {org.level: org.code}
    elif measure.den_parts:
        asked["fields"] = f"ods_code,{column},rates.{measure.id}"
    else:
        asked["fields"] = f"ods_code,{column},{','.join(measure.num_parts)}"
    if view.membership != "dated":
        asked["membership"] = view.membership
    return f"GET {_api_address(view)}{build(asked)}"


@remembered
def _api_address(view: View) -> str:
    return links.absolute(links.path(f"/api/v1/{view.tool.dataset}/"))


@cache
def _in_cells(dataset_id: str) -> frozenset[str]:
    """The parts that a dataset's long rows add up to."""
    return frozenset(part for cell in LONG[dataset_id].cells for part in cell.parts)


def notes_of(snapshot: Snapshot, month: date) -> tuple[str, ...]:
    """The version's notes about a month: those that name it before any other month."""
    named = {periods.label(snapshot.dataset.period, one): one for one in snapshot.months}
    found = []
    for note in snapshot.manifest.notes:
        places = {note.find(words): one for words, one in named.items() if words in note}
        if places and places[min(places)] == month:
            found.append(note)
    return tuple(found)


def benchmark_name(group: Peers) -> str:
    """The benchmark as a card names it."""
    return f"Median of {group.name}" if group.area is None else group.name
