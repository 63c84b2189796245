"""What SQL says of every organisation: as areas were, and with the practices they have today."""

from __future__ import annotations

import duckdb

from data.formula import quoted, type_of
from data.month_block import GEOGRAPHY, PARTS
from data.spec import UNALLOCATED
from data.versions.snapshot import VersionFiles, month_folder

_UPPER = ("pcn", "sub_icb", "icb", "region")


def load(con: duckdb.DuckDBPyConnection, files: VersionFiles) -> None:
    """Table `sums`: level, code, membership, month and every part."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE sums AS FROM read_parquet({files.cubes()})")
    folders = [month_folder(files.folder, month) for month in files.months]
    parts, maps = (
        [str(folder / name) for folder in folders if (folder / name).exists()]
        for name in (PARTS, GEOGRAPHY)
    )
    if not parts:
        return
    totals = ", ".join(
        f"NULL::{type_of(part)} AS {quoted(part.id)}"
        if part.spread == "published"
        else f"{part.spread}({quoted(part.id)})::{type_of(part)} AS {quoted(part.id)}"
        for part in files.dataset.parts
    )
    for level in _UPPER:
        if level in files.dataset.levels:
            con.execute(
                f"""INSERT INTO sums BY NAME
                SELECT '{level}' AS level, area AS code, 'current' AS membership, month, {totals}
                FROM read_parquet({parts}) JOIN (
                    SELECT practice, max_by({level}, month) AS area FROM read_parquet({maps})
                    GROUP BY practice) USING (practice)
                WHERE area NOT IN ('', '{UNALLOCATED}') GROUP BY area, month"""
            )
