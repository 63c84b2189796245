"""Network Contract DES: a CSV for each month, the same by ruleset, and the yearly IIF result.

Rows are practice, indicator, measure, value. The monthly files have had columns of areas until
2025; they are found by name. What the rows say of a practice and indicator is checked in
`pipelines.datasets.pcn_des.checks`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from data.datasets.pcn_des import DATASET, IIF, IIF_PCNS, IIF_PRACTICES, MONTHLY
from data.datasets.vocabulary import pcn_des
from data.datasets.vocabulary.pcn_des import DENOMINATOR, MI_COUNT, NUMERATOR
from data.formula import quoted
from data.spec import UNALLOCATED, UNASSIGNED
from data.versions.manifest import Check
from pipelines.datasets.pcn_des import checks as pcn_des_checks
from pipelines.datasets.qof.files import column
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts, write_table
from pipelines.engine.units import (
    BadRelease,
    Month,
    Preview,
    Recognised,
    Series,
    Sources,
    Table,
    csv_scan,
    headings,
    month_sql,
    periods_in,
    sql_text,
)

_COMMON = ("QUALITY_SERVICE", "ACH_DATE", "IND_CODE", "MEASURE", "VALUE")
_MONTHLY = ("PRACTICE_CODE", *_COMMON)
_IIF = ("ORGANISATION_TYPE", "ORGANISATION_CODE", "ORGANISATION_NAME", *_COMMON)
_PLACES = (
    "practice_name",
    "pcn",
    "pcn_name",
    "sub_icb",
    "sub_icb_name",
    "icb",
    "icb_name",
    "region",
    "region_name",
)
_WANTED = re.compile(
    r"^NCDes[_ ]?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[_ ]?\d\d(\d\d)?([_ ].*)?"
    r"\.(zip|csv(\.gz)?)$|^IIF[_ ]indicators.*\.(zip|csv(\.gz)?)$",
    re.IGNORECASE,
)
_OF_RULESET = re.compile(
    r"^NCDes[_ ]?[a-z]+[_ ]?\d+(?:_v[\d.]+)?_(?!v\d|\d)(?P<ruleset>.+?)(?:_v[\d.]+)?"
    r"\.csv(?:\.gz)?$",
    re.IGNORECASE,
)
_NOT_FOUND = ("UNALLOCATED", "")  # what the publisher writes where its map lacks the practice


def wants(name: str) -> bool:
    return bool(_WANTED.match(name))


def recognise(preview: Preview) -> Recognised | None:
    """(kind, months) of a CSV by its headings; the name only tells a ruleset from the whole."""
    if set(_IIF) <= preview.columns:
        kind = "iif"
    elif set(_MONTHLY) <= preview.columns:
        kind = "ruleset" if _OF_RULESET.match(preview.name) else "whole"
    else:
        return None
    if not preview.cell("ACH_DATE"):
        raise BadRelease(f"{preview.name} has no ACH_DATE in its first row.")
    return kind, periods_in(preview, "ACH_DATE", "month")


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    tables = sources.tables
    rulesets = tables.get("ruleset", ())
    used = [*(tables.get("whole") or rulesets), *tables.get("iif", ())]
    _load(con, sources, used)
    notes = pcn_des_checks.settle(con, sources.month)
    checks = [
        pcn_des_checks.service_years(con, sources.month),
        pcn_des_checks.unique(con, sources.month),
        pcn_des_checks.within(con),
        *_rulesets_agree(con, sources),
    ]
    notes += pcn_des_checks.notes(con, sources.month)
    _write(con, target)
    notes += _write_geography(con, sources, used, target)
    (practices,) = con.execute(
        f"SELECT count(DISTINCT practice) FROM ncd WHERE NOT starts_with(practice, '{UNASSIGNED}')"
    ).fetchall()[0]
    return Month(practices, {DATASET.control: practices}, tuple(checks), tuple(notes))


def _load(con: duckdb.DuckDBPyConnection, sources: Sources, used: Sequence[Table]) -> None:
    """`published`: the files' rows of the month, `text` being the value as it is written."""
    names = {ruleset(table): table for table in sources.tables.get("ruleset", ())}
    known = " UNION ALL ".join(
        f"SELECT DISTINCT trim(IND_CODE) AS indicator, {sql_text(name)} AS ruleset "
        f"FROM {csv_scan([table.path])}"
        for name, table in names.items()
    )
    con.execute("CREATE OR REPLACE TEMP TABLE rulesets (indicator VARCHAR, ruleset VARCHAR)")
    con.execute(
        "INSERT INTO rulesets SELECT unnest(?), unnest(?)",
        [list(pcn_des.rulesets()), list(pcn_des.rulesets().values())],
    )
    if known:
        con.execute(f"CREATE OR REPLACE TEMP TABLE told AS {known}")
        con.execute("DELETE FROM rulesets WHERE indicator IN (SELECT indicator FROM told)")
        con.execute("INSERT INTO rulesets SELECT indicator, min(ruleset) FROM told GROUP BY 1")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE published AS
        SELECT * EXCLUDE (ruleset), coalesce(ruleset, '') AS ruleset
        FROM ({" UNION ALL ".join(_rows(table) for table in used)})
        LEFT JOIN rulesets USING (indicator)
        WHERE month = DATE '{sources.month}'"""
    )


def _rows(table: Table) -> str:
    own = headings(table.path)
    needed = _IIF if table.kind == "iif" else _MONTHLY
    if missing := [name for name in needed if name not in own]:
        raise BadRelease(
            f"{table.name} has no column {', '.join(missing)}. It has: {', '.join(own)}."
        )
    measure = "trim(MEASURE)"
    name = "''"
    if table.kind == "iif":
        code = "upper(trim(ORGANISATION_CODE))"
        practice = f"""CASE trim(ORGANISATION_TYPE) WHEN 'PCN' THEN '{UNASSIGNED}' || {code}
            WHEN 'GP practice' THEN {code} ELSE error({sql_text(table.name)} || ' has the '
            || 'organisation type ' || ORGANISATION_TYPE || ', neither PCN nor GP practice.') END"""
        publication, field, name = IIF, measure, "trim(ORGANISATION_NAME)"
    else:
        practice, publication = "upper(trim(PRACTICE_CODE))", MONTHLY
        field = f"""CASE WHEN {measure} ILIKE '{NUMERATOR}' THEN '{NUMERATOR}'
            WHEN {measure} ILIKE '{DENOMINATOR}' THEN '{DENOMINATOR}'
            WHEN {measure} IN ('{MI_COUNT}', 'Management Information') THEN '{MI_COUNT}'
            ELSE regexp_replace({measure}, '^Rule [0-9]+: *', '') END"""
    return f"""SELECT {practice} AS practice, {month_sql("ACH_DATE")} AS month,
        '{publication}' AS publication, trim(QUALITY_SERVICE) AS service,
        trim(IND_CODE) AS indicator, {measure} AS measure, {field} AS field,
        trim(VALUE) AS text, {name} AS name, {sql_text(table.name)} AS file
        FROM {csv_scan([table.path])}"""


def ruleset(table: Table) -> str:
    """The ruleset that a file by ruleset is named after."""
    found = _OF_RULESET.match(table.name.rpartition(": ")[2])
    return found["ruleset"] if found else ""


def _rulesets_agree(con: duckdb.DuckDBPyConnection, sources: Sources) -> list[Check]:
    """The files by ruleset hold what the whole file holds, where they are of the same issue."""
    whole, parts = sources.tables.get("whole"), sources.tables.get("ruleset")
    if not whole or not parts:
        return []
    if whole[0].release.slug != parts[0].release.slug or whole[0].order[1] != parts[0].order[1]:
        return []
    same = "practice, service, indicator, measure, text"
    rows = " UNION ALL ".join(_rows(table) for table in parts)
    only_whole, only_parts = con.execute(
        f"""WITH split AS (SELECT DISTINCT {same} FROM ({rows}) WHERE month = '{sources.month}'),
        whole AS (SELECT DISTINCT {same} FROM published WHERE publication = '{MONTHLY}')
        SELECT (SELECT count(*) FROM (FROM whole EXCEPT FROM split)),
               (SELECT count(*) FROM (FROM split EXCEPT FROM whole))"""
    ).fetchall()[0]
    found = f"{len(parts)} files by ruleset hold the same rows as {whole[0].name}"
    if only_whole or only_parts:
        found = (
            f"{only_whole:,} rows of {whole[0].name} are in no file by ruleset, {only_parts:,} "
            "rows of those are not in it"
        )
    return [Check("rulesets agree", not only_whole and not only_parts, found)]


def _write(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    fact = """SELECT practice, month, publication, service, ruleset, indicator, measure, field,
        value, suppressed FROM ncd"""
    write_fact(con, fact, target)
    _count(con)
    write_parts(con, DATASET, "FROM counted", target)
    _write_published(con, target)


def _count(con: duckdb.DuckDBPyConnection) -> None:
    """`counted`: what parts are added up from, and one row for each practice that has any."""
    halves = f"field IN ('{NUMERATOR}', '{DENOMINATOR}')"
    own = f"NOT starts_with(practice, '{UNASSIGNED}')"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE counted AS
        SELECT practice, month, indicator, field, value,
            CASE WHEN {halves} AND known = 2 THEN value END AS paired,
            CASE WHEN field = '{DENOMINATOR}' THEN hidden::INTEGER END AS hidden,
            CASE WHEN field = '{DENOMINATOR}' THEN 1 END AS reported
        FROM (SELECT *, count(value) FILTER (WHERE {halves}) OVER own AS known,
                     max(suppressed) FILTER (WHERE {halves}) OVER own AS hidden FROM ncd
              WHERE {own} AND list_contains(?, indicator)
              WINDOW own AS (PARTITION BY practice, publication, indicator))
        UNION ALL BY NAME
        SELECT DISTINCT practice, month FROM ncd WHERE {own}""",
        [[*pcn_des.indicators(), *(indicator for indicator, _ in IIF_PRACTICES)]],
    )


def _write_published(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    """The IIF figures that are given by PCN."""
    given = ", ".join(
        f"(sum(value) FILTER (WHERE indicator = '{indicator}' AND field = '{field}'))::BIGINT "
        f"AS {quoted(part)}"
        for (indicator, field), part in IIF_PCNS.items()
    )
    write_table(
        con,
        f"""SELECT month, 'pcn' AS level, practice[2:] AS code, min(name) AS name, {given} FROM ncd
        WHERE starts_with(practice, '{UNASSIGNED}') GROUP BY month, practice""",
        target / "published.parquet",
    )


def _write_geography(
    con: duckdb.DuckDBPyConnection, sources: Sources, used: Sequence[Table], target: Path
) -> tuple[str, ...]:
    """Areas as the files give them, where they do; the rest from the list-size map."""
    given = " UNION ALL ".join(_places(table) for table in used)
    texts = ", ".join(f"max({name}) AS {name}" for name in _PLACES)
    return geography.complete(
        con,
        sources,
        f"""SELECT practice, {texts} FROM ({given})
        WHERE practice IN (SELECT practice FROM ncd) GROUP BY practice""",
        target,
    )


def _places(table: Table) -> str:
    """What a file says of where each practice belongs; empty where it does not."""
    if table.kind == "iif":
        empty = ", ".join(f"'' AS {name}" for name in _PLACES[1:])
        return f"""SELECT upper(trim(ORGANISATION_CODE)) AS practice,
            trim(ORGANISATION_NAME) AS practice_name, {empty} FROM {csv_scan([table.path])}"""
    cells = {name: f"trim({own})" for name in _PLACES if (own := column(table, name))}
    placed = f"{cells['region']} NOT IN {_NOT_FOUND}" if "region" in cells else "true"
    shown = ", ".join(
        f"CASE WHEN {cells[name]} NOT IN {_NOT_FOUND} THEN {cells[name]} "
        f"WHEN {placed} THEN '{UNALLOCATED if name == 'pcn' else ''}' ELSE '' END AS {name}"
        if name in cells
        else f"'' AS {name}"
        for name in _PLACES
    )
    return f"""SELECT upper(trim(PRACTICE_CODE)) AS practice, {shown}
        FROM {csv_scan([table.path])}"""


SERIES = Series(
    dataset=DATASET,
    transform=1,
    slug="mi-network-contract-des",
    wants=wants,
    recognise=recognise,
    headline_kind="whole",
    shared_kinds=(),
    build=build,
    tolerance=0.05,
    per_working_day=False,
    other_headlines=("ruleset", "iif"),
)
