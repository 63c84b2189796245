"""Checks of the practice metrics of online consultations, in the temporary table `oc`."""

from __future__ import annotations

from datetime import date

import duckdb

from data.datasets.online_consultations import METRICS, PARTICIPATION, PATIENTS, TOTAL, TYPES
from data.versions.manifest import Check


def unique_keys(con: duckdb.DuckDBPyConnection) -> Check:
    twice = con.execute(
        "SELECT practice, metric FROM oc GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 3"
    ).fetchall()
    found = "every practice has each metric once"
    if twice:
        found = f"{', '.join(f'{p} {m}' for p, m in twice)} is there more than once"
    return Check("unique keys", not twice, found)


def complete(con: duckdb.DuckDBPyConnection) -> Check:
    """Every practice must have its total, its types and its list size."""
    needed = [TOTAL, PATIENTS, *(code for code, _ in TYPES.values())]
    lacking = con.execute(
        """SELECT practice FROM oc GROUP BY practice
        HAVING count(DISTINCT metric) FILTER (WHERE list_contains(?, metric) AND value IS NOT NULL)
               < ? ORDER BY 1""",
        [needed, len(needed)],
    ).fetchall()
    found = "every practice has its total, types of request and list size"
    if lacking:
        found = f"{len(lacking)} practices lack one of {', '.join(needed)}, {lacking[0][0]} for one"
    return Check("complete metrics", not lacking, found)


def sensible(con: duckdb.DuckDBPyConnection) -> Check:
    counts = ", ".join(f"'{code}'" for code in (TOTAL, PATIENTS, *(c for c, _ in TYPES.values())))
    wrong = con.execute(
        f"""SELECT practice, metric, value FROM oc WHERE value < 0
        OR (metric = '{PARTICIPATION}' AND value NOT IN (0, 1))
        OR (metric IN ({counts}) AND value <> floor(value)) ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = "no value is below 0, counts are whole and flags are 0 or 1"
    if wrong:
        found = f"{wrong[0][0]} has {wrong[0][2].normalize():f} as {wrong[0][1]}"
    return Check("possible values", not wrong, found)


def types_add_up(con: duckdb.DuckDBPyConnection) -> Check:
    types = [code for code, _ in TYPES.values()]
    unequal = con.execute(
        f"""SELECT practice FROM oc GROUP BY practice
        HAVING sum(value) FILTER (WHERE list_contains(?, metric))
               IS DISTINCT FROM sum(value) FILTER (WHERE metric = '{TOTAL}') ORDER BY 1""",
        [types],
    ).fetchall()
    found = "types of request add up to the total of every practice"
    if unequal:
        found = f"types of request of {unequal[0][0]} do not; {len(unequal)} practices differ"
    return Check("types add up", not unequal, found)


def other_metrics(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    strange = con.execute(
        "SELECT DISTINCT metric FROM oc WHERE NOT list_contains(?, metric) ORDER BY 1",
        [list(METRICS)],
    ).fetchall()
    if not strange:
        return []
    names = ", ".join(row[0] for row in strange)
    return [f"{month:%B %Y} has metrics that are kept and not yet shown: {names}."]
