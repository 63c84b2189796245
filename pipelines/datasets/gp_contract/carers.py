"""Unpaid carers by sex, age and ethnicity: a file of its own, of practices or sub-ICB locations.

No real file has been seen: columns are found by name, and a column that is missing means that the
rows are not split by it.
"""

from __future__ import annotations

from datetime import date

import duckdb

from data.datasets.vocabulary.gp_contract import ALL
from data.formula import quoted
from data.spec import UNASSIGNED
from data.versions.manifest import Check
from pipelines.datasets.gp_contract.checks import SUPPRESSED
from pipelines.datasets.gp_contract.files import PLACES, SPLITS, month_sql, named
from pipelines.engine.reading.cells import is_whole
from pipelines.engine.units import BadRelease, Table, csv_scan, headings

COLUMNS = "practice, month, sub_icb, quality_service, indicator, sex, age, ethnicity, value"


def load(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> list[Check]:
    """Table `carers`, of `COLUMNS`. A row of a sub-ICB location has its code with `~` before it
    for a practice; practices are placed by `place`."""
    columns = frozenset(headings(table.path))
    places, splits = named(columns, PLACES), named(columns, SPLITS)
    if not places:
        raise BadRelease(
            f"{table.name} has neither practices nor sub-ICB locations. "
            f"It has: {', '.join(sorted(columns))}."
        )
    texts = {name: f"upper(trim({quoted(heading)}))" for name, heading in places.items()}
    practice, sub_icb = texts.get("practice", "''"), texts.get("sub_icb", "''")
    shown = ", ".join(
        f"coalesce(nullif(trim({quoted(splits[name])}), ''), '{ALL}') AS {name}"
        if name in splits
        else f"'{ALL}' AS {name}"
        for name in SPLITS
    )
    service = "trim(QUALITY_SERVICE)" if "QUALITY_SERVICE" in columns else "''"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE carers AS
        SELECT DISTINCT coalesce(nullif({practice}, ''), '{UNASSIGNED}' || {sub_icb}) AS practice,
               DATE '{month}' AS month, {sub_icb} AS sub_icb, {service} AS quality_service,
               upper(trim(IND_CODE)) AS indicator, {shown}, trim(VALUE) AS text,
               CASE WHEN {is_whole("VALUE")} THEN trim(VALUE)::DECIMAL(18, 2)::BIGINT END AS value
        FROM {csv_scan([table.path])} WHERE {month_sql(con, table)} = '{month}'"""
    )
    return [_numbers(con), _unique(con)]


def place(con: duckdb.DuckDBPyConnection, geography: str) -> None:
    """Give practices without one the sub-ICB location of the month's geography."""
    con.execute(
        f"""UPDATE carers SET sub_icb = homes.sub_icb FROM {geography} homes
        WHERE carers.sub_icb = '' AND carers.practice = homes.practice"""
    )


def _numbers(con: duckdb.DuckDBPyConnection) -> Check:
    wrong = con.execute(
        f"""SELECT practice, text FROM carers WHERE practice = '{UNASSIGNED}' OR value < 0
        OR (value IS NULL AND text <> '{SUPPRESSED}') ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = f"every value is a whole number or {SUPPRESSED}"
    if wrong:
        code = wrong[0][0].removeprefix(UNASSIGNED)
        found = f"{code or 'a row without a place'} has “{wrong[0][1]}”"
    return Check("values of carers", not wrong, found)


def _unique(con: duckdb.DuckDBPyConnection) -> Check:
    twice = con.execute(
        """SELECT practice, sex, age, ethnicity FROM carers
        GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = "each group of carers of a place has one value"
    if twice:
        found = f"{', '.join(twice[0])} is given twice with different values"
    return Check("unique groups of carers", not twice, found)
