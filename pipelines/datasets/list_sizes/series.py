"""Patients Registered at a GP Practice: five kinds of CSV, three generations of headings."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.list_sizes import DATASET, QUINARY_BANDS
from data.versions.manifest import Check
from pipelines.datasets.list_sizes.single_ages import (
    add_practices,
    kind_of,
    label,
    require_counts,
    write_areas,
)
from pipelines.engine import geography
from pipelines.engine.checks import counts_are_positive
from pipelines.engine.folder import write_parts, write_table
from pipelines.engine.reading.area_codes import require_map
from pipelines.engine.reading.cells import Totals, leave_out_totals, month_start
from pipelines.engine.units import (
    BadRelease,
    Month,
    Preview,
    Series,
    Sources,
    Table,
    csv_scan,
    headings,
)

# Sub-ICB locations were CCGs, and ICBs were STPs, until July 2022.
_GENERATIONS = (("SUB_ICB_LOCATION", "ICB"), ("CCG", "STP"))
_LEVELS = {
    "PRACTICE_CODE": "practice",
    "PCN_CODE": "pcn",
    **{f"{sub_icb}_CODE": "sub_icb" for sub_icb, _ in _GENERATIONS},
    **{f"{icb}_CODE": "icb" for _, icb in _GENERATIONS},
    "COMM_REGION_CODE": "region",
}
# Of each kind of file with a total for each practice: columns of ages and codes, and which rows.
_TOTALS_IN = {
    "all": ("AGE", "CODE", "true"),
    "quin-age": ("AGE_GROUP_5", "ORG_CODE", "ORG_TYPE = 'GP'"),
}
_WANTED = re.compile(r"gp-reg-pat-prac-(all|map|quin-age|sing-age)", re.IGNORECASE)


def wants(name: str) -> bool:
    return bool(_WANTED.search(name))


def recognise(preview: Preview) -> tuple[str, date | None] | None:
    """(kind, month) of a CSV by its headings; None for files of the series we do not use."""
    columns = preview.columns
    if "EXTRACT_DATE" not in columns or "LSOA_CODE" in columns:
        return None
    month = month_start(preview.cell("EXTRACT_DATE"), file=preview.name, column="EXTRACT_DATE")
    if {"PRACTICE_CODE", "PCN_CODE"} <= columns:
        require_map(preview, _LEVELS)
        return "map", month
    if "NUMBER_OF_PATIENTS" not in columns:
        return None
    if "AGE_GROUP_5" in columns:
        return "quin-age", month
    if {"CODE", "TYPE"} <= columns:
        return "all", month
    if {"ORG_CODE", "SEX", "AGE"} <= columns and (kind := kind_of(preview)):
        return kind, month
    return None


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    totals, whole = _load_totals(con, sources)
    checks = [
        *whole.checks,
        _unique_practices(con, totals),
        counts_are_positive(con, "fact", "patients"),
    ]
    if "quin-age" in sources.tables:
        checks += _add_quinary(con, sources.tables["quin-age"][0], month)
    checks += add_practices(con, sources, month)
    write_table(con, "FROM fact ORDER BY practice, sex, age_band", target / "fact.parquet")
    write_parts(con, DATASET, "FROM fact", target)
    notes = (*whole.notes, *_write_geography(con, sources, target))
    if "sing-age-regions" in sources.tables:
        checks.append(write_areas(con, sources.tables["sing-age-regions"][0], month, target))
    practices, registered = con.execute(
        "SELECT count(*), sum(patients)::BIGINT FROM fact WHERE age_band = 'ALL'"
    ).fetchall()[0]
    return Month(practices, {DATASET.control: registered}, tuple(checks), notes)


def _load_totals(con: duckdb.DuckDBPyConnection, sources: Sources) -> tuple[Table, Totals]:
    """`fact`: the list of each practice, from the file of totals or that of ages, which has it."""
    month, kind = sources.month, "all" if "all" in sources.tables else "quin-age"
    table = sources.tables[kind][0]
    age, code, of_a_practice = _TOTALS_IN[kind]
    _require(table, {code, "NUMBER_OF_PATIENTS", "SEX", age})
    require_counts(con, table, month, code)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fact AS
        SELECT trim({code}) AS practice, DATE '{month}' AS month, 'ALL' AS sex, 'ALL' AS age_band,
               NUMBER_OF_PATIENTS::INTEGER AS patients
        FROM {csv_scan([table.path])}
        WHERE {label("SEX")} = 'ALL' AND {label(age)} = 'ALL' AND {of_a_practice}"""
    )
    return table, leave_out_totals(
        con, "fact", [table], code="practice", heading=code, value="patients"
    )


def _require(table: Table, needed: set[str]) -> set[str]:
    columns = set(headings(table.path))
    if missing := needed - columns:
        raise BadRelease(
            f"{table.name} has no column {', '.join(sorted(missing))}. "
            f"It has: {', '.join(sorted(columns))}."
        )
    return columns


def _unique_practices(con: duckdb.DuckDBPyConnection, table: Table) -> Check:
    twice = con.execute(
        "SELECT practice FROM fact GROUP BY practice HAVING count(*) > 1 ORDER BY 1 LIMIT 3"
    ).fetchall()
    found = "every practice appears once"
    if twice:
        found = f"{table.name} lists {', '.join(row[0] for row in twice)} more than once"
    return Check("unique practices", not twice, found)


def _add_quinary(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> list[Check]:
    _require(table, {"ORG_TYPE", "ORG_CODE", "SEX", "AGE_GROUP_5", "NUMBER_OF_PATIENTS"})
    require_counts(con, table, month, "ORG_CODE")
    sex, band = label("SEX"), label("AGE_GROUP_5")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE quinary AS
        SELECT trim(ORG_CODE) AS practice, DATE '{month}' AS month, {sex} AS sex,
               {band} AS age_band, NUMBER_OF_PATIENTS::INTEGER AS patients
        FROM {csv_scan([table.path])}
        WHERE ORG_TYPE = 'GP' AND {sex} IN ('MALE', 'FEMALE') AND {band} <> 'ALL'"""
    )
    strange = con.execute(
        "SELECT DISTINCT age_band FROM quinary WHERE NOT list_contains(?, age_band) LIMIT 3",
        [list(QUINARY_BANDS)],
    ).fetchall()
    unequal = con.execute(
        """SELECT practice, q.patients, f.patients
        FROM (SELECT practice, sum(patients) AS patients FROM quinary GROUP BY practice) q
        FULL JOIN fact f USING (practice)
        WHERE q.patients IS DISTINCT FROM f.patients ORDER BY 1"""
    ).fetchall()
    con.execute("INSERT INTO fact SELECT * FROM quinary")
    bands = "only the nineteen five-year bands and 95+ occur"
    if strange:
        bands = f"{table.name} has the band {strange[0][0]!r}, which is not a five-year band"
    sums = "age bands add up to the list of every practice"
    if unequal:
        practice, summed, listed = unequal[0]
        sums = (
            f"age bands of {practice} add up to {summed or 'nothing'}, its list is "
            f"{'not published' if listed is None else listed}; {len(unequal)} practices differ"
        )
    return [
        Check("known age bands", not strange, bands),
        Check("age bands add up", not unequal, sums),
    ]


def _map_query(table: Table) -> str:
    columns = _require(table, {"PRACTICE_CODE", "PRACTICE_NAME", "PCN_CODE", "PCN_NAME"})
    generation = next((g for g in _GENERATIONS if f"{g[0]}_CODE" in columns), None)
    if generation is None:
        raise BadRelease(
            f"{table.name} has neither SUB_ICB_LOCATION_CODE nor CCG_CODE. "
            f"It has: {', '.join(sorted(columns))}."
        )
    sub_icb, icb = generation
    supplier = "SUPPLIER_NAME" if "SUPPLIER_NAME" in columns else "''"
    return f"""SELECT PRACTICE_CODE AS practice, PRACTICE_NAME AS practice_name,
        PRACTICE_POSTCODE AS postcode, PCN_CODE AS pcn, PCN_NAME AS pcn_name,
        {sub_icb}_CODE AS sub_icb, {sub_icb}_NAME AS sub_icb_name, {icb}_CODE AS icb,
        {icb}_NAME AS icb_name, COMM_REGION_CODE AS region, COMM_REGION_NAME AS region_name,
        {supplier} AS supplier FROM {csv_scan([table.path])}"""


def _write_geography(
    con: duckdb.DuckDBPyConnection, sources: Sources, target: Path
) -> tuple[str, ...]:
    """The month's own map; without one the nearest map, under the month's own sub-ICB codes."""
    month = sources.month
    kind = "all" if "all" in sources.tables else "quin-age"
    totals, code = sources.tables[kind][0], _TOTALS_IN[kind][1]
    columns = _require(totals, {code, "POSTCODE"})
    sub_icb = next((f"{name}_CODE" for name, _ in _GENERATIONS if f"{name}_CODE" in columns), "''")
    chosen = geography.nearest(sources.nearby.get("map", ()), month)
    homes = _map_query(chosen) if chosen else "SELECT * FROM no_map"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE no_map ("
        + ", ".join(f"{name} VARCHAR" for name in geography.COLUMNS if name != "month")
        + ")"
    )
    query = f"""
        WITH homes AS ({homes}),
        areas AS (SELECT sub_icb, max(sub_icb_name) AS sub_icb_name, mode(icb) AS icb,
                         mode(icb_name) AS icb_name, mode(region) AS region,
                         mode(region_name) AS region_name FROM homes GROUP BY sub_icb),
        listed AS (SELECT DISTINCT trim({code}) AS practice, POSTCODE AS postcode,
                          {sub_icb} AS sub_icb FROM {csv_scan([totals.path])}
                   WHERE trim({code}) IN (SELECT practice FROM fact))
        SELECT DATE '{month}' AS month, l.practice, h.practice_name,
               coalesce(nullif(l.postcode, ''), h.postcode) AS postcode, h.pcn, h.pcn_name,
               coalesce(nullif(l.sub_icb, ''), h.sub_icb) AS sub_icb,
               coalesce(a.sub_icb_name, h.sub_icb_name) AS sub_icb_name,
               {geography.area_above("icb")} AS icb,
               {geography.area_above("icb_name")} AS icb_name,
               {geography.area_above("region")} AS region,
               {geography.area_above("region_name")} AS region_name, h.supplier
        FROM listed l LEFT JOIN homes h USING (practice) LEFT JOIN areas a ON a.sub_icb = l.sub_icb
    """
    geography.write(con, query, str(target / "geography.parquet"))
    return geography.notes(month, chosen)


SERIES = Series(
    dataset=DATASET,
    transform=4,
    slug="patients-registered-at-a-gp-practice",
    wants=wants,
    recognise=recognise,
    headline_kind="all",
    other_headlines=("quin-age",),
    shared_kinds=("map",),
    placing_kinds=("map",),
    kind_names={
        "all": "totals",
        "quin-age": "quinary ages",
        "map": "map of practices",
        "sing-age-male": "single ages of men and boys",
        "sing-age-female": "single ages of women and girls",
        "sing-age-regions": "single ages of areas",
    },
    build=build,
    tolerance=0.01,
    per_working_day=False,
)
