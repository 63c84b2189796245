"""One of the survey's wide files as organisations, results and answers."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from data.datasets.gp_patient_survey import HEADLINES
from data.formula import quoted
from data.spec import ENGLAND
from data.survey import FIRST_YEAR, questions
from pipelines.survey_columns import KINDS, REQUIRED, Column, columns, lead, unknown
from pipelines.units import BadRelease, Table, csv_scan, headings

AREAS = ("pcn", "sub_icb", "icb", "region")
_SUPPRESSED = "('', '*', '-', ':')"
_SHOWN = 5
_FIELDS = ("value", "low", "high", "positive", "base_weighted", "base")
_PERCENT = frozenset({"value", "low", "high"})  # published as fractions of 1


def load(con: duckdb.DuckDBPyConnection, table: Table, kind: str, year: int) -> list[str]:
    """One file's organisations, results and answers. Returns notes."""
    names = headings(table.path)
    if year >= FIRST_YEAR and (
        lacking := [column for column in REQUIRED[kind] if not lead(names, column)]
    ):
        raise BadRelease(
            f"{table.name} has no column for the {', '.join(lacking)}. It begins: "
            f"{', '.join(names[:14])}."
        )
    found = columns(names, table.name)
    if not any(column.field == "value" for column in found):
        raise BadRelease(f"{table.name} has no result of any question.")
    scan = csv_scan([table.path])
    level = KINDS[kind]
    code = f"'{ENGLAND}'"
    if level != "england":
        code = f"upper(trim({quoted(lead(names, level))}))"
    _require_numbers(con, table, scan, [*(c.heading for c in found), *_counted(names)])
    given = ", ".join(
        f"trim({quoted(heading)})" if (heading := lead(names, column)) else "''"
        for column in (*(f"{area}{end}" for area in AREAS for end in ("", "_name")),)
    )
    name = lead(names, "practice_name" if level == "practice" else f"{level}_name") if (
        level != "england"
    ) else ""  # fmt: skip
    numbers = ", ".join(
        _number(f"nullif(trim({quoted(heading)}), '')") if (heading := lead(names, column))
        else "NULL"
        for column in ("distributed", "received", "resprate")
    )  # fmt: skip
    con.execute(
        f"""INSERT INTO who SELECT '{level}', {code}, {f"trim({quoted(name)})" if name else "''"},
        {given}, {numbers} FROM {scan}"""
    )
    _load_results(con, scan, level, code, [c for c in found if c.result])
    _load_answers(con, scan, level, code, [c for c in found if c.answer])
    return _vocabulary(table, names, found, year)


def _counted(names: Sequence[str]) -> list[str]:
    return [
        heading
        for column in ("distributed", "received", "resprate")
        if (heading := lead(names, column))
    ]


def _long(scan: str, code: str, found: Sequence[Column]) -> str:
    """Cells of the columns as rows: code, heading, text."""
    over = ", ".join(dict.fromkeys(quoted(column.heading) for column in found))
    return f"""(UNPIVOT (SELECT {code} AS code, {over} FROM {scan})
        ON {over} INTO NAME heading VALUE text)"""


def _number(text: str) -> str:
    """A published number; NULL where it is missing, marked as suppressed or negative."""
    value = f"try_cast({text} AS DECIMAL(38, 20))"
    return f"CASE WHEN {value} >= 0 THEN {value} END"


def _meanings(con: duckdb.DuckDBPyConnection, found: Sequence[Column]) -> None:
    con.execute(
        """CREATE OR REPLACE TEMP TABLE meanings (heading VARCHAR, question VARCHAR,
        result VARCHAR, field VARCHAR, answer VARCHAR)"""
    )
    con.executemany(
        "INSERT INTO meanings VALUES (?, ?, ?, ?, ?)",
        [(c.heading, c.question, c.result, c.field, c.answer) for c in found],
    )


def _load_results(
    con: duckdb.DuckDBPyConnection, scan: str, level: str, code: str, found: Sequence[Column]
) -> None:
    _meanings(con, found)
    fields = ", ".join(
        f"max({_number('text')}{' * 100' * (field in _PERCENT)}) FILTER (WHERE field = '{field}')"
        for field in _FIELDS
    )
    con.execute(
        f"""INSERT INTO results SELECT '{level}', code, question, result, {fields}
        FROM {_long(scan, code, found)} JOIN meanings USING (heading)
        GROUP BY code, question, result"""
    )


def _load_answers(
    con: duckdb.DuckDBPyConnection, scan: str, level: str, code: str, found: Sequence[Column]
) -> None:
    if not found:
        return
    _meanings(con, found)
    con.execute(
        f"""INSERT INTO answers SELECT '{level}', code, question, answer,
            {_number("text")} * 100
        FROM {_long(scan, code, found)} JOIN meanings USING (heading)"""
    )


def _require_numbers(
    con: duckdb.DuckDBPyConnection, table: Table, scan: str, wanted: Sequence[str]
) -> None:
    over = ", ".join(dict.fromkeys(quoted(heading) for heading in wanted))
    odd = con.execute(
        f"""SELECT heading, text FROM (UNPIVOT (SELECT {over} FROM {scan}) ON {over}
            INTO NAME heading VALUE text)
        WHERE trim(text) NOT IN {_SUPPRESSED} AND try_cast(trim(text) AS DECIMAL(38, 20)) IS NULL
        LIMIT 1"""
    ).fetchall()
    if odd:
        raise BadRelease(f"{table.name} has {odd[0][1]!r} under {odd[0][0].lower()}: no number.")


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
