"""Whether a file looks as if it were about patients who could be told apart by it.

Two signs are looked for: NHS numbers, by their check digit, and dates of birth beside names. A
tenth of all ten-digit numbers pass the check by chance: a file is refused for one of those too,
because the other mistake is the worse one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

Table = Iterable[Sequence[str]]  # read once, row by row

NHS_WEIGHTS = range(10, 1, -1)
ROWS_BESIDE = 3  # rows with a name and a date of birth that make a table without headings suspect
_TEN_DIGITS = re.compile(r"(?<![\d.+\-/])(\d{3})([ \u00a0-]?)(\d{3})\2(\d{4})(?![\d/-]|\.\d*[1-9])")
_NHS_HEADING = re.compile(r"\bnhs[ _-]*(?:no|num|number|id)\b", re.I)
_BIRTH = re.compile(
    r"\b(?:d\.?o\.?b\.?|date[ _-]+of[ _-]+birth|birth[ _-]*date|born(?:[ _]on)?)(?![a-z])", re.I
)
_NAME_HEADING = re.compile(
    r"\b(?:(?:patient|full|first|last|middle|given|family|christian|fore|sur)[ _-]*name|"
    r"surname|forename|name|patient)s?\b",
    re.I,
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})[/.\- ](?:\d{{1,2}}|(?:{_MONTHS})[a-z]*)[/.\- ](\d{{4}}|\d{{2}})"
    rf"|(\d{{4}})-\d{{2}}-\d{{2}})\b",
    re.I,
)
_LABELLED = re.compile(rf"{_BIRTH.pattern}[^\n]{{0,12}}?{_DATE.pattern}", re.I)
_PERSON = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Miss|Dr|Master)\.? +[A-Z][a-z'’-]+"
    r"|[A-Z][a-z'’-]+ +(?:[A-Z]\.? +)?[A-Z][A-Za-z'’-]+|[A-Z][A-Za-z'’-]+, +[A-Z][a-z'’-]+)\b"
)
_NEAR = 120  # characters between a labelled date of birth and a name


def is_nhs_number(digits: str) -> bool:
    """Ten digits of which the last is the check digit of the others, modulo 11."""
    if len(digits) != 10 or not digits.isdecimal() or len(set(digits)) == 1:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(NHS_WEIGHTS, digits[:9], strict=True))
    check = 11 - total % 11
    return check != 10 and check % 11 == int(digits[9])


def objection(text: str, tables: Iterable[Table]) -> str | None:
    """Why the content looks like that of patients; None when it does not."""
    count = sum(is_nhs_number("".join((m[1], m[3], m[4]))) for m in _TEN_DIGITS.finditer(text))
    if count:
        found = "a number" if count == 1 else f"{count:,} numbers"
        return (
            f"The file holds {found} that could be NHS numbers: ten digits with the right check "
            "digit."
        )
    if _born_beside_name(text):
        return "The file holds a date of birth beside a name."
    return next((said for table in tables if (said := _in_table(table))), None)


def _born_beside_name(text: str) -> bool:
    for found in _LABELLED.finditer(text):
        around = text[max(0, found.start() - _NEAR) : found.end() + _NEAR]
        if _PERSON.search(_BIRTH.sub(" ", around)):
            return True
    return False


def _in_table(table: Table) -> str | None:
    """By its headings, wherever they stand; without headings by what stands in its rows."""
    beside = 0
    for row in table:
        births = [cell for cell in row if len(cell) <= 40 and _BIRTH.search(cell)]
        names = [cell for cell in row if len(cell) <= 40 and _NAME_HEADING.search(cell)]
        if births and names:
            return (
                f"The columns “{births[0].strip()}” and “{names[0].strip()}” look like dates of "
                "birth beside names."
            )
        numbers = [cell for cell in row if len(cell) <= 40 and _NHS_HEADING.search(cell)]
        if numbers and len(row) > 1:
            return f"The column “{numbers[0].strip()}” looks like NHS numbers."
        beside += _holds_person(row)
    if beside >= ROWS_BESIDE:
        return f"{beside:,} rows hold what looks like a name and a date of birth."
    return None


def _holds_person(row: Sequence[str]) -> bool:
    """A cell that is a name and nothing else, and a cell that is a date long past."""
    cells = [cell.strip() for cell in row]
    return any(_PERSON.fullmatch(cell) for cell in cells) and any(map(_is_long_past, cells))


def _is_long_past(cell: str) -> bool:
    """A date more than ten years ago, but within a life."""
    found = _DATE.match(cell)
    year = (found[2] or found[3]) if found and len(cell) <= len(found[0]) + 9 else None
    if year is None or len(year) != 4:
        return False
    return 10 < date.today().year - int(year) < 115
