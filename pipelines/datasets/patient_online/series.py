"""Patient Online Management Information (POMI): one CSV for each reporting year, in long rows.

A row is a practice, a month, a supplier and a field. The file of a year grows by a month at a
time under a new name (`POMI_APR2021_to_AUG2021.csv`), so each file is a release of its own here,
and a month is taken from the file that reaches furthest.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.patient_online import (
    DATASET,
    ENABLED,
    FIELDS,
    KNOWN_ISSUES,
    LIST,
    STATUSES,
)
from data.formula import quoted
from data.versions.manifest import Check
from pipelines.datasets.patient_online.files import (
    NEEDED,
    SLUG,
    by_heading,
    discover,
    recognise,
    wants,
)
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.naming import counted
from pipelines.engine.reading.cells import number_sql
from pipelines.engine.units import (
    BadRelease,
    Month,
    Series,
    Sources,
    Table,
    csv_scan,
    first_of_month,
    headings,
    read_date,
    sql_text,
)

_PLACES = {  # CCGs became sub-ICB locations in July 2022 and mostly kept their codes
    "practice_name": ("PRACTICE_NAME",),
    "sub_icb": ("SUB_ICB_LOCATION_CODE", "SUB_ICB_CODE", "CCG_CODE"),
    "sub_icb_name": ("SUB_ICB_LOCATION_NAME", "SUB_ICB_NAME", "CCG_NAME"),
    "region": ("REGION_CODE",),
    "region_name": ("REGION_NAME",),
}
_SUPPLIER = "SYSTEM_SUPPLIER"
_TWICE = r" \(I\)$"  # how the publisher marks suppliers of a practice that is listed twice
_MISSING = ("", ".", "*", "NA", "N/A", "NULL")


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    keys = _loaded(con, list(sources.tables["year"]))
    rows = " UNION ALL ".join(f"FROM pomi_values_{key}" for key in keys)
    con.execute(f"CREATE OR REPLACE TEMP TABLE pomi AS FROM ({rows}) WHERE month = DATE '{month}'")
    checks = (_unique(con), _fields(con), _sensible(con))
    write_fact(
        con, "SELECT practice, month, supplier, field, value::BIGINT AS value FROM pomi", target
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE figures AS
        SELECT practice, month, field, max(value)::BIGINT AS value FROM pomi
        WHERE practice IN (SELECT practice FROM pomi WHERE field = '{LIST}' AND value > 0)
        GROUP BY ALL"""
    )
    write_parts(con, DATASET, "FROM figures", target)
    notes = [*_issues(month), *_remarks(con, month)]
    notes += geography.complete(con, sources, _places(keys, month), target)
    practices, enabled = con.execute(
        f"""SELECT count(DISTINCT practice),
            coalesce(sum(value) FILTER (WHERE field = '{ENABLED}'), 0)::BIGINT FROM figures"""
    ).fetchall()[0]
    return Month(practices, {DATASET.control: enabled}, checks, tuple(notes))


def _loaded(con: duckdb.DuckDBPyConnection, tables: list[Table]) -> list[str]:
    """Keys of the tables that hold the files: each is read once for all of its months."""
    by_key = {
        hashlib.sha256(f"{table.sha256} {table.name}".encode()).hexdigest()[:16]: table
        for table in tables
    }
    held = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for name in held:
        if name.startswith("pomi_") and name.rpartition("_")[2] not in by_key:
            con.execute(f"DROP TABLE {name}")
    for key, table in by_key.items():
        if f"pomi_places_{key}" not in held:
            _read(con, table, key)
    return list(by_key)


def _read(con: duckdb.DuckDBPyConnection, table: Table, key: str) -> None:
    names = by_heading(headings(table.path))
    scan = csv_scan([table.path])
    day, practice, field, value = (quoted(names[name]) for name in NEEDED)
    texts = con.execute(f"SELECT DISTINCT {day}, trim({practice}) <> '' FROM {scan}").fetchall()
    if any(bool(text.strip()) != coded for text, coded in texts):
        raise BadRelease(f"{table.name} has rows without {NEEDED[0]} or without {NEEDED[1]}.")
    days = sorted({text for text, _ in texts if text.strip()})
    months = ", ".join(
        f"({sql_text(text)}, DATE '{first_of_month(read_date(text))}')" for text in days
    )
    known = ", ".join(f"({sql_text(name.lower())}, {sql_text(name)})" for name in FIELDS)
    supplier = f"trim({quoted(names[_SUPPLIER])})" if _SUPPLIER in names else "''"
    number = number_sql(value, heading=names["VALUE"], of=practice, missing=_MISSING)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE pomi_values_{key} AS
        SELECT upper(trim({practice})) AS practice, m.month, {supplier} AS supplier,
               coalesce(k.name, trim({field})) AS field, {number} AS value
        FROM {scan} JOIN (VALUES {months}) m(text, month) ON {day} = m.text
        LEFT JOIN (VALUES {known}) k(lowered, name) ON lower(trim({field})) = k.lowered"""
    )
    places = ", ".join(f"{_place(names, place)} AS {place}" for place in _PLACES)
    system = f"nullif(regexp_replace({supplier}, '{_TWICE}', ''), '')"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE pomi_places_{key} AS
        SELECT upper(trim({practice})) AS practice, m.month, {places},
               string_agg(DISTINCT {system}, ', ' ORDER BY {system}) AS supplier
        FROM {scan} JOIN (VALUES {months}) m(text, month) ON {day} = m.text GROUP BY 1, 2"""
    )


def _place(names: dict[str, str], place: str) -> str:
    """What the file says of where a practice belongs, under the heading of its time."""
    heading = next((names[name] for name in _PLACES[place] if name in names), None)
    return f"max(trim({quoted(heading)}))" if heading else "''"


def _places(keys: list[str], month: date) -> str:
    found = " UNION ALL ".join(f"FROM pomi_places_{key}" for key in keys)
    return f"SELECT * EXCLUDE (month) FROM ({found}) WHERE month = DATE '{month}'"


def _unique(con: duckdb.DuckDBPyConnection) -> Check:
    twice = con.execute(
        """SELECT practice, field FROM pomi GROUP BY practice, field, supplier
        HAVING count(*) > 1 ORDER BY ALL LIMIT 3"""
    ).fetchall()
    found = "every practice and supplier has each field once"
    if twice:
        found = f"{', '.join(f'{p} {f}' for p, f in twice)} is there more than once"
    return Check("unique keys", not twice, found)


def _fields(con: duckdb.DuckDBPyConnection) -> Check:
    held = {
        field
        for (field,) in con.execute(
            "SELECT DISTINCT field FROM pomi WHERE value IS NOT NULL ORDER BY field"
        ).fetchall()
    }
    missing = [field for field in (LIST, ENABLED) if field not in held]
    found = f"{len(held & set(FIELDS))} of {len(FIELDS)} fields are there"
    if missing:
        found = f"no value of {' or '.join(missing)}; the fields are {', '.join(sorted(held))}"
    return Check("needed fields", not missing, found)


def _sensible(con: duckdb.DuckDBPyConnection) -> Check:
    statuses = ", ".join(sql_text(field) for field in STATUSES)
    wrong = con.execute(
        f"""SELECT practice, field, value FROM pomi
        WHERE value < 0 OR value <> floor(value) OR (field IN ({statuses}) AND value > 2)
        ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = "every value is a whole number of 0 or more, and every status 0, 1 or 2"
    if wrong:
        found = f"{wrong[0][0]} has {wrong[0][2].normalize():f} as {wrong[0][1]}"
    return Check("possible values", not wrong, found)


def _issues(month: date) -> list[str]:
    return [f"{month:%B %Y}: {issue.words}." for issue in KNOWN_ISSUES if issue.covers(month)]


def _remarks(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """What a reader should know about this month's rows."""
    twice, unlisted, over = con.execute(
        f"""SELECT list(practice ORDER BY practice) FILTER (WHERE suppliers > 1),
                   list(practice ORDER BY practice) FILTER (WHERE listed IS NULL OR listed = 0),
                   list(practice ORDER BY practice) FILTER (WHERE listed > 0 AND enabled > listed)
        FROM (SELECT practice, count(DISTINCT supplier) AS suppliers,
                     max(value) FILTER (WHERE field = '{LIST}') AS listed,
                     max(value) FILTER (WHERE field = '{ENABLED}') AS enabled
              FROM pomi GROUP BY practice)"""
    ).fetchall()[0]
    other = con.execute(
        "SELECT DISTINCT field FROM pomi WHERE NOT list_contains(?, field) ORDER BY 1",
        [list(FIELDS)],
    ).fetchall()
    blank = con.execute(
        "SELECT field FROM unnest(?) t(field) ANTI JOIN (SELECT field FROM pomi "
        "WHERE value IS NOT NULL) USING (field) ORDER BY 1",
        [list(FIELDS)],
    ).fetchall()
    practices = {
        "Practices listed under two suppliers, which count once with the larger figures": twice,
        "Practices without a list size, which have no figures": unlisted,
        "Practices with more patients enabled than are on their list": over,
    }
    fields = {
        "Fields that are kept and not shown": ", ".join(name for (name,) in other),
        "Fields without any value": ", ".join(name for (name,) in blank),
    }
    said = {words: counted(codes) for words, codes in practices.items() if codes} | fields
    return [f"{month:%B %Y}: {words}: {told}." for words, told in said.items() if told]


SERIES = Series(
    dataset=DATASET,
    transform=1,
    slug=SLUG,
    wants=wants,
    recognise=recognise,
    headline_kind="year",
    shared_kinds=(),
    build=build,
    tolerance=0.5,  # a supplier's return may be missing from a month
    per_working_day=False,
    known_share=0.95,
    discover=discover,
)
