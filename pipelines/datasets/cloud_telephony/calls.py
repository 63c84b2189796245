"""Telephony CSVs: calls by day and time, by duration or wait, and answered calls by core hours.

Built from a description of the files. Codes only; eight files a month, seven regions and one of
shared accounts without a region. A month has up to four million rows, which are added up to
weekdays while they are read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import duckdb

from data.datasets.cloud_telephony import BANDS, DURATION, INDICATORS
from data.spec import UNASSIGNED
from data.versions.manifest import Check
from pipelines.engine.reading.cells import count_sql
from pipelines.engine.units import BadRelease, Sources, Table, csv_scan, headings, sql_text

_CODES = ("REGION_CODE", "ICB_CODE", "SUB_ICB_LOCATION_CODE", "PCN_CODE", "PRACTICE_CODE")
_NEEDED = ("DATE", *_CODES, "INDICATOR", "VALUE")
_KINDS = {
    "times": ("TIME_CATEGORY",),
    "durations": ("DURATION",),
    "answered": ("WAIT_TIME", "CORE_CATEGORY"),
}
_ALLOWED = 0.01  # difference from the workbook's total, as a share
_CODE = "[A-Z][A-Z0-9]{5}"
_CORE = ("core_8_10", "core", "non_core")


def kind_of(columns: Collection[str]) -> str | None:
    """Which of the CSVs has these columns; None where it is none of them."""
    if not {"PRACTICE_CODE", "INDICATOR"} <= set(columns):
        return None
    for kind, extra in _KINDS.items():
        if set(extra) <= set(columns):
            return kind
    return None


def row_code(practice: str, areas: Sequence[str]) -> str:
    """SQL for the code of a row: the practice, or `~` and the areas that a shared account names.

    `areas` are the columns of PCN, sub-ICB, ICB and region.
    """
    known = ", ".join(f"coalesce(nullif(trim({area}), 'Unmapped'), '')" for area in areas)
    return (
        f"CASE WHEN lower(trim({practice})) IN ('unassigned', 'unmapped', '') "
        f"THEN '{UNASSIGNED}' || concat_ws('/', {known}) ELSE upper(trim({practice})) END"
    )


def held(sources: Sources) -> bool:
    return any(kind in sources.tables for kind in _KINDS)


def load(con: duckdb.DuckDBPyConnection, sources: Sources, checks: list[Check]) -> list[str]:
    """Table `call_times` (practice, month, indicator, dimension, weekday, bucket, value).

    Rows of codes that the workbook lacks are added to `places`. Checks are added to `checks`;
    the answer is notes.
    """
    con.execute(
        """CREATE OR REPLACE TEMP TABLE call_times (practice VARCHAR, month DATE,
        indicator VARCHAR, dimension VARCHAR, weekday VARCHAR, bucket VARCHAR, value BIGINT)"""
    )
    month = sources.month
    notes = []
    for kind in _KINDS:
        tables = sources.tables.get(kind, ())
        if not tables:
            continue
        _require(tables, kind)
        _add(con, tables, kind, month)
        checks += _checks(con, tables, kind, month)
    if "times" in sources.tables:
        summary = sources.tables["summary"][0]
        same = sources.tables["times"][0].release.slug == summary.release.slug
        notes += _against_summary(con, month, checks, same_release=same)
    return notes


def _require(tables: Sequence[Table], kind: str) -> None:
    for table in tables:
        columns = set(headings(table.path))
        if missing := {*_NEEDED, *_KINDS[kind]} - columns:
            raise BadRelease(
                f"{table.name} has no column {', '.join(sorted(missing))}. "
                f"It has: {', '.join(sorted(columns))}."
            )


def _add(con: duckdb.DuckDBPyConnection, tables: Sequence[Table], kind: str, month: date) -> None:
    areas = ("PCN_CODE", "SUB_ICB_LOCATION_CODE", "ICB_CODE", "REGION_CODE")
    scan = csv_scan([table.path for table in tables])
    weekday, bucket = "''", "trim(WAIT_TIME)"
    dimension = "'answered_' || replace(lower(trim(CORE_CATEGORY)), '-', '_')"
    if kind == "times":
        weekday = "dayname(left(trim(DATE), 10)::DATE)"
        dimension, bucket = "'time_of_day'", "regexp_replace(trim(TIME_CATEGORY), ' *- *', ' - ')"
    elif kind == "durations":
        dimension = f"CASE INDICATOR WHEN '{DURATION}' THEN 'duration' ELSE 'wait' END"
        bucket = "trim(DURATION)"
    value = count_sql("VALUE", heading="VALUE", of="PRACTICE_CODE")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE raw_calls AS
        SELECT {row_code("PRACTICE_CODE", areas)} AS practice,
               date_trunc('month', left(trim(DATE), 10)::DATE)::DATE AS month,
               upper(trim(INDICATOR)) AS indicator, {dimension} AS dimension,
               {weekday} AS weekday, {bucket} AS bucket,
               min({value}) AS least, sum({value})::BIGINT AS value,
               {", ".join(f"any_value(nullif(trim({c}), 'Unmapped')) AS {c}" for c in areas)}
        FROM (SELECT {", ".join((*_NEEDED, *_KINDS[kind]))} FROM {scan})
        GROUP BY ALL"""
    )
    con.execute(
        """INSERT INTO call_times SELECT practice, month, indicator, dimension, weekday, bucket,
        sum(value) FROM raw_calls WHERE upper(bucket) <> 'TOTAL' AND month = ? GROUP BY ALL""",
        [month],
    )
    con.execute(
        """INSERT INTO places BY NAME SELECT practice, any_value(PCN_CODE) AS pcn,
        any_value(SUB_ICB_LOCATION_CODE) AS sub_icb, any_value(ICB_CODE) AS icb,
        any_value(REGION_CODE) AS region FROM raw_calls
        WHERE practice NOT IN (SELECT practice FROM places) GROUP BY practice"""
    )


def _checks(
    con: duckdb.DuckDBPyConnection, tables: Sequence[Table], kind: str, month: date
) -> list[Check]:
    name = tables[0].name.partition(": ")[0]
    months = [row[0] for row in con.execute("SELECT DISTINCT month FROM raw_calls").fetchall()]
    other = [one for one in months if one != month]
    known = [*INDICATORS, DURATION]
    strange = [f"Indicator {row[0]!r}" for row in con.execute(
        "SELECT DISTINCT indicator FROM raw_calls WHERE NOT list_contains(?, indicator) LIMIT 3",
        [known]).fetchall()]  # fmt: skip
    allowed = "regexp_matches(bucket, '^([0-9]+|[0-9]+_[0-9]+|>[0-9]+|TOTAL)$')"
    if kind == "times":
        allowed = f"bucket IN ({', '.join(sql_text(band) for band in BANDS.values())})"
    strange += [f"{kind} {row[0]!r}" for row in con.execute(
        f"SELECT DISTINCT bucket FROM raw_calls WHERE NOT {allowed} ORDER BY 1 LIMIT 3"
    ).fetchall()]  # fmt: skip
    negative = con.execute(
        "SELECT practice, least FROM raw_calls WHERE least < 0 LIMIT 1"
    ).fetchall()
    codes = con.execute(
        f"""SELECT DISTINCT practice FROM raw_calls WHERE NOT starts_with(practice, '{UNASSIGNED}')
        AND NOT regexp_full_match(practice, '{_CODE}') ORDER BY 1 LIMIT 3"""
    ).fetchall()
    strange += [f"practice {row[0]!r}" for row in codes]
    found = "no value is below 0"
    if negative:
        found = f"{negative[0][0]} has {negative[0][1]:.0f}"
    return [
        Check(
            f"one month in {kind}",
            not other,
            f"{name}: {', '.join(f'{one:%B %Y}' for one in sorted(months))}",
        ),
        Check(
            f"known labels in {kind}",
            not strange,
            f"not in the specification: {', '.join(strange)}"
            if strange
            else "every label is one that the specification lists",
        ),
        Check(f"possible values in {kind}", not negative, found),
    ]


def _against_summary(
    con: duckdb.DuckDBPyConnection, month: date, checks: list[Check], *, same_release: bool
) -> list[str]:
    timed, inbound = con.execute(
        """SELECT (SELECT coalesce(sum(value), 0) FROM call_times WHERE indicator = 'CBT001'
                   AND dimension = 'time_of_day')::BIGINT,
                  (SELECT sum(value) FROM fact WHERE indicator = 'CBT001'
                   AND bucket = 'ALL')::BIGINT"""
    ).fetchall()[0]
    said = f"calls by day and time add up to {timed:,}, the summary to {inbound:,}"
    apart = abs(timed - inbound) > _ALLOWED * inbound
    if same_release:
        checks.append(Check("calls by practice, day and time", not apart, said))
    return [f"In {month:%B %Y} {said}."] if timed != inbound else []
