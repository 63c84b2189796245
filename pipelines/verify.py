"""`flask data verify`: published files against their manifest, figures against landed files."""

from __future__ import annotations

import importlib
import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from data.manifest import Check, Manifest
from data.registry import all_datasets
from data.snapshot import Snapshot, month_folder
from data.spec import ENGLAND, LEVELS, UNASSIGNED, Level, Measure
from data.store import Store
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

MONTHS_SAMPLED = 4  # of a dataset at a time; the whole of a month is read again
_MONTH_COLUMNS = ("EXTRACT_DATE", "APPOINTMENT_MONTH_START_DATE")
_ABSENT = "absent"
_ROW, _FIGURE = "row", "figure"
_SHOWN = 3  # differences named in a failed check


def verify_store(store: Store, *, sample: int, seed: str | None = None) -> Iterator[Check]:
    """Check every live version; `sample` figures of each dataset are worked out again.

    Which figures is decided by the version's name, so that a result can be had again; `seed`
    chooses others.
    """
    for declared in all_datasets():
        manifest = store.manifest(declared.id)
        if manifest is None:
            continue
        yield _files(store, manifest)
        if store.damage(manifest):
            continue  # what cannot be trusted is not worth counting
        yield _rows(store, manifest)
        yield _periods(store, manifest)
        yield _landed(store, manifest)
        yield _figures(store, manifest, sample, seed or manifest.version)


def _files(store: Store, manifest: Manifest) -> Check:
    damage = store.damage(manifest)
    total = sum(record.bytes for record in manifest.files.values())
    found = damage or f"{len(manifest.files)} files, {total:,} bytes, every SHA-256 as recorded"
    return Check(f"{manifest.dataset} files", damage is None, found)


def _rows(store: Store, manifest: Manifest) -> Check:
    """Rows of every table, counted by another reader than the one that wrote them."""
    folder = store.version_folder(manifest.dataset, manifest.version)
    total, wrong = 0, []
    for name, record in manifest.files.items():
        if record.rows is None:
            continue
        first = pq.read_schema(folder / name).names[0]
        counted = pq.read_table(folder / name, columns=[first], partitioning=None).num_rows
        total += counted
        if counted != record.rows:
            wrong.append(f"{name} has {counted:,} rows instead of {record.rows:,}")
    return Check(
        f"{manifest.dataset} rows", not wrong, "; ".join(wrong) or f"{total:,} rows as recorded"
    )


def _periods(store: Store, manifest: Manifest) -> Check:
    """Practices and the England total of every period against the version's own tables."""
    folder = store.version_folder(manifest.dataset, manifest.version)
    snapshot = Snapshot(folder, manifest)
    headline = snapshot.dataset.measure(snapshot.dataset.headline)
    wrong = []
    for period, record in manifest.periods.items():
        practices, summed = _own_table(
            month_folder(folder, period), headline.num_parts[0], snapshot.dataset.counted
        )
        first = snapshot.dataset.part(headline.num_parts[0])
        served = snapshot.england(headline, period)
        total = round(float(summed), 6)
        if first.spread == "published" or len(headline.num_parts) > 1 or headline.den:
            total = served = round(snapshot.at(headline, "england", ENGLAND, month=period)[1], 6)
        recorded = record.totals[snapshot.dataset.control]
        if practices != record.practices or not total == served == recorded:
            wrong.append(
                f"{snapshot.label(period)}: {practices:,} practices and {total:,} in its "
                f"table, {served:,.0f} shown, {record.practices:,} and {recorded:,} recorded"
            )
    found = "; ".join(wrong[:_SHOWN]) or f"{len(manifest.periods)} control totals agree"
    return Check(f"{manifest.dataset} periods", not wrong, found)


def _own_table(folder: Path, part: str, counted: str) -> tuple[int, float | Decimal]:
    """(practices, sum of a part) of a month's `parts`; nothing where only areas are given.

    Practices without the part `counted` are left out, where there is one.
    """
    if not (folder / "parts.parquet").exists():
        return 0, 0
    names = list(dict.fromkeys(["practice", part, counted or "practice"]))
    table = pq.read_table(folder / "parts.parquet", columns=names, partitioning=None)
    found = table.to_pylist()
    practices = [
        row
        for row in found
        if row[counted or "practice"] is not None and not row["practice"].startswith(UNASSIGNED)
    ]
    return len(practices), sum(row[part] for row in found if row[part] is not None)


def _landed(store: Store, manifest: Manifest) -> Check:
    """Every publisher's file that the version names is still there, unchanged."""
    held = landed_files(store.landing / manifest.dataset)
    intact = {file.sha256 for file in held if file.is_intact}
    wanted = {
        (release.slug, file.name, file.sha256)
        for release in manifest.releases
        for file in release.files
    }
    lost = sorted(f"{slug}/{name}" for slug, name, sha256 in wanted if sha256 not in intact)
    changed = sorted(f"{f.release}/{f.path.name}" for f in held if f.sha256 not in intact)
    wrong = list(dict.fromkeys([*lost, *changed]))
    found = f"{len(wanted)} publishers' files are as they were landed"
    if wrong:
        found = f"missing or changed: {', '.join(wrong[:_SHOWN])}; {len(wrong)} in all"
    return Check(f"{manifest.dataset} landing", not wrong, found)


def _figures(store: Store, manifest: Manifest, sample: int, seed: str) -> Check:
    name = f"{manifest.dataset} figures"
    snapshot = Snapshot(store.version_folder(manifest.dataset, manifest.version), manifest)
    rng = random.Random(seed)
    months = rng.sample(snapshot.months, min(MONTHS_SAMPLED, len(snapshot.months)))
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for number, month in enumerate(months):
        share = sample * (number + 1) // len(months) - sample * number // len(months)
        try:
            for kind, unlike in compared(store, snapshot, month, count=share, rng=rng):
                counts[kind] += 1
                wrong += [unlike] if unlike else []
        except (ValueError, KeyError, LookupError, OSError) as error:
            reason = f"{type(error).__name__}: {error}"
            return Check(name, False, f"{snapshot.label(month)} cannot be counted again: {reason}")
    figures, read_again = counts[_FIGURE], counts[_ROW]
    found = f"{figures:,} numerators and denominators equal those counted from landed files"
    if read_again:
        found += f", and {read_again:,} rows of other tables those read there"
    if wrong:
        found = f"{len(wrong)} of {figures + read_again:,} differ: {'; '.join(wrong[:_SHOWN])}"
    return Check(name, not wrong, found)


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
    counter = importlib.import_module(f"pipelines.recount.{name}")
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
