"""One answer for an upload: its kind, or why it is not kept."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape

from auth.uploads import patients, pdf_text
from auth.uploads.archive import Archive
from auth.uploads.kinds import CSV, EXCEL, PDF, POWERPOINT, WORD, Kind, decode, identify
from auth.uploads.patients import Table
from auth.uploads.refusal import RefusedFile

_READ = re.compile(r"^(?:word|xl|ppt|docProps)/.*\.xml$", re.I)
_BREAKS = re.compile(
    r"</(?:w:p|w:tab|w:br|a:p|a:br|si|c|v|t:p|text|row)>|<(?:w:tab|w:br|a:br)\b[^>]*>"
)
_TAGS = re.compile(r"<[^>]*>")
_ROW = re.compile(r"<(?:w|a):tr\b.*?</(?:w|a):tr>", re.S)
_CELL = re.compile(r"<(?:w|a):tc\b.*?</(?:w|a):tc>", re.S)
_DELIMITERS = ",;\t|"
PATIENTS = (
    "{said} Haresign keeps nothing about single patients. Remove it and upload the file again. "
    "Nothing was kept."
)


def examine(name: str, body: bytes) -> Kind:
    """Raises `RefusedFile`, whose message is for whoever uploaded the file."""
    kind = identify(name, body)
    said = patients.objection(*_content(kind, body))
    if said:
        raise RefusedFile(PATIENTS.format(said=said))
    return kind


def _content(kind: Kind, body: bytes) -> tuple[str, list[Table]]:
    """The text of a file and its tables; nothing of pictures, in which nothing is looked for."""
    if kind is CSV:
        text = decode(body) or ""
        return text, [_rows(text)]
    if kind is PDF:
        text = pdf_text.read(body)
        return text, [[re.split(r"\s{2,}|\t", line) for line in text.splitlines()]]
    if kind in (WORD, EXCEL, POWERPOINT):
        return _office(kind, body)
    return "", []


def _rows(text: str) -> Table:
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise RefusedFile("The table could not be read. Save it as CSV again.") from error


def _office(kind: Kind, body: bytes, *, inside: bool = False) -> tuple[str, list[Table]]:
    archive = Archive(body)
    texts: list[str] = []
    tables: list[Table] = []
    for name in archive.names:
        content = archive.read(name)  # every member, so that none is larger than it says
        if _READ.match(name):
            markup = content.decode("utf-8", "replace")
            if "<!DOCTYPE" in markup or "<!ENTITY" in markup:
                raise RefusedFile("The file defines entities of its own. Save it again.")
            texts.append(_plain(markup))
            tables.append([[_plain(c) for c in _CELL.findall(r)] for r in _ROW.findall(markup)])
    if kind is EXCEL:
        sheets = list(_sheets(body))
        texts += ["\n".join(cell for row in sheet for cell in row) for sheet in sheets]
        tables += sheets
    for embedded in () if inside else archive.embedded():
        text, more = _office(_kind_inside(embedded), embedded, inside=True)
        texts.append(text)
        tables += more
    return "\n".join(texts), tables


def _kind_inside(body: bytes) -> Kind:
    """The kind of an Office file inside another."""
    for ending in (".xlsx", ".docx", ".pptx"):
        try:
            return identify(f"x{ending}", body)
        except RefusedFile:
            continue
    raise RefusedFile("The file has another one inside that could not be checked.")


def _plain(markup: str) -> str:
    return unescape(_TAGS.sub("", _BREAKS.sub("\n", markup))).strip()


def _sheets(body: bytes) -> Iterator[Table]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python()
            yield [[_cell(value) for value in row] for row in rows]
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedFile("The workbook could not be read. Save it again.") from error


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)
