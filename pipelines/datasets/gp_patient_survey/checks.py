"""What must hold of a year's survey, over the tables that its files are read into."""

from __future__ import annotations

import duckdb

from data.datasets.gp_patient_survey import HEADLINES
from data.spec import UNALLOCATED
from data.versions.manifest import Check

_MOST_WRONG = 0.01  # share of results that may break a rule of the publisher
_ROUNDING = 0.001  # percentage points
_ENGLAND_TOLERANCE = 0.05  # of England's questionnaires: practices without rows are suppressed
_SMALLEST = 10  # answers below which results are suppressed


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Empty `who` (organisations), `results` (percentages, answers) and `answers` (shares)."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE who (level VARCHAR, code VARCHAR, name VARCHAR,
        pcn VARCHAR, pcn_name VARCHAR, sub_icb VARCHAR, sub_icb_name VARCHAR, icb VARCHAR,
        icb_name VARCHAR, region VARCHAR, region_name VARCHAR, distributed BIGINT,
        received BIGINT, resprate DECIMAL(18, 6))"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE results (level VARCHAR, code VARCHAR, question VARCHAR,
        result VARCHAR, value DECIMAL(18, 6), low DECIMAL(18, 6), high DECIMAL(18, 6),
        positive DECIMAL(18, 6), base_weighted DECIMAL(18, 6), base DECIMAL(18, 6))"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE answers (level VARCHAR, code VARCHAR, question VARCHAR,
        answer VARCHAR, percent DECIMAL(18, 6))"""
    )


def checks(con: duckdb.DuckDBPyConnection, *, weighted: bool) -> list[Check]:
    """Everything that a year must pass. `weighted`: bases with and without weights are given."""
    found = [_unique(con), _england(con), _fractions(con), _rates(con)]
    if weighted:
        found += [_weighted(con), *_identities(con)]
    return found


def _unique(con: duckdb.DuckDBPyConnection) -> Check:
    twice = con.execute(
        """SELECT level, code, count(*) FROM who GROUP BY level, code
        HAVING count(*) > 1 OR (code = '' AND level = 'practice') ORDER BY ALL LIMIT 1"""
    ).fetchall()
    said = "every organisation has one row"
    if twice:
        level, code, rows = twice[0]
        said = f"{rows:,} rows of {code or 'no'} {level}"
    return Check("unique organisations", not twice, said)


def _england(con: duckdb.DuckDBPyConnection) -> Check:
    """Practices' questionnaires against England's own."""
    practices, england = con.execute(
        """SELECT sum(received) FILTER (WHERE level = 'practice'),
                  sum(received) FILTER (WHERE level = 'england') FROM who"""
    ).fetchall()[0]
    if not practices or not england:
        return Check("questionnaires add up", False, "no questionnaires are given as returned")
    apart = abs(practices / england - 1)
    said = f"{practices:,} of practices, {england:,} of England, {apart:.2%} apart"
    return Check("questionnaires add up", apart <= _ENGLAND_TOLERANCE, said)


def _fractions(con: duckdb.DuckDBPyConnection) -> Check:
    """Percentages are published as fractions of 1."""
    most = con.execute(
        """SELECT greatest((SELECT max(greatest(value, high)) FROM results),
                           (SELECT max(percent) FROM answers))"""
    ).fetchall()[0][0]
    if most is None:
        return Check("percentages are fractions", False, "every result is suppressed or missing")
    return Check(
        "percentages are fractions", most <= 100 + _ROUNDING, f"the largest is {most / 100:.6f}"
    )


def _rates(con: duckdb.DuckDBPyConnection) -> Check:
    wrong, rows = con.execute(
        """SELECT count(*) FILTER (WHERE abs(resprate - received / distributed) > 0.0001
                                   OR received > distributed),
                  count(*) FROM who WHERE distributed > 0"""
    ).fetchall()[0]
    said = f"in {rows - wrong:,} of {rows:,} organisations"
    return Check("response rates are returned over sent", wrong <= _MOST_WRONG * rows, said)


def _weighted(con: duckdb.DuckDBPyConnection) -> Check:
    differ = con.execute(
        "SELECT count(*) FROM results WHERE abs(base - base_weighted) > 0.01"
    ).fetchall()[0][0]
    said = f"weighted bases differ from answers in {differ:,} results"
    if not differ:
        said = "every weighted base is the number of answers: this is the unweighted file"
    return Check("weighted results", differ > 0, said)


def _identities(con: duckdb.DuckDBPyConnection) -> list[Check]:
    """The publisher's arithmetic, over the headline questions."""
    headlines = ", ".join(f"'{code}'" for code in HEADLINES)
    wrong, outside, rows = con.execute(
        f"""SELECT count(*) FILTER (WHERE abs(value - 100 * positive / nullif(base_weighted, 0))
                                    > {_ROUNDING}),
                   count(*) FILTER (WHERE value NOT BETWEEN low AND high),
                   count(*) FROM results WHERE result IN ({headlines}) AND value IS NOT NULL"""
    ).fetchall()[0]
    return [
        Check(name, count <= _MOST_WRONG * rows, f"in {rows - count:,} of {rows:,} results")
        for name, count in (
            ("results are positive answers over weighted answers", wrong),
            ("results lie within their limits", outside),
        )
    ]


def notes(con: duckdb.DuckDBPyConnection, year: int) -> list[str]:
    """How much is suppressed, and results that should have been."""
    missing, rows, small = con.execute(
        f"""SELECT count(*) FILTER (WHERE value IS NULL), count(*),
                   count(*) FILTER (WHERE value IS NOT NULL AND base < {_SMALLEST})
        FROM results WHERE level = 'practice'"""
    ).fetchall()[0]
    found = []
    if missing:
        found.append(
            f"{year}: {missing:,} of {rows:,} results of practices are suppressed or missing."
        )
    if small:
        found.append(
            f"{year}: {small:,} results of practices rest on fewer than {_SMALLEST} answers; "
            "they are shown, and not compared."
        )
    return [*found, *_absent(con, year)]


def _absent(con: duckdb.DuckDBPyConnection, year: int) -> list[str]:
    """Areas to which practices belong, and of which the file of such areas has no row."""
    found = []
    for level, what in (("pcn", "PCNs"), ("icb", "ICSs"), ("region", "regions")):
        missing, named, given = con.execute(
            f"""WITH own AS (SELECT code FROM who WHERE level = '{level}')
            SELECT count(DISTINCT {level}) FILTER ({level} NOT IN (FROM own)),
                   count(DISTINCT {level}), (SELECT count(*) FROM own)
            FROM who WHERE level = 'practice' AND {level} NOT IN ('', '{UNALLOCATED}')"""
        ).fetchall()[0]
        if missing and given:
            found.append(
                f"{year}: {missing:,} of the {named:,} {what} to which practices belong have no "
                "results of their own in the file."
            )
    return found
