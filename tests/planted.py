"""Versions of a dataset from numbers written in a test: who belonged where, and their parts.

Parts that a test does not give are missing. What is built from a month's files is left out; how a
month's numbers become arrays, areas and pages is the product's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from data.formula import quoted, type_of
from data.registry import dataset
from data.spec import Dataset
from data.versions.manifest import Manifest, PeriodRecord, Release
from data.versions.orgs import Organisations, read_organisations
from data.versions.snapshot import LAYOUT, Snapshot
from data.versions.store import Realm, describe_files, new_version, store
from pipelines.engine import geography
from pipelines.engine.assemble import assemble, month_of
from pipelines.engine.folder import write_table

Home = tuple[str, str, str, str]  # PCN, sub-ICB, ICB, region
Homes = Mapping[date, Mapping[str, Home]]
Figures = Mapping[date, Mapping[str, Mapping[str, float]]]


def publish(
    home: Path,
    dataset_id: str,
    homes: Homes,
    figures: Figures,
    *,
    published: date | None = None,
    missing: Mapping[date, tuple[str, ...]] | None = None,
    realm: Realm = "real",
) -> Snapshot:
    """One version; `missing` are the parts of the whole that a period lacks."""
    declared, shelf = dataset(dataset_id), store(home, realm)
    staged = shelf.stage(dataset_id)
    with duckdb.connect() as con:
        for month, cells in figures.items():
            _write(con, month_of(staged, month), month, declared, homes[month], cells)
        rows = assemble(con, staged, declared)
    lacking = missing or {}
    record = PeriodRecord(1, {}, "r", {}, "key")
    manifest = Manifest(
        dataset=dataset_id,
        version=new_version("0123456789"),
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
        demo=realm == "demo",
        transform=1,
        layout=LAYOUT,
        releases=(Release("r", "A release", "", published, ()),),
        inputs={},
        periods={
            month: replace(record, practices=len(cells), key=str(month), parts=("the rest",))
            if month not in lacking
            else replace(
                record,
                practices=len(cells),
                key=str(month),
                parts=("the rest",),
                missing=lacking[month],
            )
            for month, cells in figures.items()
        },
        checks=(),
        notes=(),
        files=describe_files(staged, rows),
    )
    return Snapshot(shelf.publish(staged, manifest), manifest)


def directory(*snapshots: Snapshot) -> Organisations:
    """Organisations as the versions name them."""
    with duckdb.connect() as con:
        return Organisations(read_organisations(con.cursor(), snapshots), snapshots)


def _write(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    month: date,
    declared: Dataset,
    homes: Mapping[str, Home],
    cells: Mapping[str, Mapping[str, float]],
) -> None:
    rows = ", ".join(
        str((code, *(given.get(part.id, "@") for part in declared.parts))).replace("'@'", "NULL")
        for code, given in cells.items()
    )
    typed = ", ".join(
        f"{quoted(part.id)}::{type_of(part)} AS {quoted(part.id)}" for part in declared.parts
    )
    names = ", ".join(quoted(part.id) for part in declared.parts)
    write_table(
        con,
        f"""SELECT practice, DATE '{month}' AS month, {typed}
        FROM (VALUES {rows}) t(practice, {names})""",
        target / "parts.parquet",
    )
    placed = ", ".join(str((code, *home)) for code, home in homes.items())
    geography.write(
        con,
        f"""SELECT DATE '{month}' AS month, practice, 'Practice ' || practice AS practice_name,
        '' AS postcode, pcn, 'PCN ' || pcn AS pcn_name, sub_icb, 'Sub ' || sub_icb AS sub_icb_name,
        icb, 'ICB ' || icb AS icb_name, region, 'Region ' || region AS region_name, '' AS supplier
        FROM (VALUES {placed}) t(practice, pcn, sub_icb, icb, region)""",
        str(target / "geography.parquet"),
    )
