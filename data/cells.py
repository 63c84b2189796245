"""Rows of a dataset's extra fact tables, a page at a time, from the files of the months."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from data import periods
from data.formula import quoted
from data.orgs import Directory
from data.rows import Page
from data.selection import Selection, places
from data.snapshot import Snapshot
from data.spec import Dataset, FactTable


def cell_names(dataset: Dataset, table: FactTable) -> tuple[str, ...]:
    """Members of a row in their order."""
    return ("ods_code", "name", periods.column(dataset), *table.dims, table.value)


def cells(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    directory: Directory,
    table: FactTable,
    selection: Selection,
    *,
    labels: Mapping[str, str],
    offset: int,
    limit: int,
) -> Page:
    """One page of the cells of the practices and periods of a selection.

    `labels` restrict dimensions, in either case of letters; a label with several names joined by
    commas matches each of them. Ordered by practice, period and dimensions.
    """
    found = places(snapshot, selection)
    keys = [
        (code, month)
        for _, code, month in found.keys(0, len(found))
        if Path(snapshot.fact_path(month, table.id)).exists()
    ]
    if not keys:
        return Page(0, [])
    months = sorted({month for _, month in keys})
    wanted = [(dim, label) for dim, label in labels.items() if dim in table.dims]
    where = " AND ".join(
        ["true"]
        + [f"list_contains(string_split(lower({quoted(d)}), ', '), lower(?))" for d, _ in wanted]
    )
    value = quoted(table.value) + ("::DOUBLE" if table.kind == "decimal" else "")
    columns = ", ".join((*(quoted(dim) for dim in table.dims), f"{value} AS {quoted(table.value)}"))
    query = f"""SELECT practice, month, {columns} FROM read_parquet(?)
        SEMI JOIN (SELECT unnest(?) AS practice, unnest(?) AS month) USING (practice, month)
        WHERE {where}"""
    values = [
        [snapshot.fact_path(month, table.id) for month in months],
        [code for code, _ in keys],
        [month for _, month in keys],
        *(label for _, label in wanted),
    ]
    count = cursor.execute(f"SELECT count(*) FROM ({query})", values).fetchall()[0][0]
    order = ", ".join(("practice", "month", *(quoted(dim) for dim in table.dims)))
    rows = cursor.execute(
        f"{query} ORDER BY {order} LIMIT {int(limit)} OFFSET {int(offset)}", values
    ).fetchall()
    names = cell_names(snapshot.dataset, table)
    kind = snapshot.dataset.period
    shown = []
    for code, month, *rest in rows:
        org = directory.at("practice", code)
        about = (code, org.name if org else None, periods.written(kind, month))
        shown.append(dict(zip(names, (*about, *rest), strict=True)))
    return Page(count, shown)
