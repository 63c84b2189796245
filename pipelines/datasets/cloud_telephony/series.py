"""Cloud Based Telephony: summary and participation workbooks, CSVs by day, time and duration.

The workbook of a month has a sheet for each question, with headings that move, stray numbers
above them and, in some editions, a practice whose month was overwritten. A practice row is one
with a region. Rows called Unassigned are accounts that practices share.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.cloud_telephony import DATASET
from data.spec import UNASSIGNED
from data.versions.manifest import Check
from pipelines.datasets.cloud_telephony import bands, calls, england, participation
from pipelines.datasets.cloud_telephony.bands import PLACES
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.reading import england_table
from pipelines.engine.reading.sheets import (
    below_headings,
    find_headings,
    first_month_below,
    refuse_renamed,
)
from pipelines.engine.units import (
    Month,
    Preview,
    Recognised,
    Series,
    Sources,
    Table,
    first_of_month,
    month_sql,
    read_date,
)

_WANTED = re.compile(
    r"^cloud.based.telephony.*(publication.summary|day.and.time|durations|calls.answered)"
    r"|^cbt.participation",
    re.I,
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
_BAND_KINDS = ("answered-bands", "answered-waits", "answered-durations", "missed-bands")
_BREAKS = {
    date(2026, 6, 1): "a supplier corrected how it measures waits; waits of earlier months do not "
    "compare with those from this month on."
}


def wants(name: str) -> bool:
    return bool(_WANTED.match(name))


def recognise(preview: Preview) -> Recognised | None:
    """(kind, month) of a sheet or CSV by its headings; None for sheets that we do not use."""
    kind = calls.kind_of(preview.columns)
    if kind:
        return kind, first_of_month(read_date(preview.cell("DATE")))
    if found := find_headings(preview.path, _SUMMARY):
        return "summary", first_month_below(preview.path, found[0])
    if found := find_headings(preview.path, bands.BY_BANDS):
        return bands.bands_kind(preview, *found), first_month_below(preview.path, found[0])
    if found := find_headings(preview.path, england.BY_TIME):
        column = found[1].index("DATE")
        return "england-times", first_month_below(preview.path, found[0], column=column)
    if months := england_table.read_months(preview.path):
        return "england", months
    if month := participation.month_of(preview):
        return "participation", month
    refuse_renamed(preview, ("MONTH", "GP NAME"), ("INBOUND", "ANSWERED", "MISSED"))
    return None


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    summary = sources.tables["summary"][0]
    checks = [_load_summary(con, summary, month)]
    for kind in _BAND_KINDS:
        for table in sources.tables.get(kind, ()):
            checks += bands.add_bands(con, table, month, kind=kind)
    checks += [_unique_rows(con), _sensible(con)]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE fact AS SELECT practice, month, indicator, bucket, "
        "sum(value)::BIGINT AS value FROM calls GROUP BY ALL"
    )
    write_fact(con, "FROM fact", target)
    held = geography.load_lists(con, sources)
    queries = {"fact": "SELECT f.*, l.registered FROM fact f LEFT JOIN lists l USING (practice)"}
    notes = _outcomes(con, month)
    if calls.held(sources):
        notes += calls.load(con, sources, checks)
        write_fact(con, "FROM call_times", target, table="time")
        queries["time"] = "FROM call_times"
    if lists := sources.tables.get("participation"):
        notes += participation.load(con, lists[0], month, checks)
        write_fact(con, "FROM participation", target, table="participation")
        queries["participation"] = "FROM participation"
    write_parts(con, DATASET, queries, target)
    _write_geography(con, sources, target)
    practices, inbound = con.execute(
        """SELECT count(DISTINCT practice) FILTER (WHERE NOT starts_with(practice, '~')),
                  sum(value) FILTER (WHERE indicator = 'CBT001' AND bucket = 'ALL')::BIGINT
        FROM fact"""
    ).fetchall()[0]
    said, agreed = england.write(con, sources, summary, target)
    if lists:
        said += participation.against_england(con, month, target)
    if held is None:
        said.append(f"{month:%B %Y} has no list sizes, so rates per 1,000 patients are missing.")
    if month in _BREAKS:
        said.append(f"{month:%B %Y}: {_BREAKS[month]}")
    return Month(practices, {DATASET.control: inbound}, (*checks, *agreed), (*notes, *said))


def _load_summary(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> Check:
    """Tables `calls` (practice, month, indicator, bucket, value) and `places`."""
    sheet = below_headings(table, _SUMMARY)
    places = ", ".join(
        f"nullif(trim({bands.column(sheet, table, heading)}), 'Unmapped') AS {name}"
        for name, heading in PLACES.items()
    )
    columns = {code: bands.column(sheet, table, heading) for code, heading in _COUNTS.items()}
    numbers = ", ".join(
        f"{bands.number(column, sheet, table)} AS {code}" for code, column in columns.items()
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE summary AS
        SELECT {bands.code(sheet, table)} AS practice, {numbers}, {places},
               {month_sql('"MONTH"')} AS dated FROM {bands.rows(sheet, table)}"""
    )
    values = " UNION ALL ".join(
        f"SELECT practice, DATE '{month}' AS month, '{code}' AS indicator, 'ALL' AS bucket, "
        f"{code} AS value FROM summary"
        for code in _COUNTS
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE calls AS {values}")
    names = ", ".join(f"any_value({name}) AS {name}" for name in PLACES)
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
    shared = f"starts_with(l.practice, '{UNASSIGNED}')"  # unmapped where its practices differ
    geography.complete(con, sources, "FROM places", target, as_listed=shared)


SERIES = Series(
    dataset=DATASET,
    transform=4,
    slug="cloud-based-telephony-data-in-general-practice",
    wants=wants,
    recognise=recognise,
    headline_kind="summary",
    shared_kinds=("england",),
    build=build,
    listed_share=0.0,  # practices without a shared telephony supplier have no calls
    tolerance=0.40,
    per_working_day=True,
    known_share=0.75,  # coverage grows by up to a quarter in a month
    rows_shares={"participation": 0.5},  # it lists practices without calls too, ever fewer
)
