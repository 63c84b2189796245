"""Writing the tables of a month's folder, the same way for every dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from data.formula import quoted, type_of
from data.spec import Dataset, Part
from data.versions.snapshot import FACT, fact_name
from pipelines.engine.units import sql_text


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
    grouped = [
        one
        for table, query in queries.items()
        for one in _grouped([part for part in dataset.parts if part.table == table], query)
    ]
    joined = " FULL JOIN ".join(
        one if first else f"{one} USING (practice, month)"
        for first, one in zip([True, *[False] * len(grouped)], grouped, strict=False)
    )
    names = ", ".join(
        quoted(part.id) if part.table in queries else f"NULL::{type_of(part)} AS {quoted(part.id)}"
        for part in dataset.parts
    )
    write_table(
        con,
        f"SELECT practice, month, {names} FROM {joined} ORDER BY practice",
        target / "parts.parquet",
    )


def _grouped(parts: Sequence[Part], query: str) -> Iterator[str]:
    """One query for the parts with aggregates of their own, one for each family of cells."""
    if alone := ", ".join(aggregate(part) for part in parts if part.cell is None):
        yield f"(SELECT practice, month, {alone} FROM ({query}) GROUP BY practice, month)"
    families: dict[tuple[tuple[str, ...], str], list[tuple[Part, str]]] = {}
    for part in parts:
        if part.cell is not None:
            family = families.setdefault((part.cell.columns, part.cell.value), [])
            family.append((part, _SEPARATOR.join(part.cell.labels)))
    for (columns, value), cells in families.items():
        key = f" || {sql_text(_SEPARATOR)} || ".join(columns)
        wanted = ", ".join(sql_text(text) for _, text in cells)
        shown = ", ".join(
            f"{quoted(text)}::{type_of(part)} AS {quoted(part.id)}" for part, text in cells
        )
        long = f"SELECT practice, month, {key} AS cell, {value} AS value FROM ({query})"
        yield (
            f"(SELECT practice, month, {shown} FROM (PIVOT ({long}) ON cell IN ({wanted}) "
            "USING sum(value) GROUP BY practice, month))"
        )


_SEPARATOR = "|"  # between the labels of a cell


def aggregate(part: Part) -> str:
    """The part's aggregate in its own type: DuckDB's sums are wider, and Parquet rounds those."""
    return f"({part.sql})::{type_of(part)} AS {quoted(part.id)}"
