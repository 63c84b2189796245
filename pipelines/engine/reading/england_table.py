"""Summary sheets for England: a row for each measure, a column for each month, notes below."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from pipelines.engine.reading.sheets import tidy
from pipelines.engine.units import BadRelease, Table, first_of_month, read_date

_LOOKED_AT = 200  # rows: the table and its notes
_FIRST_ROW = "OPEN ACTIVE PRACTICES"
_MARKS = re.compile(r"\[([\d,\s]+)\]")
_NOTE = re.compile(r"^(?:Notes?:?\s*)?(\d{1,2})\s+(?:-\s+)?(\S.+)$")


@dataclass(frozen=True, slots=True)
class EnglandTable:
    """Published figures by measure (tidied label) and month; the publisher's notes by month."""

    values: dict[str, dict[date, float]]
    notes: dict[date, tuple[str, ...]]

    @property
    def months(self) -> tuple[date, ...]:
        return tuple(sorted(self.notes))

    def value(self, month: date, *beginnings: str) -> float | None:
        """The figure of the first measure whose label begins with one of `beginnings`."""
        for label, by_month in self.values.items():
            if label.startswith(tuple(tidy(text) for text in beginnings)):
                return by_month.get(month)
        return None


def read_months(path: Path) -> tuple[date, ...]:
    """Months of the table in a sheet, earliest first; none where it holds no such table."""
    rows = _rows(path)
    if not any(_FIRST_ROW in {tidy(cell) for cell in row} for row in rows):
        return ()
    return tuple(sorted(set(_months(rows)[1].values())))


def read_england(table: Table) -> EnglandTable:
    rows = _rows(table.path)
    at, columns = _months(rows)
    if not columns:
        raise BadRelease(f"{table.name} has no row of months.")
    texts = dict(filter(None, (_note(row) for row in rows[at + 1 :])))
    notes = {
        month: tuple(
            texts[mark]
            for marks in _MARKS.findall(rows[at][column])
            for mark in re.findall(r"\d+", marks)
            if mark in texts
        )
        for column, month in columns.items()
    }
    values: dict[str, dict[date, float]] = {}
    for row in rows[at + 1 :]:
        labels = [cell for cell in row[: min(columns)] if cell.strip()]
        numbers = {
            month: float(row[column])
            for column, month in columns.items()
            if column < len(row) and _is_number(row[column])
        }
        if labels and numbers:
            values.setdefault(tidy(labels[-1]), numbers)
    return EnglandTable(values, notes)


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(islice(csv.reader(text), _LOOKED_AT))


def _months(rows: Sequence[Sequence[str]]) -> tuple[int, dict[int, date]]:
    """Number of the row that names months, and the month of each of its columns."""
    for number, row in enumerate(rows):
        found = {column: month for column, cell in enumerate(row) if (month := _month(cell))}
        if len(found) > 1:
            return number, found
    return 0, {}


def _month(cell: str) -> date | None:
    """`Feb-26 [10,11]` or a date at either end of the month."""
    text = _MARKS.sub("", cell).strip()
    try:
        return datetime.strptime(text, "%b-%y").date()
    except ValueError:
        pass
    try:
        return first_of_month(read_date(text)) if text else None
    except BadRelease:
        return None


def _note(row: Sequence[str]) -> tuple[str, str] | None:
    found = _NOTE.match(" ".join(cell.strip() for cell in row if cell.strip()))
    return (found[1], found[2].rstrip(". ")) if found else None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
