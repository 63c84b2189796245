"""What a publisher's cells must be before they are counted.

Every refusal names the place: the file, the row as a spreadsheet numbers it, the column, whose
row it is and what stands there.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from data.formula import quoted
from data.spec import UNASSIGNED
from data.versions.manifest import Check
from pipelines.engine.units import BadRelease, Table, csv_scan, headings, read_date, sql_text


@dataclass(frozen=True, slots=True)
class Codes:
    """What codes of one kind look like."""

    pattern: str
    words: str


PRACTICE_CODES = Codes("[A-Z][0-9]{5}", "a practice, such as A81001")
PCN_CODES = Codes("U([0-9]{5})?", "a PCN, such as U12345")
# What stands in the place of a practice code where a row is of the whole country.
TOTALS = (
    "ALL",
    "E92",
    "E92000001",
    "ENG",
    "ENGLAND",
    "GRAND TOTAL",
    "NATIONAL",
    "TOTAL",
    "TOTAL ENGLAND",
    "ENGLAND TOTAL",
)
_CORRECT = "Correct it, or ask the publisher, and load the file again."


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the rows of a file that are of no practice."""

    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()


def month_start(text: str, *, file: str, column: str) -> date:
    """The month of a date that must be a first of a month: `01/12/2025` is, `12/01/2025` is not.

    Raises `BadRelease`; a day within the month may be a month and a day that changed places.
    """
    try:
        day = read_date(text)
    except BadRelease as error:
        raise BadRelease(f"{file}: {column} is {text!r}, which is not a date.") from error
    if day.day != 1:
        raise BadRelease(
            f"{file}: {column} is {text!r}, {day.day} {day:%B %Y}, and not the first day of a "
            "month. Day and month may have changed places. " + _CORRECT
        )
    return day


def require_one_month(
    con: duckdb.DuckDBPyConnection, table: Table, column: str, month: date
) -> None:
    """Every row must be of the month by which the file was recognised."""
    named = quoted(column)
    found = con.execute(
        f"SELECT DISTINCT {named} FROM {csv_scan([table.path])} ORDER BY 1"
    ).fetchall()
    for (text,) in found:
        if month_start(text, file=table.name, column=column) != month:
            row = row_of(table.path, {column: text})
            raise BadRelease(
                f"{table.name}, {row}: {column} is {text!r}, while the file begins with "
                f"{month:%B %Y}. A file of one month is expected. {_CORRECT}"
            )


def require_numbers(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    columns: Collection[str],
    *,
    code: str,
    whole: bool,
    missing: Sequence[str] = (),
    scan: str = "",
    bare: Callable[[str], str] = "trim({})".format,
) -> None:
    """Every cell of some columns must be a number, or one of `missing` (in capitals).

    `whole`: a count, which is 0 or more and has no part after the point but zeros. `code` is the
    column that says whose row it is; `scan` a relation with the file's own headings, where the
    file has been read already. `bare` gives SQL of a cell without what may stand around a number.
    """
    if not columns:
        return
    wrong = {name: _is_wrong(bare(quoted(name)), whole=whole, missing=missing) for name in columns}
    found = ", ".join(
        f"any_value(struct_pack(code := {quoted(code)}, cell := {quoted(name)})) FILTER ({sql})"
        for name, sql in wrong.items()
    )
    examples = con.execute(f"SELECT {found} FROM {scan or csv_scan([table.path])}").fetchall()[0]
    for name, example in zip(wrong, examples, strict=True):
        if example is not None:
            raise BadRelease(
                named_cell(table, {code: example["code"], name: example["cell"]}, whole=whole)
            )


def named_cell(table: Table, cells: Mapping[str, str], *, whole: bool) -> str:
    """Where a bad number stands: `cells` are the code of its row and itself, by heading."""
    (code, of), (column, cell) = cells.items()
    kind = "a whole number" if whole else "a number"
    row = row_of(table.path, {code: of, column: cell})
    return (
        f"{table.name}, {row}, column {column}, {of.strip() or f'no {code}'}: {cell!r} is not "
        f"{kind}. {_CORRECT}"
    )


def is_whole(cell: str) -> str:
    """SQL: whether text is a count, `1234` or `1234.0` but not `1234.7`."""
    return f"regexp_full_match(trim({cell}), '[0-9]{{1,9}}([.]0*)?')"


def count_sql(cell: str, *, heading: str, of: str, missing: Sequence[str] = ()) -> str:
    """SQL: a count as BIGINT, NULL for one of `missing` (in capitals); any other text raises.

    `of` is SQL for whose row it is. A negative count passes: a check that names it says more.
    """
    number = f"trim({cell})::DECIMAL(18, 2)::BIGINT"
    return _plain(cell, number, "[.]0*", heading=heading, of=of, missing=missing)


def number_sql(cell: str, *, heading: str, of: str, missing: Sequence[str] = ()) -> str:
    """SQL: a number with six decimals, as `count_sql` gives a count; `1e3` is none."""
    number = f"trim({cell})::DECIMAL(18, 6)"
    return _plain(cell, number, "[.][0-9]*", heading=heading, of=of, missing=missing)


def _plain(
    cell: str, number: str, decimals: str, *, heading: str, of: str, missing: Sequence[str]
) -> str:
    bare, nothing = f"trim({cell})", ", ".join(sql_text(text) for text in missing)
    absent = f"WHEN upper({bare}) IN ({nothing}) THEN NULL " if missing else ""
    kind = "whole number" if decimals == "[.]0*" else "number"
    start, end = sql_text(f"{heading} of "), sql_text(f", which is no {kind}")
    wrong = f"{start} || coalesce({of}, '') || ' is ' || {bare} || {end}"
    return (
        f"CASE WHEN regexp_full_match({bare}, '-?[0-9]{{1,12}}({decimals})?') THEN {number} "
        f"{absent}ELSE error({wrong}) END"
    )


def _is_wrong(cell: str, *, whole: bool, missing: Sequence[str]) -> str:
    nothing = ", ".join(sql_text(text) for text in missing)
    is_number = is_whole(cell) if whole else f"try_cast({cell} AS DECIMAL(18, 6)) IS NOT NULL"
    return f"NOT ({is_number})" + (f" AND upper({cell}) NOT IN ({nothing})" if missing else "")


def row_of(path: Path, cells: Mapping[str, str]) -> str:
    """`row 12`: the first row with these cells, by heading; the headings are row 1."""
    names = headings(path)
    wanted = [(names.index(name), cell.strip()) for name, cell in cells.items()]
    with path.open(encoding="utf-8-sig", newline="") as text:
        for number, row in enumerate(csv.reader(text), 1):
            if number > 1 and all(at < len(row) and row[at].strip() == cell for at, cell in wanted):
                return f"row {number:,}"
    return "a row"


def leave_out_totals(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    tables: Sequence[Table],
    *,
    code: str,
    heading: str,
    value: str = "",
    tolerance: float = 0.0,
    codes: Codes = PRACTICE_CODES,
) -> Totals:
    """Take rows of the whole country out of a temporary table, and hold them against the others.

    `code` is the column of codes in `relation`, `heading` what the file calls it, `value`
    an expression over a row that must add up to what the total row has, within `tolerance`.
    Raises `BadRelease` for a code that is neither one of `codes` nor a known total.
    """
    is_known = f"regexp_full_match({code}, '{codes.pattern}')"
    is_other = f"NOT coalesce({is_known} OR starts_with({code}, '{UNASSIGNED}'), false)"
    summed = f"sum({value})" if value else "NULL"
    others = con.execute(
        f"SELECT {code}, count(*), {summed} FROM {relation} GROUP BY {code} HAVING {is_other} "
        "ORDER BY ALL"
    ).fetchall()
    if not others:
        return Totals()
    files = ", ".join(table.name for table in tables)
    strange = [of or "" for of, _, _ in others if (of or "").strip().upper() not in TOTALS]
    if strange:
        places = (f"{t.name}, {row_of(t.path, {heading: strange[0]})}" for t in tables)
        place = next((place for place in places if not place.endswith("a row")), files)
        raise BadRelease(
            f"{place}, column {heading}: {strange[0]!r} is not the code of {codes.words}, nor a "
            f"total that is known. {_CORRECT}"
        )
    con.execute(f"DELETE FROM {relation} WHERE {is_other}")
    (practices,) = con.execute(f"SELECT {summed} FROM {relation}").fetchall()[0]
    checks, notes = [], []
    for of, rows, total in others:
        what = f"the row {of!r}" if rows == 1 else f"{rows:,} rows {of!r}"
        notes.append(f"{files}: {what} of the whole country is left out of the practices.")
        if total is not None and practices is not None:
            checks.append(
                Check(
                    f"practices add up to {of}",
                    abs(total - practices) <= tolerance,
                    f"{files} gives {_amount(total)} for {of}, and its practices add up to "
                    f"{_amount(practices)}",
                )
            )
    return Totals(tuple(checks), tuple(notes))


def _amount(number: int | float | Decimal) -> str:
    return f"{int(number):,}" if number == int(number) else f"{number:,.2f}"
