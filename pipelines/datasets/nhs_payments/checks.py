"""What must hold within a payments file, and what a reader of the year should know of it."""

from __future__ import annotations

from datetime import date

import duckdb

from data import periods
from data.formula import quoted
from data.versions.manifest import Check
from pipelines.datasets.nhs_payments.columns import Columns
from pipelines.engine.naming import NAMED, first_codes
from pipelines.engine.units import BadRelease, Table

PCN = "^U[0-9]{5}$"
ROUNDING = 0.05  # pounds
_MOST_LACKING = 0.1  # share of the PCNs of practices that the PCN file may lack
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


def without_patients(con: duckdb.DuckDBPyConnection, year: date) -> tuple[str, ...]:
    """Who was paid and has no list: the publisher gives them no average, areas have their money."""
    practices, paid, codes = con.execute(
        f"""SELECT count(*), sum(total_payments)::DOUBLE, (list(practice ORDER BY practice))
        [:{NAMED}] FROM wide WHERE coalesce(registered, 0) = 0 AND total_payments <> 0"""
    ).fetchall()[0]
    if not practices:
        return ()
    label = periods.label("financial_year", year)
    words = (
        f"In {label} {practices:,} practices without registered patients were paid £{paid:,.0f} "
        f"({first_codes(codes, practices)}). The publisher gives no payment per patient of "
        "theirs; in the payments per patient of their areas and of England their money is counted."
    )
    return (words,)


def lacking_networks(con: duckdb.DuckDBPyConnection, table: Table, year: date) -> list[str]:
    """PCNs of practices that the PCN file lacks: a few are named, of many it is refused."""
    if "pcn" not in {row[0] for row in con.execute("DESCRIBE wide").fetchall()}:
        raise BadRelease(
            f"{table.name} has payments of PCNs, and the practice file of the same year does not "
            "say to which PCN a practice belongs. It should have a column of PCN codes."
        )
    every, count, codes = con.execute(
        f"""SELECT count(*), count(*) FILTER (WHERE lacks),
               (list(pcn ORDER BY pcn) FILTER (WHERE lacks))[:{NAMED}]
        FROM (SELECT DISTINCT pcn, pcn NOT IN (SELECT practice FROM networks) AS lacks FROM wide
              WHERE regexp_matches(pcn, '{PCN}'))"""
    ).fetchall()[0]
    if not count:
        return []
    whose = f"{count:,} of {every:,} PCNs of practices ({first_codes(codes, count)})"
    if count > _MOST_LACKING * every:
        raise BadRelease(f"{table.name} has no row for {whose}. Part of it may be missing.")
    label = periods.label("financial_year", year)
    words = (
        f"{table.name} of {label} has no row for {whose}: their payments are missing, and not in "
        "the sums of their areas and of England."
    )
    return [words]
