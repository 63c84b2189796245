"""Patients by single year of age: files of practices, one of each sex, and one of areas."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from data.versions.manifest import Check
from pipelines.engine.folder import write_table
from pipelines.engine.reading.cells import require_numbers, require_one_month, row_of
from pipelines.engine.units import BadRelease, Preview, Sources, Table, csv_scan

_AGES = "ALL|[0-9]{1,2}|95[+]"
_PUBLISHED_LEVELS = {
    "PCN": "pcn",
    "SUB_ICB_LOCATION_CODE": "sub_icb",
    "CCG": "sub_icb",
    "ICB": "icb",
    "STP": "icb",
    "Comm Region": "region",
}


def kind_of(preview: Preview) -> str | None:
    """Areas have a type and practices a postcode: a file with neither may be of either."""
    if "POSTCODE" not in preview.columns:
        of_areas = preview.cell("ORG_TYPE").strip().upper() not in ("", "GP")
        return "sing-age-regions" if of_areas else None
    sex = preview.cell("SEX").strip().lower()
    return f"sing-age-{sex}" if sex in ("male", "female") else None


def label(column: str) -> str:
    """SQL: `ALL`, `MALE`, `95+` however the file writes it."""
    return f"upper(trim({column}))"


def require_counts(con: duckdb.DuckDBPyConnection, table: Table, month: date, code: str) -> None:
    """Every row of the month, and every number of patients a whole number."""
    require_one_month(con, table, "EXTRACT_DATE", month)
    require_numbers(con, table, ["NUMBER_OF_PATIENTS"], code=code, whole=True)


def _require(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> None:
    """Counts, each of an age: what is no age would be counted with the oldest."""
    require_counts(con, table, month, "ORG_CODE")
    strange = con.execute(
        f"""SELECT ORG_CODE, AGE FROM {csv_scan([table.path])}
        WHERE NOT regexp_full_match({label("AGE")}, '{_AGES}') LIMIT 1"""
    ).fetchall()
    for code, age in strange:
        raise BadRelease(
            f"{table.name}, {row_of(table.path, {'ORG_CODE': code, 'AGE': age})}, column AGE, "
            f"{code}: {age!r} is not an age. A year, 95+ or ALL is expected."
        )


def add_practices(con: duckdb.DuckDBPyConnection, sources: Sources, month: date) -> list[Check]:
    """Patients under 18, and from 13, by practice, where both files by single age exist."""
    tables = [sources.tables.get(f"sing-age-{sex}", ()) for sex in ("male", "female")]
    if not all(tables):
        return []
    for found in tables:
        _require(con, found[0], month)
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
            WHERE {label("AGE")} <> 'ALL' AND {label("SEX")} IN ('MALE', 'FEMALE')
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


def write_areas(con: duckdb.DuckDBPyConnection, table: Table, month: date, target: Path) -> Check:
    """Single ages above practice level, as the publisher adds them up."""
    _require(con, table, month)
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
        WHERE {label("AGE")} <> 'ALL' AND {label("SEX")} IN ('MALE', 'FEMALE')
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
