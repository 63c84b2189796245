"""A publisher's file as rows that can be changed, and written again in the form that it had."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import python_calamine
import xlsxwriter

from pipelines.demo.open_document import write_sheets

Rows = list[list[object]]
WORKBOOKS = (".xlsx", ".ods")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_CODE = re.compile(r"[A-Z]\d{5}")
_LOOKED_AT = 40  # rows among which headings are looked for
_MOST = 0.6  # share of a column's cells that make it one of numbers, dates or codes
_SAMPLE = 200  # rows that tell what a column holds
_DATES = ("%Y-%m-%d", "%d%b%Y", "%d-%b-%y", "%d/%m/%Y", "%Y%m%d", "%Y-%m-%d %H:%M:%S")


def written(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def is_number(cell: object) -> bool:
    return isinstance(cell, int | float) or bool(_NUMBER.fullmatch(written(cell)))


def is_code(cell: object) -> bool:
    return bool(_CODE.fullmatch(written(cell).strip()))


def day_of(cell: object) -> date | None:
    """The day that a cell gives in a form that a publisher uses."""
    if isinstance(cell, date):
        return cell
    for form in _DATES:
        try:
            found = datetime.strptime(written(cell).strip(), form).date()
        except ValueError:
            continue
        return found if 2000 < found.year < 2100 else None
    return None


_KINDS: dict[str, Callable[[object], bool]] = {
    "number": lambda cell: is_number(cell) and day_of(cell) is None,
    "date": lambda cell: day_of(cell) is not None,
    "code": is_code,
}


@dataclass(frozen=True, slots=True)
class Grid:
    """One table of a file. `head` is the row of its headings, -1 where it has none."""

    name: str  # of the member or sheet; empty where the file is the table
    rows: Rows
    head: int

    @property
    def body(self) -> Rows:
        return self.rows[self.head + 1 :]

    @property
    def headings(self) -> list[str]:
        return [written(cell).upper() for cell in self.rows[self.head]] if self.head >= 0 else []

    def columns(self, kind: str) -> list[int]:
        """Places of the columns that hold mostly numbers, dates or practice codes."""
        body = self.body[:_SAMPLE]
        found = []
        for place in range(max((len(row) for row in body), default=0)):
            cells = [row[place] for row in body if place < len(row) and written(row[place])]
            if cells and sum(map(_KINDS[kind], cells)) >= _MOST * len(cells):
                found.append(place)
        return found

    def with_body(self, body: Rows) -> Grid:
        return replace(self, rows=[*self.rows[: self.head + 1], *body])


def read(path: Path) -> list[Grid]:
    """Every table of a CSV, ZIP of CSVs or workbook."""
    name = path.name.lower()
    tables: list[tuple[str, Rows]]
    if name.endswith(WORKBOOKS):
        book = python_calamine.load_workbook(path)
        tables = [
            (sheet, [list(row) for row in book.get_sheet_by_name(sheet).to_python(False)])
            for sheet in book.sheet_names
        ]
    elif name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            members = {one: archive.read(one) for one in archive.namelist()}
        tables = [
            (one, parsed(body)) for one, body in members.items() if one.lower().endswith(".csv")
        ]
    else:
        tables = [("", parsed(path.read_bytes()))]
    return [Grid(table, rows, _head(rows)) for table, rows in tables]


def parsed(body: bytes) -> Rows:
    return [list(row) for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))]


def text(rows: Rows, *, end: str = "\n", quoting: int = csv.QUOTE_MINIMAL, sep: str = ",") -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=end, quoting=quoting, delimiter=sep)  # type: ignore[arg-type]
    writer.writerows([written(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _head(rows: Rows) -> int:
    """The first row of texts only that has most of the table's columns."""
    widest = max((_filled(row) for row in rows[:_LOOKED_AT]), default=0)
    for number, row in enumerate(rows[:_LOOKED_AT]):
        cells = [cell for cell in row if written(cell)]
        if _filled(row) >= max(2, _MOST * widest) and not any(map(is_number, cells)):
            return number if not any(map(is_code, cells)) else -1
    return -1


def _filled(row: list[object]) -> int:
    return sum(written(cell) != "" for cell in row)


def write_grid(source: Path, target: Path, grid: Grid) -> None:
    """The file `source` with one of its tables replaced."""
    if source.name.lower().endswith(WORKBOOKS):
        tables = {one.name: one.rows for one in read(source)} | {grid.name: grid.rows}
        _write_book(target, tables)
    else:
        write_bytes(source, target, grid.name, text(grid.rows).encode())


def write_bytes(source: Path, target: Path, member: str, body: bytes) -> None:
    """The file `source` with the bytes of its CSV, or of one member, replaced."""
    if not source.name.lower().endswith(".zip"):
        target.write_bytes(body)
        return
    with zipfile.ZipFile(source) as held:
        members = {one: held.read(one) for one in held.namelist()} | {member: body}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _write_book(target: Path, tables: dict[str, Rows]) -> None:
    if target.suffix.lower() == ".ods":
        write_sheets(
            target,
            {name: [[written(c) for c in row] for row in rows] for name, rows in tables.items()},
        )
        return
    with xlsxwriter.Workbook(target, {"default_date_format": "mmm-yy"}) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name[:31])
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime | date):
                        sheet.write_datetime(place, column, cell)
                    elif isinstance(cell, bool | int | float):
                        sheet.write(place, column, cell)
                    elif written(cell):
                        sheet.write_string(place, column, written(cell))
