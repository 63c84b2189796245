"""Downloads of Fingertips: told apart by their headings, dated by the rows that they hold."""

from __future__ import annotations

import re
import tempfile
from datetime import date

import duckdb

from pipelines.datasets.fingertips.rows import checks, numbers, rows_sql
from pipelines.engine.units import BadRelease, Preview, Recognised, csv_scan

# The 26 headings that every download has; the 23rd column is named after the parent area.
HEADINGS = (
    "INDICATOR ID",
    "INDICATOR NAME",
    "PARENT CODE",
    "PARENT NAME",
    "AREA CODE",
    "AREA NAME",
    "AREA TYPE",
    "SEX",
    "AGE",
    "CATEGORY TYPE",
    "CATEGORY",
    "TIME PERIOD",
    "VALUE",
    "LOWER CI 95.0 LIMIT",
    "UPPER CI 95.0 LIMIT",
    "LOWER CI 99.8 LIMIT",
    "UPPER CI 99.8 LIMIT",
    "COUNT",
    "DENOMINATOR",
    "VALUE NOTE",
    "RECENT TREND",
    "COMPARED TO ENGLAND VALUE OR PERCENTILES",
    "TIME PERIOD SORTABLE",
    "NEW DATA",
    "COMPARED TO GOAL",
    "TIME PERIOD RANGE",
)
_TELLING = {"AREA CODE", "AREA TYPE", "TIME PERIOD SORTABLE"}
_DEFINITIONS = {"INDICATOR ID", "INDICATOR", "DEFINITION"}
# Otherwise a try_cast moves into the CSV reader, where it fails instead of giving NULL.
_BOUNDS = {"memory_limit": "512MB", "disabled_optimizers": "type_pushdown"}
_UNCHECKED = "area_name, note, trend, compared, parent, sortable"  # columns
_FIRST, _LAST = 1990, 2100  # years that a period may begin in

# Our name of a download: profile, its id, group, its id, kind of area, its id.
FILE_NAME = re.compile(
    r"^(?P<profile>(?:(?!--).)+)--(?P<profile_id>\d+)--(?P<group>(?:(?!--).)+)--(?P<group_id>\d+)"
    r"--(?P<area>(?:(?!--).)+)--(?P<area_id>\d+)\.csv$"
)
_METADATA = re.compile(r"^indicator-metadata--\d+\.csv$")


def wants(name: str) -> bool:
    return bool(FILE_NAME.match(name) or _METADATA.match(name))


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


def _years(preview: Preview) -> tuple[date, ...]:
    """The financial years that the kept rows of a download are of.

    A download that breaks a rule is refused here, by itself, and keeps no other one out.
    """
    with (
        tempfile.TemporaryDirectory() as spill,
        duckdb.connect(config={"temp_directory": spill, **_BOUNDS}) as con,
    ):
        rows = rows_sql(csv_scan([preview.path]))
        try:
            con.execute(
                f"CREATE TEMP TABLE raw AS SELECT 0 AS place, * EXCLUDE ({_UNCHECKED}) "
                f"FROM ({rows}) WHERE level IS NOT NULL"
            )
        except duckdb.InvalidInputException as error:
            where = str(error).partition("\n")[0]
            raise BadRelease(f"{preview.name} is not a whole CSV ({where}).") from error
        for check in (numbers(con), *checks(con)):
            if not check.passed:
                raise BadRelease(f"{preview.name}: not {check.name}: {check.found}.")
        found = con.execute("SELECT year, min(time_period) FROM raw GROUP BY year").fetchall()
    for year, text in found:
        if year is None or not _FIRST <= year <= _LAST:
            raise BadRelease(f"{preview.name} has a row whose period, {text!r}, names no year.")
    return tuple(sorted(date(year, 4, 1) for year, _ in found))
