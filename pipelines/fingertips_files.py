"""Downloads of Fingertips: told apart by their headings, dated by the rows that they hold."""

from __future__ import annotations

import re
from datetime import date

import duckdb

from data.spec import Level
from pipelines.units import BadRelease, Preview, Recognised, csv_scan

# The 26 headings that every download has; the 23rd column is named after the parent area.
HEADINGS = (
    "INDICATOR ID", "INDICATOR NAME", "PARENT CODE", "PARENT NAME", "AREA CODE", "AREA NAME",
    "AREA TYPE", "SEX", "AGE", "CATEGORY TYPE", "CATEGORY", "TIME PERIOD", "VALUE",
    "LOWER CI 95.0 LIMIT", "UPPER CI 95.0 LIMIT", "LOWER CI 99.8 LIMIT", "UPPER CI 99.8 LIMIT",
    "COUNT", "DENOMINATOR", "VALUE NOTE", "RECENT TREND",
    "COMPARED TO ENGLAND VALUE OR PERCENTILES", "TIME PERIOD SORTABLE", "NEW DATA",
    "COMPARED TO GOAL", "TIME PERIOD RANGE",
)  # fmt: skip
_TELLING = {"AREA CODE", "AREA TYPE", "TIME PERIOD SORTABLE"}
_DEFINITIONS = {"INDICATOR ID", "INDICATOR", "DEFINITION"}

# What the publisher calls each kind of area; several generations of names sit in one file.
AREA_TYPES: tuple[tuple[Level, str], ...] = (
    ("england", r"^england$"),
    ("practice", r"^gps?$"),
    ("pcn", r"^pcns?\b"),
    ("sub_icb", r"^(icb sub-locations?|sub-icbs?)\b"),
    ("icb", r"^icbs?$|^icbs? \("),
    ("region", r"^nhs regions?\b"),
)

# Our name of a download: profile, its id, group, its id, kind of area, its id.
FILE_NAME = re.compile(
    r"^(?P<profile>.+?)--(?P<profile_id>\d+)--(?P<group>.+?)--(?P<group_id>\d+)"
    r"--(?P<area>.+?)--(?P<area_id>\d+)\.csv$"
)
_OURS = re.compile(r"^(.+--\d+--.+--\d+--.+--\d+|indicator-metadata--\d+)\.csv$")


def wants(name: str) -> bool:
    return bool(_OURS.match(name))


def recognise(preview: Preview) -> Recognised | None:
    """(kind, years) of a download; one without rows has no year and is left at that."""
    if preview.columns >= _TELLING:
        if missing := [name for name in HEADINGS if name not in preview.columns]:
            raise BadRelease(
                f"{preview.name} lacks the columns {', '.join(missing)}. It has "
                f"{', '.join(preview.header)[:300]}."
            )
        return "values", _years(preview) if preview.first else ()
    if preview.columns >= _DEFINITIONS:
        return "definitions", None
    return None


def level_sql(column: str) -> str:
    """Our level of a publisher's kind of area; NULL for those of other geographies."""
    cases = " ".join(
        f"WHEN regexp_matches(lower(trim({column})), '{pattern}') THEN '{level}'"
        for level, pattern in AREA_TYPES
    )
    return f"CASE {cases} END"


YEAR_SQL = (
    "try_cast(coalesce(nullif(left(trim(\"TIME PERIOD SORTABLE\"), 4), ''), "
    "regexp_extract(\"TIME PERIOD\", '^\\s*(\\d{4})', 1)) AS INTEGER)"
)
"""Calendar year with which a row's period begins; from its text where the sortable is blank."""


def _years(preview: Preview) -> tuple[date, ...]:
    """The financial years that the kept rows of a download are of."""
    found = duckdb.execute(
        f"""SELECT {YEAR_SQL} AS year, any_value("TIME PERIOD")
        FROM {csv_scan([preview.path])}
        WHERE {level_sql('"AREA TYPE"')} IS NOT NULL AND trim("CATEGORY TYPE") = ''
        GROUP BY year"""
    ).fetchall()
    for year, text in found:
        if year is None or not 1990 <= year <= 2100:
            raise BadRelease(f"{preview.name} has a row whose period, {text!r}, names no year.")
    return tuple(sorted(date(year, 4, 1) for year, _ in found))
