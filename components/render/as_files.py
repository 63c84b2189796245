"""Tables as files that say where they come from: an XLSX workbook, and CSVs in a ZIP."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from components.render.as_tables import Sheet
from components.table import Cell

_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n")
_SHEET_NAME = 31  # characters that Excel allows
_WIDEST = 48  # characters of a column


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What a download says about itself."""

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


def safe(cell: Cell) -> Cell:
    """Text that a spreadsheet would run as a formula, made text; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(_RUN_BY_SPREADSHEETS):
        return f"'{cell}"
    return cell


def zip_of_csv(cover: Cover, sheets: Sequence[Sheet]) -> bytes:
    """A CSV for each table, numbered in the order of the page, and `about.txt` beside them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        names = [f"{at:02}-{sheet.slug}.csv" for at, sheet in enumerate(sheets, start=1)]
        archive.writestr("about.txt", _about(cover, sheets, names))
        for name, sheet in zip(names, sheets, strict=True):
            archive.writestr(name, csv_of(sheet))
    return stream.getvalue()


def csv_of(sheet: Sheet) -> bytes:
    """A table with its headings first, in UTF-8 with a byte order mark; dates as ISO has them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe(one) for one in sheet.headings])
    for row in sheet.rows:
        writer.writerow([safe(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def sourced_csv(cover: Cover, sheet: Sheet, *, link: str) -> bytes:
    """One table as CSV, with whom and when it is of and where it comes from in leading columns."""
    named = ("Source", "Licence", "Organisation", "Period", "Link")
    given = (cover.source, cover.licence, cover.organisation, cover.period, link)
    rows = tuple((*given, *row) for row in sheet.rows)
    return csv_of(replace(sheet, headings=(*named, *sheet.headings), rows=rows))


def _about(cover: Cover, sheets: Sequence[Sheet], names: Sequence[str]) -> str:
    lines = [f"{name}: {words}" for name, words in cover.rows]
    files = [
        f"{name}: {sheet.title}. {sheet.about}" for name, sheet in zip(names, sheets, strict=True)
    ]
    return "\r\n".join([*lines, "", "Files", *files, ""])


def xlsx(cover: Cover, sheets: Sequence[Sheet]) -> bytes:
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
    day = book.add_format({"num_format": "d mmm yyyy"})
    names = _names(sheets)
    front = book.add_worksheet("About")
    front.set_column(0, 0, 22)
    front.set_column(1, 1, 100)
    contents = [
        (name, f"{one.title}. {one.about}") for name, one in zip(names, sheets, strict=True)
    ]
    for number, (name, words) in enumerate((*cover.rows, *contents)):
        front.write_string(number, 0, str(safe(name)), bold)
        front.write_string(number, 1, str(safe(words)))
    for name, sheet in zip(names, sheets, strict=True):
        _write(book.add_worksheet(name), sheet, bold=bold, day=day)
    book.close()
    return stream.getvalue()


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Names of sheets: numbered, so that two titles that begin alike stay apart."""
    plain = (re.sub(r"[\[\]:*?/\\']", " ", sheet.title) for sheet in sheets)
    return [f"{at} {title}"[:_SHEET_NAME].rstrip() for at, title in enumerate(plain, start=1)]


def _write(page: Worksheet, sheet: Sheet, *, bold: Format, day: Format) -> None:
    page.freeze_panes(1, 1)
    for column, heading in enumerate(sheet.headings):
        longest = max([len(heading), *(len(str(row[column])) for row in sheet.rows[:50])])
        page.set_column(column, column, min(_WIDEST, longest + 2))
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, str(safe(heading)), bold)
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(number, column, str(safe(cell)))
            elif isinstance(cell, date):
                page.write_datetime(number, column, cell, day)
            elif cell is not None:
                page.write_number(number, column, cell)
