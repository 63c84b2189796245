"""GP Contract Services: long files of practice, date, indicator, measure; one for each service.

A file holds the months of a quarter or of its service. The core contract makes a month; the other
services and the carers file join it, and are left out by themselves when they fail a check.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from data.datasets.gp_contract import DATASET, USABLE
from data.datasets.vocabulary.gp_contract import CARERS, COUNT, DENOMINATOR, NUMERATOR, PCA
from data.formula import quoted
from data.versions.manifest import Check
from pipelines.datasets.gp_contract import carers as contract_carers
from pipelines.datasets.gp_contract import checks as contract_checks
from pipelines.datasets.gp_contract.files import (
    CARER_ROWS,
    CORE,
    SLUG,
    discover,
    month_sql,
    recognise,
    wants,
)
from pipelines.engine import geography
from pipelines.engine.folder import write_fact, write_parts
from pipelines.engine.reading.cells import is_whole
from pipelines.engine.units import Month, Series, Sources, Table, csv_scan, headings, sql_text

_KEY = "practice, quality_service, indicator, measure, rule"


def build(con: duckdb.DuckDBPyConnection, sources: Sources, target: Path) -> Month:
    month = sources.month
    con.execute(
        """CREATE OR REPLACE TEMP TABLE contract (practice VARCHAR, quality_service VARCHAR,
        indicator VARCHAR, measure VARCHAR, rule VARCHAR, value BIGINT, name VARCHAR)"""
    )
    checks: list[Check] = []
    refused: list[tuple[str, Check]] = []
    notes: list[str] = []
    services = [kind for kind in sources.tables if kind not in (CORE, CARER_ROWS)]
    for kind in (CORE, *sorted(services)):
        for table in sources.tables[kind]:
            _read(con, table, month)
            found = contract_checks.of_a_file(con)
            if kind == CORE:
                found.append(contract_checks.every_indicator_lists_the_practices(con))
                checks += found
            failed = _failed(found, table)
            refused += failed if kind != CORE else []
            if not failed:
                con.execute(f"INSERT INTO contract SELECT {_KEY}, value, name FROM read")
                notes += contract_checks.notes(con, table, month)
    _write(con, month, target)
    notes += geography.complete(
        con,
        sources,
        "SELECT practice, any_value(name) FILTER (WHERE name <> '') AS practice_name "
        "FROM contract GROUP BY practice",
        target,
    )
    for table in sources.tables.get(CARER_ROWS, ()):
        failed = _failed(contract_carers.load(con, table, month), table)
        refused += failed
        if not failed:
            contract_carers.place(con, sql_text(target / "geography.parquet"))
            write_fact(con, f"SELECT {contract_carers.COLUMNS} FROM carers", target, table="carers")
    return Month(*_totals(con), checks=tuple(checks), notes=tuple(notes), refused=tuple(refused))


def _failed(checks: Iterable[Check], table: Table) -> list[tuple[str, Check]]:
    return [
        (table.release.slug, Check(check.name, False, f"{table.name}: {check.found}"))
        for check in checks
        if not check.passed
    ]


def _read(con: duckdb.DuckDBPyConnection, table: Table, month: date) -> None:
    """Table `read`: the rows of a month of one file, each once.

    A file holds several months, so it is parsed once and kept for the months that follow.
    """
    held = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    own = f"contract_{table.kind.replace('-', '_')}_{table.sha256[:16]}"
    if own not in held:
        for name in held:
            if name.startswith(own.rpartition("_")[0] + "_"):
                con.execute(f"DROP TABLE {quoted(name)}")
        _parse(con, table, own)
    con.execute(f"CREATE OR REPLACE TEMP TABLE read AS FROM {quoted(own)} WHERE month = '{month}'")


def _parse(con: duckdb.DuckDBPyConnection, table: Table, own: str) -> None:
    columns = headings(table.path)
    kind = "MEASURE_TYPE" if "MEASURE_TYPE" in columns else "MEASURE"
    name = "trim(PRACTICE_NAME)" if "PRACTICE_NAME" in columns else "''"
    con.execute(
        f"""CREATE TEMP TABLE {quoted(own)} AS
        SELECT practice, quality_service, indicator, kind AS measure,
               CASE WHEN upper(written) = kind THEN '' ELSE written END AS rule, month, text,
               CASE WHEN {is_whole("text")} THEN text::DECIMAL(18, 2)::BIGINT END AS value,
               any_value(name) AS name, count(*) AS copies
        FROM (SELECT upper(trim(PRACTICE_CODE)) AS practice, {month_sql(con, table)} AS month,
                     trim(QUALITY_SERVICE) AS quality_service,
                     upper(trim(IND_CODE)) AS indicator, trim(MEASURE) AS written,
                     regexp_replace(upper(trim({kind})), '^({PCA}|RULE) .*$', '{PCA}') AS kind,
                     trim(VALUE) AS text, {name} AS name
              FROM {csv_scan([table.path])})
        GROUP BY practice, quality_service, indicator, kind, written, month, text"""
    )


def _write(con: duckdb.DuckDBPyConnection, month: date, target: Path) -> None:
    """The rows as published, and parts in which a pair or a sum is whole or missing."""
    rows = f"SELECT practice, DATE '{month}' AS month, {_KEY.partition(', ')[2]}, value"
    write_fact(con, f"{rows} FROM contract", target)
    of_pair = f"value IS NULL AND measure IN ('{NUMERATOR}', '{DENOMINATOR}')"
    write_parts(
        con,
        DATASET,
        f"""{rows}, CASE
            WHEN bool_or(value IS NULL) OVER (PARTITION BY practice, quality_service, indicator,
                                              measure) THEN NULL
            WHEN measure IN ('{NUMERATOR}', '{DENOMINATOR}') AND bool_or({of_pair})
                 OVER (PARTITION BY practice, quality_service, indicator) THEN NULL
            ELSE value END AS {USABLE}
        FROM contract""",
        target,
    )


def _totals(con: duckdb.DuckDBPyConnection) -> tuple[int, dict[str, int]]:
    practices, suppressed, carers = con.execute(
        f"""SELECT count(DISTINCT practice), count(*) FILTER (WHERE value IS NULL),
               sum(value) FILTER (WHERE indicator = '{CARERS}' AND measure = '{COUNT}')::BIGINT
        FROM contract"""
    ).fetchall()[0]
    known = {} if carers is None else {"unpaid_carers": carers}
    return practices, {DATASET.control: practices, "suppressed_values": suppressed, **known}


SERIES = Series(
    dataset=DATASET,
    transform=1,
    slug=SLUG,
    wants=wants,
    recognise=recognise,
    headline_kind=CORE,
    shared_kinds=(),
    build=build,
    listed_share=0.0,  # files of a few ICBs are passed on; a note counts who is not in them
    tolerance=0.05,
    per_working_day=False,
    discover=discover,
)
