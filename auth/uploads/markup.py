"""The text of a part of an Office file, read by a parser: in time that grows with its length."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from auth.uploads.refusal import RefusedFile

_BREAKS = frozenset({"p", "tab", "br", "si", "c", "v", "text", "row"})  # elements that end a word

_CACHED = frozenset({"s", "n", "d"})  # values kept for a pivot table, which outlive its sheet


def read(content: bytes) -> tuple[str, list[list[str]]]:
    """The text, and the rows of its tables. Raises `RefusedFile`."""
    part = _Part()
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
    return "".join(part.text).strip(), part.rows


def _refuse_definitions(*_: object) -> None:
    raise RefusedFile("The file defines entities of its own. Save it again.")


@dataclass(slots=True)
class _Part:
    text: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    _fields: list[str] = field(default_factory=list)
    _open_rows: list[list[str]] = field(default_factory=list)
    _open_cells: list[list[str]] = field(default_factory=list)  # text belongs to the innermost

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
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

    def characters(self, text: str) -> None:
        self.text.append(text)
        if self._open_cells:
            self._open_cells[-1].append(text)
