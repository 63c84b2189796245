"""Month folders in, one queryable version out, one month at a time.

A staged version holds `months/<YYYY-MM>/` with
    fact.parquet        the publisher's grain, typed: practice, dimensions, count
    parts.parquet       one row per practice, one column per part of the declaration
    geography.parquet   one row per practice: its name and where it belonged that month
    published.parquet   optional: parts the publisher gives above practice level: month, level,
                        code, name (optional) and some of the parts
    fact_<id>.parquet   optional: the declaration's extra tables
Parts and geography may be missing where the publisher gives areas only. A row whose code begins
with `~` is of no practice (a shared telephone account, a row by PCN): it counts in the areas of
its geography and appears nowhere by itself.
Month folders that did not change are hard links to the earlier version, so a new month costs
what a month costs. To each month this module adds what `pipelines.engine.blocks` works out of it,
and to the version
    organisations.parquet  every code with its latest name, all its names, and the months of its use
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb

from data.month_block import AREAS
from data.spec import UNASSIGNED, Dataset
from data.versions.snapshot import ORGANISATIONS, month_folder
from pipelines.engine import blocks
from pipelines.engine.units import sql_text

_NO_MAP: Mapping[date, str] = {}


def assemble(
    con: duckdb.DuckDBPyConnection,
    staged: Path,
    dataset: Dataset,
    *,
    lists: Mapping[date, str] = _NO_MAP,
) -> dict[str, int]:
    """Complete the months of a staged version; return the rows of every table by name.

    `lists` gives, for a month, a query of practices and their patients.
    """
    folders = sorted((staged / "months").iterdir())
    for folder in folders:
        month = date.fromisoformat(f"{folder.name}-01")
        blocks.write_month(con, folder, dataset, lists=lists.get(month))
    _write_organisations(con, folders, staged / ORGANISATIONS)
    tables = [str(path) for path in sorted(staged.rglob("*.parquet"))]
    counted = con.execute(
        "SELECT file_name, num_rows FROM parquet_file_metadata(?)", [tables]
    ).fetchall()
    return {str(Path(name).relative_to(staged)): rows for name, rows in counted}


def _files(folders: list[Path], name: str) -> list[str]:
    return [str(path) for folder in folders if (path := folder / name).exists()]


def _write_organisations(con: duckdb.DuckDBPyConnection, folders: list[Path], target: Path) -> None:
    """Practices as the maps give them, areas as each month's block gives them."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE named (level VARCHAR, code VARCHAR, name VARCHAR,
        postcode VARCHAR, first_month DATE, last_month DATE,
        home STRUCT(pcn VARCHAR, sub_icb VARCHAR, icb VARCHAR, region VARCHAR), names VARCHAR[])"""
    )
    if maps := _files(folders, "geography.parquet"):
        con.execute(
            f"""INSERT INTO named
            SELECT 'practice', practice, max_by(practice_name, month), max_by(postcode, month),
                   min(month), max(month), max_by(struct_pack(pcn, sub_icb, icb, region), month),
                   list_sort(list(DISTINCT practice_name))
            FROM read_parquet(?)
            WHERE practice <> '' AND NOT starts_with(practice, '{UNASSIGNED}') GROUP BY practice""",
            [maps],
        )
    for mapped in (True, False):  # names of the publisher's rows only where no map has the code
        con.execute(
            f"""INSERT INTO named
            SELECT level, code, max_by(name, month), '', min(month), max(month),
                   max_by(struct_pack(pcn := '', sub_icb, icb, region :=
                          if(level = 'region', code, region)), month),
                   list_sort(list(DISTINCT name))
            FROM read_parquet(?) ANTI JOIN named USING (level, code)
            WHERE mapped = {mapped} GROUP BY level, code""",
            [_files(folders, AREAS)],
        )
    con.execute(
        f"COPY (FROM named ORDER BY level, code) TO {sql_text(target)} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    con.execute("DROP TABLE named")


def month_of(staged: Path, month: date) -> Path:
    """Where a month's files go in a staged version; made if it is not there."""
    folder = month_folder(staged, month)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
