"""General Practice Workforce: the detailed practice-level CSV, checked with the high-level one."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.nwrs import DATASET, GROUPS, ROLES, TOTAL
from data.formula import quoted
from data.versions.manifest import Check
from pipelines.datasets.nwrs.columns import Column, read_columns
from pipelines.datasets.nwrs.high_level import high_level_notes
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.reading.cells import Totals, leave_out_totals, require_numbers
from pipelines.engine.reading.census import census_month
from pipelines.engine.units import (
    BadRelease,
    Month,
    Preview,
    Recognised,
    Series,
    Sources,
    Table,
    csv_scan,
    headings,
    sql_text,
)

MARKED_FROM = date(2023, 2, 1)  # from here on NA means missing; before it 0 may
MISSING = ("", "NA", "ND", "EST", "NS", ".")
_REQUIRED = {"PRAC_CODE", "TOTAL_PATIENTS"} | {f"TOTAL_{group}_FTE" for group in GROUPS}
_SOURCES = {
    "GP": "GP_SOURCE",
    "NURSES": "NURSE_SOURCE",
    "DPC": "DPC_SOURCE",
    "ADMIN": "ADMIN_SOURCE",
}
_NOT_PROVIDED = "regexp_matches(lower({source}), 'fully estimated|no valid|no data')"
_AREAS = {
    "pcn": ("PCN",),
    "sub_icb": ("SUB_ICB", "SUB_ICB_LOCATION", "CCG"),
    "icb": ("ICB", "STP"),
    "region": ("REGION", "COMM_REGION", "NHSE_REGION"),
}
_WANTED = re.compile(r"GPWPracticeCSV|Practice Level.*\.csv$", re.IGNORECASE)
_ROUNDING = 0.0001  # FTE; roles are published to nine decimals
_MOST_DIFFERING = 0.05  # of practices; more is a mistake in the file or in our reading of it
_SHOWN = 5


def wants(name: str) -> bool:
    return bool(_WANTED.search(name))


def recognise(preview: Preview) -> Recognised | None:
    """(kind, month) of a practice-level CSV by its headings; the month is in its name."""
    columns = preview.columns
    if {"PRAC_CODE", "STAFF_GROUP", "DETAILED_STAFF_ROLE", "MEASURE", "VALUE"} <= columns:
        return "high-level", census_month(preview)
    if "PRAC_CODE" in columns and any(name.startswith("TOTAL_GP_") for name in columns):
        return "detailed", census_month(preview)
    return None


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    detailed = sources.tables["detailed"][0]
    columns, notes = _columns(detailed, sources)
    whole = _load(con, detailed, columns, month)
    notes += whole.notes
    checks = [*whole.checks, _unique(con, detailed), _patients(con, detailed)]
    checks += [*_identities(con, columns)]
    _write(con, month, target)
    _write_geography(con, detailed, month, target)
    notes += _coverage(con, sources)
    if "high-level" in sources.tables:
        notes += high_level_notes(con, sources.tables["high-level"][0], MISSING, month)
    practices, fte = con.execute(
        f"""SELECT count(DISTINCT practice), coalesce(sum(fte) FILTER (
            WHERE staff_group = 'GP' AND role = '{TOTAL}'), 0) FROM staff WHERE age_band = ''"""
    ).fetchall()[0]
    return Month(practices, {DATASET.control: fte}, tuple(checks), tuple(notes))


def _columns(table: Table, sources: Sources) -> tuple[tuple[Column, ...], list[str]]:
    """What the headings mean; notes name codes that the vocabulary does not have."""
    found = headings(table.path)
    if missing := _REQUIRED - set(found):
        raise BadRelease(
            f"{table.name} has no column {', '.join(sorted(missing))}. "
            f"It has {len(found)} columns, beginning {', '.join(found[:12])}."
        )
    columns = read_columns(found)
    unknown = sorted({f"{c.group} {c.role}" for c in columns if c.is_unknown})
    if not unknown:
        return columns, []
    named = ", ".join(unknown[:_SHOWN]) + (" and others" if len(unknown) > _SHOWN else "")
    return columns, [
        (
            f"{sources.month:%B %Y} has {len(unknown)} staff roles that are not in the vocabulary "
            f"({named}); their rows are kept, and they are in the totals of their group."
        )
    ]


def _load(
    con: duckdb.DuckDBPyConnection, table: Table, columns: tuple[Column, ...], month: date
) -> Totals:
    """`wide`: the file as text. `staff`: one row per practice, role and band, numbers or NULL."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE wide AS SELECT * FROM {csv_scan([table.path])}")
    nothing = ", ".join(sql_text(text) for text in MISSING)
    whole = leave_out_totals(
        con,
        "wide",
        [table],
        code="PRAC_CODE",
        heading="PRAC_CODE",
        value=_number("TOTAL_PATIENTS", nothing),
    )
    counts = ["TOTAL_PATIENTS", *(column.heading for column in columns if not column.is_fte)]
    amounts = [column.heading for column in columns if column.is_fte]
    for names, is_count in ((counts, True), (amounts, False)):
        require_numbers(
            con, table, names, code="PRAC_CODE", whole=is_count, missing=MISSING, scan="wide"
        )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE meanings AS
        SELECT unnest(?) AS heading, unnest(?) AS staff_group, unnest(?) AS role,
               unnest(?) AS role_name, unnest(?) AS age_band, unnest(?) AS area,
               unnest(?) AS is_fte""",
        [
            [column.heading for column in columns],
            [column.group for column in columns],
            [column.role for column in columns],
            [column.label for column in columns],
            [column.age_band for column in columns],
            [column.area for column in columns],
            [column.is_fte for column in columns],
        ],
    )
    every = ", ".join(quoted(column.heading) for column in columns)
    own = {row[0] for row in con.execute("DESCRIBE wide").fetchall()}
    cases = " ".join(
        f"WHEN '{group}' THEN {column if column in own else 'NULL'}"
        for group, column in _SOURCES.items()
    )
    kept = ", ".join(["PRAC_CODE", "TOTAL_PATIENTS", *(own & set(_SOURCES.values()))])
    ambiguous = "false"
    if month < MARKED_FROM:
        ambiguous = f"number = 0 AND coalesce({_NOT_PROVIDED.format(source='source')}, false)"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE staff AS
        WITH cells AS (
            SELECT PRAC_CODE AS practice, m.* EXCLUDE (heading),
                   nullif(trim(CASE staff_group {cases} END), '') AS source,
                   {_number("TOTAL_PATIENTS", nothing)}::BIGINT AS patients,
                   {_number("cell", nothing)} AS number
            FROM (UNPIVOT (SELECT {kept}, {every} FROM wide)
                  ON {every} INTO NAME heading VALUE cell)
            JOIN meanings m USING (heading)),
        known AS (SELECT * EXCLUDE (number), CASE WHEN NOT ({ambiguous}) THEN number END AS number
                  FROM cells)
        SELECT practice, DATE '{month}' AS month, staff_group, role, role_name, age_band, area,
               (max(number) FILTER (WHERE NOT is_fte))::BIGINT AS headcount,
               max(number) FILTER (WHERE is_fte) AS fte,
               any_value(source) AS source, any_value(patients) AS patients
        FROM known GROUP BY ALL"""
    )
    return whole


def _number(column: str, nothing: str) -> str:
    """NULL for what the publisher writes where there is nothing; anything else must be a number."""
    return f"(CASE WHEN upper(trim({column})) NOT IN ({nothing}) THEN {column} END)::DECIMAL(18, 6)"


def _unique(con: duckdb.DuckDBPyConnection, table: Table) -> Check:
    twice = con.execute(
        "SELECT PRAC_CODE FROM wide GROUP BY PRAC_CODE HAVING count(*) > 1 ORDER BY 1 LIMIT 3"
    ).fetchall()
    found = "every practice appears once"
    if twice:
        found = f"{table.name} lists {', '.join(row[0] for row in twice)} more than once"
    return Check("unique practices", not twice, found)


def _patients(con: duckdb.DuckDBPyConnection, table: Table) -> Check:
    without, practices = con.execute(
        """SELECT count(DISTINCT practice) FILTER (WHERE patients IS NULL),
                  count(DISTINCT practice) FROM staff"""
    ).fetchall()[0]
    return Check(
        "lists are given",
        without * 20 <= practices and practices > 0,
        f"{table.name} gives no list for {without:,} of {practices:,} practices",
    )


def _identities(con: duckdb.DuckDBPyConnection, columns: tuple[Column, ...]) -> list[Check]:
    """GP roles add up to all GPs in FTE, GP age bands to all GPs in people."""
    held = {(c.group, c.role) for c in columns if c.is_fte and not c.age_band and not c.area}
    checks = []
    if {("GP", role) for role in ROLES["GP"]} <= held:
        listed = ", ".join(sql_text(role) for role in ROLES["GP"])
        checks.append(
            _adds_up(con, "GP roles add up", f"sum(fte) FILTER (WHERE role IN ({listed}))", "fte")
        )
    if any(c.group == "GP" and c.role == TOTAL and c.age_band and not c.is_fte for c in columns):
        bands = f"sum(headcount) FILTER (WHERE role = '{TOTAL}' AND age_band <> '')"
        checks.append(_adds_up(con, "GP age bands add up", bands, "headcount"))
    return checks


def _adds_up(con: duckdb.DuckDBPyConnection, name: str, summed: str, value: str) -> Check:
    total = f"max({value}) FILTER (WHERE role = '{TOTAL}' AND age_band = '' AND area = '')"
    differing = con.execute(
        f"""SELECT practice, summed, total, count(*) OVER () FROM (
            SELECT practice, {summed} AS summed, {total} AS total FROM staff
            WHERE staff_group = 'GP' GROUP BY practice)
        WHERE abs(summed - total) > {_ROUNDING} ORDER BY abs(summed - total) DESC LIMIT 1"""
    ).fetchall()
    (practices,) = con.execute("SELECT count(DISTINCT practice) FROM staff").fetchall()[0]
    if not differing:
        return Check(name, True, f"in all of {practices:,} practices")
    practice, found, wanted, count = differing[0]
    return Check(
        name,
        count <= _MOST_DIFFERING * practices,
        f"in all but {count:,} of {practices:,} practices; {practice} has {found} where its total "
        f"is {wanted}",
    )


def _write(con: duckdb.DuckDBPyConnection, month: date, target: Path) -> None:
    fact = """SELECT practice, month, staff_group, role, role_name, headcount, fte, source, patients
        FROM staff WHERE age_band = '' AND area = ''"""
    ages = """SELECT practice, month, staff_group, role, age_band, headcount, fte
        FROM staff WHERE age_band <> ''"""
    areas = "SELECT practice, month, staff_group, role, area, headcount FROM staff WHERE area <> ''"
    write_fact(con, fact, target)
    write_fact(con, ages, target, table="ages")
    write_fact(con, areas, target, table="qualifications")
    write_parts(con, DATASET, {"fact": fact, "ages": ages}, target)


def _write_geography(
    con: duckdb.DuckDBPyConnection, table: Table, month: date, target: Path
) -> None:
    """Areas as the file gives them: practice, PCN, sub-ICB location, ICB and region."""
    own = set(headings(table.path))

    def text(area: str, ending: str) -> str:
        names = [f"{name}_{ending}" for name in _AREAS[area] if f"{name}_{ending}" in own]
        if not names:
            return "''"
        cell = f"trim({quoted(names[0])})"
        none = "'U'" if ending == "CODE" else "'Unallocated'"
        return (
            f"CASE WHEN upper({cell}) IN ('UNALIGNED', 'UNALLOCATED') THEN {none} "
            f"WHEN upper({cell}) NOT IN ('NA', 'ND') THEN {cell} END"
        )

    areas = ", ".join(
        f"{text(area, 'CODE')} AS {area}, {text(area, 'NAME')} AS {area}_name" for area in _AREAS
    )
    name = "PRAC_NAME" if "PRAC_NAME" in own else "''"
    query = f"""SELECT DATE '{month}' AS month, PRAC_CODE AS practice, {name} AS practice_name,
        '' AS postcode, {areas}, '' AS supplier FROM wide"""
    geography.write(con, query, str(target / "geography.parquet"))


def _coverage(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    """How many practices gave nothing valid, for each staff group."""
    counted = con.execute(
        f"""SELECT staff_group, count(*) FILTER (WHERE fte IS NULL), count(*) FROM staff
        WHERE role = '{TOTAL}' AND age_band = '' AND area = '' GROUP BY staff_group"""
    ).fetchall()
    without = {group: (missing, practices) for group, missing, practices in counted}
    said = ", ".join(
        f"{GROUPS[group]} {without[group][0]:,}" for group in GROUPS if group in without
    )
    practices = max(number for _, number in without.values())
    return [
        (
            f"{sources.month:%B %Y}: of {practices:,} practices, those without valid records are "
            f"left out of the totals of a staff group: {said}."
        )
    ]


SERIES = Series(
    dataset=DATASET,
    transform=2,
    slug="general-and-personal-medical-services",
    wants=wants,
    recognise=recognise,
    headline_kind="detailed",
    shared_kinds=(),
    build=build,
    tolerance=0.1,
    per_working_day=False,
)
