"""The files of GP Contract Services: told apart by their headings, found on one page a year.

A year's page gains files as services close, so each file is taken as a release of its own: what is
wrong with one does not hold back the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import duckdb

from data.formula import quoted
from data.gp_contract import CARERS
from data.settings import Settings
from pipelines import discovery
from pipelines.http import Client
from pipelines.units import (
    BadRelease,
    Preview,
    Recognised,
    Table,
    csv_scan,
    first_of_month,
    headings,
    read_date,
    sql_text,
)

SLUG = "gp-contract-services"
CORE, CARER_ROWS = "core", "carers"
NEEDED = ("PRACTICE_CODE", "QUALITY_SERVICE", "ACH_DATE", "IND_CODE", "MEASURE", "VALUE")
# What a column of the carers file may be called. No real file has been seen.
SPLITS: dict[str, tuple[str, ...]] = {
    "sex": ("SEX", "GENDER"),
    "age": ("AGE", "AGE_BAND", "AGE_GROUP"),
    "ethnicity": ("ETHNICITY", "ETHNIC_GROUP", "ETHNIC_CATEGORY"),
}
PLACES: dict[str, tuple[str, ...]] = {
    "practice": ("PRACTICE_CODE",),
    "sub_icb": (
        *("SUB_ICB_LOCATION_CODE", "SUB_ICB_LOC_ODS_CODE", "SUB_ICB_LOC_CODE"),
        *("SUB_ICB_ODS_CODE", "SUB_ICB_CODE"),
    ),
}
_CARERS_NEEDED = ("ACH_DATE", "IND_CODE", "VALUE")
_WANTED = re.compile(r"\.(csv|zip|csv\.gz)$", re.IGNORECASE)
_ABOUT = re.compile(r"dictionary|metadata|mapping", re.IGNORECASE)
_YEAR = re.compile(r"\W*\(?(20)?\d\d\W?(20)?\d\d\)?\s*$")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 120


def wants(name: str) -> bool:
    return bool(_WANTED.search(name)) and not _ABOUT.search(name)


def discover(client: Client, settings: Settings) -> Iterator[discovery.Release | discovery.Skipped]:
    """Every file of a year's page as a release of its own, the latest issue of each."""
    address = f"{settings.publications_url}/{SLUG}"
    for page in discovery.releases(client, address, files_url=settings.files_url):
        if isinstance(page, discovery.Skipped):
            yield page
            continue
        files = discovery.latest_issues(file for file in page.files if wants(file.name))
        if not files:
            yield discovery.Skipped(page.slug, page.url, "It has no CSV files.")
        for left, file in zip(range(len(files) - 1, -1, -1), files, strict=True):
            yield replace(
                page,
                slug=f"{page.slug}-{_slug(file.name.rpartition('.')[0])}"[:_LONGEST_SLUG],
                title=f"{page.title}: {file.name}",
                files=(file,),
                more=left > 0,
            )


def _slug(text: str) -> str:
    return _NOT_WORD.sub("-", text.lower()).strip("-")


def recognise(preview: Preview) -> Recognised | None:
    """(service, months): `core`, `carers`, or the name of the service that the rows give."""
    columns = preview.columns
    if set(_CARERS_NEEDED) <= columns and named(columns, SPLITS):
        return CARER_ROWS, _months(preview)
    if not set(NEEDED) <= columns:
        return None
    scan = csv_scan([preview.path])
    services = _distinct(scan, "QUALITY_SERVICE")
    if wrong := [text for text in services if text.upper().startswith(("NCD", "NETWORK"))]:
        raise BadRelease(
            f"{preview.name} is of {wrong[0]}: the Network Contract DES has a series of its own."
        )
    if _distinct(scan, "IND_CODE") == [CARERS]:
        return CARER_ROWS, _months(preview)
    kinds = sorted({_slug(_YEAR.sub("", text)) for text in services})
    if not kinds or "" in kinds:
        raise BadRelease(f"{preview.name} has rows that do not say which service they are of.")
    if len(kinds) > 1:
        raise BadRelease(
            f"{preview.name} is of several services ({', '.join(services)}); the publisher has "
            "given each its own file so far."
        )
    return CORE if kinds[0].startswith("core-gp-contract") else kinds[0], _months(preview)


def named(columns: frozenset[str], names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Which heading a file uses for each of some columns, where it has one."""
    return {
        name: heading
        for name, headings_used in names.items()
        if (heading := next((one for one in headings_used if one in columns), None))
    }


def dated(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> str:
    """SQL for the rows of a month, whichever way the file writes its dates."""
    if missing := set(_CARERS_NEEDED) - set(headings(table.path)):
        raise BadRelease(f"{table.name} has no column {', '.join(sorted(missing))}.")
    found = con.execute(
        f"SELECT DISTINCT ACH_DATE FROM {csv_scan([table.path])} WHERE trim(ACH_DATE) <> ''"
    ).fetchall()
    texts = [text for (text,) in found if first_of_month(read_date(text)) == month]
    return f"ACH_DATE IN ({', '.join(sql_text(text) for text in texts)})"


def _months(preview: Preview) -> tuple[date, ...]:
    texts = _distinct(csv_scan([preview.path]), "ACH_DATE")
    if not texts or not texts[0]:
        raise BadRelease(f"{preview.name} has rows without ACH_DATE, the date that they are of.")
    return tuple(sorted({first_of_month(read_date(text)) for text in texts}))


def _distinct(scan: str, column: str) -> list[str]:
    """The values of a column, in order; an empty one first."""
    found = duckdb.execute(
        f"SELECT DISTINCT trim({quoted(column)}) FROM {scan} ORDER BY 1"
    ).fetchall()
    return [text for (text,) in found]
