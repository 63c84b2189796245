"""Rows of the publisher's own grain, one page at a time, straight from a version's fact tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from data.rows import Page
from data.snapshot import FACT, Snapshot
from data.spec import UNASSIGNED


@dataclass(frozen=True, slots=True)
class FactQuery:
    """Which rows and columns. `columns` are SQL over the fact table, named as rows have them.

    `within` are areas (column of `HOME_COLUMNS`, code) to
    which practices belonged in the period; `equal` are (column, value in capitals) pairs.
    """

    columns: tuple[tuple[str, str], ...]
    order: tuple[str, ...]
    table: str = FACT
    where: str = "true"
    group: str = ""  # columns to group by, where `columns` aggregate
    equal: tuple[tuple[str, str], ...] = ()
    within: tuple[tuple[str, str], ...] = ()


def fact_page(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    query: FactQuery,
    months: Sequence[date],
    *,
    offset: int,
    limit: int,
) -> Page:
    """Rows `offset` to `offset + limit` of the given months, in the query's order."""
    parts: list[str] = []
    given: list[str | list[str]] = []
    for month in months:
        found = f"SELECT * FROM read_parquet('{snapshot.fact_path(month, query.table)}')"
        where = [query.where, *(f"upper({column}) = ?" for column, _ in query.equal)]
        given += [value.upper() for _, value in query.equal]
        if query.within:
            where.append("list_contains(?, practice)")
            given.append(_members(snapshot, query, month))
        parts.append(f"{found} WHERE {' AND '.join(where)}")
    if not parts:
        return Page(0, [])
    listed = ", ".join(f"{sql} AS {name}" for name, sql in query.columns)
    grouped = f"GROUP BY {query.group}" if query.group else ""
    rows = f"SELECT {listed} FROM ({' UNION ALL BY NAME '.join(parts)}) {grouped}"
    (count,) = cursor.execute(f"SELECT count(*) FROM ({rows})", given).fetchall()[0]
    ordered = ", ".join(query.order)
    cursor.execute(f"{rows} ORDER BY {ordered} LIMIT ? OFFSET ?", [*given, limit, offset])
    names = [name for name, _ in query.columns]
    found_rows: list[dict[str, Any]] = [
        dict(zip(names, row, strict=True)) for row in cursor.fetchall()
    ]
    return Page(count, found_rows)


def _members(snapshot: Snapshot, query: FactQuery, month: date) -> list[str]:
    """Practices that belonged to every one of the areas in the month, and a PCN's own rows."""
    sets = [
        set(snapshot.practices_in(column, snapshot.published_label(code) or code, month))
        | ({f"{UNASSIGNED}{code.upper()}"} if column == "pcn" else set())
        for column, code in query.within
    ]
    return sorted(set.intersection(*sets))
