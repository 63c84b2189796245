"""Writing the tables of a month's folder, the same way for every dataset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from data.formula import quoted, type_of
from data.snapshot import FACT, fact_name
from data.spec import Dataset, Part
from pipelines.units import sql_text


def write_table(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    """The rows of a query as Parquet, in the order that the query gives them."""
    con.execute(f"COPY ({query}) TO {sql_text(target)} (FORMAT parquet, COMPRESSION zstd)")


def write_fact(
    con: duckdb.DuckDBPyConnection, query: str, target: Path, *, table: str = FACT
) -> None:
    """A table of the publisher's grain: `practice`, `month`, dimensions, value.

    `table` is `fact`, or the id of one of the declaration's `extra` tables.
    """
    write_table(con, f"SELECT * FROM ({query}) ORDER BY practice", target / fact_name(table))


def write_parts(
    con: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    sources: Mapping[str, str] | str,
    target: Path,
) -> None:
    """One row per practice with every part of the declaration, aggregated from its table.

    `sources` gives a query with `practice` and `month` for each table that parts name; a single
    query stands for `fact`. A practice that only some tables hold has NULL in the others' parts.
    """
    queries = {FACT: sources} if isinstance(sources, str) else dict(sources)
    joined = ""
    for table, query in queries.items():
        own = ", ".join(aggregate(part) for part in dataset.parts if part.table == table)
        grouped = f"(SELECT practice, month, {own} FROM ({query}) GROUP BY practice, month)"
        joined += f" FULL JOIN {grouped} USING (practice, month)" if joined else grouped
    names = ", ".join(
        quoted(part.id) if part.table in queries else f"NULL::{type_of(part)} AS {quoted(part.id)}"
        for part in dataset.parts
    )
    write_table(
        con,
        f"SELECT practice, month, {names} FROM {joined} ORDER BY practice",
        target / "parts.parquet",
    )


def aggregate(part: Part) -> str:
    """The part's aggregate in its own type: DuckDB's sums are wider, and Parquet rounds those."""
    return f"({part.sql})::{type_of(part)} AS {quoted(part.id)}"
