"""Primary Care Network Workforce: one row per person and role, added up by PCN."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from data.datasets.pcn_workforce import DATASET, GROUPS, NWRS, ROLES, SOURCES
from data.spec import ENGLAND, UNASSIGNED
from data.versions.manifest import Check
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts, write_table
from pipelines.engine.reading.cells import PCN_CODES, leave_out_totals, require_numbers
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

_COLUMNS = (
    "DATA_SOURCE",
    "CENSUS_YEAR",
    "CENSUS_MONTH",
    "PCN_CODE",
    "PCN_NAME",
    "SUB_ICB_CODE",
    "SUB_ICB_NAME",
    "ICB_CODE",
    "ICB_NAME",
    "COMM_REGION_CODE",
    "COMM_REGION_NAME",
    "STAFF_GROUP",
    "STAFF_ROLE",
    "DETAILED_STAFF_ROLE",
    "FTE",
    "UNIQUE_IDENTIFIER",
)
_WANTED = re.compile(
    r"PCNWFIndividualCSV|Primary Care Networks.{0,60}Individual Level.{0,60}\.csv$", re.IGNORECASE
)
_LEVELS = {
    "pcn": "pcn",
    "sub_icb": "sub_icb",
    "icb": "icb",
    "region": "region",
    "england": f"'{ENGLAND}'",
}
_SHOWN = 5


def wants(name: str) -> bool:
    return bool(_WANTED.search(name))


def recognise(preview: Preview) -> Recognised | None:
    """The individual-level file of PCNs; that of practices has no PCN_CODE."""
    if {"PCN_CODE", "STAFF_ROLE", "UNIQUE_IDENTIFIER"} <= preview.columns:
        return "individual", census_month(preview)
    return None


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    table = sources.tables["individual"][0]
    if missing := set(_COLUMNS) - set(headings(table.path)):
        raise BadRelease(
            f"{table.name} has no column {', '.join(sorted(missing))}. "
            f"It has: {', '.join(headings(table.path))}."
        )
    require_numbers(con, table, ["FTE"], code="PCN_CODE", whole=False)
    _load(con, table)
    whole = leave_out_totals(
        con,
        "people",
        [table],
        code="pcn",
        heading="PCN_CODE",
        value="fte",
        tolerance=0.01,
        codes=PCN_CODES,
    )
    checks = (*whole.checks, _one_month(con, table), _sources_known(con), _one_home(con, table))
    notes = [*whole.notes, *_unknown_roles(con, sources), *_write(con, sources, target)]
    (fte,) = con.execute("SELECT sum(fte) FROM people").fetchall()[0]
    return Month(0, {DATASET.control: fte}, checks, tuple(notes))


def _load(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE people AS
        SELECT '{UNASSIGNED}' || trim(PCN_CODE) AS practice, trim(PCN_CODE) AS pcn,
               trim(PCN_NAME) AS pcn_name, trim(SUB_ICB_CODE) AS sub_icb,
               trim(SUB_ICB_NAME) AS sub_icb_name, trim(ICB_CODE) AS icb,
               trim(ICB_NAME) AS icb_name, trim(COMM_REGION_CODE) AS region,
               trim(COMM_REGION_NAME) AS region_name, trim(DATA_SOURCE) AS data_source,
               trim(STAFF_GROUP) AS staff_group, trim(STAFF_ROLE) AS role,
               trim(DETAILED_STAFF_ROLE) AS detailed_role, FTE::DECIMAL(18, 6) AS fte,
               CASE WHEN trim(DATA_SOURCE) = {sql_text(NWRS)}
                    THEN nullif(nullif(trim(UNIQUE_IDENTIFIER), ''), 'NULL') END AS person,
               CENSUS_YEAR || '-' || CENSUS_MONTH AS census
        FROM {csv_scan([table.path])}"""
    )


def _one_month(con: duckdb.DuckDBPyConnection, table: Table) -> Check:
    found = [row[0] for row in con.execute("SELECT DISTINCT census FROM people").fetchall()]
    return Check("one month in the file", len(found) == 1, f"{table.name}: {', '.join(found[:4])}")


def _sources_known(con: duckdb.DuckDBPyConnection) -> Check:
    """Employed staff have identifiers and are counted as people; contracted services have none."""
    found = con.execute("SELECT DISTINCT data_source FROM people ORDER BY 1").fetchall()
    strange = [row[0] for row in found if row[0] not in SOURCES]
    (nameless,) = con.execute(
        f"SELECT count(*) FROM people WHERE person IS NULL AND data_source = {sql_text(NWRS)}"
    ).fetchall()[0]
    said = "every source is known and every member of staff has an identifier"
    if strange:
        said = f"the data source {strange[0]!r} is not known"
    elif nameless:
        said = f"{nameless:,} rows of staff have no identifier, so people cannot be counted"
    return Check("known sources", not strange and not nameless, said)


def _one_home(con: duckdb.DuckDBPyConnection, table: Table) -> Check:
    twice = con.execute(
        """SELECT pcn FROM people GROUP BY pcn
        HAVING count(DISTINCT (sub_icb, icb, region)) > 1 OR pcn = '' ORDER BY 1 LIMIT 3"""
    ).fetchall()
    found = "every PCN is in one sub-ICB location, ICB and region"
    if twice:
        codes = ", ".join(row[0] or "a PCN without a code" for row in twice)
        found = f"{table.name} places {codes} in more than one area"
    return Check("one home for each PCN", not twice, found)


def _unknown_roles(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    listed = ", ".join(sql_text(role) for role in ROLES)
    groups = ", ".join(sql_text(group) for group in GROUPS)
    unknown = con.execute(
        f"""SELECT role, sum(fte) FROM people WHERE role NOT IN ({listed}) GROUP BY role
        UNION ALL SELECT staff_group, sum(fte) FROM people WHERE staff_group NOT IN ({groups})
        GROUP BY staff_group ORDER BY 1"""
    ).fetchall()
    if not unknown:
        return []
    named = ", ".join(role for role, _ in unknown[:_SHOWN])
    return [
        (
            f"{sources.month:%B %Y} has {len(unknown)} roles or groups that are not in the "
            f"vocabulary ({named}); their rows are kept, and they are in the totals."
        )
    ]


def _write(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> list[str]:
    month = sources.month
    notes = _load_patients(con, sources)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE staff AS
        SELECT practice, DATE '{month}' AS month, data_source, staff_group, role, detailed_role,
               nullif(count(DISTINCT person), 0) AS headcount, sum(fte)::DECIMAL(18, 6) AS fte,
               any_value(patients) AS patients
        FROM people LEFT JOIN pcn_lists USING (pcn)
        GROUP BY practice, data_source, staff_group, role, detailed_role"""
    )
    write_fact(con, "SELECT * EXCLUDE (patients) FROM staff", target)
    write_parts(con, DATASET, "FROM staff", target)
    homes = f"""SELECT DISTINCT DATE '{month}' AS month, practice, '' AS practice_name,
        '' AS postcode, pcn, pcn_name, sub_icb, sub_icb_name, icb, icb_name, region, region_name,
        '' AS supplier FROM people"""
    geography.write(con, homes, str(target / "geography.parquet"))
    counts = ", ".join(
        f"{_people(f'staff_group = {sql_text(group)}')} AS group_{name}_people"
        for group, name in GROUPS.items()
    )
    published = " UNION ALL ".join(
        f"""SELECT DATE '{month}' AS month, '{level}' AS level, {code} AS code, '' AS name,
        {_people("true")} AS people, {counts} FROM people GROUP BY {code}"""
        for level, code in _LEVELS.items()
    )
    write_table(con, f"FROM ({published}) ORDER BY level, code", target / "published.parquet")
    return notes


def _people(among: str) -> str:
    """SQL for how many people there are; NULL where all that is published of them is FTE."""
    people = f"count(DISTINCT person) FILTER (WHERE {among})"
    unnamed = f"{people} = 0 AND count(*) FILTER (WHERE {among}) > 0"
    return f"(CASE WHEN {unnamed} THEN NULL ELSE {people} END)::BIGINT"


def _load_patients(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    """`pcn_lists`: patients of the practices that belonged to each PCN in the month."""
    con.execute("CREATE OR REPLACE TEMP TABLE pcn_lists (pcn VARCHAR, patients BIGINT)")
    held = geography.load_lists(con, sources)
    lists = sources.needs.get("list-sizes")
    homes = geography.snapshot_geography(lists, held) if lists and held else None
    if homes is None:
        return [
            (
                f"The list sizes of {sources.month:%B %Y} are not loaded, so rates per 10,000 "
                "patients are missing."
            )
        ]
    con.execute(
        f"""INSERT INTO pcn_lists SELECT pcn, sum(registered)
        FROM lists JOIN read_parquet({sql_text(homes)}) USING (practice) GROUP BY pcn"""
    )
    return []


SERIES = Series(
    dataset=DATASET,
    transform=3,
    slug="primary-care-network-workforce",
    wants=wants,
    recognise=recognise,
    headline_kind="individual",
    shared_kinds=(),
    build=build,
    tolerance=0.15,
    per_working_day=False,
)
