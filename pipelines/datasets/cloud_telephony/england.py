"""What the telephony workbook says of England: coverage, totals, calls by day and time."""

from __future__ import annotations

from pathlib import Path

import duckdb

from data.datasets.cloud_telephony import BANDS
from data.datasets.online_consultations import WEEKDAYS
from data.formula import quoted
from data.versions.manifest import Check
from pipelines.engine.folder import write_table
from pipelines.engine.reading.england_table import EnglandTable, read_england
from pipelines.engine.reading.sheets import below_headings
from pipelines.engine.units import Sources, Table, month_sql

BY_TIME = ("DATE", "TOTAL COUNT OF INBOUND CALLS", "08:00 - 09:59")
_COVERAGE = {
    "open_practices": "Open active practices",
    "included_practices": "Count of practices included",
    "open_patients": "Registered patients at open active practices",
    "included_patients": "Registered patients at included practices",
}
_TOTALS = {
    "CBT001": "Total inbound calls",
    "CBT002": "Calls ended during the IVR",
    "CBT003": "Calls answered",
    "CBT004": "Missed calls",
    "CBT005": "Calls resulting in a call back request",
    "CBT006": "Call backs made",
}


def write(
    con: duckdb.DuckDBPyConnection, sources: Sources, summary: Table, target: Path
) -> tuple[list[str], list[Check]]:
    """`published.parquet` for England; notes; checks of the totals of the same workbook."""
    month = sources.month
    said: list[str] = []
    checks: list[Check] = []
    columns: dict[str, str] = {}
    tables = [table for table in sources.nearby.get("england", ()) if table.period == month]
    own = [table for table in tables if table.release.slug == summary.release.slug]
    newest = sources.tables.get("england", ())
    if own:
        table = read_england(max(own, key=lambda one: one.order))
        checks += _against(con, sources, table)
    if newest:
        table = read_england(newest[0])
        for part, label in _COVERAGE.items():
            value = table.value(month, label)
            columns[part] = "NULL::BIGINT" if value is None else f"{round(value)}::BIGINT"
        again = table.value(month, _TOTALS["CBT001"])
        inbound = _total(con, "CBT001")
        if newest[0].release.slug != summary.release.slug and again not in (None, inbound):
            said.append(
                f"{month:%B %Y} has been restated for England as {again:,.0f} inbound calls; the "
                f"practices held are of an earlier release and add up to {inbound:,}."
            )
    if times := sources.tables.get("england-times"):
        checks += _by_time(con, sources, times[0])
        found = {row[0] for row in con.execute("DESCRIBE england_times").fetchall()}
        parts = [part for part in BANDS if part in found]
        row = con.execute(
            "SELECT sum(total)::BIGINT, "
            + ", ".join(f"sum({part})::BIGINT" for part in parts)
            + " FROM england_times"
        ).fetchall()[0]
        columns |= {
            part: f"{number}::BIGINT" for part, number in zip(("timed", *parts), row, strict=True)
        }
        days = dict(
            con.execute("SELECT day, sum(total)::BIGINT FROM england_times GROUP BY day").fetchall()
        )
        columns |= {part: f"{days.get(day, 0)}::BIGINT" for part, day in WEEKDAYS.items()}
    if columns:
        listed = ", ".join(f"{sql} AS {part}" for part, sql in columns.items())
        write_table(
            con,
            f"SELECT DATE '{month}' AS month, 'england' AS level, 'ENG' AS code, {listed}",
            target / "published.parquet",
        )
    return said, checks


def _total(con: duckdb.DuckDBPyConnection, indicator: str) -> int:
    return int(
        con.execute(
            "SELECT coalesce(sum(value), 0) FROM fact WHERE indicator = ? AND bucket = 'ALL'",
            [indicator],
        ).fetchall()[0][0]
    )


def _against(con: duckdb.DuckDBPyConnection, sources: Sources, table: EnglandTable) -> list[Check]:
    """Totals of England in the same workbook against the sum of its rows."""
    checks = []
    for indicator, label in _TOTALS.items():
        total = table.value(sources.month, label)
        if total is None:
            continue
        summed = _total(con, indicator)
        found = f"{label.lower()}: England is given as {total:,.0f}, rows add up to {summed:,}"
        checks.append(Check(f"total of England, {indicator}", total == summed, found))
    return checks


def _by_time(con: duckdb.DuckDBPyConnection, sources: Sources, table: Table) -> list[Check]:
    """Table `england_times`: a row for each day of the month with its total and bands."""
    sheet = below_headings(table, BY_TIME)
    bands = {part: name for part, name in BANDS.items() if name in sheet.names}
    listed = ", ".join(
        f"coalesce(try_cast({quoted(name)} AS DECIMAL(18, 1)), 0)::BIGINT AS {part}"
        for part, name in bands.items()
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE england_times AS
        SELECT left(trim("DATE"), 10)::DATE AS dated, dayname(dated) AS day,
               "TOTAL COUNT OF INBOUND CALLS"::DECIMAL(18, 1)::BIGINT AS total, {listed}
        FROM {sheet.sql} WHERE {month_sql('"DATE"')} = '{sources.month}'"""
    )
    total, summed = con.execute(
        f"SELECT sum(total)::BIGINT, sum({' + '.join(bands)})::BIGINT FROM england_times"
    ).fetchall()[0]
    inbound = _total(con, "CBT001")
    return [
        Check(
            "calls by day and time add up",
            total == summed == inbound and len(bands) == len(BANDS),
            f"days add up to {total:,}, times of day to {summed:,}, rows to {inbound:,}",
        )
    ]
