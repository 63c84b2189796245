"""Telephony's participation list: which practices agreed, sent data and share an account.

Built from a description of the workbook: a row for each open practice, answers of Yes or No.
Headings drift and in November 2025 one is blank, so columns are found by words in them, and a
blank one by holding nothing but Yes and No.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import duckdb

from data.datasets.vocabulary.telephony import QUESTIONS
from data.formula import quoted
from data.versions.manifest import Check
from pipelines.datasets.cloud_telephony.bands import PLACES
from pipelines.datasets.cloud_telephony.bands import column as telephony_column
from pipelines.engine.naming import counted
from pipelines.engine.reading.sheets import below_headings, distinct, tidy
from pipelines.engine.units import BadRelease, Preview, Table, first_of_month, read_date, sql_text

_LOOKED_AT = 60  # rows among which headings are looked for
_WIDE = 5  # cells of a row of headings at least: notes and descriptions of columns have fewer
_PRACTICE = re.compile(r"((GP |GP PRACTICE |PRACTICE |ODS )CODE|GP PRACTICE)( \(.*\))?")
_WORDS = {
    "agreed": re.compile(r"AGREED TO PARTICIPATE"),
    "received": re.compile(r"DATA RECEIVED"),
    "sharing": re.compile(r"PRACTICE CODE HAS BEEN UN|^(?!LIST |DATA |AGREED ).*SHARED"),
}
_ACCOUNT = re.compile(r"^LIST OF ")
_FILE = re.compile(r"^cbt.participation", re.I)
_NAMED = re.compile(r"([A-Z][a-z]+ 20\d\d)")
_YES_OR_NO = {"YES": "Yes", "Y": "Yes", "NO": "No", "N": "No"}


@dataclass(frozen=True, slots=True)
class _List:
    """Where things stand in a list: its headings as tidied, columns of codes and answers."""

    row: int
    headings: tuple[str, ...]
    practice: str
    answers: dict[str, str]  # by question
    account: str | None  # codes of the practices on the account


def month_of(preview: Preview) -> date | None:
    """Month of a participation list; None for any other sheet.

    Raises `BadRelease` where headings look like a list's but not all of them are found.
    """
    found = _find(preview.path, preview.name, expected=bool(_FILE.match(preview.file)))
    if found is None:
        return None
    texts = _values(preview.path, found.row, found.headings.index("MONTH"))
    months = sorted({month for text in texts if (month := _month(text))})
    if len(months) != 1:
        listed = ", ".join(f"{month:%B %Y}" for month in months) or ", ".join(sorted(texts)[:3])
        raise BadRelease(f"{preview.name} should be of one month. Its rows are of: {listed}.")
    named = _NAMED.search(preview.file)
    if named and (month := _month(named[1])) and month != months[0]:
        raise BadRelease(
            f"{preview.name} is named after {month:%B %Y}, but its rows are of {months[0]:%B %Y}."
        )
    return months[0]


def _headings(path: Path, name: str, *, expected: bool) -> tuple[int, list[str]] | None:
    """(row, tidied cells) of a list's headings. `expected` where the file's name promises one."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        heads = [[tidy(cell) for cell in row] for row in islice(csv.reader(text), _LOOKED_AT)]
    for row, cells in enumerate(heads):
        has_answers = any(words.search(cell) for words in _WORDS.values() for cell in cells)
        has_codes = any(_PRACTICE.fullmatch(cell) for cell in cells)
        if "MONTH" in cells and has_codes and (has_answers or expected):
            return row, cells
        if expected and len(list(filter(None, cells))) >= _WIDE and (has_answers or has_codes):
            raise _renamed(name, cells)
    return None


def _find(path: Path, name: str, *, expected: bool) -> _List | None:
    headings = _headings(path, name, expected=expected)
    if headings is None:
        return None
    row, cells = headings
    names = distinct(cells)
    answers: dict[str, str] = {}
    for question, words in _WORDS.items():
        same = [one for one in names if words.search(one)]
        if len(same) > 1:
            same = [one for one in same if words.match(one)]
        if len(same) == 1:
            answers[question] = same[0]
    missing = [question for question in QUESTIONS if question not in answers]
    blank = [
        one
        for column, one in enumerate(names)
        if not cells[column] and _is_yes_or_no(path, row, column)
    ]
    if len(missing) == len(blank) == 1:
        answers[missing[0]] = blank[0]
    elif missing:
        raise _renamed(name, cells)
    return _List(
        row,
        tuple(cells),
        practice=next(one for one in names if _PRACTICE.fullmatch(one)),
        answers=answers,
        account=next((one for one in names if _ACCOUNT.match(one)), None),
    )


def _renamed(name: str, cells: Sequence[str]) -> BadRelease:
    return BadRelease(
        f"{name} should say of each practice, by its code and month, whether it agreed to "
        "participate, whether its data were received and whether its account is shared. "
        f"It has: {', '.join(filter(None, cells))}."
    )


def _values(path: Path, row: int, column: int) -> set[str]:
    """What a column holds below the headings, in rows with a second cell: notes have one."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return {
            cells[column].strip()
            for cells in islice(csv.reader(text), row + 1, None)
            if column < len(cells) and len(list(filter(None, cells))) > 1
        } - {""}


def _is_yes_or_no(path: Path, row: int, column: int) -> bool:
    values = _values(path, row, column)
    return bool(values) and {value.upper() for value in values} <= set(_YES_OR_NO)


def _month(text: str) -> date | None:
    """August 2026, Aug-26 or any day of the month."""
    for form in ("%B %Y", "%b %Y", "%b-%y", "%B-%y", "%Y-%m"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    try:
        return first_of_month(read_date(text))
    except BadRelease:
        return None


def load(
    con: duckdb.DuckDBPyConnection, table: Table, month: date, checks: list[Check]
) -> list[str]:
    """Table `participation` (practice, month, question, answer, practices); returns notes.

    An answer is Yes, No, or the text as published, empty where there is none. Practices without
    calls are added to `places`. Checks are added to `checks`.
    """
    found = _find(table.path, table.name, expected=True)
    if found is None:
        raise BadRelease(f"{table.name} has no list of practices.")
    sheet = below_headings(table, set(filter(None, found.headings)))
    tidied = " ".join(f"WHEN {sql_text(a)} THEN {sql_text(b)}" for a, b in _YES_OR_NO.items())
    answers = ", ".join(
        f"CASE upper(trim({quoted(column)})) {tidied} ELSE trim({quoted(column)}) END AS {question}"
        for question, column in found.answers.items()
    )
    account = "''"
    if found.account:
        account = f"regexp_replace(upper(trim({quoted(found.account)})), '[ ,;]+', ', ', 'g')"
    places = ", ".join(
        f"nullif(trim({telephony_column(sheet, table, heading)}), 'Unmapped') AS {name}"
        for name, heading in PLACES.items()
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE takers AS
        SELECT upper(trim({quoted(found.practice)})) AS practice, {answers}, {account} AS account,
               {places}
        FROM {sheet.sql} WHERE trim({quoted(found.practice)}) <> ''"""
    )
    checks += _checks(con)
    rows = " UNION ALL ".join(
        f"SELECT practice, '{question}' AS question, {question} AS answer FROM takers"
        for question in QUESTIONS
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE participation AS
        SELECT practice, DATE '{month}' AS month, question, answer, 1::BIGINT AS practices
        FROM ({rows} UNION ALL SELECT practice, 'account', account FROM takers
              WHERE account <> '')"""
    )
    con.execute(
        f"""INSERT INTO places BY NAME SELECT practice, {", ".join(PLACES)} FROM takers
        WHERE practice NOT IN (SELECT practice FROM places)"""
    )
    return _notes(con, month)


def _checks(con: duckdb.DuckDBPyConnection) -> list[Check]:
    practices, rows, strange = con.execute(
        """SELECT count(DISTINCT practice), count(*),
                  min(practice) FILTER (WHERE NOT regexp_full_match(practice, '[A-Z][A-Z0-9]{5}'))
        FROM takers"""
    ).fetchall()[0]
    checks = [
        Check(
            "unique practices in the participation list",
            rows == practices > 0,
            f"{rows:,} rows of {practices:,} practices",
        ),
        Check(
            "codes in the participation list",
            strange is None,
            "every code is a practice's" if strange is None else f"{strange!r} is no practice code",
        ),
    ]
    for question in QUESTIONS:
        known, example = con.execute(
            f"""SELECT count(*) FILTER (WHERE {question} IN ('Yes', 'No')), min({question})
            FROM takers"""
        ).fetchall()[0]
        found = f"{known:,} of {rows:,} answers are Yes or No"
        if not known:
            found = f"no answer is Yes or No; there is {example!r}"
        checks.append(Check(f"answers to {question}", known > 0, found))
    return checks


def _notes(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    said = []
    other = con.execute(
        """SELECT question, count(*), min(nullif(answer, '')) FROM participation
        WHERE question <> 'account' AND answer NOT IN ('Yes', 'No') GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    for question, count, text in other:
        example = f", such as {text!r}" if text else ""
        said.append(
            f"The participation list of {month:%B %Y} says neither Yes nor No to {question} for "
            f"{count:,} of its practices{example}: missing."
        )
    absent, unexpected = con.execute(
        """SELECT list(practice ORDER BY practice) FILTER
                  (WHERE received = 'Yes' AND sharing = 'No' AND NOT has_calls),
                  list(practice ORDER BY practice) FILTER (WHERE received = 'No' AND has_calls)
        FROM (SELECT *, practice IN (SELECT practice FROM fact) AS has_calls FROM takers)"""
    ).fetchall()[0]
    if absent or unexpected:
        said.append(
            f"In {month:%B %Y} {counted(absent)} practices have no calls although the "
            "participation list says that their data were received, and "
            f"{counted(unexpected)} have calls although it says that they were not."
        )
    return said


def against_england(con: duckdb.DuckDBPyConnection, month: date, target: Path) -> list[str]:
    """What the list's totals say against the practices that the summary counts for England."""
    path = target / "published.parquet"
    if not path.exists():
        return []
    published = f"read_parquet({sql_text(path)})"
    if "open_practices" not in {c[0] for c in con.execute(f"DESCRIBE FROM {published}").fetchall()}:
        return []
    listed, received, open_now, included = con.execute(
        f"""SELECT (SELECT count(*) FROM takers),
                   (SELECT count(*) FROM takers WHERE received = 'Yes'),
                   open_practices, included_practices FROM {published}"""
    ).fetchall()[0]
    if open_now is None or included is None or (listed, received) == (open_now, included):
        return []
    said = f"The participation list of {month:%B %Y} has {listed:,} practices, {received:,} of them"
    return [f"{said} with data; the summary for England has {open_now:,} and {included:,}."]
