"""One period of a version counted again from its landed files, in a child that they may break."""

from __future__ import annotations

import csv
import importlib
import math
import random
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq

from data.confined import Child, Limits, Lost, Why
from data.spec import ENGLAND, LEVELS, UNASSIGNED, Level, Measure
from data.versions.manifest import Manifest
from data.versions.snapshot import Snapshot
from data.versions.store import Store
from pipelines.recount.areas import Parts, Recounted
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import (
    LandedFile,
    Source,
    header,
    landed_files,
    month_in,
    named,
    rows,
    sources,
)

LIMITS = Limits(memory=4 << 30, cpu=1200, wall=3600.0, written=1 << 30)
_UNREADABLE = (
    *(ValueError, LookupError, OSError, EOFError, csv.Error),
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, ElementTree.ParseError),
)
_REASONS: dict[Why, str] = {
    "memory": f"its files take more than {LIMITS.memory >> 30} GB of memory",
    "time": f"its files take more than {LIMITS.cpu // 60} minutes",
}
_OTHERWISE = "the program that reads its files ended before it came to their end"
_LONGEST_REASON = 400  # characters
_MONTH_COLUMNS = ("EXTRACT_DATE", "APPOINTMENT_MONTH_START_DATE")
_ABSENT = "absent"
_ROW, _FIGURE = "row", "figure"


class Uncountable(RuntimeError):
    """A period cannot be counted again; the message says why."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How much was compared of a period, and each difference in words."""

    figures: int
    rows: int  # of extra tables
    wrong: list[str]


def counted_again(
    reader: Child, store: Store, manifest: Manifest, month: date, *, count: int, seed: str
) -> Compared:
    """A period against its landed files; `seed` chooses `count` figures. Raises `Uncountable`.

    The landed files are opened in the child alone.
    """
    version = (str(store.root), store.demo, manifest.dataset, manifest.version)
    try:
        answer = reader.call(compare, *version, month.isoformat(), count, seed)
    except Lost as lost:
        raise Uncountable(_REASONS.get(lost.why, _OTHERWISE)) from lost
    if "uncountable" in answer:
        raise Uncountable(str(answer["uncountable"])[:_LONGEST_REASON])
    return Compared(
        int(answer["figures"]), int(answer["rows"]), [str(words) for words in answer["wrong"]]
    )


def compare(
    root: str, demo: bool, dataset_id: str, version: str, period: str, count: int, seed: str
) -> dict[str, Any]:
    """In the child: what `counted_again` returns, or why nothing can be counted."""
    store, month = Store(Path(root), demo), date.fromisoformat(period)
    manifest = store.manifest(dataset_id, version)
    assert manifest is not None
    snapshot = Snapshot(store.version_folder(dataset_id, version), manifest)
    try:
        each = list(compared(store, snapshot, month, count=count, rng=random.Random(seed)))
    except _UNREADABLE as error:
        return {"uncountable": f"{type(error).__name__}: {error}"}
    kinds = [kind for kind, _ in each]
    return {
        "figures": kinds.count(_FIGURE),
        "rows": kinds.count(_ROW),
        "wrong": [unlike for _, unlike in each if unlike],
    }


def compared(
    store: Store, snapshot: Snapshot, month: date, *, count: int, rng: random.Random
) -> Iterator[tuple[str, str]]:
    """What is compared in a period, each with the difference in words, empty where there is none.

    Every row of the extra tables, every measure of England and `count` figures of organisations.
    Raises `ValueError`, `LookupError` or `OSError` where the landed files cannot be counted.
    """
    again = recount(store, snapshot.manifest, month)
    for unlike in _cells(snapshot, again, month):
        yield _ROW, unlike
    for level, code, measure in _questions(snapshot, again, month, count, rng):
        parts = again.at(level, code)
        yield _FIGURE, _difference(snapshot, parts, measure, level, code, month) or ""


def _questions(
    snapshot: Snapshot, again: Recounted, month: date, count: int, rng: random.Random
) -> Iterator[tuple[Level, str, Measure]]:
    """Every measure of England, then measures of any organisation that either way knows."""
    measures = snapshot.dataset.measures
    for measure in measures:
        yield "england", ENGLAND, measure
    codes = {level: set(snapshot.codes(level)) for level in LEVELS if snapshot.codes(level)}
    if snapshot.dataset.has_practices:
        counted = {code for code in again.parts if not code.startswith(UNASSIGNED)}
        codes.setdefault("practice", set()).update(counted)
    known = {level: sorted(found) for level, found in codes.items() if found}
    for _ in range(count):
        level = rng.choice(list(known))
        yield level, rng.choice(known[level]), rng.choice(measures)


def _difference(
    snapshot: Snapshot, parts: Parts, measure: Measure, level: Level, code: str, month: date
) -> str | None:
    _, numerator, denominator = snapshot.at(measure, level, code, month=month)
    for what, shown, names in (
        ("numerator", numerator, measure.num_parts),
        ("denominator", denominator, measure.den_parts),
    ):
        counted = _sum(parts, names) if names else None
        if math.isnan(shown) != (counted is None) or (
            counted is not None and round(shown, 6) != round(float(counted), 6)
        ):
            return (
                f"{measure.id} of {code} in {snapshot.label(month)} has the {what} "
                f"{'missing' if math.isnan(shown) else f'{shown:,.0f}'}, the files give "
                f"{'none' if counted is None else f'{counted:,}'}"
            )
    return None


def _cells(snapshot: Snapshot, again: Recounted, month: date) -> Iterator[str]:
    """A difference, or nothing, for each row of the extra tables that were read again."""
    for table_id, counted in again.cells.items():
        table = snapshot.dataset.table(table_id)
        path = Path(snapshot.fact_path(month, table.id))
        shown = pq.read_table(path, partitioning=None).to_pylist() if path.exists() else []
        names = ("practice", *table.dims)
        held = {tuple(row[name] for name in names): row[table.value] for row in shown}
        for labels in sorted(held.keys() | counted.keys()):
            here, there = (found.get(labels, _ABSENT) for found in (held, counted))
            yield (
                ""
                if here == there
                else (
                    f"{table.id} of {', '.join(labels)} in {snapshot.label(month)} is {here}, the "
                    f"files give {there}"
                )
            )


def _sum(parts: Parts, names: Sequence[str]) -> int | Decimal | None:
    counts = [parts.get(name) for name in names]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def recount(store: Store, manifest: Manifest, month: date) -> Recounted:
    """One period of a version from the files that the version names. Raises when one is gone.

    The work is done by `recount` of the module with the dataset's name in `pipelines.recount`.
    """
    files = landed_files(store.landing / manifest.dataset)
    landed = list(sources(files))

    def needed(dataset_id: str) -> Manifest | None:
        version = manifest.inputs.get(dataset_id)
        return store.manifest(dataset_id, version) if version else None

    def again(dataset_id: str, period: date) -> Recounted | None:
        other = needed(dataset_id)
        return recount(store, other, period) if other and period in other.periods else None

    def held(dataset_id: str) -> Sequence[date]:
        other = needed(dataset_id)
        return sorted(other.periods) if other else ()

    name = manifest.dataset.replace("-", "_")
    counter = importlib.import_module(f"pipelines.datasets.{name}.recount")
    evidence = Evidence(month, _used(manifest, month, files, landed), landed, files, again, held)
    counted: Recounted = counter.recount(evidence)
    return counted


def _used(
    manifest: Manifest, month: date, files: Sequence[LandedFile], landed: Sequence[Source]
) -> Mapping[str, list[Source]]:
    """The sources of a period by kind, each in the issue that the period was taken from."""
    record = manifest.periods[month]
    order = {
        file.path: (file.sha256 in record.files, file.release == record.release, n)
        for n, file in enumerate(files)
    }
    found: dict[str, list[Source]] = {}
    for kind, names in record.sources.items():
        for name in names:
            if name.lower().endswith((".xlsx", ".ods")):
                continue  # a workbook describes every month and is looked up by what it says
            candidates = [source for source in named(landed, name) if _may_be_of(source, month)]
            if not candidates:
                raise LookupError(f"{name} of {month:%B %Y} is not in the landing folder")
            best = max(candidates, key=lambda source: order[source.file.path])
            found.setdefault(kind, []).append(best)
    return found


def _may_be_of(source: Source, month: date) -> bool:
    """Whether a file is of the month; files that name no month may be of any."""
    column = next((name for name in _MONTH_COLUMNS if name in header(source)), None)
    if column is None:
        return True
    first = next(rows(source), None)
    return first is not None and month_in(first[column]) == month
