"""One answer for an upload: its kind, or why it is not kept.

This runs in a child process (`auth.uploads.inspection`): what it reads may be made to stop it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from auth.uploads import dangers, markup, patients, pdf_text
from auth.uploads.archive import Archive, is_embedded
from auth.uploads.kinds import CSV, EXCEL, PDF, POWERPOINT, WORD, Kind, decode, identify
from auth.uploads.patients import Table
from auth.uploads.refusal import RefusedFile
from data.workbooks import UnreadableWorkbook, span

_SHEETS, _STRINGS = "xl/worksheets/", "xl/sharedstrings.xml"
_SENTENCE = 60  # characters of a cell from which it may be a sentence
_MOST_CELLS = 3_000_000  # of a workbook
_DELIMITERS = ",;\t|"
_DEEPEST = 3  # files inside files
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


@dataclass(slots=True)
class _Content:
    """What people wrote in a file; nothing of pictures, in which nothing is looked for."""

    texts: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of the file and of its sheets


def examine(name: str, body: bytes) -> Kind:
    """Raises `RefusedFile`, whose message is for whoever uploaded the file."""
    kind = identify(name, body)
    content = _Content(names=[name])
    _read(kind, body, content)
    objection = patients.objection("\n".join(content.texts), content.tables, names=content.names)
    if objection:
        raise RefusedFile(PATIENTS.format(said=objection))
    return kind


def _read(kind: Kind, body: bytes, content: _Content) -> None:
    if kind is CSV:
        text = decode(body) or ""
        content.texts.append("\n".join(_prose(_rows(text))))
        content.tables.append(dangers.check_cells(_rows(text)))
    elif kind is PDF:
        text = pdf_text.read(body)
        content.texts.append(text)
        content.tables.append(re.split(r"\s{2,}|\t", line) for line in text.splitlines())
    elif kind in (WORD, EXCEL, POWERPOINT):
        _read_office(kind, body, content)


def _prose(rows: Table) -> Iterator[str]:
    """Sentences that stand in a table: lines of one cell, long cells, and what names a birth."""
    for row in rows:
        yield from (
            cell
            for cell in row
            if len(row) == 1 or len(cell) > _SENTENCE or patients.names_birth(cell)
        )


def _rows(text: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise RefusedFile("The table could not be read. Save it as CSV again.") from error


def _read_office(kind: Kind, body: bytes, content: _Content, *, depth: int = 0) -> None:
    archive = Archive(body)
    for name in archive.names:
        member = archive.read(name)  # every member, so that none is larger than it says
        dangers.check_member(name, member)
        if is_embedded(name, member):
            _read_inside(member, content, depth=depth + 1)
        if not dangers.is_markup(name, member):
            continue
        if name.casefold().startswith(_SHEETS) and name.casefold().endswith(".xml"):
            content.texts.append(markup.beside_cells(member))  # cells are read as a table
            continue
        text, rows = markup.read(member)
        if name.casefold() == _STRINGS:  # of all sheets, also those that none shows any more
            content.tables.append([[line] for line in text.splitlines()])
        else:
            content.texts.append(text)
        content.tables.append(rows)
    if kind is EXCEL:
        for name, sheet in _sheets(body):
            content.names.append(name)
            content.texts += _prose(sheet)
            content.tables.append(sheet)


def _read_inside(body: bytes, content: _Content, *, depth: int) -> None:
    """An Office file inside another. What cannot be read there is not kept either."""
    if depth > _DEEPEST:
        raise RefusedFile("The file has others inside each other. Copy what they hold into it.")
    for kind in (EXCEL, WORD, POWERPOINT):
        try:
            identify(f"x{kind.endings[0]}", body)
        except RefusedFile:
            continue
        return _read_office(kind, body, content, depth=depth)
    raise RefusedFile(
        "The file has another one inside that cannot be checked. Take it out and upload it again."
    )


def _sheets(body: bytes) -> Iterator[tuple[str, list[list[str]]]]:
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
            yield name, [[_cell(value) for value in row] for row in rows]
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedFile("The workbook could not be read. Save it again.") from error


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)
