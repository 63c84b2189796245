"""`flask data verify`: published files against their manifest, figures against landed files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from data.confined import Child
from data.registry import all_datasets
from data.spec import ENGLAND, UNASSIGNED
from data.versions.manifest import Check, Manifest
from data.versions.snapshot import Snapshot, month_folder
from data.versions.store import Store
from pipelines.cli.recounting import LIMITS, Uncountable, counted_again
from pipelines.recount.files import landed_files

MONTHS_SAMPLED = 4  # of a dataset at a time; the whole of a month is read again
_SHOWN = 3  # differences named in a failed check


def verify_store(store: Store, *, sample: int, seed: str | None = None) -> Iterator[Check]:
    """Check every live version; `sample` figures of each dataset are worked out again.

    Which figures is decided by the version's name, so that a result can be had again; `seed`
    chooses others.
    """
    with Child(LIMITS) as reader:
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
            yield _figures(store, manifest, sample, seed or manifest.version, reader)


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


def _figures(store: Store, manifest: Manifest, sample: int, seed: str, reader: Child) -> Check:
    """Figures counted again from landed files, in a child that such a file may break."""
    name = f"{manifest.dataset} figures"
    snapshot = Snapshot(store.version_folder(manifest.dataset, manifest.version), manifest)
    months = random.Random(seed).sample(snapshot.months, min(MONTHS_SAMPLED, len(snapshot.months)))
    figures = rows = 0
    wrong: list[str] = []
    for number, month in enumerate(months):
        share = sample * (number + 1) // len(months) - sample * number // len(months)
        try:
            again = counted_again(
                reader, store, manifest, month, count=share, seed=f"{seed} {month}"
            )
        except Uncountable as error:
            reason = f"{snapshot.label(month)} cannot be counted again: {error}"
            return Check(name, False, reason)
        figures, rows, wrong = figures + again.figures, rows + again.rows, wrong + again.wrong
    found = f"{figures:,} numerators and denominators equal those counted from landed files"
    if rows:
        found += f", and {rows:,} rows of other tables those read there"
    if wrong:
        found = f"{len(wrong)} of {figures + rows:,} differ: {'; '.join(wrong[:_SHOWN])}"
    return Check(name, not wrong, found)
