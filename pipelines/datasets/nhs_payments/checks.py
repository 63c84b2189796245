"""What must hold within a payments file, and what a reader of the year should know of it."""

from __future__ import annotations

from datetime import date

import duckdb

from data import periods
from data.formula import quoted
from data.versions.manifest import Check
from pipelines.datasets.nhs_payments.columns import Columns
from pipelines.engine.units import Table

ROUNDING = 0.05  # pounds
_EXACT_SINCE = date(2018, 4, 1)  # lines add up to the total exactly; whole pounds at first
_PER_HEAD = 0.01  # pounds
_PER_HEAD_SHARE = 0.9  # of the practices whose average must agree


def opened_before_the_end(con: duckdb.DuckDBPyConnection, year: date) -> Check:
    """A file under the name of an earlier year has practices that had not opened by then."""
    name, end = "openings by the end of the year", periods.add_months(year, 12)
    known = {row[0] for row in con.execute("DESCRIBE wide").fetchall()}
    if "opened" not in known:
        return Check(name, True, "the file has no opening dates")
    newest = con.execute("SELECT max(try_strptime(opened, '%d/%m/%Y'))::DATE FROM wide").fetchall()
    last = newest[0][0]
    if last is None:
        return Check(name, True, "the file has no opening dates")
    found = f"the newest practice opened on {last:%d %B %Y}"
    return Check(name, last < end, found)


def identities(con: duckdb.DuckDBPyConnection, columns: Columns, year: date) -> list[Check]:
    """Lines make up the total, and the total with deductions the net amount."""
    inside = " + ".join(f"coalesce({quoted(line)}, 0)" for line in columns.inside)
    allowed = ROUNDING if year >= _EXACT_SINCE else len(columns.inside)
    sums = {"lines add up to the total": f"{inside} - total_payments"}
    if {"deductions", "net_payments"} <= columns.totals.keys():
        sums["deductions lead to the net amount"] = "total_payments + deductions - net_payments"
    for heading, parts in columns.sums.items():
        added = " + ".join(f"coalesce({quoted(line)}, 0)" for line in parts)
        sums[f"{heading.lower()} is the sum of its parts"] = f"{added} - {quoted(heading)}"
    checks = []
    for name, difference in sums.items():
        practice, worst = con.execute(
            f"SELECT max_by(practice, abs({difference})), max(abs({difference})) FROM wide"
        ).fetchall()[0]
        worst = float(worst or 0)
        found = f"the largest difference is {worst:,.2f} pounds, of {practice}"
        checks.append(Check(name, worst <= allowed, found))
    for population in columns.per_head:
        agree, compared = con.execute(
            f"""SELECT count(*) FILTER (WHERE abs(total_payments / {population}
                       - published_{population}) <= {_PER_HEAD}), count(*)
            FROM wide WHERE {population} > 0 AND published_{population} IS NOT NULL"""
        ).fetchall()[0]
        found = f"{agree:,} of {compared:,} published averages per {population} patient agree"
        passed = not compared or agree >= _PER_HEAD_SHARE * compared
        checks.append(Check(f"averages per {population} patient", passed, found))
    return checks


def said(con: duckdb.DuckDBPyConnection, columns: Columns, year: date, table: Table) -> list[str]:
    """What a reader of the year should know."""
    named = periods.label("financial_year", year)
    notes = []
    empty, atypical = con.execute(
        """SELECT count(*) FILTER (WHERE patients = 0), count(*) FILTER (WHERE atypical <> '')
        FROM practices WHERE population = 'registered'"""
    ).fetchall()[0]
    if empty or atypical:
        notes.append(
            f"In {named} {empty:,} practices have no registered patients; {atypical:,} are marked "
            "atypical by the publisher and left out of comparisons per patient."
        )
    for line in columns.unknown:
        notes.append(
            f"{table.name} of {named} has a column that is new here, {columns.lines[line]}: its "
            f"amounts are kept as {line}"
            + (" under other payments." if columns.groups[line] == "other" else ".")
        )
    for population in columns.per_head:
        practice, worst, count = con.execute(
            f"""SELECT max_by(practice, gap), max(gap), count(*) FROM (
                SELECT practice, abs(total_payments / {population} - published_{population}) AS gap
                FROM wide WHERE {population} > 0) WHERE gap > {_PER_HEAD}"""
        ).fetchall()[0]
        if count:
            notes.append(
                f"In {named} the publisher's average per {population} patient of {count:,} "
                f"practices is not their total by their patients; most for {practice}, by "
                f"£{worst:,.2f}. Shown here is the total by the patients."
            )
    return notes
