"""Care Quality Commission: GP locations, the practices to which they belong, and their ratings.

A month is made of the newest snapshot of its locations (the publisher's workbook, or an export of
GP ratings made from the API), the ratings file of the month, and the weekly directory nearest to
it, joined by location id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import duckdb

from data.datasets.cqc import DATASET
from data.datasets.vocabulary.cqc import KEY_QUESTIONS, RATINGS, frameworks
from data.settings import Settings
from data.versions.manifest import Check
from data.versions.snapshot import month_folder
from pipelines.datasets.cqc.files import (
    DIRECTORY,
    EXPORT,
    LOCATIONS,
    RATINGS_FILE,
    day_of,
    load_places,
    load_said,
    load_seen,
    named_day,
    recognise,
    wants,
)
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.naming import first_codes
from pipelines.engine.units import Month, Series, Sources, Table, sql_text
from pipelines.fetch import discovery
from pipelines.fetch.http import Client
from pipelines.files.errors import DiscoveryError

_PRACTICE = "^[A-Z][0-9]{5}$"
_BRANCH = "^[A-Z][0-9]{8}$"  # the practice's code and the number of a branch
_RATED = ", ".join(f"'{name}'" for name in RATINGS.values())
_NEAR = 45  # days; a directory further from the month describes other locations


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    places = _latest(sources, LOCATIONS) or _latest(sources, EXPORT)
    assert places is not None  # a month is planned from one of the two
    said = f"{sources.month:%B %Y}"
    notes = [*load_places(con, places)]
    notes += load_said(con, _latest(sources, RATINGS_FILE), _latest(sources, EXPORT))
    directory = _directory(sources)
    load_seen(con, directory)
    if directory is None:
        notes.append("services and latest checks are missing: no weekly directory is loaded.")
    _load_practices(con, sources)
    _match(con)
    checks = tuple(_checks(con, places))
    if not all(check.passed for check in checks):
        return Month(0, {}, checks)
    con.execute(f"CREATE OR REPLACE TEMP TABLE fact AS {_fact(sources)}")
    write_fact(con, "FROM fact", target)
    write_fact(con, _ratings(), target, table="ratings")
    write_parts(con, DATASET, "FROM fact", target)
    listed = """SELECT practice, CASE WHEN practice NOT IN (SELECT practice FROM practices)
        THEN any_value(name) END AS practice_name FROM fact GROUP BY practice"""
    notes += [*_notes(con)]
    placed = geography.complete(con, sources, listed, target)
    locations, practices = con.execute(
        "SELECT count(*), count(DISTINCT practice) FILTER (matched <> '') FROM fact"
    ).fetchall()[0]
    told = (*placed, *(f"{said}: {note}" for note in notes))
    return Month(practices, {DATASET.control: locations}, checks, told)


def _latest(sources: Sources, kind: str) -> Table | None:
    """The snapshot of the month's latest day, whatever was loaded last."""
    own = [table for table in sources.nearby.get(kind, ()) if table.period == sources.month]
    return max(own, key=lambda table: (day_of(table.path, table.name), table.order), default=None)


def _directory(sources: Sources) -> Table | None:
    """The latest weekly directory of the month, or of the nearest one if that is close."""
    found = geography.nearest(sources.nearby.get(DIRECTORY, ()), sources.month)
    if found is None or found.period is None:
        return None
    if abs((found.period - sources.month).days) > _NEAR:
        return None
    return _latest(replace(sources, month=found.period), DIRECTORY)


def _load_practices(con: duckdb.DuckDBPyConnection, sources: Sources) -> None:
    """Table `practices` (practice, name, postcode): those with a list, in the nearest month."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE practices (practice VARCHAR, name VARCHAR, postcode VARCHAR)"
    )
    lists = sources.needs.get("list-sizes")
    held = geography.nearest_period(lists.months, sources.member_month) if lists else None
    if lists and held:
        path = sql_text(month_folder(lists.folder, held) / "geography.parquet")
        con.execute(f"INSERT INTO practices SELECT practice, practice_name, postcode FROM {path}")


def _plain_name(text: str) -> str:
    return f"regexp_replace(replace(upper({text}), '&', 'AND'), '[^A-Z0-9]', '', 'g')"


def _match(con: duckdb.DuckDBPyConnection) -> None:
    """Table `matched`: each location's practice by its code, else by name and postcode.

    Two practices of one name at one postcode match nothing.
    """
    name, postcode = _plain_name("name"), "replace(upper(postcode), ' ', '')"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE matched AS
        WITH known AS (
            SELECT {name} AS name, {postcode} AS postcode, min(practice) AS practice
            FROM practices WHERE name <> '' AND postcode <> ''
            GROUP BY 1, 2 HAVING count(*) = 1)
        SELECT p.*,
               CASE WHEN regexp_matches(ods_code, '{_PRACTICE}') THEN ods_code
                    WHEN regexp_matches(ods_code, '{_BRANCH}') THEN left(ods_code, 6)
                    ELSE coalesce(k.practice, '~' || location) END AS practice,
               CASE WHEN regexp_matches(ods_code, '{_PRACTICE}') THEN 'code'
                    WHEN regexp_matches(ods_code, '{_BRANCH}') THEN 'branch'
                    WHEN k.practice IS NOT NULL THEN 'name and postcode' ELSE '' END AS matched
        FROM places p LEFT JOIN known k
          ON k.name = {_plain_name("p.name")}
         AND k.postcode = replace(upper(p.postcode), ' ', '')"""
    )


def _framework(day: str) -> str:
    """SQL for the version that was in use on a day; the later one where two were."""
    cases = []
    for one in reversed([version for version in frameworks() if version.is_dated]):
        first = f"{day} >= DATE '{one.first_day}'" if one.first_day else "true"
        last = f"{day} <= DATE '{one.last_day}'" if one.last_day else "true"
        cases.append(f"WHEN {day} IS NOT NULL AND {first} AND {last} THEN '{one.id}'")
    return f"CASE {' '.join(cases)} ELSE '' END"


def _fact(sources: Sources) -> str:
    """A row for each location. Key questions are NULL where no file gives any, '' if unrated."""
    questions = [name.replace("'", "''") for name in KEY_QUESTIONS.values()]
    asked = ", ".join(
        f"max(rating) FILTER (WHERE domain = '{label}') AS {question}"
        for question, label in zip(KEY_QUESTIONS, questions, strict=True)
    )
    shown = ", ".join(
        f"CASE WHEN (SELECT count(*) FROM asked) > 0 THEN coalesce(a.{question}, '') END "
        f"AS {question}"
        for question in KEY_QUESTIONS
    )
    names = ", ".join(f"'{label}'" for label in questions)
    return f"""
        WITH asked AS (
            SELECT location, {asked} FROM said
            WHERE population_group = 'Overall' AND domain IN ({names}) GROUP BY location)
        SELECT m.practice, DATE '{sources.month}' AS month, m.location, m.matched,
               m.matched IN ('code', 'name and postcode') AND row_number() OVER (
                   PARTITION BY m.practice ORDER BY
                   m.matched = 'code' DESC, m.matched = 'name and postcode' DESC,
                   upper(m.dormant) = 'Y', m.report_date DESC NULLS LAST, m.location) = 1
               AS speaks,
               m.name, m.ods_code, m.postcode, m.provider, m.provider_name, m.cqc_region,
               m.local_authority, m.dormant, m.registered_on,
               m.overall, m.overall IN ({_RATED}) AS is_rated, m.report_date, {shown},
               m.inherited, {_framework("m.report_date")} AS framework,
               s.service_types, s.specialisms, s.last_check, s.website
        FROM matched m LEFT JOIN asked a USING (location) LEFT JOIN seen s USING (location)
        ORDER BY m.practice, m.location"""


def _ratings() -> str:
    return f"""
        SELECT f.practice, f.month, s.location, s.population_group, s.domain, s.rating,
               coalesce(strftime(s.report_date, '%Y-%m-%d'), '') AS report_date, s.report_type,
               {_framework("s.report_date")} AS framework, 1 AS ratings
        FROM said s JOIN fact f USING (location)"""


def _checks(con: duckdb.DuckDBPyConnection, table: Table) -> Iterator[Check]:
    locations, distinct, blank = con.execute(
        "SELECT count(*), count(DISTINCT location), count(*) FILTER (location = '') FROM places"
    ).fetchall()[0]
    yield Check("GP locations", locations > 0, f"{table.name} has {locations:,} GP locations")
    found = "every location has an id and appears once"
    if blank or distinct != locations:
        found = f"{table.name} has {blank:,} locations without an id and lists "
        found += f"{locations - distinct:,} more than once"
    yield Check("unique locations", not blank and distinct == locations, found)
    unread = con.execute(
        """SELECT location, written_day FROM (
            SELECT location, written_day, report_date FROM places
            UNION ALL SELECT location, written_day, report_date FROM said)
        WHERE written_day <> '' AND report_date IS NULL ORDER BY 1 LIMIT 1"""
    ).fetchall()
    found = "every day of a report can be read"
    if unread:
        found = f"the report of {unread[0][0]} has the day {unread[0][1]!r}"
    yield Check("days of reports", not unread, found)


def _notes(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    code, branch, named, none = con.execute(
        """SELECT count(*) FILTER (matched = 'code'), count(*) FILTER (matched = 'branch'),
                  count(*) FILTER (matched = 'name and postcode'),
                  count(*) FILTER (matched = '') FROM fact"""
    ).fetchall()[0]
    yield (
        f"of {code + branch + named + none:,} GP locations {code:,} carry the code of a practice, "
        f"{branch:,} that of a branch, {named:,} have the name and postcode of a practice, and "
        f"{none:,} could not be matched to a practice."
    )
    unlisted, silent, held = con.execute(
        """SELECT (SELECT list(DISTINCT practice ORDER BY practice) FROM fact WHERE matched <> ''
                   AND practice NOT IN (SELECT practice FROM practices)),
                  (SELECT list(practice ORDER BY practice) FROM practices
                   WHERE practice NOT IN (SELECT practice FROM fact WHERE speaks)),
                  (SELECT count(*) FROM practices)"""
    ).fetchall()[0]
    if silent:
        yield (
            f"{len(silent):,} of {held:,} practices with a list have no location of their own "
            f"({first_codes(silent)})."
        )
    if held and unlisted:
        yield (
            f"codes of locations that are of no practice with a list: {len(unlisted):,} "
            f"({first_codes(unlisted)}); they count in England only."
        )
    several = con.execute(
        """SELECT count(*) FROM (SELECT practice FROM fact WHERE matched IN ('code',
        'name and postcode') GROUP BY practice HAVING count(*) > 1)"""
    ).fetchall()[0][0]
    if several:
        yield f"{several:,} practices have several locations of their own."
    lacking = " OR ".join(f"{question} = ''" for question in KEY_QUESTIONS)
    rated, incomplete = con.execute(
        f"""SELECT count(*), list(location ORDER BY location) FILTER ({lacking})
        FROM fact WHERE is_rated"""
    ).fetchall()[0]
    if incomplete:
        yield (
            f"{len(incomplete):,} of {rated:,} rated GP locations lack the rating of a key "
            f"question ({first_codes(incomplete)})."
        )
    strange = con.execute(
        f"""SELECT rating, count(*) FROM (SELECT overall AS rating FROM places
            UNION ALL SELECT rating FROM said)
        WHERE rating <> '' AND rating NOT IN ({_RATED}) GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    if strange:
        told = ", ".join(f"“{rating}” ({count:,})" for rating, count in strange)
        yield f"ratings other than the four are kept and count as no rating: {told}."
    apart = con.execute(
        """SELECT count(*) FROM places p JOIN said s USING (location)
        WHERE s.population_group = 'Overall' AND s.domain = 'Overall' AND p.overall <> s.rating"""
    ).fetchall()[0][0]
    if apart:
        yield (
            f"{apart:,} overall ratings differ between the two files; that of the locations file "
            "is shown."
        )


def discover(client: Client, settings: Settings) -> Iterable[discovery.Release]:
    """The files that the publisher's page links to today, as one release."""
    page = client.page(settings.cqc_url)
    files: dict[str, discovery.ReleaseFile] = {}
    for link in page.outline.links:
        url = urljoin(page.url, link.href)
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        if wants(name):
            title = link.text
            kind = name.rpartition(".")[2].upper()
            files.setdefault(url, discovery.ReleaseFile(name, url, title, kind, None))
    main = next((f.name for f in files.values() if "active_locations" in f.name.lower()), None)
    if main is None:
        found = ", ".join(file.name for file in files.values()) or "none of its files"
        raise DiscoveryError(
            f"{settings.cqc_url} links to no file HSCA_Active_Locations (it links to {found}). "
            "Download the care directory with filters by hand and load it with --from."
        )
    day = named_day(main)
    slug = f"cqc-{day:%Y%m%d}" if day else "cqc"
    title = f"Care directory and ratings: {main}"
    return [discovery.Release(slug, page.url, title, None, None, tuple(files.values()))]


SERIES = Series(
    dataset=DATASET,
    transform=1,
    slug="",
    wants=wants,
    recognise=recognise,
    headline_kind=LOCATIONS,
    shared_kinds=(LOCATIONS, EXPORT, RATINGS_FILE, DIRECTORY),
    build=build,
    listed_share=0.0,  # a location may be registered under another code
    tolerance=0.02,
    per_working_day=False,
    discover=discover,
    other_headlines=(EXPORT,),
)
