"""To which PCNs and commissioners practices have belonged, and from when to when.

The ePCN workbook has a row for each PCN that a practice has been in. epcmem, without headings, has
one for each commissioner: health authorities, then CCGs, then sub-ICB locations.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from data.formula import quoted
from data.manifest import Check
from pipelines.units import BadRelease, Sources, Table, csv_scan, headings

COLUMNS_6 = tuple(f"c{number}" for number in range(1, 7))
PCN, COMMISSIONER = "pcn", "commissioner"
_START = "PRACTICE TO PCN RELATIONSHIP START DATE"
_END = "PRACTICE TO PCN RELATIONSHIP END DATE"
_PARTNER = "PARTNER ORGANISATION CODE"


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
    day = f"{sources.month:%Y%m%d}"
    scan = csv_scan([newest.path])
    con.execute(
        f"""INSERT INTO partners
        SELECT {partner}, max_by({pcn}, {start}), max_by({pcn_name}, {start})
        FROM {scan}
        WHERE {start} <= '{day}' AND ({end} = '' OR {end} >= '{day}') GROUP BY {partner}"""
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
    changed = date.fromisoformat(_last_commissioner(con, newest))
    said = f"{sources.month:%B %Y} takes the history of commissioners from {newest.name}"
    return [f"{said}, whose newest change is of {changed.day} {changed:%B %Y}."]


def _insert(kind: str, scan: str, month: date, columns: Sequence[str]) -> str:
    practice, parent, start, end = columns
    return f"""INSERT INTO memberships
        SELECT DISTINCT upper(trim({practice})), DATE '{month}', '{kind}', upper(trim({parent})),
               {_day(start)}, {_day(end)}, 1 FROM {scan} WHERE trim({practice}) <> ''"""


def _day(column: str) -> str:
    """`2013-04-01` for `20130401`; empty for an empty cell; anything else fails."""
    day = f"strptime(nullif(trim({column}), ''), '%Y%m%d')"
    return f"coalesce(strftime({day}, '%Y-%m-%d'), '')"


def _commissioners(table: Table) -> str:
    return csv_scan([table.path], COLUMNS_6)


def _last_network(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """The latest day on which a practice joined a PCN: how recent a workbook without a date is."""
    start = _heading(headings(table.path), _START, table)
    return con.execute(f"SELECT max({start}) FROM {csv_scan([table.path])}").fetchall()[0][0] or ""


def _last_commissioner(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """The latest day of a change that the history knows, as `YYYY-MM-DD`."""
    found = con.execute(
        f"SELECT greatest(max({_day('c4')}), max({_day('c5')})) FROM {_commissioners(table)}"
    ).fetchall()
    return str(found[0][0])


def _heading(names: Sequence[str], wanted: str, table: Table) -> str:
    if wanted not in names:
        raise BadRelease(
            f"{table.name} has no column {wanted!r}. It has: {', '.join(sorted(names))}."
        )
    return quoted(wanted)


def _disagreement(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """How many open practices the history has under another commissioner than the register."""
    known, unlike, lacking = con.execute(
        f"""SELECT count(parent), count(*) FILTER (WHERE parent <> commissioner),
                  count(*) FILTER (WHERE parent IS NULL)
        FROM register LEFT JOIN (
            SELECT practice, max_by(parent, joined) AS parent FROM memberships
            WHERE kind = '{COMMISSIONER}' AND joined <= '{month}' AND (ended = '' OR
                  ended >= '{month}') GROUP BY practice) USING (practice)
        WHERE status = 'active'"""
    ).fetchall()[0]
    if not known or not (unlike or lacking):
        return []
    said = f"In {month:%B %Y} the register has {unlike:,} of {known:,} open practices under another"
    more = f", and {lacking:,} more that the history lacks" if lacking else ""
    return [f"{said} commissioner than the history of commissioners{more}."]


def checks(con: duckdb.DuckDBPyConnection) -> list[Check]:
    """A membership cannot end before it began, and a practice has one commissioner at a time."""
    backwards = con.execute(
        """SELECT practice, joined, ended FROM memberships
        WHERE joined = '' OR (ended <> '' AND ended < joined) ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = "no membership ends before it began"
    if backwards:
        found = "{} has a membership from {!r} to {!r}".format(*backwards[0])
    twice = con.execute(
        f"""SELECT practice FROM (
            SELECT practice, ended, lead(joined) OVER (PARTITION BY practice ORDER BY joined)
                   AS next_joined FROM memberships WHERE kind = '{COMMISSIONER}')
        WHERE next_joined <= ended OR (ended = '' AND next_joined IS NOT NULL)
        ORDER BY 1 LIMIT 1"""
    ).fetchall()
    one = "every practice has one commissioner at a time"
    if twice:
        one = f"{twice[0][0]} has two commissioners on one day"
    return [
        Check("memberships end after they began", not backwards, found),
        Check("one commissioner at a time", not twice, one),
    ]
