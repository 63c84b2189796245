"""Rows of the publisher's own grain, one page at a time, straight from a version's fact tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from data import periods
from data.formula import quoted
from data.questions.rows import Page
from data.questions.selection import Selection, places
from data.spec import UNASSIGNED, Dataset, FactTable
from data.versions.orgs import Organisations
from data.versions.snapshot import FACT, Membership, Snapshot

Key = tuple[str, date]  # a practice and a period
LAST_DAY = "strftime(last_day(month), '%Y-%m-%d')"  # SQL: the day of a census or an achievement
FINANCIAL_YEAR = "strftime(month, '%Y') || '/' || strftime(month + INTERVAL 1 YEAR, '%y')"  # SQL


class AnotherForm(Exception):
    """A version's table lacks a column of the query, because it was built before there was one."""


@dataclass(frozen=True, slots=True)
class FactQuery:
    """Which rows and columns. `columns` are SQL over the fact table, named as rows have them.

    `equal` are (column, value) pairs, in either case of letters; a cell with several names joined
    by commas equals each of them. `holding` are (SQL, text) pairs: the first holds the second, in
    either case. `within` are areas (column of `HOME_COLUMNS`, code) to which practices belonged in
    the period, or by `membership` belong today. `keys` are the only practices and periods to look
    at.
    """

    columns: tuple[tuple[str, str], ...]
    order: tuple[str, ...]
    table: str = FACT
    group: str = ""  # columns to group by, where `columns` aggregate
    equal: tuple[tuple[str, str], ...] = ()
    holding: tuple[tuple[str, str], ...] = ()
    within: tuple[tuple[str, str], ...] = ()
    membership: Membership = "dated"
    keys: Sequence[Key] | None = None


def fact_page(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    query: FactQuery,
    months: Sequence[date],
    *,
    offset: int,
    limit: int,
) -> Page:
    """Rows `offset` to `offset + limit` of the given months, in the query's order.

    Raises `AnotherForm` where the version does not have the columns.
    """
    paths = [snapshot.fact_path(month, query.table) for month in months]
    existing = [path for path in paths if Path(path).exists()]
    if not existing:
        return Page(0, [])
    source = "read_parquet(?, union_by_name=true)"
    given: list[Any] = [existing]
    keys = query.keys if not query.within else _members(snapshot, query, months)
    if keys is not None:
        source += """ SEMI JOIN (
            SELECT unnest(?::VARCHAR[]) AS practice, unnest(?::DATE[]) AS month
        ) USING (practice, month)"""
        given += [[code for code, _ in keys], [month for _, month in keys]]
    where = ["true"]
    for column, value in query.equal:
        cell = f"upper({quoted(column)}::VARCHAR)"
        where.append(f"({cell} = ? OR list_contains(string_split({cell}, ', '), ?))")
        given += [value.upper(), value.upper()]
    for text, value in query.holding:
        where.append(f"contains(upper({text}), ?)")
        given.append(value.upper())
    listed = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in query.columns)
    grouped = f"GROUP BY {query.group}" if query.group else ""
    rows = f"SELECT {listed} FROM {source} WHERE {' AND '.join(where)} {grouped}"
    try:
        (count,) = cursor.execute(f"SELECT count(*) FROM ({rows})", given).fetchall()[0]
    except duckdb.BinderException as error:
        raise AnotherForm(f"{snapshot.dataset.id} {snapshot.version}: {error}") from error
    ordered = ", ".join(quoted(name) for name in query.order)
    cursor.execute(f"{rows} ORDER BY {ordered} LIMIT ? OFFSET ?", [*given, limit, offset])
    names = [name for name, _ in query.columns]
    return Page(count, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()])


def _members(snapshot: Snapshot, query: FactQuery, months: Sequence[date]) -> list[Key]:
    """Practices that belonged to every one of the areas, month by month, and a PCN's own rows."""
    return [
        (code, month)
        for month in months
        for code in sorted(
            set.intersection(
                *(_within(snapshot, *area, month, query.membership) for area in query.within)
            )
        )
    ]


def _within(
    snapshot: Snapshot, level: str, area: str, month: date, membership: Membership
) -> set[str]:
    label = snapshot.published_label(area) or area
    members = set(snapshot.practices_in(level, label, month, membership=membership))
    return members | {f"{UNASSIGNED}{area.upper()}"} if level == "pcn" else members


def cell_page(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    directory: Organisations,
    table: FactTable,
    selection: Selection,
    *,
    labels: Mapping[str, str],
    offset: int,
    limit: int,
) -> Page:
    """One page of an extra table for the organisations and periods of a selection.

    `labels` restrict dimensions. Ordered by practice, period and dimensions.
    """
    row_places = places(snapshot, selection)
    keys = [(code, month) for _, code, month in row_places.keys(0, len(row_places))]
    value = quoted(table.value) + ("::DOUBLE" if table.kind == "decimal" else "")
    query = FactQuery(
        columns=(
            ("practice", "practice"),
            ("month", "month"),
            *((name, quoted(name)) for name in table.dims),
            (table.value, value),
        ),
        order=("practice", "month", *table.dims),
        table=table.id,
        equal=tuple((dim, label) for dim, label in labels.items() if dim in table.dims),
        keys=keys,
    )
    months = sorted({month for _, month in keys})
    page = fact_page(cursor, snapshot, query, months, offset=offset, limit=limit)
    names = cell_names(snapshot.dataset, table)
    shown = []
    for row in page.rows:
        code, month, *rest = row.values()
        org = directory.at(table.level, code)
        about = (code, org.name if org else None, periods.written(snapshot.dataset.period, month))
        shown.append(dict(zip(names, (*about, *rest), strict=True)))
    return Page(page.count, shown)


def cell_names(dataset: Dataset, table: FactTable) -> tuple[str, ...]:
    """Members of a row of an extra table in their order."""
    return ("ods_code", "name", periods.column(dataset), *table.dims, table.value)
