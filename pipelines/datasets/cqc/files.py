"""The files of the Care Quality Commission: what each is, of which day, and its rows as tables.

`places` gets a row for each GP location, `said` one for each rating of a location, `seen` what the
weekly directory says. The locations workbook has been seen by its headings only and the ratings
workbook not at all: columns are found by name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import duckdb

from data.datasets.vocabulary.cqc import KEY_QUESTIONS, QUESTIONS, RATINGS
from data.formula import quoted
from pipelines.engine.reading.sheets import Sheet, below_headings, has_headings, refuse_renamed
from pipelines.engine.units import BadRelease, Preview, Recognised, Table, read_date

LOCATIONS, RATINGS_FILE, DIRECTORY, EXPORT = "locations", "ratings", "directory", "export"
HEADINGS: dict[str, frozenset[str]] = {
    LOCATIONS: frozenset(
        (
            *("LOCATION ID", "LOCATION NAME", "LOCATION ODS CODE", "LOCATION POSTAL CODE"),
            *("LOCATION PRIMARY INSPECTION CATEGORY", "LOCATION LATEST OVERALL RATING"),
            *("PUBLICATION DATE", "PROVIDER ID", "PROVIDER NAME"),
        )
    ),
    RATINGS_FILE: frozenset(
        (
            *("LOCATION ID", "SERVICE / POPULATION GROUP", "DOMAIN", "LATEST RATING"),
            "PUBLICATION DATE",
        )
    ),
    DIRECTORY: frozenset(
        (
            *("NAME", "POSTCODE", "SERVICE TYPES", "DATE OF LATEST CHECK"),
            *("SPECIALISMS/SERVICES", "SERVICE'S WEBSITE (IF AVAILABLE)"),
            "CQC LOCATION ID (FOR OFFICE USE ONLY)",
        )
    ),
    EXPORT: frozenset(
        (
            *("LOCATIONID", "ODSCODE", "NAME", "POSTALCODE", "REGISTRATIONSTATUS"),
            *("OVERALLRATING", "OVERALLREPORTDATE", "SAFERATING", "EFFECTIVERATING"),
            *("CARINGRATING", "RESPONSIVERATING", "WELL-LEDRATING"),
        )
    ),
}
_GP_CATEGORY = "GP PRACTICES"
_WANTED = re.compile(
    r"(hsca.active.locations|latest.ratings|cqc.directory|cqc.ratings).*\.(csv|xlsx|ods|zip|csv\.gz)$",
    re.IGNORECASE,
)
_OTHER_SHEETS = re.compile(r"dual.registration|deactivated", re.IGNORECASE)
_SAID_DAY = re.compile(
    r"(?:as at|produced on|as of|updated on)\s+(\d{1,2}\s+[a-z]{3,9}\s+20\d\d)", re.IGNORECASE
)
_NAMED_DAY = re.compile(
    r"(20\d\d-\d\d-\d\d)|(?<!\d)(\d{1,2}[_ -]+[a-z]{3,9}[_ -]+20\d\d)", re.IGNORECASE
)
_LOOKED_AT = 20  # lines in which a file may say its day
_DAY_FORMS = (
    ("%Y-%m-%d", 10),
    ("%d/%m/%Y", 10),
    ("%d/%b/%Y", 11),
    ("%d-%b-%Y", 11),
    ("%d %B %Y", 20),
)


def wants(name: str) -> bool:
    return bool(_WANTED.search(name))


def recognise(preview: Preview) -> Recognised | None:
    """The kind of a file or sheet by its headings, and the month of the day that it describes."""
    if _OTHER_SHEETS.search(preview.name):
        return None
    for kind, required in HEADINGS.items():
        if has_headings(preview, required):
            day = day_of(preview.path, f"{preview.file} {preview.name}")
            return kind, day.replace(day=1)
    refuse_renamed(preview, {"LOCATION ID"}, ("RATING", "ODS CODE"))
    return None


def day_of(path: Path, name: str) -> date:
    """The day of a snapshot: as the file or the README of its workbook says, else of its name."""
    for line in _first_lines(path):
        if said := _SAID_DAY.search(line):
            return read_date(said[1])
    if named := named_day(name):
        return named
    raise BadRelease(
        f"{Path(name).name} does not say of which day it is. Put the day in its name, such as "
        "CQC-ratings-2026-10-05.csv."
    )


def named_day(name: str) -> date | None:
    """The day in the name of a file: 2026-10-05, 01_October_2026."""
    found = _NAMED_DAY.search(name)
    return read_date(re.sub("[_ -]+", "-" if found[1] else " ", found[0])) if found else None


def _first_lines(path: Path) -> Iterator[str]:
    """The first lines of a CSV, or of every sheet of the workbook of which it is one."""
    own = [path]
    if path.with_suffix(".txt").exists():
        book = path.stem.rpartition("-")[0]
        own = sorted(one for end in ("txt", "csv") for one in path.parent.glob(f"{book}-*.{end}"))
    for one in own:
        with one.open(encoding="utf-8-sig", newline="") as text:
            for row in islice(csv.reader(text), _LOOKED_AT):
                yield " ".join(row)


def day_sql(text: str) -> str:
    """A column of dates in any form that these files use, else NULL."""
    forms = ", ".join(
        f"try_strptime(left(trim({text}), {length}), '{form}')" for form, length in _DAY_FORMS
    )
    return f"coalesce({forms})::DATE"


def _rating_sql(text: str) -> str:
    """One of the four ratings as the publisher writes it; other texts as they are."""
    known = " ".join(f"WHEN '{name.lower()}' THEN '{name}'" for name in RATINGS.values())
    return f"CASE lower(trim({text})) {known} ELSE trim({text}) END"


def _domain_sql(text: str) -> str:
    plain = f"replace(lower(trim({text})), '-', ' ')"
    known = " ".join(
        f"WHEN '{label.lower().replace('-', ' ')}' THEN '{label}'" for label in QUESTIONS.values()
    )
    return f"CASE {plain} {known} ELSE trim({text}) END"


class _Columns:
    """Columns of a sheet by name; those that a generation lacks are empty text."""

    def __init__(self, sheet: Sheet) -> None:
        self._names = frozenset(sheet.names)

    def __getitem__(self, name: str) -> str:
        return f"trim({quoted(name)})" if name in self._names else "''"


def load_places(con: duckdb.DuckDBPyConnection, table: Table) -> tuple[str, ...]:
    """Table `places` from the locations workbook or an export. Returns notes."""
    sheet = below_headings(table, HEADINGS[table.kind])
    text = _Columns(sheet)
    if table.kind == LOCATIONS:
        _require_category(con, table, sheet)
        where = f"upper({text['LOCATION PRIMARY INSPECTION CATEGORY']}) = '{_GP_CATEGORY}'"
        names = {
            "location": "LOCATION ID",
            "name": "LOCATION NAME",
            "ods_code": "LOCATION ODS CODE",
            "postcode": "LOCATION POSTAL CODE",
            "provider": "PROVIDER ID",
            "provider_name": "PROVIDER NAME",
            "cqc_region": "LOCATION REGION",
            "local_authority": "LOCATION LOCAL AUTHORITY",
            "dormant": "DORMANT (Y/N)",
            "inherited": "INHERITED RATING (Y/N)",
        }
        overall, day, since = (
            "LOCATION LATEST OVERALL RATING",
            "PUBLICATION DATE",
            "LOCATION HSCA START DATE",
        )
    else:
        where = f"upper({text['REGISTRATIONSTATUS']}) IN ('REGISTERED', '')"
        names = {
            "location": "LOCATIONID",
            "name": "NAME",
            "ods_code": "ODSCODE",
            "postcode": "POSTALCODE",
            "provider": "PROVIDERID",
            "provider_name": "PROVIDERNAME",
            "cqc_region": "REGION",
            "local_authority": "LOCALAUTHORITY",
            "dormant": "DORMANT",
            "inherited": "INHERITED",
        }
        overall, day, since = "OVERALLRATING", "OVERALLREPORTDATE", "REGISTRATIONDATE"
    texts = ", ".join(f"{text[name]} AS {to}" for to, name in names.items() if to != "ods_code")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE places AS
        SELECT {texts}, upper({text[names["ods_code"]]}) AS ods_code,
               {_rating_sql(text[overall])} AS overall, {text[day]} AS written_day,
               {day_sql(text[day])} AS report_date, {day_sql(text[since])} AS registered_on
        FROM {sheet.sql} WHERE {where}"""
    )
    every = con.execute(f"SELECT count(*) FROM {sheet.sql}").fetchall()[0][0]
    kept = con.execute("SELECT count(*) FROM places").fetchall()[0][0]
    if table.kind == LOCATIONS or every == kept:
        return ()
    return (f"{every - kept:,} locations that are no longer registered are left out.",)


def _require_category(con: duckdb.DuckDBPyConnection, table: Table, sheet: Sheet) -> None:
    column = quoted("LOCATION PRIMARY INSPECTION CATEGORY")
    found = con.execute(
        f"SELECT DISTINCT trim({column}) FROM {sheet.sql} ORDER BY 1 LIMIT 30"
    ).fetchall()
    if _GP_CATEGORY not in {name.upper() for (name,) in found}:
        raise BadRelease(
            f"{table.name} has no location whose primary inspection category is GP Practices. "
            f"Its categories are: {', '.join(name for (name,) in found)[:300]}."
        )


def load_said(
    con: duckdb.DuckDBPyConnection, ratings: Table | None, export: Table | None
) -> tuple[str, ...]:
    """Table `said`: ratings of `places`, from the best file at hand. Returns notes."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE said (location VARCHAR, population_group VARCHAR,
        domain VARCHAR, rating VARCHAR, written_day VARCHAR, report_date DATE,
        report_type VARCHAR, inherited VARCHAR)"""
    )
    if ratings:
        return _add_ratings(con, ratings)
    if export:
        sheet = below_headings(export, HEADINGS[EXPORT])
        text = _Columns(sheet)
        for domain in QUESTIONS.values():
            con.execute(
                f"""INSERT INTO said
                SELECT {text["LOCATIONID"]}, 'Overall', '{domain}',
                       {_rating_sql(text[f"{domain.upper()}RATING"])},
                       {text["OVERALLREPORTDATE"]}, {day_sql(text["OVERALLREPORTDATE"])}, '', ''
                FROM {sheet.sql} SEMI JOIN places ON places.location = {text["LOCATIONID"]}
                WHERE {text[f"{domain.upper()}RATING"]} <> ''"""
            )
        return ()
    con.execute(
        """INSERT INTO said SELECT location, 'Overall', 'Overall', overall, written_day,
        report_date, '', inherited FROM places WHERE overall <> ''"""
    )
    return ("Key questions are missing: the ratings file of the month is not loaded.",)


def _add_ratings(con: duckdb.DuckDBPyConnection, table: Table) -> tuple[str, ...]:
    sheet = below_headings(table, HEADINGS[RATINGS_FILE])
    text = _Columns(sheet)
    day, group = text["PUBLICATION DATE"], text["SERVICE / POPULATION GROUP"]
    con.execute(
        f"""INSERT INTO said
        SELECT DISTINCT {text["LOCATION ID"]}, {group}, {_domain_sql(text["DOMAIN"])},
               {_rating_sql(text["LATEST RATING"])}, {day}, {day_sql(day)},
               {text["REPORT TYPE"]}, {text["INHERITED RATING (Y/N)"]}
        FROM {sheet.sql} SEMI JOIN places ON places.location = {text["LOCATION ID"]}
        WHERE {text["LATEST RATING"]} <> ''"""
    )
    groups = con.execute("SELECT DISTINCT population_group FROM said ORDER BY 1").fetchall()
    domains = con.execute(
        "SELECT DISTINCT domain FROM said WHERE population_group = 'Overall'"
    ).fetchall()
    if not {domain for (domain,) in domains} & set(KEY_QUESTIONS.values()):
        named = ", ".join(name for (name,) in groups) or "none of a GP location"
        raise BadRelease(
            f"{table.name} has no rating of a key question for the population group Overall. "
            f"Groups: {named[:300]}."
        )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE said AS FROM said QUALIFY row_number() OVER (
        PARTITION BY location, population_group, domain
        ORDER BY report_date DESC NULLS LAST, report_type, rating) = 1"""
    )
    return ()


def load_seen(con: duckdb.DuckDBPyConnection, directory: Table | None) -> None:
    """Table `seen`: services, website and latest check of `places`, from the weekly directory."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE seen (location VARCHAR, service_types VARCHAR,
        specialisms VARCHAR, last_check DATE, website VARCHAR)"""
    )
    if directory is None:
        return
    sheet = below_headings(directory, HEADINGS[DIRECTORY])
    text = _Columns(sheet)
    location = text["CQC LOCATION ID (FOR OFFICE USE ONLY)"]
    con.execute(
        f"""INSERT INTO seen
        SELECT {location}, {_distinct(text["SERVICE TYPES"])},
               {_distinct(text["SPECIALISMS/SERVICES"])},
               {day_sql(text["DATE OF LATEST CHECK"])},
               {text["SERVICE'S WEBSITE (IF AVAILABLE)"]}
        FROM {sheet.sql} SEMI JOIN places ON places.location = {location}
        QUALIFY row_number() OVER (PARTITION BY {location} ORDER BY {text["NAME"]}) = 1"""
    )


def _distinct(text: str) -> str:
    """A list joined by `|` in the publisher's order, each name once."""
    names = f"list_filter(string_split({text}, '|'), lambda name: name <> '')"
    return (
        f"array_to_string(list_filter({names}, lambda name, place: "
        f"list_position({names}, name) = place), '|')"
    )
