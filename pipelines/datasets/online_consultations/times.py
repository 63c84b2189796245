"""Online consultations by weekday and time of day, and the names of suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from data.datasets.online_consultations import BANDS, NOT_KNOWN, TOTAL, WEEKDAYS
from data.versions.manifest import Check
from pipelines.engine.reading.cells import count_sql
from pipelines.engine.units import BadRelease, Table, csv_scan, headings, month_sql, sql_text

_NEEDED = ("MONTH", "GP_CODE", "SUPPLIER", "WEEKDAY", "SUBMISSION_TIME", "VALUE")
_ALLOWED = 0.01  # difference between times of day and totals, as a share
# Spellings of one supplier, in capitals.
_SAME = {"KLINIK HEALTHCARE SOLUTIONS UK LTD": "KLINIK HEALTHCARE SOLUTIONS UK LIMITED"}
_NONE = ("NONE/UNKNOWN", "NO DATA", "NONE", "UNKNOWN", "")


def suppliers_sql(column: str) -> str:
    """Suppliers of a cell in capitals, one spelling each, in order, joined by a comma."""
    spelled = " ".join(
        f"WHEN {sql_text(spelling)} THEN {sql_text(name)}" for spelling, name in _SAME.items()
    )
    none = ", ".join(sql_text(name) for name in _NONE)
    each = f"""list_transform(string_split(upper({column}), ','), lambda name:
        CASE trim(name) {spelled} ELSE trim(name) END)"""
    known = f"list_filter({each}, lambda name: name NOT IN ({none}))"
    joined = f"array_to_string(list_sort(list_distinct({known})), ', ')"
    return f"coalesce(nullif({joined}, ''), {sql_text(NOT_KNOWN)})"


def load(con: duckdb.DuckDBPyConnection, tables: Sequence[Table], month: date) -> list[Check]:
    """Table `times`: practice, month, supplier, weekday, band, value."""
    for table in tables:
        columns = set(headings(table.path))
        if missing := set(_NEEDED) - columns:
            raise BadRelease(
                f"{table.name} has no column {', '.join(sorted(missing))}. "
                f"It has: {', '.join(sorted(columns))}."
            )
    value = count_sql("VALUE", heading="VALUE", of="GP_CODE")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE times AS
        SELECT upper(trim(GP_CODE)) AS practice, DATE '{month}' AS month,
               {suppliers_sql("SUPPLIER")} AS supplier, trim(WEEKDAY) AS weekday,
               coalesce(nullif(regexp_replace(trim(SUBMISSION_TIME), '\\s*-\\s*', ' - '), ''),
                        'Unknown') AS band,
               sum({value})::BIGINT AS value, count(*) AS rows
        FROM {csv_scan([table.path for table in tables])}
        WHERE {month_sql("MONTH")} = '{month}' GROUP BY ALL"""
    )
    checks = [
        _known(con, "weekday", tuple(WEEKDAYS.values())),
        _known(con, "band", tuple(BANDS.values())),
    ]
    wrong = con.execute("SELECT practice, value FROM times WHERE value < 0 LIMIT 1").fetchall()
    found = f"{wrong[0][0]} has {wrong[0][1]}" if wrong else "no cell is below 0"
    twice = con.execute(
        # two spellings of one supplier are the only rows that may meet in one cell
        f"""SELECT practice FROM times WHERE rows > 1 AND NOT list_has_any(
            string_split(supplier, ', '), {list(_SAME.values())}) ORDER BY 1 LIMIT 1"""
    ).fetchall()
    con.execute("ALTER TABLE times DROP COLUMN rows")
    cells = f"{twice[0][0]} has a cell twice" if twice else "every cell appears once"
    return [
        *checks,
        Check("possible values by time", not wrong, found),
        Check("unique cells by time", not twice, cells),
    ]


def _known(con: duckdb.DuckDBPyConnection, column: str, labels: tuple[str, ...]) -> Check:
    strange = con.execute(
        f"SELECT DISTINCT {column} FROM times WHERE {column} NOT IN {labels} ORDER BY 1 LIMIT 3"
    ).fetchall()
    found = "every label is one that the specification lists"
    if strange:
        found = f"not in the specification: {', '.join(repr(row[0]) for row in strange)}"
    return Check(f"known {column}s", not strange, found)


def against_totals(
    con: duckdb.DuckDBPyConnection, month: date, *, same_release: bool
) -> list[Check | str]:
    """Times of day against the totals of the same month: a check within a release, else a note.

    A later release restates totals and not times of day, so they may differ then.
    """
    timed, total, unequal = con.execute(
        f"""SELECT coalesce(sum(t.value), 0)::BIGINT, coalesce(sum(o.value), 0)::BIGINT,
                   count(*) FILTER (WHERE coalesce(t.value, 0) <> coalesce(o.value, 0))
        FROM (SELECT practice, sum(value) AS value FROM times GROUP BY practice) t
        FULL JOIN (SELECT practice, value FROM oc WHERE metric = '{TOTAL}') o USING (practice)"""
    ).fetchall()[0]
    said = f"times of day add up to {timed:,} submissions, practices to {total:,}"
    apart = abs(timed - total) > _ALLOWED * max(total, 1)
    found: list[Check | str] = []
    if same_release:
        found.append(Check("times of day add up", not apart, said))
    if unequal and not (same_release and apart):
        found.append(
            f"In {month:%B %Y} {said}; {unequal:,} practices differ, because the two files are "
            "not restated together."
        )
    return found
