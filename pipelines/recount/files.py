"""Landed files and their rows, by the standard library alone."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from xml.etree import ElementTree

Row = dict[str, str]

_DATES = ("%Y-%m-%d", "%d%b%Y", "%d-%b-%y", "%d-%b-%Y", "%d/%m/%Y", "%Y%m%d")
_WHOLE = re.compile(r"(-?[0-9]+)(?:\.0*)?")
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, slots=True)
class LandedFile:
    """A file with its receipt. `release` is the folder without the number of a re-issue."""

    path: Path
    release: str
    sha256: str
    fetched_at: str

    @property
    def is_intact(self) -> bool:
        if not self.path.is_file():
            return False
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class Source:
    """One CSV or sheet of a landed file."""

    file: LandedFile
    member: str  # empty when the file is the CSV


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8, as the publishers' older files mean them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "replace"), error.end


codecs.register_error("windows-1252", _windows_1252)


def exact(text: str) -> Decimal:
    """A published decimal as versions hold it: six places, halves away from zero."""
    return Decimal(text).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def count_in(text: str) -> int:
    """A published count: `1234` or `1234.0`, and nothing else that Python would take for one."""
    if found := _WHOLE.fullmatch(text.strip()):
        return int(found[1])
    raise ValueError(f"{text!r} is not a whole number")


def month_in(text: str) -> date:
    """First of the month of a date in any form that the publishers write."""
    for form in _DATES:
        try:
            return datetime.strptime(text.strip(), form).date().replace(day=1)
        except ValueError:
            continue
    raise ValueError(f"{text!r} is not a date")


def landed_files(folder: Path) -> tuple[LandedFile, ...]:
    """Every file with a receipt in a dataset's landing folder, oldest first."""
    found = []
    for note in folder.glob("*/*.json"):
        if note.name.endswith(".part.json"):
            continue
        receipt = json.loads(note.read_text(encoding="utf-8"))
        path = note.with_suffix("")
        release = note.parent.name.split(".")[0]
        found.append(LandedFile(path, release, receipt["sha256"], receipt["fetched_at"]))
    return tuple(sorted(found, key=lambda file: (file.fetched_at, str(file.path))))


def sources(files: Sequence[LandedFile]) -> Iterator[Source]:
    """Every CSV in the files; workbooks are opened by `sheet_rows`."""
    for file in files:
        name = file.path.name.lower()
        if name.endswith((".csv", ".csv.gz")):
            yield Source(file, "")
        elif name.endswith(".zip"):
            with zipfile.ZipFile(file.path) as archive:
                members = [m for m in archive.namelist() if m.lower().endswith(".csv")]
            yield from (Source(file, member) for member in members)


def cells(source: Source) -> Iterator[list[str]]:
    """Rows of a CSV, its header row too."""
    path = source.file.path
    if source.member:
        with zipfile.ZipFile(path) as archive, archive.open(source.member) as packed:
            yield from _rows_of(io.BufferedReader(packed))  # type: ignore[arg-type]
    elif path.name.lower().endswith(".gz"):
        with gzip.open(path) as stream:
            yield from _rows_of(io.BufferedReader(stream))
    else:
        with path.open("rb") as stream:
            yield from _rows_of(stream)


def _rows_of(stream: io.BufferedReader) -> Iterator[list[str]]:
    """Rows of text in UTF-8 or, with a mark at its beginning, in UTF-16."""
    marked = stream.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding = "utf-16" if marked else "utf-8-sig"
    yield from csv.reader(
        io.TextIOWrapper(stream, encoding, "windows-1252", ""),
        skipinitialspace=True,  # a cell in quotes may stand after a space
    )


def header(source: Source) -> frozenset[str]:
    return frozenset(_heading(name) for name in next(cells(source), []))


def rows(source: Source) -> Iterator[Row]:
    """Rows of a CSV by heading, in capitals and with single spaces."""
    reader = cells(source)
    names = [_heading(name) for name in next(reader, [])]
    for values in reader:
        if values:
            yield dict(zip(names, values, strict=True))


def _heading(name: str) -> str:
    return " ".join(name.split()).upper()


def named(found: Sequence[Source], name: str) -> list[Source]:
    """The sources that a manifest calls `file` or `file: member`."""
    file, _, member = name.partition(": ")
    return [
        source
        for source in found
        if source.file.path.name == file
        and (not member or Path(source.member).name == Path(member).name)
    ]


def workbook_sheets(workbook: Path) -> Iterator[list[dict[str, str]]]:
    """Each sheet as rows of its cells by column letter, in the order of the sheets' files."""
    if not zipfile.is_zipfile(workbook):
        return  # a landed file that was refused has no sheets
    with zipfile.ZipFile(workbook) as archive:
        names = archive.namelist()
        shared: list[str] = []
        if "xl/sharedStrings.xml" in names:
            tree = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            shared = ["".join(item.itertext()) for item in tree.iter(f"{_SHEET}si")]
        for sheet in sorted(n for n in names if n.startswith("xl/worksheets/sheet")):
            root = ElementTree.fromstring(archive.read(sheet))
            yield [
                {_column(cell): _text(cell, shared) for cell in row.iter(f"{_SHEET}c")}
                for row in root.iter(f"{_SHEET}row")
            ]


def excel_month(text: str) -> date | None:
    """First of the month of a day as a workbook stores it: days since the end of 1899."""
    if not text.replace(".", "").isdigit():
        return None
    return (date(1899, 12, 30) + timedelta(days=int(float(text)))).replace(day=1)


def sheet_rows(workbook: Path, heading: str) -> Iterator[Row]:
    """Rows below the first row that has `heading`, of the first sheet that has such a row."""
    for sheet in workbook_sheets(workbook):
        columns: dict[str, str] = {}
        for values in sheet:
            if columns:
                yield {name: values.get(at, "") for at, name in columns.items()}
            elif heading in {_heading(value) for value in values.values()}:
                columns = {at: _heading(value) for at, value in values.items()}
        if columns:
            return


def _column(cell: ElementTree.Element) -> str:
    return cell.get("r", "").rstrip("0123456789")


def _text(cell: ElementTree.Element, shared: Sequence[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext())
    value = cell.findtext(f"{_SHEET}v") or ""
    return shared[int(value)] if cell.get("t") == "s" else value
