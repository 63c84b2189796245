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
    _place(con, maps)
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
                    SELECT practice, {level} AS area FROM homes) USING (practice)
                WHERE area NOT IN ('', '{UNALLOCATED}') GROUP BY area, month"""
            )


def _place(con: duckdb.DuckDBPyConnection, maps: list[str]) -> None:
    """Table `homes`: where each practice is today; those gone are in what their areas became."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE homes AS
        SELECT practice, max(month) AS last, max_by(pcn, month) AS pcn,
            max_by(sub_icb, month) AS sub_icb, max_by(icb, month) AS icb,
            max_by(region, month) AS region, max_by(pcn, month) AS was_pcn,
            max_by(sub_icb, month) AS was_sub_icb, max_by(icb, month) AS was_icb
        FROM read_parquet({maps}) GROUP BY practice"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE present AS FROM homes
        WHERE last = (SELECT max(last) FROM homes)"""
    )
    for level in ("icb", "pcn", "sub_icb"):  # the last that finds an area has the last word
        above = _UPPER[_UPPER.index(level) + 1 :]
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE usual AS
            SELECT {level}, {", ".join(above)} FROM present
            WHERE {level} NOT IN ('', '{UNALLOCATED}') GROUP BY {level}, {", ".join(above)}
            QUALIFY row_number() OVER (
                PARTITION BY {level} ORDER BY count(*) DESC, {", ".join(above)}) = 1"""
        )
        con.execute(
            f"""UPDATE homes SET {", ".join(f"{one} = usual.{one}" for one in (level, *above))}
            FROM usual WHERE homes.was_{level} = usual.{level}
            AND homes.last < (SELECT max(last) FROM homes)"""
        )
