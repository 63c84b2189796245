"""The whole working of a number, and the request by which the API gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from urllib.parse import urlencode

from data import format as fmt
from data import periods
from data.provenance import Working
from data.questions import provenance
from data.questions.queries import Figure
from data.questions.rows import LONG, OF_THE_PUBLISHER, code_column
from data.remembered import remembered
from data.spec import Dataset
from data.versions.manifest import Release
from data.versions.orgs import Org
from data.versions.snapshot import Membership, Snapshot

SEPARATOR = ","  # of several values of one parameter
_PRACTICES = "practices"  # the part that counts practices
_METHODS = {
    "wilson": "Wilson score interval for a proportion",
    "byar": "Byar's method for a rate; exact Poisson method below 10 events",
    "none": "",
}


def working(
    snapshot: Snapshot, now: Figure, *, membership: Membership, address: str, api: str
) -> Working:
    """Everything needed to work a figure out again from the publisher's own file.

    `address` is that of the page which shows it, `api` the one at which the API gives the dataset.
    """
    declared, measure = snapshot.dataset, now.measure
    came_from = _origin(snapshot, now.period)
    low, high = now.interval
    rows = f"{now.org.label}, {now.when}"
    if now.org.level not in ("practice", "england"):
        then = "that belonged to it then" if membership == "dated" else "that belong to it today"
        rows += f": the practices {then}"
    return Working(
        measure=measure.label,
        value=now.value,
        unit=measure.unit,
        formula=fmt.sentence_case(measure.what),
        numerator=now.numerator,
        numerator_label=_parts_words(declared, measure.num_parts),
        denominator=now.denominator,
        denominator_label=_parts_words(declared, measure.den_parts) if measure.den else "",
        low=low,
        high=high,
        method=_METHODS[measure.interval],
        when=now.when,
        filters=rows,
        release_title=came_from.title,
        release_url=came_from.url,
        files=came_from.files,
        version=snapshot.version,
        checks=provenance.checks_words(snapshot, now.period),
        caveats=(measure.why, *declared.caveats[:2]),
        citation=_citation(snapshot, now, address=address),
        api_call=api_call(snapshot.dataset, now, membership=membership, api=api),
    )


def _citation(snapshot: Snapshot, now: Figure, *, address: str) -> str:
    """Organisation, measure, period and number, with where they come from."""
    number = fmt.with_unit(now.value, now.measure.unit)
    if limits := fmt.interval(now.low, now.high, now.measure.unit):
        number += f" (95% interval {limits})"
    return provenance.citation(
        snapshot,
        now.period,
        now.period,
        address=address,
        number=f"{now.org.label}: {now.measure.label}, {now.when}, {number}",
    )


@dataclass(frozen=True, slots=True)
class _Origin:
    """The release that a month was taken from and its files, which every working repeats."""

    title: str
    url: str
    files: tuple[tuple[str, str, str], ...]  # (name, url, SHA-256)


@remembered
def _origin(snapshot: Snapshot, month: date) -> _Origin:
    came_from = provenance.release(snapshot, month)
    files = provenance.period_files(snapshot, month)
    return _Origin(
        title=_release_title(came_from),
        url=came_from.url if came_from else "",
        files=tuple((file.name, file.url, file.sha256) for file in files),
    )


def _release_title(release: Release | None) -> str:
    if release is None:
        return ""
    when = f", published {fmt.full_date(release.published)}" if release.published else ""
    return f"{release.title}{when}"


def rows_of(declared: Dataset, org: Org, period: date) -> dict[str, str]:
    """What the API is asked for an organisation's own rows of a period."""
    return {"org": org.code, periods.column(declared): periods.written(declared.period, period)}


def api_call(declared: Dataset, now: Figure, *, membership: Membership, api: str) -> str:
    """The request that returns this number or the counts it is made of; empty if none does."""
    measure, org = now.measure, now.org
    if declared.id in OF_THE_PUBLISHER:
        return ""
    column = periods.column(declared)
    asked = rows_of(declared, org, now.period)
    if declared.id in LONG:
        parts = {*measure.num_parts, *measure.den_parts}
        if not parts - {_PRACTICES} <= _in_cells(declared.id):
            return ""
        if not measure.den_parts or _PRACTICES in parts:
            asked |= {"sex": "ALL", "age_band": "ALL"}
        if _PRACTICES in parts and org.level != "practice":  # as many as rows are returned
            del asked["org"]
            asked |= {} if org.level == "england" else {org.level: org.code}
    elif measure.den_parts:
        asked["fields"] = f"{code_column(declared)},{column},rates.{measure.id}"
    else:
        asked["fields"] = f"{code_column(declared)},{column},{','.join(measure.num_parts)}"
    if membership != "dated":
        asked["membership"] = membership
    return f"GET {api}?{urlencode(asked, safe=SEPARATOR)}"


@cache
def _in_cells(dataset_id: str) -> frozenset[str]:
    """The parts that a dataset's long rows add up to."""
    return frozenset(part for cell in LONG[dataset_id].cells for part in cell.parts)


@lru_cache(maxsize=1024)
def _parts_words(dataset: Dataset, parts: tuple[str, ...]) -> str:
    """What a numerator or denominator counts, in words, shortened where it adds up many parts."""
    labels = [dataset.part(part).label for part in parts]
    kinds = {label.partition(": ")[0] for label in labels if ": " in label}
    if len(kinds) == 1 and len(labels) > 1 and all(": " in label for label in labels):
        return f"{kinds.pop()}: {_added([label.partition(': ')[2] for label in labels])}"
    return _added(labels)


def _added(labels: list[str]) -> str:
    """Attended and DNA; 8 groups, from Same Day to Unknown."""
    if len(labels) <= 3:
        return " and ".join(labels)
    return f"{len(labels)} groups added up, from {labels[0]} to {labels[-1]}"
