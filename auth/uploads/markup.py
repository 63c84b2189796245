"""The text of a part of an Office file, read by a parser: in time that grows with its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from auth.uploads.refusal import RefusedFile

_BREAKS = frozenset(  # elements that end a word
    {"p", "tab", "br", "si", "c", "v", "text", "row", "property", "definedName"}
)
# Attributes that people fill in: alternative texts of pictures, hints of cells and of links.
_WRITTEN = frozenset(
    {"descr", "title", "alt", "tooltip", "display", "comment"}
    | {"prompt", "promptTitle", "error", "errorTitle"}
)
_NAMED = frozenset(
    {"definedName", "property", "docPr", "cNvPr"}
)  # elements whose names they choose
_EDGES = frozenset(
    f"{which}{edge}" for which in ("odd", "even", "first") for edge in ("Header", "Footer")
)
_CODE = re.compile(r'&(?:"[^"]{0,80}"|K[0-9A-F+-]{6}|\d{1,2}|[A-Z&])')  # of such lines' looks

_CACHED = frozenset({"s", "n", "d"})  # values kept for a pivot table, which outlive its sheet


def read(content: bytes) -> tuple[str, list[list[str]]]:
    """The text, and the rows of its tables. Raises `RefusedFile`."""
    part = _Part()
    _parse(content, part)
    return "".join(part.text).strip(), part.rows


def beside_cells(content: bytes) -> str:
    """What a sheet says beside its cells, round the page and in hints. Raises `RefusedFile`."""
    sheet = _Sheet()
    _parse(content, sheet)
    return "".join(sheet.text)


def _parse(content: bytes, part: _Part | _Sheet) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = part.start
    parser.EndElementHandler = part.end
    parser.CharacterDataHandler = part.characters
    parser.StartDoctypeDeclHandler = _refuse_definitions
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise RefusedFile("A part of the file is damaged. Save it again.") from error


def _refuse_definitions(*_: object) -> None:
    raise RefusedFile("The file defines entities of its own. Save it again.")


def _written(kind: str, attributes: dict[str, str]) -> Iterator[str]:
    for name in attributes.keys() & _WRITTEN:
        yield f"\n{attributes[name]}\n"
    if kind in _NAMED and "name" in attributes:
        yield f"\n{attributes['name'].replace('_', ' ')} "


@dataclass(slots=True)
class _Sheet:
    """Of a sheet's XML what is in no cell."""

    text: list[str] = field(default_factory=list)
    _line: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        self.text += _written(kind, attributes)
        if kind in _EDGES:
            self._line = []

    def end(self, name: str) -> None:
        if self._line is not None and name.rpartition(":")[2] in _EDGES:
            self.text.append(_CODE.sub(" ", "".join(self._line)) + "\n")
            self._line = None

    def characters(self, text: str) -> None:
        if self._line is not None:
            self._line.append(text)


@dataclass(slots=True)
class _Part:
    text: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    _fields: list[str] = field(default_factory=list)
    _open_rows: list[list[str]] = field(default_factory=list)
    _open_cells: list[list[str]] = field(default_factory=list)  # text belongs to the innermost

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        self.text += _written(kind, attributes)
        if kind == "tr":
            self._open_rows.append([])
        elif kind == "tc":
            self._open_cells.append([])
        elif kind == "cacheField":  # a column of the table that a pivot table was made from
            self._fields.append(attributes.get("name", ""))
        elif kind in _CACHED and "v" in attributes:
            self.characters(f"{attributes['v']}\n")

    def end(self, name: str) -> None:
        kind = name.rpartition(":")[2]
        if kind in _BREAKS:
            self.characters("\n")
        elif kind == "tc":
            cell = "".join(self._open_cells.pop()).strip()
            if self._open_rows:
                self._open_rows[-1].append(cell)
        elif kind == "tr":
            self.rows.append(self._open_rows.pop())
        elif kind == "cacheFields":
            self.rows.append(self._fields)
            self._fields = []

    def characters(self, text: str) -> None:
        self.text.append(text)
        if self._open_cells:
            self._open_cells[-1].append(text)
