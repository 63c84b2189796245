"""Cloud Based Telephony: the Publication Summary workbook, and CSVs by day, time and duration.

The workbook of a month has a sheet for each question, with headings that move, stray numbers
above them and, in some editions, a practice whose month was overwritten. A practice row is one
with a region. Rows called Unassigned are accounts that practices share.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from itertools import islice
from pathlib import Path

import duckdb

from data.datasets.cloud_telephony import DATASET, DURATION, INDICATORS, MINUTES
from data.formula import quoted
from data.manifest import Check
from pipelines import england_table, geography, telephony_calls, telephony_england
from pipelines.folder import write_fact, write_parts
from pipelines.sheets import Sheet, below_headings, find_headings, first_month_below, tidy
from pipelines.telephony_calls import row_code
from pipelines.units import BadRelease, Month, Preview, Recognised, Series, Sources, Table

from pipelines.units import first_of_month, month_sql, read_date  # isort: skip

_WANTED = re.compile(
    r"^cloud.based.telephony.*(publication.summary|day.and.time|durations|calls.answered)", re.I
)
_COUNTS = {
    "CBT001": "COUNT OF INBOUND CALLS",
    "CBT002": "ENDED DURING THE IVR STAGE",
    "CBT003": "ANSWERED",
    "CBT004": "MISSED",
    "CBT005": "CALL BACK REQUESTED",
    "CBT006": "CALL BACK MADE",
}
_SUMMARY = ("MONTH", "GP NAME", _COUNTS["CBT001"], _COUNTS["CBT003"], _COUNTS["CBT004"])
_BY_BANDS = ("MONTH", "GP NAME", "TOTAL INBOUND CALLS", "LESS THAN 1 MINUTE")
_BUCKETS = dict(
    zip(
        MINUTES,
        ("LESS THAN 1 MINUTE", "1 - 2 MINUTES", "2 - 5 MINUTES", "LONGER THAN 5 MINUTES"),
        strict=True,
    )
)
_PLACES = {
    "practice_name": "GP NAME",
    "pcn": "PCN CODE",
    "pcn_name": "PCN NAME",
    "sub_icb": "SUB ICB CODE",
    "sub_icb_name": "SUB ICB NAME",
    "icb": "ICB CODE",
    "icb_name": "ICB NAME",
    "region": "REGION CODE",
    "region_name": "REGION NAME",
}
_BAND_KINDS = ("answered-bands", "answered-waits", "answered-durations", "missed-bands")
_BREAKS = {
    date(2026, 6, 1): "a supplier corrected how it measures waits; waits of earlier months do not "
    "compare with those from this month on."
}


def wants(name: str) -> bool:
    return bool(_WANTED.match(name))


def recognise(preview: Preview) -> Recognised | None:
    """(kind, month) of a sheet or CSV by its headings; None for sheets that we do not use."""
    kind = telephony_calls.kind_of(preview.columns)
    if kind:
        return kind, first_of_month(read_date(preview.cell("DATE")))
    if found := find_headings(preview.path, _SUMMARY):
        return "summary", first_month_below(preview.path, found[0])
    if found := find_headings(preview.path, _BY_BANDS):
        row, names = found
        groups = set(_groups(preview.path, row).values())
        month = first_month_below(preview.path, row)
        if any(name.startswith("MISSED") for name in names):
            return "missed-bands", month
        if groups == {"CBT003"}:
            return "answered-waits", month
        return ("answered-durations" if groups == {DURATION} else "answered-bands"), month
    if found := find_headings(preview.path, telephony_england.BY_TIME):
        column = found[1].index("DATE")
        return "england-times", first_month_below(preview.path, found[0], column=column)
    if months := england_table.read_months(preview.path):
        return "england", months
    return None


def _groups(path: Path, row: int) -> dict[int, str]:
    """Indicator of each column by the heading that spans it: wait or duration of answered calls."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        above = list(islice(csv.reader(text), row + 1))[max(0, row - 3) :]
    found: dict[int, str] = {}
    current = ""
    for column in range(max(len(cells) for cells in above)):
        for cells in above[:-1]:
            words = tidy(cells[column]) if column < len(cells) else ""
            if "DURATION" in words:
                current = DURATION
            elif "WAIT" in words:
                current = "CBT003"
        if current and column < len(above[-1]) and tidy(above[-1][column]) in _BUCKETS.values():
            found[column] = current
    return found


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    summary = sources.tables["summary"][0]
    checks = [_load_summary(con, summary, month)]
    for kind in _BAND_KINDS:
        for table in sources.tables.get(kind, ()):
            checks += _add_bands(con, table, month, missed=kind == "missed-bands")
    checks += [_unique_rows(con), _sensible(con)]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE fact AS SELECT practice, month, indicator, bucket, "
        "sum(value)::BIGINT AS value FROM calls GROUP BY ALL"
    )
    write_fact(con, "FROM fact", target)
    held = geography.load_lists(con, sources)
    queries = {"fact": "SELECT f.*, l.registered FROM fact f LEFT JOIN lists l USING (practice)"}
    notes = _outcomes(con, month)
    if telephony_calls.held(sources):
        notes += telephony_calls.load(con, sources, checks)
        write_fact(con, "FROM call_times", target, table="time")
        queries["time"] = "FROM call_times"
    write_parts(con, DATASET, queries, target)
    _write_geography(con, sources, target)
    practices, inbound = con.execute(
        """SELECT count(DISTINCT practice) FILTER (WHERE NOT starts_with(practice, '~')),
                  sum(value) FILTER (WHERE indicator = 'CBT001' AND bucket = 'ALL')::BIGINT
        FROM fact"""
    ).fetchall()[0]
    said, agreed = telephony_england.write(con, sources, summary, target)
    if held is None:
        said.append(f"{month:%B %Y} has no list sizes, so rates per 1,000 patients are missing.")
    if month in _BREAKS:
        said.append(f"{month:%B %Y}: {_BREAKS[month]}")
    return Month(practices, {DATASET.control: inbound}, (*checks, *agreed), (*notes, *said))


def _column(sheet: Sheet, table: Table, heading: str) -> str:
    """The column whose heading begins with a text: `GP PRACTICE (ODS_CODE)` for `GP PRACTICE`."""
    for name in sheet.names:
        if name == heading or name.startswith(f"{heading} "):
            return quoted(name)
    raise BadRelease(f"{table.name} has no column {heading}. It has: {', '.join(sheet.names)}.")


def _code(sheet: Sheet, table: Table) -> str:
    areas = [_column(sheet, table, _PLACES[level]) for level in ("pcn", "sub_icb", "icb", "region")]
    return row_code(_column(sheet, table, "GP PRACTICE"), areas)


def _rows(sheet: Sheet, table: Table) -> str:
    """Rows of practices and of shared accounts: those with a region. Totals and notes have none."""
    region = _column(sheet, table, "REGION CODE")
    return f"{sheet.sql} WHERE trim({region}) <> ''"


def _number(column: str) -> str:
    return f"CASE WHEN trim({column}) NOT IN ('', '*', '-') THEN {column}::DECIMAL(18, 6) END"


def _load_summary(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> Check:
    """Tables `calls` (practice, month, indicator, bucket, value) and `places`."""
    sheet = below_headings(table, _SUMMARY)
    places = ", ".join(
        f"nullif(trim({_column(sheet, table, heading)}), 'Unmapped') AS {name}"
        for name, heading in _PLACES.items()
    )
    columns = {code: _column(sheet, table, heading) for code, heading in _COUNTS.items()}
    numbers = ", ".join(f"{_number(column)} AS {code}" for code, column in columns.items())
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE summary AS
        SELECT {_code(sheet, table)} AS practice, {numbers}, {places},
               {month_sql('"MONTH"')} AS dated FROM {_rows(sheet, table)}"""
    )
    values = " UNION ALL ".join(
        f"SELECT practice, DATE '{month}' AS month, '{code}' AS indicator, 'ALL' AS bucket, "
        f"{code} AS value FROM summary"
        for code in _COUNTS
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE calls AS {values}")
    names = ", ".join(f"any_value({name}) AS {name}" for name in _PLACES)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE places AS "
        f"SELECT practice, {names} FROM summary GROUP BY practice"
    )
    other = con.execute(
        "SELECT DISTINCT dated FROM summary WHERE dated <> ?::DATE ORDER BY 1", [month]
    ).fetchall()
    said = f"every dated row is of {month:%B %Y}"
    if other:
        said = f"some rows are of {other[0][0]:%B %Y}"
    return Check("one month in the sheet", not other, said)


def _add_bands(
    con: duckdb.DuckDBPyConnection, table: Table, month: date, *, missed: bool
) -> list[Check]:
    """Waits and durations into `calls`; their totals must be those of the summary."""
    sheet = below_headings(table, _BY_BANDS)
    groups = _groups(table.path, sheet.row)
    whole = "CBT004" if missed else "CBT003"
    selects = []
    for indicator in ("CBT004",) if missed else sorted(set(groups.values())):
        columns = [c for c, group in groups.items() if missed or group == indicator]
        for bucket, column in zip(_BUCKETS, columns, strict=True):
            selects.append((indicator, bucket, quoted(sheet.names[column])))
    values = " UNION ALL ".join(
        f"SELECT practice, DATE '{month}' AS month, '{indicator}' AS indicator, "
        f"'{bucket}' AS bucket, {_number(column)} AS value FROM found"
        for indicator, bucket, column in selects
    )
    total = _column(sheet, table, "MISSED" if missed else "ANSWERED")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE found AS
        SELECT *, {_code(sheet, table)} AS practice, {_number(total)} AS total
        FROM {_rows(sheet, table)}"""
    )
    con.execute(f"INSERT INTO calls {values}")
    here, there = con.execute(
        f"""SELECT (SELECT sum(total) FROM found)::BIGINT, (SELECT sum(value) FROM calls
            WHERE indicator = '{whole}' AND bucket = 'ALL')::BIGINT"""
    ).fetchall()[0]
    name = f"{INDICATORS[whole][1].lower()} by time"
    found = f"the sheet adds up to {here:,}, the summary to {there:,}"
    return [Check(name, here == there, found)]


def _unique_rows(con: duckdb.DuckDBPyConnection) -> Check:
    twice = con.execute(
        """SELECT practice FROM calls WHERE NOT starts_with(practice, '~')
        GROUP BY practice, indicator, bucket HAVING count(*) > 1 ORDER BY 1 LIMIT 3"""
    ).fetchall()
    found = "every practice appears once"
    if twice:
        found = f"{', '.join(row[0] for row in twice)} is there more than once"
    return Check("unique practices", not twice, found)


def _sensible(con: duckdb.DuckDBPyConnection) -> Check:
    wrong = con.execute(
        """SELECT practice, indicator, value FROM calls
        WHERE value < 0 OR (value IS NULL AND indicator = 'CBT001') ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = "every row has its inbound calls and no count is below 0"
    if wrong:
        found = f"{wrong[0][0]} has {wrong[0][2]} as {wrong[0][1]}"
    return Check("possible values", not wrong, found)


def _outcomes(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """How many rows have outcomes that do not add up to inbound calls, and what is not given."""
    unequal, every, lacking = con.execute(
        """SELECT count(*) FILTER (WHERE inbound IS DISTINCT FROM outcomes), count(*),
                  count(*) FILTER (WHERE known < 6)
        FROM (SELECT practice, sum(value) FILTER (WHERE indicator = 'CBT001') AS inbound,
                     sum(value) FILTER (WHERE indicator IN ('CBT002', 'CBT003', 'CBT004',
                                                            'CBT005')) AS outcomes,
                     count(value) AS known
              FROM fact WHERE bucket = 'ALL' GROUP BY practice)"""
    ).fetchall()[0]
    said = []
    if unequal:
        said.append(
            f"In {month:%B %Y} the outcomes of {unequal:,} of {every:,} practices and shared "
            "accounts do not add up to their inbound calls."
        )
    if lacking:
        said.append(f"In {month:%B %Y} one outcome or more is not given for {lacking:,} of them.")
    return said


def _write_geography(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> None:
    geography.complete(con, sources, "FROM places", target)


SERIES = Series(
    dataset=DATASET,
    transform=1,
    slug="cloud-based-telephony-data-in-general-practice",
    wants=wants,
    recognise=recognise,
    headline_kind="summary",
    shared_kinds=("england",),
    build=build,
    tolerance=0.40,
    per_working_day=True,
    known_share=0.75,  # coverage grows by up to a quarter in a month
)
