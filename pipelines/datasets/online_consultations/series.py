"""Submissions via Online Consultation Systems: practice CSVs, workbooks, day-and-time CSVs.

A release restates about 19 months in two CSVs, one for the north and one for the south of
England, and shows its own month in a workbook. Where both are held the CSVs are read; the
workbook stands in for months without them. Day-and-time files are of one month each.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.online_consultations import (
    DATASET,
    PARTICIPATION,
    PATIENTS,
    TOTAL,
    TYPES,
)
from data.formula import quoted
from data.versions.manifest import Check
from pipelines.datasets.online_consultations import (
    averages,
)
from pipelines.datasets.online_consultations import (
    checks as online_checks,
)
from pipelines.datasets.online_consultations import (
    times as online_times,
)
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.reading import england_table
from pipelines.engine.reading.cells import number_sql
from pipelines.engine.reading.sheets import (
    Sheet,
    below_headings,
    find_headings,
    first_month_below,
    refuse_renamed,
)
from pipelines.engine.units import (
    BadRelease,
    Month,
    Parts,
    Preview,
    Recognised,
    Series,
    Sources,
    Table,
    csv_scan,
    first_of_month,
    headings,
    month_sql,
    periods_in,
    read_date,
)

_WANTED = re.compile(r"^submissions.via.(oc|online.consultation).*\.(xlsx|zip|csv(\.gz)?)$", re.I)
_HALVES = {"north": ("Y60", "Y62", "Y63"), "south": ("Y56", "Y58", "Y59", "Y61")}
_CSVS = (*_HALVES, "whole")
_PARTS = {f"the {half}": codes for half, codes in _HALVES.items()}
_PLACES = {
    "practice_name": "GP_NAME",
    "pcn": "PCN_CODE",
    "pcn_name": "PCN_NAME",
    "sub_icb": "SUB_ICB_LOCATION_CODE",
    "sub_icb_name": "SUB_ICB_LOCATION_NAME",
    "icb": "ICB_CODE",
    "icb_name": "ICB_NAME",
    "region": "REGION_CODE",
    "region_name": "REGION_NAME",
    "supplier": "SUPPLIER",
}
_NEEDED = ("MONTH", "GP_CODE", *_PLACES.values(), "METRIC", "VALUE")
_SUMMARY = ("MONTH", "GP CODE", "SUPPLIER", "SUBMISSIONS", "REGISTERED PATIENT COUNT")
_SUMMARY_METRICS = {
    TOTAL: "SUBMISSIONS",
    TYPES["clinical"][0]: "CLINICAL SUBMISSIONS",
    TYPES["administrative"][0]: "ADMINISTRATIVE SUBMISSIONS",
    TYPES["other"][0]: "OTHER/UNKNOWN TYPE SUBMISSIONS",
    PATIENTS: "REGISTERED PATIENT COUNT",
    PARTICIPATION: "PARTICIPATION",  # absent in 2024
}
_MISSING = ("*", "")  # not disclosed
_ENGLAND_TOTAL = "Total submissions"


def wants(name: str) -> bool:
    return bool(_WANTED.match(name))


def recognise(preview: Preview) -> Recognised | None:
    """(kind, months) of a CSV or sheet by its headings; None for sheets that we do not use."""
    columns = preview.columns
    if {"GP_CODE", "METRIC", "VALUE"} <= columns:
        if not preview.cell("MONTH"):
            raise BadRelease(f"{preview.name} has no MONTH. It has: {', '.join(preview.header)}.")
        return _half(preview.path), periods_in(preview, "MONTH", "month")
    if {"GP_CODE", "WEEKDAY", "SUBMISSION_TIME"} <= columns:
        return "time", first_of_month(read_date(preview.cell("MONTH")))
    if found := find_headings(preview.path, _SUMMARY):
        return "summary", first_month_below(preview.path, found[0])
    if month := averages.month_of(preview):
        return "averages", month
    if months := england_table.read_months(preview.path):
        return "england", months
    refuse_renamed(preview, ("GP CODE", "GP NAME"), ("SUBMISSIONS",))
    return None


def _half(path: Path) -> str:
    """Which regions a CSV holds: those of one half of England, or of both."""
    found = duckdb.execute(f"SELECT DISTINCT REGION_CODE FROM {csv_scan([path])}").fetchall()
    regions = {code for (code,) in found}
    return next((half for half, codes in _HALVES.items() if regions <= set(codes)), "whole")


def parts_of(_preview: Preview, kind: str) -> tuple[str, ...]:
    return (f"the {kind}",) if kind in _HALVES else tuple(_PARTS)


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    csvs = [table for kind in _CSVS for table in sources.tables.get(kind, ())]
    used = csvs or list(sources.tables["summary"])
    query = _metrics(con, csvs, month) if csvs else _summary(con, used[0], month)
    con.execute(f"CREATE OR REPLACE TEMP TABLE oc AS {query}")
    checks = [
        online_checks.unique_keys(con),
        online_checks.complete(con),
        online_checks.sensible(con),
        online_checks.types_add_up(con),
        _both_halves(con, sources),
    ]
    write_fact(con, "SELECT practice, month, metric, value FROM oc", target)
    queries = {"fact": "SELECT practice, month, metric, value FROM oc"}
    notes = online_checks.other_metrics(con, month)
    if times := sources.tables.get("time"):
        same = times[0].release.slug == used[0].release.slug
        checks += online_times.load(con, times, month)
        checks_or_notes = online_times.against_totals(con, month, same_release=same)
        checks += [one for one in checks_or_notes if isinstance(one, Check)]
        notes += [one for one in checks_or_notes if isinstance(one, str)]
        write_fact(con, "FROM times", target, table="time")
        queries["time"] = "FROM times"
    write_parts(con, DATASET, queries, target)
    _write_geography(con, sources, target)
    practices, submissions = con.execute(
        f"""SELECT count(DISTINCT practice), coalesce(sum(value) FILTER (
            WHERE metric = '{TOTAL}'), 0)::BIGINT FROM oc"""
    ).fetchall()[0]
    said, agreed = _england(sources, used[0], submissions)
    averaged = _averages(con, sources, used[0], submissions, target)
    checks += [one for one in averaged if isinstance(one, Check)]
    notes += [one for one in averaged if isinstance(one, str)]
    return Month(practices, {DATASET.control: submissions}, (*checks, *agreed), (*notes, *said))


def _metrics(con: duckdb.DuckDBPyConnection, tables: list[Table], month: date) -> str:
    """Rows of a month in the practice CSVs: one for each practice and metric.

    The CSVs hold many months, so they are read once and kept for the months that follow.
    """
    names = "".join(f"{table.sha256} {table.name} " for table in tables)
    key = hashlib.sha256(names.encode()).hexdigest()[:16]
    held = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if f"oc_values_{key}" not in held:
        for name in held:
            if name.startswith(("oc_values_", "oc_places_")):
                con.execute(f"DROP TABLE {name}")
        _read(con, tables, key)
    return f"""SELECT practice, month, metric, value, {", ".join(_PLACES)}
        FROM oc_values_{key} LEFT JOIN oc_places_{key} USING (practice, month)
        WHERE month = DATE '{month}'"""


def _read(con: duckdb.DuckDBPyConnection, tables: list[Table], key: str) -> None:
    for table in tables:
        columns = set(headings(table.path))
        if missing := set(_NEEDED) - columns:
            raise BadRelease(
                f"{table.name} has no column {', '.join(sorted(missing))}. "
                f"It has: {', '.join(sorted(columns))}."
            )
    scan = csv_scan([table.path for table in tables])
    who = f"upper(trim(GP_CODE)) AS practice, {month_sql('MONTH')} AS month"
    con.execute(
        f"""CREATE TEMP TABLE oc_values_{key} AS
        SELECT {who}, upper(trim(METRIC)) AS metric, {_number("VALUE", "GP_CODE")} AS value
        FROM {scan}"""
    )
    texts = ", ".join(f"any_value({column}) AS {name}" for name, column in _PLACES.items())
    names = ", ".join(name for name in _PLACES if name != "supplier")
    con.execute(
        f"""CREATE TEMP TABLE oc_places_{key} AS
        SELECT practice, month, {names}, {online_times.suppliers_sql("supplier")} AS supplier
        FROM (SELECT {who}, {texts} FROM {scan} WHERE trim(METRIC) = '{TOTAL}' GROUP BY ALL)"""
    )


def _require_one_month(
    con: duckdb.DuckDBPyConnection, table: Table, sheet: Sheet, month: date
) -> None:
    """Rows of other months would be left out, and the month would lack their practices."""
    dated = month_sql('"MONTH"')
    other = con.execute(
        f"SELECT {dated} FROM {sheet.sql} WHERE {dated} <> DATE '{month}' ORDER BY 1 LIMIT 1"
    ).fetchone()
    if other:
        raise BadRelease(
            f"{table.name} should be of {month:%B %Y} alone; it has rows of {other[0]:%B %Y}."
        )


def _summary(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> str:
    """The same rows from the workbook's sheet of practices, as far as it has the metrics."""
    sheet = below_headings(table, _SUMMARY)
    metrics = {m: name for m, name in _SUMMARY_METRICS.items() if name in sheet.names}
    if missing := set(_SUMMARY_METRICS.values()) - {"PARTICIPATION"} - set(sheet.names):
        raise BadRelease(
            f"{table.name} has no column {', '.join(sorted(missing))}. "
            f"It has: {', '.join(sheet.names)}."
        )
    _require_one_month(con, table, sheet, month)
    places = ", ".join(_place(sheet, table, name) for name in _PLACES)
    numbers = ", ".join(
        f"{_number(quoted(name), quoted('GP CODE'))} AS {m}" for m, name in metrics.items()
    )
    values = " UNION ALL ".join(
        f"SELECT practice, month, '{m}' AS metric, {m} AS value, {', '.join(_PLACES)} FROM found"
        for m in metrics
    )
    return f"""WITH found AS (
        SELECT upper(trim("GP CODE")) AS practice, DATE '{month}' AS month, {numbers}, {places}
        FROM {sheet.sql} WHERE {month_sql('"MONTH"')} = '{month}')
        {values}"""


def _place(sheet: Sheet, table: Table, name: str) -> str:
    """A column of `_PLACES` under the workbook's heading: `Sub ICB Code` for SUB_ICB_..._CODE."""
    heading = _PLACES[name].replace("_LOCATION", "").replace("_", " ")
    if heading not in sheet.names:
        raise BadRelease(f"{table.name} has no column {heading}. It has: {', '.join(sheet.names)}.")
    column = quoted(heading)
    return f"{online_times.suppliers_sql(column) if name == 'supplier' else column} AS {name}"


def _number(column: str, of: str) -> str:
    """A published number; NULL where it is not disclosed. Anything else fails the cast."""
    return number_sql(column, heading=column.strip('"'), of=of, missing=_MISSING)


def _both_halves(con: duckdb.DuckDBPyConnection, sources: Sources) -> Check:
    """North and south come in separate files; one without the other is half a release."""
    found = {code for (code,) in con.execute("SELECT DISTINCT region FROM oc").fetchall()}
    known = geography.known_areas(con, sources, "region")
    missing = [
        half
        for half, codes in _HALVES.items()
        if not found & set(codes) and (not known or known & set(codes))
    ]
    said = f"there are practices of {len(found)} regions"
    if missing:
        said = f"there is no practice in the {missing[0]} of England; its file may be missing"
    return Check("north and south", not missing, said)


def _england(
    sources: Sources, used: Table, submissions: int
) -> tuple[list[str], tuple[Check, ...]]:
    """What the publisher says of the month, and its total where it is of the same release."""
    month = sources.month
    said: list[str] = []
    checks: tuple[Check, ...] = ()
    tables = [table for table in sources.nearby.get("england", ()) if table.period == month]
    own = [table for table in tables if table.release.slug == used.release.slug]
    if own:
        table = england_table.read_england(max(own, key=lambda one: one.order))
        said = [f"{month:%B %Y}, the publisher: {text}." for text in table.notes.get(month, ())]
        total = table.value(month, _ENGLAND_TOTAL)
        if total is not None:
            found = f"England is given as {total:,.0f}, practices add up to {submissions:,}"
            checks = (Check("total of England", total == submissions, found),)
    newest = sources.tables.get("england")
    if newest and newest[0].release.slug != used.release.slug:
        again = england_table.read_england(newest[0]).value(month, _ENGLAND_TOTAL)
        if again is not None and again != submissions:
            said.append(
                f"{month:%B %Y} has been restated for England as {again:,.0f} submissions; the "
                f"practices held are of an earlier release and add up to {submissions:,}."
            )
    return said, checks


def _averages(
    con: duckdb.DuckDBPyConnection, sources: Sources, used: Table, submissions: int, target: Path
) -> list[Check | str]:
    """The published averages by weekday and time; checks or notes of what they stand for."""
    found = sources.tables.get("averages", ())
    if not found:
        return []
    month, slug = sources.month, found[0].release.slug
    checks: list[Check | str] = [*averages.load(con, found[0], month)]
    write_fact(con, "FROM averages", target, table="averages")
    same = slug == used.release.slug
    checks += averages.against_totals(con, month, submissions, same_release=same)
    times = sources.tables.get("time", ())
    if times and times[0].release.slug == slug:
        checks.append(averages.against_times(con, month))
    return checks


def _write_geography(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> None:
    """The files say where each practice belongs; only the postcode comes from list sizes."""
    names = ", ".join(f"any_value({name}) AS {name}" for name in _PLACES)
    geography.complete(con, sources, f"SELECT practice, {names} FROM oc GROUP BY practice", target)


SERIES = Series(
    dataset=DATASET,
    transform=2,
    slug="submissions-via-online-consultation-systems-in-general-practice",
    wants=wants,
    recognise=recognise,
    headline_kind="summary",
    shared_kinds=("england",),
    build=build,
    listed_share=0.0,  # and of a month some send nothing
    tolerance=0.40,
    per_working_day=True,
    other_headlines=_CSVS,
    rows_shares={"averages": 0.7},  # fewer in December than in June by 18 %
    parts=Parts(groups=(_CSVS,), whole=_PARTS, of=parts_of, held_back=True),
    known_share=0.75,  # the workbooks of 2024 list practices with submissions only
)
