"""How many cells the sheets of a workbook span, read before a library makes room for them.

A sheet with one cell in its first corner and one in its last spans 17 thousand million cells in a
file of a kilobyte, and readers of workbooks make room for all of them. So the places of cells are
read first, from the markup as it streams past.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.parsers import expat

_CHUNK = 1 << 20
_RELATIONS = ".rels"  # ending of the parts that say where others are
_DOCUMENT = "content.xml"  # of an OpenDocument workbook: all of its sheets
_DIGITS = "0123456789"

Attributes = dict[str, str]


class UnreadableWorkbook(ValueError):
    """What is wrong with a workbook, as the end of a sentence that begins with its name."""


def span(archive: zipfile.ZipFile) -> int:
    """Cells in the rectangles that the used cells of each sheet span, together.

    Raises `UnreadableWorkbook` for markup that is damaged or defines entities, and whatever
    `zipfile` raises for a damaged archive.
    """
    names = archive.namelist()
    if _DOCUMENT in names:
        document = _Document()
        _parse(archive, _DOCUMENT, document.start)
        return document.cells
    parts: dict[str, bool] = {}  # last part of a name, and whether it is said to be a sheet

    def relation(name: str, attributes: Attributes) -> None:
        target = PurePosixPath(attributes.get("Target", "")).name.casefold()
        is_sheet = attributes.get("Type", "").endswith("/worksheet")
        parts[target] = parts.get(target, False) or is_sheet

    for name in names:
        if name.casefold().endswith(_RELATIONS):
            _parse(archive, name, relation)
    cells = 0
    for name in names:
        is_sheet = parts.get(PurePosixPath(name).name.casefold())
        if is_sheet is None:
            continue
        sheet = _Sheet()
        try:
            _parse(archive, name, sheet.start)
        except UnreadableWorkbook:
            if is_sheet:  # others, such as pictures, need not be markup
                raise
        cells += sheet.rows * sheet.columns
    return cells


def _parse(archive: zipfile.ZipFile, part: str, start: Callable[[str, Attributes], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_definitions
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableWorkbook(f"{part} in it is not well-formed ({error})") from error


def _refuse_definitions(*_: object) -> None:
    raise UnreadableWorkbook("it defines entities of its own")


@dataclass(slots=True)
class _Sheet:
    """A sheet of Excel. A cell or row may leave out its place: it then follows the one before.

    Cells without a value, and what the sheet declares of itself, take no room: a sheet of which
    somebody formatted the last cell is as small as it looks.
    """

    rows: int = 0
    columns: int = 0
    _row: int = 0
    _column: int = 0
    _place: str | None = None  # of the present cell, as written
    _row_text: str = ""  # as the last used cell wrote it: most cells of a row say the same
    _letters: dict[str, int] = field(default_factory=dict)

    def start(self, name: str, attributes: Attributes) -> None:
        kind = name if ":" not in name else name.rpartition(":")[2]
        if kind == "c":
            place = attributes.get("r")
            if place is None:
                self._settle()
                self._column += 1
            self._place = place
        elif kind == "v" or kind == "is":
            self._settle()
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
        elif kind == "row":
            self._row = _whole(attributes.get("r"), default=self._row + 1)
            self._row_text, self._place, self._column = "", None, 0

    def _settle(self) -> None:
        """Work out where the present cell is, if it says so."""
        if self._place is None:
            return
        letters = self._place.rstrip(_DIGITS)
        row_text = self._place[len(letters) :]
        column = self._letters.get(letters)
        if column is None:
            column = self._letters[letters] = _column(letters)
        if row_text != self._row_text:
            self._row, self._row_text = _whole(row_text, default=1), row_text
        self._column, self._place = column, None


@dataclass(slots=True)
class _Document:
    """All sheets of an OpenDocument workbook, where cells and rows say how often they repeat."""

    _done: int = 0
    _rows: int = 0  # of this sheet, up to the present one
    _columns: int = 0  # of this row, up to the present cell
    _last_row: int = 0  # the last with something in it
    _widest: int = 0
    _in_cell: bool = False

    @property
    def cells(self) -> int:
        return self._done + self._last_row * self._widest

    def start(self, name: str, attributes: Attributes) -> None:
        kind = name.rpartition(":")[2]
        if kind in ("table-cell", "covered-table-cell"):
            self._columns += _whole(attributes.get("table:number-columns-repeated"), default=1)
            self._in_cell = True
            if any(key.startswith("office:") for key in attributes):
                self._use()
        elif kind == "table-row":
            self._rows += _whole(attributes.get("table:number-rows-repeated"), default=1)
            self._columns, self._in_cell = 0, False
        elif kind == "table":
            self._done, self._rows, self._columns = self.cells, 0, 0
            self._last_row = self._widest = 0
            self._in_cell = False
        elif self._in_cell:
            self._use()

    def _use(self) -> None:
        self._last_row = self._rows
        self._widest = max(self._widest, self._columns)


def _column(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z" or number > 1 << 20:
            raise UnreadableWorkbook(f"a cell in it stands in column {letters[:10]!r}")
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _whole(text: str | None, *, default: int) -> int:
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise UnreadableWorkbook(f"it has the place or count {text[:20]!r}, which is no number")
    return int(text)
