"""What must hold of the rows of the Network Contract DES, and what is said of them."""

from __future__ import annotations

from datetime import date

import duckdb

from data import periods
from data.datasets.pcn_des import IIF, IIF_PCNS, IIF_PRACTICES, MONTHLY, NOT_SHARES
from data.datasets.vocabulary import pcn_des
from data.datasets.vocabulary.pcn_des import DENOMINATOR, NUMERATOR
from data.versions.manifest import Check
from pipelines.engine.units import BadRelease

_MISSING = ("*", "")
_SUPPRESSED = "*"
_MOST_WRONG = 0.01  # share of rows that may break a rule
_FEW = 0.9  # share of practices below which an indicator is said to be of some only
_SHOWN = 8
_DUPLICATED = "published more than once"


def settle(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """`ncd`: `published` with numbers, one row for each practice, indicator and measure.

    Rows that repeat another exactly are dropped. Where two rows of one key differ nobody can say
    which is right: the value is missing, and `contradicted` is true.
    """
    _refuse_other_values(con)
    key = "practice, month, publication, indicator, measure"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE ncd AS
        SELECT {key}, service, ruleset, field, name, copies,
               CASE WHEN first = last AND first NOT IN {_MISSING}
                    THEN first::DECIMAL(18, 1)::BIGINT END AS value,
               first = last AND first = '{_SUPPRESSED}' AS suppressed, first <> last AS contradicted
        FROM (SELECT {key}, min(service) AS service, min(ruleset) AS ruleset, min(field) AS field,
                     min(name) AS name, min(text) AS first, max(text) AS last, count(*) AS copies
              FROM published GROUP BY {key})"""
    )
    (repeated,) = con.execute(
        "SELECT coalesce(sum(copies - 1), 0) FROM ncd WHERE NOT contradicted"
    ).fetchall()[0]
    if not repeated:
        return []
    return [f"{month:%B %Y}: {repeated:,} rows that repeat another exactly are left out."]


def _refuse_other_values(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        f"""SELECT file, text, practice, indicator, measure FROM published
        WHERE text NOT IN {_MISSING} AND NOT regexp_full_match(text, '[0-9]+(\\.0)?')
        ORDER BY ALL LIMIT 1"""
    ).fetchall()
    if found:
        file, text, practice, indicator, measure = found[0]
        raise BadRelease(
            f"{file} has the VALUE {text!r} as {measure} of {indicator} of {practice}, which is "
            "neither a whole number nor *."
        )


def service_years(con: duckdb.DuckDBPyConnection, month: date) -> Check:
    """The quality service names the scheme year in which its month lies."""
    first = periods.containing("financial_year", month).year % 100
    wanted = f"NCD{first:02}{(first + 1) % 100:02}"
    found = [s for (s,) in con.execute("SELECT DISTINCT service FROM ncd ORDER BY 1").fetchall()]
    said = f"the quality service is {' and '.join(found)}, as the month asks for"
    if found != [wanted]:
        said = f"the quality service is {' and '.join(found)} where {month:%B %Y} is of {wanted}"
    return Check("scheme year", found == [wanted], said)


def unique(con: duckdb.DuckDBPyConnection, month: date) -> Check:
    """Few keys have two different values, apart from what is known to be wrong."""
    known = [p.indicator for p in pcn_des.problems_in(month) if _DUPLICATED in p.text]
    twice, rows, first = con.execute(
        """SELECT count(*) FILTER (WHERE contradicted), count(*),
                  min(practice || ' ' || indicator || ' ' || measure) FILTER (WHERE contradicted)
        FROM ncd WHERE NOT list_contains(?, indicator)""",
        [known],
    ).fetchall()[0]
    said = "every practice has each measure of an indicator once"
    if twice:
        said = f"{twice:,} of {rows:,} have two different values, first {first}"
    return Check("unique keys", twice <= _MOST_WRONG * rows, said)


def within(con: duckdb.DuckDBPyConnection) -> Check:
    """Numerators of shares are part of their denominators."""
    wrong, pairs, first = con.execute(
        f"""SELECT count(*) FILTER (WHERE num > den), count(*), min(practice || ' ' || indicator)
                   FILTER (WHERE num > den)
        FROM (SELECT practice, indicator,
                     max(value) FILTER (WHERE field IN ('{NUMERATOR}', 'ACC-08 Numerator')) AS num,
                     max(value) FILTER (WHERE field IN ('{DENOMINATOR}', 'ACC-08 Denominator'))
                     AS den
              FROM ncd WHERE list_contains(?, indicator) GROUP BY practice, publication, indicator)
        WHERE num IS NOT NULL AND den IS NOT NULL""",
        [[*(code for code in pcn_des.fractions() if code not in NOT_SHARES), "NCD026"]],
    ).fetchall()[0]
    said = f"in all of {pairs:,} pairs"
    if wrong:
        said = f"in all but {wrong:,} of {pairs:,} pairs, first {first}"
    return Check("numerators within denominators", wrong <= _MOST_WRONG * pairs, said)


def notes(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """What a reader of the month should know, each sentence with the month first."""
    said = [*_problems(con, month), *_contradicted(con), *_unknown(con), *_incomplete(con)]
    suppressed, rows = con.execute(
        f"""SELECT count(*) FILTER (WHERE suppressed), count(*) FROM ncd
        WHERE publication = '{MONTHLY}'"""
    ).fetchall()[0]
    if suppressed:
        said.append(f"{suppressed:,} of {rows:,} values are suppressed; they are missing, not 0.")
    if con.execute(f"SELECT count(*) FROM ncd WHERE publication = '{IIF}'").fetchall()[0][0]:
        said.append("has the annual result of the Investment and Impact Fund.")
        if not rows:
            said.append("the monthly file is not loaded; only the annual IIF result is.")
    return [f"{month:%B %Y}: {text}" for text in said]


def _problems(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """Known problems of the month whose indicator, if they name one, is in it."""
    held = _held(con)
    found: dict[str, list[str]] = {}
    for one in pcn_des.problems_in(month):
        if held and (not one.indicator or one.indicator in held):
            found.setdefault(one.text, []).append(one.indicator)
    return [
        f"known problem, {', '.join(codes)}: {text}."
        if any(codes)
        else f"known problem of the publication: {text}."
        for text, codes in found.items()
    ]


def _held(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        code
        for (code,) in con.execute(
            f"SELECT DISTINCT indicator FROM ncd WHERE publication = '{MONTHLY}' ORDER BY 1"
        ).fetchall()
    ]


def _contradicted(con: duckdb.DuckDBPyConnection) -> list[str]:
    found = con.execute(
        "SELECT indicator, count(*) FROM ncd WHERE contradicted GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if not found:
        return []
    named = ", ".join(f"{code} {count:,}" for code, count in found[:_SHOWN])
    return [f"rows with two different values, which are missing here: {named}."]


def _unknown(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Codes and rules that the vocabulary does not have; their rows are kept."""
    known = {(one.indicator, one.field) for one in pcn_des.published()}
    known |= {*IIF_PRACTICES, *IIF_PCNS}
    codes = {code for code, _ in known}
    found = con.execute("SELECT DISTINCT indicator, field FROM ncd ORDER BY ALL").fetchall()
    indicators = [code for code in dict.fromkeys(c for c, _ in found) if code not in codes]
    measures = [f"{c} {f}" for c, f in found if c in codes and (c, f) not in known]
    return [
        f"has {what} that are not in the vocabulary ({', '.join(names[:_SHOWN])}"
        f"{' and others' if len(names) > _SHOWN else ''}); their rows are kept."
        for what, names in (("indicators", indicators), ("measures", measures))
        if names
    ]


def _incomplete(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Indicators of which a half is missing, and those that few practices have."""
    found = con.execute(
        f"""SELECT indicator, coalesce(bool_or(field = '{NUMERATOR}'), false),
                   coalesce(bool_or(field = '{DENOMINATOR}'), false), count(DISTINCT practice),
                   (SELECT count(DISTINCT practice) FROM ncd WHERE publication = '{MONTHLY}')
        FROM ncd WHERE publication = '{MONTHLY}' GROUP BY indicator ORDER BY indicator"""
    ).fetchall()
    fractions = pcn_des.fractions()
    said = [
        f"{code} has no {'denominators' if numerators else 'numerators'}."
        for code, numerators, denominators, _, _ in found
        if code in fractions and numerators != denominators
    ]
    few = [f"{code} {count:,}" for code, _, _, count, every in found if count < _FEW * every]
    if few:
        shown = ", ".join(few[:_SHOWN])
        said.append(f"of {found[0][4]:,} practices these indicators have fewer: {shown}.")
    return said
