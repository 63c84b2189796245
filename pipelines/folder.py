"""Writing the tables of a month's folder, the same way for every dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
        plain = [part for part in dataset.parts if part.table == table and part.cell is None]
        own = ", ".join(("practice", "month", *(aggregate(part) for part in plain)))
        grouped = f"(SELECT {own} FROM ({query}) GROUP BY practice, month)"
        for one in (grouped, *_pivoted(dataset, table, query)):
            joined += f" FULL JOIN {one} USING (practice, month)" if joined else one
    names = ", ".join(
        quoted(part.id) if part.table in queries else f"NULL::{type_of(part)} AS {quoted(part.id)}"
        for part in dataset.parts
    )
    write_table(
        con,
        f"SELECT practice, month, {names} FROM {joined} ORDER BY practice",
        target / "parts.parquet",
    )


def _pivoted(dataset: Dataset, table: str, query: str) -> Iterator[str]:
    """Parts that are cells of a long table, all those with the same columns in one pass."""
    alike: dict[tuple[str, ...], list[Part]] = {}
    for part in dataset.parts:
        if part.cell and part.table == table:
            value, labels = part.cell
            alike.setdefault((value, *(column for column, _ in labels)), []).append(part)
    for (value, *columns), parts in alike.items():
        listed = ", ".join(
            f"({sql_text(part.id)}, {', '.join(sql_text(label) for _, label in part.cell[1])})"
            for part in parts
            if part.cell
        )
        names = ", ".join(f"label_{number}" for number in range(len(columns)))
        same = " AND ".join(f"{name} = label_{n}" for n, name in enumerate(columns))
        keyed = f"""SELECT practice, month, part, sum({value}) AS total FROM ({query})
            JOIN (VALUES {listed}) AS cells(part, {names}) ON {same} GROUP BY ALL"""
        wide = f"""PIVOT ({keyed}) ON part IN ({", ".join(sql_text(p.id) for p in parts)})
            USING any_value(total) GROUP BY practice, month"""
        typed = ", ".join(f"{quoted(p.id)}::{type_of(p)} AS {quoted(p.id)}" for p in parts)
        yield f"(SELECT practice, month, {typed} FROM ({wide}))"


def aggregate(part: Part) -> str:
    """The part's aggregate in its own type: DuckDB's sums are wider, and Parquet rounds those."""
    return f"({part.sql})::{type_of(part)} AS {quoted(part.id)}"
