"""One answer for an upload: its kind, or why it is not kept.

This runs in a child process (`auth.uploads.inspection`): what it reads may be made to stop it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from auth.uploads import markup, patients, pdf_text
from auth.uploads.archive import Archive
from auth.uploads.kinds import CSV, EXCEL, PDF, POWERPOINT, WORD, Kind, decode, identify
from auth.uploads.patients import Table
from auth.uploads.refusal import RefusedFile
from data.workbooks import UnreadableWorkbook, span

_FOLDERS = ("word/", "xl/", "ppt/", "docprops/")  # whose parts hold what people wrote
_MOST_CELLS = 3_000_000  # of a workbook
_DELIMITERS = ",;\t|"
PATIENTS = (
    "{said} Haresign keeps nothing about single patients. Remove it and upload the file again. "
    "Nothing was kept."
)


def verdict(path: str, name: str) -> dict[str, str]:
    """In the child: the content type of a kind that is kept, or why the file is refused."""
    try:
        return {"kind": examine(name, Path(path).read_bytes()).content_type}
    except RefusedFile as refused:
        return {"refused": str(refused)}


def examine(name: str, body: bytes) -> Kind:
    """Raises `RefusedFile`, whose message is for whoever uploaded the file."""
    kind = identify(name, body)
    said = patients.objection(*_content(kind, body))
    if said:
        raise RefusedFile(PATIENTS.format(said=said))
    return kind


def _content(kind: Kind, body: bytes) -> tuple[str, Iterable[Table]]:
    """The text of a file and its tables; nothing of pictures, in which nothing is looked for."""
    if kind is CSV:
        text = decode(body) or ""
        return text, [_rows(text)]
    if kind is PDF:
        text = pdf_text.read(body)
        return text, [(re.split(r"\s{2,}|\t", line) for line in text.splitlines())]
    if kind in (WORD, EXCEL, POWERPOINT):
        return _office(kind, body)
    return "", []


def _rows(text: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise RefusedFile("The table could not be read. Save it as CSV again.") from error


def _office(kind: Kind, body: bytes, *, inside: bool = False) -> tuple[str, list[Table]]:
    archive = Archive(body)
    texts: list[str] = []
    tables: list[Table] = []
    for name in archive.names:
        content = archive.read(name)  # every member, so that none is larger than it says
        if _is_read(name):
            text, rows = markup.read(content)
            texts.append(text)
            tables.append(rows)
    if kind is EXCEL:
        for sheet in _sheets(body):
            texts.append("\n".join(cell for row in sheet for cell in row))
            tables.append(sheet)
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


def _is_read(name: str) -> bool:
    lowered = name.casefold()
    return lowered.startswith(_FOLDERS) and lowered.endswith(".xml")


def _sheets(body: bytes) -> Iterator[list[list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            cells = span(archive)
    except UnreadableWorkbook as error:
        raise RefusedFile(f"The workbook cannot be read: {error}. Save it again.") from error
    if cells > _MOST_CELLS:
        raise RefusedFile(
            f"The sheets of the workbook span {cells:,} cells, more than {_MOST_CELLS:,}. Delete "
            "what stands far from the tables, or save the table as CSV."
        )
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).iter_rows()
            yield [[_cell(value) for value in row] for row in rows]
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedFile("The workbook could not be read. Save it again.") from error


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)
