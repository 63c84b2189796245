"""Rows as CSV and XLSX that carry their own source, licence, period, link and caveats."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter

Cell = str | float | int | None

LEADING = ("Source", "Licence", "Period", "Link", "Caveats")
COLUMNS = (
    "Table",
    "Level",
    "Code",
    "Organisation",
    "Month",
    "Item",
    "Unit",
    "Value",
    "Numerator",
    "Denominator",
    "Low 95%",
    "High 95%",
)
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n")
_SHEET_NAME = 31  # characters that Excel allows


@dataclass(frozen=True, slots=True)
class Line:
    """One number of an export. `value` is in `unit`; counts are as the publisher's file adds up."""

    level: str
    code: str
    organisation: str
    month: str  # ISO, first of the month
    item: str
    unit: str
    value: float | int | None
    numerator: float | int | None = None
    denominator: float | int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (
            self.level, self.code, self.organisation, self.month, self.item, self.unit,
            self.value, self.numerator, self.denominator, self.low, self.high,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of an export."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What an export says about itself."""

    title: str
    organisation: str
    period: str
    comparator: str
    source: str
    licence: str
    link: str
    version: str
    retrieved: str
    caveats: tuple[str, ...]
    demo: bool

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        entries = [
            ("Title", self.title),
            ("Organisation", self.organisation),
            ("Period", self.period),
            ("Comparator", self.comparator),
            ("Source", self.source),
            ("Licence", self.licence),
            ("Version", self.version),
            ("Retrieved", self.retrieved),
            ("Permanent link", self.link),
        ]
        if self.demo:
            entries.insert(0, ("Demonstration data", "Every practice and number is invented."))
        return (*entries, *(("Caveat", caveat) for caveat in self.caveats))

    @property
    def leading(self) -> tuple[str, ...]:
        """The columns before every row of a CSV, in the order of `LEADING`."""
        source = f"{self.source} (demonstration data)" if self.demo else self.source
        return (source, self.licence, self.period, self.link, " ".join(self.caveats))


def safe(cell: Cell) -> Cell:
    """Text that a spreadsheet would run as a formula, made text; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(_RUN_BY_SPREADSHEETS):
        return f"'{cell}"
    return cell


def csv_bytes(cover: Cover, sheets: Iterable[Sheet]) -> bytes:
    """One CSV of all tables: leading columns first, no comment lines, UTF-8 with its mark."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((*LEADING, *COLUMNS))
    leading = tuple(safe(cell) for cell in cover.leading)
    for sheet in sheets:
        for line in sheet.lines:
            cells = (safe(cell) for cell in (sheet.name, *line.cells))
            writer.writerow((*leading, *cells))
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(cover: Cover, sheets: Sequence[Sheet]) -> bytes:
    """A workbook: a cover sheet, then one sheet a table. Strings never become formulas or links."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {
            "constant_memory": True,
            "in_memory": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True})
    front = book.add_worksheet("About")
    front.set_column(0, 0, 22)
    front.set_column(1, 1, 100)
    for number, (name, words) in enumerate(cover.rows):
        front.write_string(number, 0, name, bold)
        front.write_string(number, 1, str(safe(words)))
    for sheet in sheets:
        page = book.add_worksheet(sheet.name[:_SHEET_NAME])
        page.freeze_panes(1, 0)
        page.set_column(0, 4, 16)
        for column, heading in enumerate(COLUMNS[1:]):
            page.write_string(0, column, heading, bold)
        for row, line in enumerate(sheet.lines, start=1):
            for column, cell in enumerate(line.cells):
                if isinstance(cell, str):
                    page.write_string(row, column, str(safe(cell)))
                elif cell is not None:
                    page.write_number(row, column, cell)
    book.close()
    return stream.getvalue()
