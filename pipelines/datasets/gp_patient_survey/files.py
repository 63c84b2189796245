"""One of the survey's wide files as organisations, results and answers."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from data.datasets.gp_patient_survey import HEADLINES
from data.datasets.vocabulary.survey import FIRST_YEAR, questions
from data.formula import quoted
from data.spec import ENGLAND
from pipelines.datasets.gp_patient_survey.columns import (
    KINDS,
    REQUIRED,
    Column,
    columns,
    lead,
    unknown,
)
from pipelines.engine.units import BadRelease, Table, csv_scan, headings

AREAS = ("pcn", "sub_icb", "icb", "region")
_SUPPRESSED = "('', '*', '-', ':')"
_SHOWN = 5
_FIELDS = ("value", "low", "high", "positive", "base_weighted", "base")
_PERCENT = frozenset({"value", "low", "high"})  # published as fractions of 1


def load(con: duckdb.DuckDBPyConnection, table: Table, kind: str, year: int) -> list[str]:
    """Add one file to `who`, `results` and `answers`. Returns notes."""
    names = headings(table.path)
    found = _known(table, names, kind, year)
    level = KINDS[kind]
    own = lead(names, level)
    code = f"'{ENGLAND}'" if level == "england" else f"upper(trim({quoted(own)}))"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE wide AS
        SELECT {code} AS organisation, * FROM {csv_scan([table.path])}"""
    )
    texts = [_text(names, "" if level == "england" else f"{level}_name")]
    texts += [_text(names, f"{area}{end}") for area in AREAS for end in ("", "_name")]
    numbers = [
        _number(f"trim({quoted(heading)})", f"'{heading}'")
        if (heading := lead(names, column))
        else "NULL"
        for column in ("distributed", "received", "resprate")
    ]
    con.execute(
        f"INSERT INTO who SELECT '{level}', organisation, {', '.join(texts + numbers)} FROM wide"
    )
    _load_results(con, level, [column for column in found if column.result])
    _load_answers(con, level, [column for column in found if column.answer])
    con.execute("DROP TABLE wide")
    return _vocabulary(table, names, found, year)


def _known(table: Table, names: Sequence[str], kind: str, year: int) -> tuple[Column, ...]:
    """The file's columns; raises `BadRelease` when those that it must have are not there."""
    lacking = [column for column in REQUIRED[kind] if not lead(names, column)]
    if lacking and year >= FIRST_YEAR:
        raise BadRelease(
            f"{table.name} has no column for the {', '.join(lacking)}. It begins: "
            f"{', '.join(names[:14])}."
        )
    found = columns(names, table.name)
    if not any(column.field == "value" for column in found):
        raise BadRelease(f"{table.name} has no result of any question.")
    return found


def _text(names: Sequence[str], column: str) -> str:
    heading = lead(names, column) if column else ""
    return f"trim({quoted(heading)})" if heading else "''"


def _number(text: str, heading: str) -> str:
    """A published number; NULL where it is suppressed, which a negative number means too."""
    value = f"try_cast({text} AS DECIMAL(38, 20))"
    return f"""CASE WHEN {text} IN {_SUPPRESSED} THEN NULL
        WHEN {value} IS NULL THEN error(lower({heading}) || ' is ' || {text} || ': no number')
        WHEN {value} >= 0 THEN {value} END"""


def _cells(con: duckdb.DuckDBPyConnection, found: Sequence[Column]) -> str:
    """A query for the cells of some columns: organisation, what the column is of, number."""
    names = ("heading", "question", "result", "field", "answer")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE meanings AS SELECT "
        + ", ".join(f"unnest(?::VARCHAR[]) AS {name}" for name in names),
        [[getattr(column, name) for column in found] for name in names],
    )
    over = ", ".join(dict.fromkeys(quoted(column.heading) for column in found))
    return f"""(SELECT organisation, question, result, field, answer,
            {_number("written", "heading")} AS number
        FROM (SELECT organisation, heading, trim(text) AS written
            FROM (UNPIVOT (SELECT organisation, {over} FROM wide)
                  ON {over} INTO NAME heading VALUE text))
        JOIN meanings USING (heading))"""


def _load_results(con: duckdb.DuckDBPyConnection, level: str, found: Sequence[Column]) -> None:
    fields = ", ".join(
        f"max(number{' * 100' * (field in _PERCENT)}) FILTER (WHERE field = '{field}')"
        for field in _FIELDS
    )
    con.execute(
        f"""INSERT INTO results SELECT '{level}', organisation, question, result, {fields}
        FROM {_cells(con, found)} GROUP BY organisation, question, result"""
    )


def _load_answers(con: duckdb.DuckDBPyConnection, level: str, found: Sequence[Column]) -> None:
    if found:
        con.execute(
            f"""INSERT INTO answers SELECT '{level}', organisation, question, answer, number * 100
            FROM {_cells(con, found)}"""
        )


def _vocabulary(
    table: Table, names: Sequence[str], found: Sequence[Column], year: int
) -> list[str]:
    """Notes on columns that are not read, questions that are new, and headlines that are not."""
    notes = []
    if unread := unknown(names):
        notes.append(f"{year}: columns of {table.name} that are not read: {_some(unread)}.")
    if year < FIRST_YEAR:
        return notes
    stems = dict.fromkeys(column.question for column in found)
    if new := [stem for stem in stems if stem not in questions()]:
        notes.append(
            f"{year}: {table.name} has questions that are not in the vocabulary: {_some(new)}. "
            "Their results are kept."
        )
    held = {column.result for column in found}
    if lacking := [code for code in HEADLINES if code not in held]:
        notes.append(f"{year}: {table.name} has no result of {_some(lacking)}: missing.")
    return notes


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]).lower() + (" and others" if len(names) > _SHOWN else "")
