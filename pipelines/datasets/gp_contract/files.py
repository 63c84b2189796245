"""The files of GP Contract Services: told apart by their headings, found on one page a year.

A year's page gains files as services close, so each file is taken as a release of its own: what is
wrong with one does not hold back the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import duckdb

from data.datasets.vocabulary.gp_contract import CARERS
from data.settings import Settings
from pipelines.engine.units import (
    BadRelease,
    Preview,
    Recognised,
    Table,
    csv_scan,
    first_of_month,
    read_date,
    sql_text,
)
from pipelines.fetch import discovery
from pipelines.fetch.http import Client

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
CARERS_NEEDED = ("ACH_DATE", "IND_CODE", "VALUE")
_WANTED = re.compile(r"\.(csv|zip|csv\.gz)$", re.IGNORECASE)
_ABOUT = re.compile(r"dictionary|metadata|mapping", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\W)\W*\(?(20)?\d\d\W?(20)?\d\d\)?\s*$")
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
    split = set(CARERS_NEEDED) <= columns and bool(named(columns, SPLITS))
    if not split and not set(NEEDED) <= columns:
        return None
    service = "trim(QUALITY_SERVICE)" if "QUALITY_SERVICE" in columns else "''"
    found = duckdb.execute(
        f"SELECT DISTINCT {service}, trim(IND_CODE), trim(ACH_DATE) "
        f"FROM {csv_scan([preview.path])} ORDER BY ALL"
    ).fetchall()
    days = {day for _, _, day in found}
    if not days or "" in days:
        raise BadRelease(f"{preview.name} has rows without ACH_DATE, the date that they are of.")
    months = tuple(sorted({first_of_month(read_date(day)) for day in days}))
    if split or {code for _, code, _ in found} == {CARERS}:
        return CARER_ROWS, months
    return _service(preview.name, sorted({text for text, _, _ in found})), months


def _service(name: str, services: Sequence[str]) -> str:
    """The one service that a file's rows name, without the year."""
    if wrong := [text for text in services if text.upper().startswith(("NCD", "NETWORK"))]:
        raise BadRelease(
            f"{name} is of {wrong[0]}: the Network Contract DES has a series of its own."
        )
    kinds = sorted({_slug(_YEAR.sub("", text)) for text in services})
    if "" in kinds:
        raise BadRelease(f"{name} has rows that do not say which service they are of.")
    if len(kinds) > 1:
        raise BadRelease(
            f"{name} is of several services ({', '.join(services)}); the publisher has given each "
            "its own file so far."
        )
    return CORE if kinds[0].startswith("core-gp-contract") else kinds[0]


def named(columns: frozenset[str], names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Which heading a file uses for each of some columns, where it has one."""
    return {
        name: heading
        for name, headings_used in names.items()
        if (heading := next((one for one in headings_used if one in columns), None))
    }


def month_sql(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """SQL for the month of a row, whichever way the file writes its dates."""
    found = con.execute(f"SELECT DISTINCT ACH_DATE FROM {csv_scan([table.path])}").fetchall()
    cases = " ".join(
        f"WHEN {sql_text(text)} THEN DATE '{first_of_month(read_date(text))}'" for (text,) in found
    )
    return f"CASE ACH_DATE {cases} END"
