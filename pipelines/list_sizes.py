"""Patients Registered at a GP Practice: five kinds of CSV, three generations of headings."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.list_sizes import DATASET, QUINARY_BANDS
from data.manifest import Check
from pipelines import geography
from pipelines.cells import (
    Totals,
    leave_out_totals,
    month_start,
    require_numbers,
    require_one_month,
)
from pipelines.checks import counts_are_positive
from pipelines.folder import write_parts, write_table
from pipelines.units import (
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
        return "map", month
    if "NUMBER_OF_PATIENTS" not in columns:
        return None
    if "AGE_GROUP_5" in columns:
        return "quin-age", month
    if {"CODE", "TYPE"} <= columns:
        return "all", month
    if {"ORG_CODE", "SEX", "AGE"} <= columns and (kind := _single_ages_of(preview)):
        return kind, month
    return None


def _single_ages_of(preview: Preview) -> str | None:
    """Areas have a type and practices a postcode: a file with neither may be of either."""
    if "POSTCODE" not in preview.columns:
        of_areas = preview.cell("ORG_TYPE").strip().upper() not in ("", "GP")
        return "sing-age-regions" if of_areas else None
    sex = preview.cell("SEX").strip().lower()
    return f"sing-age-{sex}" if sex in ("male", "female") else None


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
    checks += _add_single_ages(con, sources, month)
    write_table(con, "FROM fact ORDER BY practice, sex, age_band", target / "fact.parquet")
    write_parts(con, DATASET, "FROM fact", target)
    notes = (*whole.notes, *_write_geography(con, sources, target))
    if "sing-age-regions" in sources.tables:
        checks.append(_write_published(con, sources.tables["sing-age-regions"][0], month, target))
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
    _require_counts(con, table, month, code)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fact AS
        SELECT trim({code}) AS practice, DATE '{month}' AS month, 'ALL' AS sex, 'ALL' AS age_band,
               NUMBER_OF_PATIENTS::INTEGER AS patients
        FROM {csv_scan([table.path])}
        WHERE {_label("SEX")} = 'ALL' AND {_label(age)} = 'ALL' AND {of_a_practice}"""
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


def _require_counts(con: duckdb.DuckDBPyConnection, table: Table, month: date, code: str) -> None:
    """Every row of the month, and every number of patients a whole number."""
    require_one_month(con, table, "EXTRACT_DATE", month)
    require_numbers(con, table, ["NUMBER_OF_PATIENTS"], code=code, whole=True)


def _label(column: str) -> str:
    """SQL: `ALL`, `MALE`, `95+` however the file writes it."""
    return f"upper(trim({column}))"


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
    _require_counts(con, table, month, "ORG_CODE")
    sex, band = _label("SEX"), _label("AGE_GROUP_5")
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


def _add_single_ages(con: duckdb.DuckDBPyConnection, sources: Sources, month: date) -> list[Check]:
    """Patients under 18, and from 13, by practice, where both files by single age exist."""
    tables = [sources.tables.get(f"sing-age-{sex}", ()) for sex in ("male", "female")]
    if not all(tables):
        return []
    for found in tables:
        _require_counts(con, found[0], month, "ORG_CODE")
    paths = [found[0].path for found in tables]
    con.execute(
        f"""INSERT INTO fact
        SELECT ORG_CODE, DATE '{month}', 'ALL', band, patients FROM (
            SELECT ORG_CODE,
                   sum(NUMBER_OF_PATIENTS::INTEGER) FILTER (
                       WHERE try_cast(AGE AS INTEGER) < 18) AS under_18,
                   sum(NUMBER_OF_PATIENTS::INTEGER) FILTER (
                       WHERE coalesce(try_cast(AGE AS INTEGER), 95) >= 13) AS aged_13_and_over,
                   sum(NUMBER_OF_PATIENTS::INTEGER) AS single_age_total
            FROM {csv_scan(paths)}
            WHERE {_label("AGE")} <> 'ALL' AND {_label("SEX")} IN ('MALE', 'FEMALE')
              AND ORG_CODE IN (SELECT practice FROM fact WHERE age_band = 'ALL')
            GROUP BY ORG_CODE)
        UNPIVOT (patients FOR band IN (under_18, aged_13_and_over, single_age_total))"""
    )
    compared = con.execute(
        """PIVOT (SELECT practice, age_band, patients FROM fact
               WHERE sex = 'ALL' AND age_band IN ('ALL', 'single_age_total'))
        ON age_band IN ('ALL', 'single_age_total') USING any_value(patients)"""
    )
    wrong = sorted(row for row in compared.fetchall() if row[1] != row[2])
    sums = "single ages add up to the list of every practice"
    if wrong:
        practice, listed, summed = wrong[0]
        sums = (
            f"single ages of {practice} add up to {summed or 'nothing'}, its list is {listed}; "
            f"{len(wrong)} practices differ"
        )
    return [Check("single ages of practices", not wrong, sums)]


_PUBLISHED_LEVELS = {
    "PCN": "pcn",
    "SUB_ICB_LOCATION_CODE": "sub_icb",
    "CCG": "sub_icb",
    "ICB": "icb",
    "STP": "icb",
    "Comm Region": "region",
}


def _write_published(
    con: duckdb.DuckDBPyConnection, table: Table, month: date, target: Path
) -> Check:
    """Single ages above practice level, as the publisher adds them up."""
    _require_counts(con, table, month, "ORG_CODE")
    levels = " ".join(f"WHEN '{k}' THEN '{v}'" for k, v in _PUBLISHED_LEVELS.items())
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE single AS
        SELECT DATE '{month}' AS month, CASE ORG_TYPE {levels} END AS level, ORG_CODE AS code,
               sum(NUMBER_OF_PATIENTS::INTEGER) FILTER (
                   WHERE try_cast(AGE AS INTEGER) < 18)::BIGINT AS under_18,
               sum(NUMBER_OF_PATIENTS::INTEGER) FILTER (
                   WHERE coalesce(try_cast(AGE AS INTEGER), 95) >= 13)::BIGINT AS aged_13_and_over,
               sum(NUMBER_OF_PATIENTS::INTEGER)::BIGINT AS single_age_total
        FROM {csv_scan([table.path])}
        WHERE {_label("AGE")} <> 'ALL' AND {_label("SEX")} IN ('MALE', 'FEMALE')
        GROUP BY ALL"""
    )
    con.execute(
        """INSERT INTO single SELECT month, 'england', 'ENG', sum(under_18), sum(aged_13_and_over),
               sum(single_age_total)
        FROM single WHERE level = 'region' GROUP BY month"""
    )
    write_table(
        con,
        "FROM single WHERE level IS NOT NULL ORDER BY level, code",
        target / "published.parquet",
    )
    counted, listed = con.execute(
        """SELECT (SELECT single_age_total FROM single WHERE level = 'england'),
                  (SELECT sum(patients) FROM fact WHERE age_band = 'ALL')"""
    ).fetchall()[0]
    return Check(
        "single ages add up",
        counted == listed,
        f"single years of age add up to {counted:,} and the lists to {listed:,}",
    )


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
