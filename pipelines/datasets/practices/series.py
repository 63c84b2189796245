"""Organisation Data Service files: practices, sub-ICB locations, memberships of both kinds.

The reports have no header row, so columns are known by their place. Two generations of epraccur
are read: the legacy file (status `A`, setting `4`) and the report of today (`ACTIVE`, `RO76`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.practices import DATASET
from data.versions.manifest import Check
from pipelines.datasets.practices import address
from pipelines.engine import geography, memberships
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.reading.cells import PRACTICE_CODES
from pipelines.engine.units import (
    BadRelease,
    Month,
    Preview,
    Series,
    Sources,
    Table,
    csv_scan,
    sql_text,
)

ENGLISH_REGIONS = ("Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63")
FORMER_ENGLISH_REGIONS = ("Y54", "Y55", "Y57")  # of practices that closed before 2019
GP_SETTINGS = ("4", "RO76")
STATUSES = {
    "A": "active",
    "ACTIVE": "active",
    "C": "closed",
    "INACTIVE": "closed",
    "D": "dormant",
    "DORMANT": "dormant",
    "P": "proposed",
    "PROPOSED": "proposed",
}
_CODE, _NAME, _REGION, _ICB = "c1", "c2", "c3", "c4"
_OPENED, _CLOSED, _STATUS, _COMMISSIONER, _SETTING = "c11", "c12", "c13", "c15", "c26"
_JOINED, _LEFT = "c16", "c17"
COLUMNS_27 = tuple(f"c{number}" for number in range(1, 28))
_REPORTS = ("epraccur", "eccg", "epcmem", "ePCN")


def wants(name: str) -> bool:
    return bool(re.match(r"(epraccur|eccg|epcmem|epcn)\b", name, re.IGNORECASE))


def recognise(preview: Preview) -> tuple[str, date | None] | None:
    """Kind of an Organisation Data Service file by the number and form of its columns."""
    first = preview.header
    headings = {_tidy(name) for name in first}
    if "PARTNER ORGANISATION CODE" in headings:
        return "pcn-partners", None
    if {"PCN CODE", "PCN NAME"} <= headings:
        return "pcn-details", None
    if len(first) == 6 and re.fullmatch(r"\d{8}", first[3]):
        return "epcmem", None
    if len(first) != 27:
        if re.match(r"(epraccur|eccg)", Path(preview.name).name, re.IGNORECASE):
            raise BadRelease(
                f"{preview.name} has {len(first)} columns; this report has 27. Check that the "
                "whole file was downloaded."
            )
        return None
    if first[12] in STATUSES:
        return "epraccur", _snapshot_month(preview)
    return "eccg", None


def _tidy(heading: str) -> str:
    return " ".join(heading.split()).upper()


def _snapshot_month(preview: Preview) -> date:
    """The month the file describes: of its release, of the date in its name, or of its records."""
    if preview.published:
        return preview.published.replace(day=1)
    named = re.search(r"(20\d\d)-(\d\d)(?:-\d\d)?", Path(preview.name).name)
    if named:
        return date(int(named[1]), int(named[2]), 1)
    today = f"{date.today():%Y%m%d}"
    scan = csv_scan([preview.path], COLUMNS_27)
    newest = duckdb.execute(
        f"""SELECT max(day) FROM (
            SELECT unnest([{_OPENED}, {_CLOSED}, {_JOINED}, {_LEFT}]) AS day FROM {scan})
        WHERE day <= ?""",
        [today],
    ).fetchall()[0][0]
    return date(int(newest[:4]), int(newest[4:6]), 1)


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    register = sources.tables["epraccur"][0]
    _load_register(con, register)
    notes = [*_load_areas(con, sources), *memberships.load(con, sources)]
    dated, odd = memberships.checks(con, month)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fact AS
        SELECT r.practice, DATE '{month}' AS month, r.name, r.address, r.town, r.postcode,
               r.status, r.opened, r.closed, coalesce(p.pcn, '') AS pcn,
               coalesce(p.pcn_name, '') AS pcn_name, r.commissioner AS sub_icb,
               coalesce(a.name, '') AS sub_icb_name,
               CASE WHEN r.icb IN (SELECT icb FROM areas) THEN coalesce(a.icb, r.icb)
                    ELSE r.icb END AS icb, -- a code newer than the sub-ICB file stands
               coalesce(a.region, r.region) AS region
        FROM register r LEFT JOIN partners p USING (practice)
        LEFT JOIN areas a ON a.code = r.commissioner"""
    )
    write_fact(con, "FROM fact", target)
    write_fact(con, "FROM memberships ORDER BY ALL", target, table="memberships")
    write_parts(con, DATASET, "FROM fact WHERE status = 'active'", target)
    geography.write(
        con,
        """SELECT month, practice, name AS practice_name, postcode, pcn, pcn_name, sub_icb,
           sub_icb_name, icb, '' AS icb_name, region, '' AS region_name, '' AS supplier
           FROM fact WHERE status = 'active'""",
        str(target / "geography.parquet"),
    )
    active = con.execute("SELECT count(*) FROM fact WHERE status = 'active'").fetchall()[0][0]
    checks = (*_checks(con, register), *dated)
    return Month(active, {DATASET.control: active}, checks, (*notes, *odd))


def _load_register(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Every GP practice of England, open or not, with both generations' codes made one."""
    status = " ".join(f"WHEN '{raw}' THEN '{ours}'" for raw, ours in STATUSES.items())
    settings = " OR ".join(
        f"list_contains(string_split({_SETTING}, '|'), '{setting}')" for setting in GP_SETTINGS
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE register AS
        SELECT {_CODE} AS practice, {_NAME} AS name, {address.STREET} AS address,
               {address.TOWN} AS town, c10 AS postcode, {_REGION} AS region, {_ICB} AS icb,
               {_COMMISSIONER} AS commissioner, {_STATUS} AS raw_status,
               CASE {_STATUS} {status} END AS status,
               try_strptime(nullif({_OPENED}, ''), '%Y%m%d')::DATE AS opened,
               try_strptime(nullif({_CLOSED}, ''), '%Y%m%d')::DATE AS closed,
               {_OPENED} AS raw_opened, {_CLOSED} AS raw_closed
        FROM (SELECT *, {address.LINES} AS lines FROM {csv_scan([table.path], COLUMNS_27)})
        WHERE ({settings}) AND (
            {_REGION} IN ({_listed(ENGLISH_REGIONS)})
            OR ({_CLOSED} <> '' AND {_REGION} IN ({_listed(FORMER_ENGLISH_REGIONS)})))"""
    )


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(sql_text(value) for value in values)


def _load_areas(con: duckdb.DuckDBPyConnection, sources: Sources) -> Iterator[str]:
    """Name, ICB and region of each sub-ICB location, from eccg; a note that says which file."""
    tables = sources.nearby.get("eccg", ())
    con.execute(
        "CREATE OR REPLACE TEMP TABLE areas "
        "(code VARCHAR, name VARCHAR, icb VARCHAR, region VARCHAR)"
    )
    if tables:
        newest = max(tables, key=lambda table: table.order)
        con.execute(
            f"""INSERT INTO areas SELECT {_CODE}, {_NAME}, {_ICB}, {_REGION}
            FROM {csv_scan([newest.path], COLUMNS_27)} WHERE {_CLOSED} = ''"""
        )
        yield f"{sources.month:%B %Y} takes names of sub-ICB locations from {newest.name}."


def _checks(con: duckdb.DuckDBPyConnection, table: Table) -> list[Check]:
    twice = con.execute(
        "SELECT practice FROM fact GROUP BY practice HAVING count(*) > 1 ORDER BY 1 LIMIT 3"
    ).fetchall()
    strange = con.execute(
        "SELECT DISTINCT raw_status FROM register WHERE status IS NULL LIMIT 3"
    ).fetchall()
    unique = "every practice appears once"
    if twice:
        unique = f"{table.name} lists {', '.join(row[0] for row in twice)} more than once"
    known = "every status is one that the specification lists"
    if strange:
        known = f"{table.name} has the status {strange[0][0]!r}, which is not in the specification"
    undated = con.execute(
        """SELECT practice, raw FROM (
            SELECT practice, unnest([raw_opened, raw_closed]) AS raw,
                   unnest([opened, closed]) AS day FROM register)
        WHERE raw <> '' AND day IS NULL ORDER BY ALL LIMIT 1"""
    ).fetchall()
    codes = con.execute(
        f"""SELECT practice FROM register
        WHERE NOT regexp_full_match(practice, '{PRACTICE_CODES.pattern}') ORDER BY 1 LIMIT 1"""
    ).fetchall()
    dated = "every day is written like 20250112"
    if undated:
        dated = f"{table.name}, {undated[0][0]}: {undated[0][1]!r} is not a day like 20250112"
    coded = "every code is that of a practice"
    if codes:
        coded = f"{table.name}: {codes[0][0]!r} is not the code of {PRACTICE_CODES.words}"
    return [
        Check("days are dates", not undated, dated),
        Check("codes of practices", not codes, coded),
        Check("unique practices", not twice, unique),
        Check("known statuses", not strange, known),
    ]


SERIES = Series(
    dataset=DATASET,
    transform=5,
    slug="",
    reports=_REPORTS,
    wants=wants,
    recognise=recognise,
    headline_kind="epraccur",
    shared_kinds=("eccg", "epcmem", "pcn-details", "pcn-partners"),
    placing_kinds=("epcmem", "pcn-partners"),
    tolerance=0.2,
    per_working_day=False,
    build=build,
)
