"""The month of a workforce file: in its columns, else in its name."""

from __future__ import annotations

import re
from datetime import date

from pipelines.engine.units import BadRelease, Preview
from pipelines.fetch.discovery import period_of_slug

_COLUMNS = (("CENSUS_YEAR", "CENSUS_MONTH"), ("YEAR", "MONTH"))


def census_month(preview: Preview) -> date:
    """First day of the month whose last day a file counts.

    Columns of year and month decide; without them the name does, which is `1 General Practice –
    February 2026 Practice Level - Detailed.csv` in every generation.
    """
    for year, month in _COLUMNS:
        if {year, month} <= preview.columns:
            return _month(preview, preview.cell(year), preview.cell(month))
    words = re.sub(r"[^a-z0-9]+", "-", preview.name.lower())
    if named := period_of_slug(words):
        return named
    raise BadRelease(
        f"{preview.name} does not say which month it counts: it has no columns of year and month, "
        "and its name has no month and year such as June 2026."
    )


def _month(preview: Preview, year: str, month: str) -> date:
    written = f"{year.strip()}-{month.strip()}"
    found = re.fullmatch(r"(20\d\d)(?:\.0)?-0?([1-9]|1[0-2])(?:\.0)?", written)
    if found:
        return date(int(found[1]), int(found[2]), 1)
    if named := period_of_slug(f"{month.strip()}-{year.strip()}".lower()):
        return named
    raise BadRelease(f"{preview.name} gives {month!r} {year!r} as its month and year.")
