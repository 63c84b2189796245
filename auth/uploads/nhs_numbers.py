"""NHS numbers, however they are written: ten digits, the last of which checks the others.

A tenth of all ten-digit numbers pass the check by chance, and count as NHS numbers too, because
the other mistake is the worse one. Only a column whose ten-digit numbers mostly fail it is left
alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

WEIGHTS = range(10, 1, -1)
_LEAST = 10  # characters of a cell that can hold one
_BETWEEN = " \u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014./_\u00b7-"
_TEN = re.compile(rf"(?<![\d+])\d(?:[{_BETWEEN}]?\d){{9}}(?!\d)")
_GROUPS = frozenset({(10,), (3, 3, 4), (4, 3, 3), (3, 4, 3), (5, 5), (2, 2, 2, 2, 2), (1,) * 10})
_DATED = re.compile(r"\d[./-]$")  # before the number: it is the rest of a decimal or of a date
_ABROAD = re.compile(r"\+\d{1,3}[ -]$")  # before the number: a telephone of another country
_DECIMALS = re.compile(r"\.\d*[1-9]|[/-]\d")  # behind it: no whole number, or a date
_WHOLE = re.compile(r"(\d{10})\.0+")
_POWER = re.compile(r"(?<![\d.])\d\.\d{1,9}[eE]\+?0?9(?!\d)")
_TELEPHONE = re.compile(r"\b(?:tele?phone|tel|phone|mobile|fax|contact n)", re.I)
_SPLITS = ((3, 3, 4), (4, 3, 3), (6, 4), (4, 6), (3, 7), (5, 5), (1,) * 10)
_ROWS_ALIKE, _NEARLY_ALL = 3, 0.9  # rows whose cells together pass, before it is no accident
_MANY, _MOSTLY = 10, 0.3  # ten-digit numbers of a column, and the share of them that passes


def is_nhs_number(digits: str) -> bool:
    """Ten digits of which the last is the check digit of the others, modulo 11."""
    if len(digits) != 10 or not digits.isdecimal() or len(set(digits)) == 1:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits[:9], strict=True))
    check = 11 - total % 11
    return check != 10 and check % 11 == int(digits[9])


def in_text(text: str) -> int:
    """How many numbers of a text could be NHS numbers."""
    return sum(is_nhs_number(digits) for digits in _ten_digits(text))


def _ten_digits(text: str) -> Iterator[str]:
    for match in _TEN.finditer(text):
        before, behind = text[max(0, match.start() - 5) : match.start()], text[match.end() :][:12]
        if _DATED.search(before) or _ABROAD.search(before) or _DECIMALS.match(behind):
            continue
        digits = re.sub(r"\D", "", match[0])
        marks = {mark for mark in match[0] if not mark.isdigit()}
        groups = tuple(len(group) for group in re.split(r"\D", match[0]))
        if len(marks) <= 1 and groups in _GROUPS:
            yield digits
    for match in _POWER.finditer(text):
        yield str(int(Decimal(match[0])))


@dataclass(slots=True)
class _Column:
    heading: str | None = None  # None until the first cell that is not empty
    tens: int = 0
    passing: int = 0
    distinct: set[str] = field(default_factory=set)  # up to `_MANY`

    def add(self, cell: str) -> None:
        if self.heading is None and cell.strip():
            self.heading = "" if cell.strip()[0].isdigit() else cell
        if len(cell) < _LEAST:
            return
        for digits in _ten_digits(_WHOLE.sub(r"\1", cell)):
            self.tens += 1
            self.passing += is_nhs_number(digits)
            if len(self.distinct) < _MANY:
                self.distinct.add(digits)

    @property
    def count(self) -> int:
        """Those that could be NHS numbers; none of telephones, or where most fail the check."""
        if _TELEPHONE.search(self.heading or ""):
            return 0
        by_chance = len(self.distinct) == _MANY and self.passing < _MOSTLY * self.tens
        return 0 if by_chance else self.passing


@dataclass(slots=True)
class InTable:
    """Counts the numbers of a table that could be NHS numbers, row by row."""

    _columns: list[_Column] = field(default_factory=list)
    _split: dict[tuple[int, tuple[int, ...]], list[int]] = field(default_factory=dict)

    def add(self, row: Sequence[str]) -> None:
        while len(self._columns) < len(row):
            self._columns.append(_Column())
        for column, cell in zip(self._columns, row, strict=False):
            column.add(cell)
        self._add_split(row)

    def _add_split(self, row: Sequence[str]) -> None:
        """Ten digits over several cells side by side: in how many rows, and how many pass."""
        cells = [cell.strip() for cell in row]
        lengths = tuple(len(cell) if cell.isdecimal() else 0 for cell in cells)
        if len(cells) - lengths.count(0) < 2:
            return
        for split in _SPLITS:
            for at in range(len(row) - len(split) + 1):
                if lengths[at : at + len(split)] == split:
                    tally = self._split.setdefault((at, split), [0, 0])
                    tally[0] += 1
                    tally[1] += is_nhs_number("".join(cells[at : at + len(split)]))

    @property
    def count(self) -> int:
        split = sum(
            passing
            for rows, passing in self._split.values()
            if rows >= _ROWS_ALIKE and passing >= _NEARLY_ALL * rows
        )
        return split + sum(column.count for column in self._columns)
