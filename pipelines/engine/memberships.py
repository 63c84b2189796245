"""To which PCNs and commissioners practices have belonged, and from when to when.

The ePCN workbook has a row for each PCN that a practice has been in. epcmem, without headings, has
one for each commissioner: health authorities, then CCGs, then sub-ICB locations.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from data.formula import quoted
from data.versions.manifest import Check
from pipelines.engine.naming import first_codes
from pipelines.engine.units import BadRelease, Sources, Table, csv_scan, headings, read_date

COLUMNS_6 = tuple(f"c{number}" for number in range(1, 7))
PCN, COMMISSIONER = "pcn", "commissioner"
_START = "PRACTICE TO PCN RELATIONSHIP START DATE"
_END = "PRACTICE TO PCN RELATIONSHIP END DATE"
_PARTNER = "PARTNER ORGANISATION CODE"
_ALLOWED = 0.01  # share of memberships whose days may be absurd
_STRANGE = (
    "try_cast(joined AS DATE) IS NULL OR (ended <> '' AND (try_cast(ended AS DATE) IS NULL "
    f"OR ended < joined)) OR (kind = '{COMMISSIONER}' AND following IS NOT NULL "
    "AND (ended = '' OR following <= ended))"
)


def load(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    """Tables `partners` and `memberships`; notes that say which files they are from.

    `partners` (practice, pcn, pcn_name) is the PCN of a practice on the first day of the month.
    `memberships` (practice, month, kind, parent, joined, ended, memberships) has a row for each
    membership that was published, current or not, of a practice in `register`. Days are
    `YYYY-MM-DD`; `ended` is empty for a membership that goes on.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE partners (practice VARCHAR, pcn VARCHAR, pcn_name VARCHAR)"
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE memberships (practice VARCHAR, month DATE, kind VARCHAR,
        parent VARCHAR, joined VARCHAR, ended VARCHAR, memberships BIGINT)"""
    )
    said = _load_networks(con, sources) + _load_commissioners(con, sources)
    con.execute("DELETE FROM memberships WHERE practice NOT IN (SELECT practice FROM register)")
    return said + _disagreement(con, sources.month)


def _load_networks(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    tables = sources.nearby.get("pcn-partners", ())
    if not tables:
        return []
    newest = max(tables, key=lambda table: (_last_network(con, table), table.order))
    names = headings(newest.path)
    start, end = (_heading(names, edge, newest) for edge in (_START, _END))
    partner, pcn, pcn_name = (
        _heading(names, name, newest) for name in (_PARTNER, "PCN CODE", "PCN NAME")
    )
    joined, ended, day = _day(start), _day(end), sources.month
    scan = csv_scan([newest.path])
    con.execute(
        f"""INSERT INTO partners
        SELECT {partner}, max_by({pcn}, {joined}), max_by({pcn_name}, {joined})
        FROM {scan}
        WHERE {joined} <= '{day}' AND ({ended} = '' OR {ended} >= '{day}') GROUP BY {partner}"""
    )
    con.execute(_insert(PCN, scan, sources.month, (partner, pcn, start, end)))
    return [f"{sources.month:%B %Y} takes PCNs from {newest.name}."]


def _load_commissioners(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[str]:
    tables = sources.nearby.get("epcmem", ())
    if not tables:
        return []
    newest = max(tables, key=lambda table: (_last_commissioner(con, table), table.order))
    con.execute(
        _insert(COMMISSIONER, _commissioners(newest), sources.month, ("c1", "c2", "c4", "c5"))
    )
    said = f"{sources.month:%B %Y} takes the history of commissioners from {newest.name}"
    if day := _last_commissioner(con, newest):
        changed = read_date(day)
        said += f", whose newest change is of {changed.day} {changed:%B %Y}"
    return [f"{said}."]


def _insert(kind: str, scan: str, month: date, columns: Sequence[str]) -> str:
    practice, parent, start, end = columns
    return f"""INSERT INTO memberships
        SELECT DISTINCT upper(trim({practice})), DATE '{month}', '{kind}', upper(trim({parent})),
               {_day(start)}, {_day(end)}, 1 FROM {scan} WHERE trim({practice}) <> ''"""


def _day(column: str) -> str:
    """`2013-04-01` however it is written, text, date or number; else as it is published.

    A workbook may hold a day as text (`20130401`), as a date, or as a number of days since the end
    of 1899 where its cells have lost their format.
    """
    cell = f"trim({column})"
    serial = f"CASE WHEN regexp_full_match({cell}, '[34][0-9]{{4}}') THEN {cell}::INTEGER END"
    day = f"""coalesce(try_strptime({cell}, '%Y%m%d')::DATE,
        try_strptime(left({cell}, 10), '%Y-%m-%d')::DATE,
        try_strptime(left({cell}, 10), '%d/%m/%Y')::DATE, DATE '1899-12-30' + {serial})"""
    return f"coalesce(strftime({day}, '%Y-%m-%d'), {cell})"


def _commissioners(table: Table) -> str:
    return csv_scan([table.path], COLUMNS_6)


def _last_network(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """The latest day on which a practice joined a PCN: how recent a workbook without a date is."""
    start = _heading(headings(table.path), _START, table)
    scan = csv_scan([table.path])
    return con.execute(f"SELECT max({_day(start)}) FROM {scan}").fetchall()[0][0] or ""


def _last_commissioner(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """The latest day of a change that the history knows, as the publisher writes it."""
    found = con.execute(
        f"""SELECT max(day) FROM (SELECT unnest([trim(c4), trim(c5)]) AS day
            FROM {_commissioners(table)}) WHERE try_strptime(day, '%Y%m%d') IS NOT NULL"""
    ).fetchall()
    return found[0][0] or ""


def _heading(names: Sequence[str], wanted: str, table: Table) -> str:
    if wanted not in names:
        raise BadRelease(
            f"{table.name} has no column {wanted!r}. It has: {', '.join(sorted(names))}."
        )
    return quoted(wanted)


def _disagreement(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """The open practices that the history has under another commissioner than the register."""
    known, unlike, lacking = con.execute(
        f"""SELECT count(parent), list(practice ORDER BY practice) FILTER (parent <> commissioner),
                  list(practice ORDER BY practice) FILTER (parent IS NULL)
        FROM register LEFT JOIN (
            SELECT practice, max_by(parent, joined) AS parent FROM memberships
            WHERE kind = '{COMMISSIONER}' AND joined <= '{month}' AND (ended = '' OR
                  ended >= '{month}') GROUP BY practice) USING (practice)
        WHERE status = 'active'"""
    ).fetchall()[0]
    if not known or not (unlike or lacking):
        return []
    told = f"In {month:%B %Y} the register has {len(unlike or ()):,} of {known:,} open practices"
    told += " under another commissioner than the history of commissioners"
    if unlike:
        told += f" ({first_codes(unlike)})"
    if lacking:
        told += f", and {len(lacking):,} more that the history lacks ({first_codes(lacking)})"
    return [f"{told}."]


def checks(con: duckdb.DuckDBPyConnection, month: date) -> tuple[list[Check], list[str]]:
    """Whether the days make sense: a few rows that do not are noted, many are another file.

    A membership cannot end before it began, and a practice has one commissioner at a time.
    """
    every, wrong, example = con.execute(
        f"""SELECT count(*), count(*) FILTER (WHERE strange), min(practice) FILTER (WHERE strange)
        FROM (SELECT practice, {_STRANGE} AS strange
              FROM (SELECT *, lead(joined) OVER (PARTITION BY practice, kind ORDER BY joined)
                           AS following FROM memberships))"""
    ).fetchall()[0]
    found = f"{every - wrong:,} of {every:,} memberships have days that make sense"
    check = Check("days of memberships", wrong <= _ALLOWED * every, found)
    if not wrong:
        return [check], []
    said = f"{month:%B %Y} has {wrong:,} of {every:,} memberships that end before they began or"
    return [check], [f"{said} before the next one begins, as published, such as one of {example}."]
