"""Rows of a Fingertips download, typed, and what must hold of them."""

from __future__ import annotations

import duckdb

from data.datasets.fingertips import HEADLINES
from data.spec import Level
from data.versions.manifest import Check
from pipelines.engine.units import Table, csv_scan, sql_text

# What the publisher calls each kind of area; several generations of names sit in one file.
AREA_TYPES: tuple[tuple[Level, str], ...] = (
    ("england", r"^england$"),
    ("practice", r"^gps?$"),
    ("pcn", r"^pcns?\b"),
    ("sub_icb", r"^(icb sub-locations?|sub-icbs?)\b"),
    ("icb", r"^icbs?$|^icbs? \("),
    ("region", r"^nhs regions?\b"),
)
NUMBERS = {
    "value": "VALUE",
    "low": "LOWER CI 95.0 LIMIT",
    "high": "UPPER CI 95.0 LIMIT",
    "low_998": "LOWER CI 99.8 LIMIT",
    "high_998": "UPPER CI 99.8 LIMIT",
    "count": "COUNT",
    "denominator": "DENOMINATOR",
}
TEXTS = {
    "area_code": "AREA CODE",
    "area_name": "AREA NAME",
    "area_type": "AREA TYPE",
    "sex": "SEX",
    "age": "AGE",
    "time_period": "TIME PERIOD",
    "note": "VALUE NOTE",
    "trend": "RECENT TREND",
    "compared": "COMPARED TO ENGLAND VALUE OR PERCENTILES",
}
ALIKE = "indicator, area_code, sex, age, time_period"  # what tells values apart
_MOST_WRONG = 0.01  # share of a file's rows of a year that may break a rule of the publisher
_ROUNDING = 0.01  # percentage points between a value and its count over its denominator


def _level_sql(column: str) -> str:
    """Our level of a publisher's kind of area; NULL for those of other geographies."""
    cases = " ".join(
        f"WHEN regexp_matches(lower(trim({column})), '{pattern}') THEN '{level}'"
        for level, pattern in AREA_TYPES
    )
    return f"CASE {cases} END"


_YEAR_SQL = (
    "try_cast(coalesce(nullif(left(trim(s.\"TIME PERIOD SORTABLE\"), 4), ''), "
    "regexp_extract(s.\"TIME PERIOD\", '^\\s*(\\d{4})', 1)) AS INTEGER)"
)
"""Calendar year with which a row's period begins; from its text where the sortable is blank."""


def rows_sql(scan: str) -> str:
    """The rows of a download as a query; those of groups within an area are left out.

    An indicator without an id (rows that the publisher adds by hand) is known by its name.
    Numbers come as DOUBLE, as `<name>_exact` with six decimals and as `<name>_text`.
    """
    texts = ", ".join(f'trim(s."{head}") AS {name}' for name, head in TEXTS.items())
    numbers = ", ".join(
        f"trim(s.\"{head}\") AS {name}_text, try_cast(nullif({name}_text, '') AS DOUBLE) AS "
        f"{name}, try_cast(nullif({name}_text, '') AS DECIMAL(18, 6)) AS {name}_exact"
        for name, head in NUMBERS.items()
    )
    return f"""SELECT coalesce(nullif(trim(s."INDICATOR ID"), ''), n.id) AS indicator,
            trim(s."INDICATOR NAME") AS indicator_name, {_level_sql('s."AREA TYPE"')} AS level,
            trim(s."PARENT CODE") AS parent, {_YEAR_SQL} AS year,
            coalesce(nullif(trim(s."TIME PERIOD SORTABLE"), ''), year || '0000') AS sortable,
            trim(s."INDICATOR ID") = '' AS is_named_only, {texts}, {numbers}
        FROM {scan} s LEFT JOIN (
            SELECT trim("INDICATOR NAME") AS name, min(trim("INDICATOR ID")) AS id
            FROM {scan} WHERE trim("INDICATOR ID") <> ''
            GROUP BY 1 HAVING count(DISTINCT trim("INDICATOR ID")) = 1
        ) n ON n.name = trim(s."INDICATOR NAME")
        WHERE trim(s."CATEGORY TYPE") = ''"""


def load(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """Name of a table with a download's rows, without the texts of its numbers.

    It is read once for all the years of a refresh, and spills to disk where memory is short.
    """
    name = f"download_{table.sha256[:24]}"
    texts = ", ".join(f"{number}_text" for number in NUMBERS)
    con.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {name} AS SELECT * EXCLUDE ({texts}) "
        f"FROM ({rows_sql(csv_scan([table.path]))})"
    )
    return name


def checks(con: duckdb.DuckDBPyConnection) -> tuple[Check, ...]:
    """Of the table `raw`, which has the rows of `rows_sql` at our levels."""
    percents = ", ".join(
        sql_text(one.indicator) for one in HEADLINES.values() if one.unit == "percent"
    )
    return (
        _identified(con),
        _unique(con),
        _few(
            con,
            "values within their limits",
            "value NOT BETWEEN low AND high",
            "low IS NOT NULL AND high IS NOT NULL AND value IS NOT NULL",
        ),
        _few(
            con,
            "percentages are counts over denominators",
            f"abs(value - 100 * count / denominator) > {_ROUNDING}",
            f"indicator IN ({percents}) AND value IS NOT NULL AND count IS NOT NULL "
            "AND denominator > 0",
        ),
    )


def _identified(con: duckdb.DuckDBPyConnection) -> Check:
    lost = con.execute(
        "SELECT indicator_name, area_code FROM raw WHERE indicator IS NULL ORDER BY ALL LIMIT 1"
    ).fetchall()
    found = "every row has an indicator id, or the name of just one indicator of its file"
    if lost:
        found = f"{lost[0][1]} has a row of “{lost[0][0]}”, without an id to tell which that is"
    return Check("indicators known", not lost, found)


def numbers(con: duckdb.DuckDBPyConnection) -> Check:
    """Whether every cell of a number is one or is blank."""
    for name, heading in NUMBERS.items():
        odd = con.execute(
            f"SELECT area_code, {name}_text FROM raw WHERE {name}_text <> '' "
            f"AND {name}_exact IS NULL ORDER BY ALL LIMIT 1"
        ).fetchall()
        if odd:
            return Check("numbers", False, f"{heading} of {odd[0][0]} is {odd[0][1]!r}")
    return Check("numbers", True, "every value, limit, count and denominator is a number or blank")


def _unique(con: duckdb.DuckDBPyConnection) -> Check:
    """A download repeats rows (England's, with and without parent), but with the same value."""
    twice = con.execute(
        f"""SELECT {ALIKE} FROM raw GROUP BY place, {ALIKE}
        HAVING count(DISTINCT coalesce(value_exact::VARCHAR, '')) > 1 ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = "rows that are repeated have the same value"
    if twice:
        found = f"two values for {' '.join(part for part in twice[0] if part)}"
    return Check("unique values", not twice, found)


def _few(con: duckdb.DuckDBPyConnection, name: str, wrong: str, among: str) -> Check:
    """Of each file and year, so that no file can hide behind the others of a year."""
    found = con.execute(
        f"""SELECT count(*), count(*) FILTER (WHERE {wrong}),
                   min(indicator || ' of ' || area_code || ' in ' || time_period)
                       FILTER (WHERE {wrong})
        FROM raw WHERE {among} GROUP BY place, year"""
    ).fetchall()
    rows, odd = sum(row[0] for row in found), sum(row[1] for row in found)
    said = f"in all of {rows:,} rows"
    if odd:
        first = min(row[2] for row in found if row[2])
        said = f"in all but {odd:,} of {rows:,} rows, first {first}"
    return Check(name, all(row[1] <= _MOST_WRONG * row[0] for row in found), said)
