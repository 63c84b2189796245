"""What must hold of a file of GP Contract Services, and what a reader should know of it.

All of them read the temporary table `read`: practice, quality_service, indicator, measure, rule,
text (as published), value, copies.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from data.datasets.vocabulary.gp_contract import DENOMINATOR, KNOWN, NUMERATOR, PCA, indicators
from data.versions.manifest import Check
from pipelines.engine.units import Table
from pipelines.fetch.discovery import reissue_rank

SUPPRESSED = "*"
_MOST_WRONG = 0.01  # share of pairs whose numerator may exceed its denominator
_LEAST_LISTED = 0.9  # of practices, that every indicator of the core contract lists
_SHOWN = 5
# Patients left after adjustments and patients adjusted for add up to the patients of another.
_SAME_PATIENTS = {
    "CCDCMI30": ("CCDCMI31", "CCDCMI32"),
    "CCDCMI33": ("CCDCMI34", "CCDCMI35", "CCDCMI36", "CCDCMI37"),
}


def of_a_file(con: duckdb.DuckDBPyConnection) -> list[Check]:
    """Checks of every file, whatever its service."""
    return [_numbers(con), _unique(con), _within(con)]


def _numbers(con: duckdb.DuckDBPyConnection) -> Check:
    wrong = con.execute(
        f"""SELECT practice, indicator, text FROM read
        WHERE practice = '' OR indicator = '' OR value < 0
           OR (value IS NULL AND text <> '{SUPPRESSED}') ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = f"every value is a whole number or {SUPPRESSED}"
    if wrong:
        practice, indicator, text = wrong[0]
        found = f"practice {practice or '(none)'}, indicator {indicator or '(none)'}: “{text}”"
    return Check("values", not wrong, found)


def _unique(con: duckdb.DuckDBPyConnection) -> Check:
    twice = con.execute(
        """SELECT practice, indicator, measure FROM read
        GROUP BY practice, quality_service, indicator, measure, rule HAVING count(*) > 1
        ORDER BY ALL LIMIT 1"""
    ).fetchall()
    found = "each practice has one value of each measure"
    if twice:
        found = f"{' '.join(twice[0])} is given twice with different values"
    return Check("unique keys", not twice, found)


def _within(con: duckdb.DuckDBPyConnection) -> Check:
    pairs, wrong, first = con.execute(
        f"""SELECT count(*), count(*) FILTER (WHERE num > den),
                   min(practice || ' ' || indicator) FILTER (WHERE num > den)
        FROM (SELECT practice, indicator,
                     max(value) FILTER (WHERE measure = '{NUMERATOR}') AS num,
                     max(value) FILTER (WHERE measure = '{DENOMINATOR}') AS den
              FROM read GROUP BY practice, quality_service, indicator)
        WHERE num IS NOT NULL AND den IS NOT NULL"""
    ).fetchall()[0]
    found = f"in all of {pairs:,} pairs"
    if wrong:
        found = f"in all but {wrong:,} of {pairs:,} pairs, first {first}"
    return Check("numerators within denominators", wrong <= _MOST_WRONG * pairs, found)


def every_indicator_lists_the_practices(con: duckdb.DuckDBPyConnection) -> Check:
    """The core contract gives a row for each practice and measure, also where it is 0."""
    practices, least, of = con.execute(
        """SELECT (SELECT count(DISTINCT practice) FROM read), count(DISTINCT practice) AS listed,
                  indicator || ' ' || measure
        FROM read GROUP BY indicator, measure ORDER BY listed, indicator, measure LIMIT 1"""
    ).fetchall()[0]
    return Check(
        "every indicator lists the practices",
        least >= _LEAST_LISTED * practices,
        f"{of} lists {least:,} of {practices:,} practices, the others as many or more",
    )


def notes(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> Iterator[str]:
    """Sentences on one file's rows of a month."""
    named = f"{month:%B %Y}"
    issue = reissue_rank(table.name)[1]
    if issue > 1:
        yield f"{named}: {table.name} is issue {issue} of that file."
    yield from (
        f"{named}, {table.name}: {one.said}."
        for one in KNOWN
        if issue == 1 and one.month == month and _concerns(con, one.indicator)
    )
    copies, suppressed = con.execute(
        "SELECT coalesce(sum(copies - 1), 0)::BIGINT, count(*) FILTER (WHERE value IS NULL) "
        "FROM read"
    ).fetchall()[0]
    listed, core = con.execute(
        "SELECT (SELECT count(DISTINCT practice) FROM read), "
        "(SELECT count(DISTINCT practice) FROM contract)"
    ).fetchall()[0]
    if listed < core:
        yield f"{named}: {table.name} lists {listed:,} practices, other files up to {core:,}."
    if copies:
        yield f"{named}: rows that {table.name} gives twice: {copies:,}; they count once."
    if suppressed:
        yield f"{named}: {suppressed:,} values of {table.name} are suppressed."
    yield from _unknown(con, table, named)
    yield from _other_patients(con, named)


def _concerns(con: duckdb.DuckDBPyConnection, indicator: str) -> bool:
    rows = con.execute("SELECT 1 FROM read WHERE indicator = ? LIMIT 1", [indicator]).fetchall()
    return not indicator or bool(rows)


def _unknown(con: duckdb.DuckDBPyConnection, table: Table, named: str) -> Iterator[str]:
    known = indicators()
    found = con.execute("SELECT DISTINCT indicator, measure FROM read ORDER BY ALL").fetchall()
    new = [
        f"{indicator} {measure}"
        for indicator, measure in found
        if indicator not in known or measure not in known[indicator].measures
    ]
    if new:
        yield (
            f"{named}: {table.name} has figures that are not in the vocabulary "
            f"({', '.join(new[:_SHOWN])}{' and others' if len(new) > _SHOWN else ''}); their rows "
            "are kept."
        )


def _other_patients(con: duckdb.DuckDBPyConnection, named: str) -> Iterator[str]:
    """Practices in which indicators on the same patients have different numbers of them."""
    for adjusted, others in _SAME_PATIENTS.items():
        wrong, practices = con.execute(
            f"""SELECT count(*) FILTER (WHERE low < high), count(*)
            FROM (SELECT practice, min(patients) AS low, max(patients) AS high
                  FROM (SELECT practice, indicator, CASE WHEN count(*) = count(value)
                               THEN sum(value) END AS patients
                        FROM read WHERE indicator IN {(adjusted, *others)}
                          AND measure IN ('{DENOMINATOR}', '{PCA}')
                        GROUP BY practice, indicator)
                  GROUP BY practice)"""
        ).fetchall()[0]
        if wrong:
            yield (
                f"{named}: in {wrong:,} of {practices:,} practices {adjusted} and its adjustments "
                f"do not add up to the patients of {', '.join(others)}."
            )
