"""Opening publishers' files as if they were hostile.

Sizes are checked before anything is read and again while it is read; archive members are
streamed to names of our own, never to the names written in the archive.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Protocol, TextIO

import python_calamine

from data.workbooks import UnreadableWorkbook, span
from pipelines.files.errors import RefusedFile
from pipelines.files.sniff import HEAD_BYTES, IN_WORDS, Form, expected_forms, sniff

_CHUNK = 1 << 20
_LONGEST_ENTRY = 2_000  # bytes that one member may take in the list of members
_LONGEST_LINE = 100_000  # characters
_MOST_CELLS = 20_000_000  # of a workbook; the largest known, of places of care, has 9 million
_MOST_COLUMNS = 20_000  # of a CSV; the widest known, of the GP Patient Survey, has 5,000
_HEADINGS_WITHIN = 60  # rows
_WORKBOOKS = (".xlsx", ".ods")
_NESTED = (".zip", ".gz", ".7z", ".rar", ".tar", ".bz2", ".xz")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, gzip.BadGzipFile)

_SAVE = "Save it as CSV in UTF-8, or download it again."
_AGAIN = "Download it again from the publisher's page."
_LOOK = "Look at it before loading it; it is not what the publisher usually issues."


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that an archive may hold. Sizes in bytes."""

    members: int = 500
    unpacked: int = 8 << 30
    ratio: int = 200  # unpacked over packed; CSVs of codes and counts reach about 50
    small: int = 16 << 20  # below this many unpacked bytes the ratio does not matter


CAPS = Caps()
WORKBOOK_CAPS = Caps(unpacked=1 << 30)
OPEN_DOCUMENT_CAPS = Caps(unpacked=3 << 30)  # its markup is many times longer than its texts


def csv_members(path: Path, scratch: Path, *, caps: Caps = CAPS) -> Iterator[tuple[str, Path]]:
    """(name as published, local CSV) for each CSV in a CSV, CSV.gz or ZIP of CSVs.

    Local files are `path` itself or new files in `scratch`; text in UTF-16 becomes UTF-8 there.
    """
    form = sniff(_head(path))
    if form in ("zip", "gzip", "text") and form not in expected_forms(path.name):
        found = f"it is not what its name says but {IN_WORDS[form]}"
        raise RefusedFile(path.name, found, "Give it the ending of what it is.")
    if form == "zip":
        yield from _zip_members(path, scratch, (".csv",), caps=caps)
        return
    if form == "gzip":
        name = path.name.removesuffix(".gz")
        local = _fresh(scratch, ".csv")
        _pour(partial(gzip.GzipFile, path), local, archive=path, caps=caps)
    else:
        name, local = path.name, path
    yield name, _checked_csv(name, local, scratch)


def workbook_members(path: Path, scratch: Path, *, caps: Caps = CAPS) -> Iterator[tuple[str, Path]]:
    """(name as published, local XLSX) of a workbook, or of each workbook in a ZIP."""
    if is_workbook(path, caps=caps):
        yield path.name, path
    else:
        yield from _zip_members(path, scratch, _WORKBOOKS, caps=caps)


def packed_members(path: Path, scratch: Path, *, caps: Caps = CAPS) -> Iterator[tuple[str, Path]]:
    """(name as published, local file) of every CSV and workbook in a ZIP, other files left alone.

    A local file has the ending of what it is.
    """
    yield from _zip_members(path, scratch, (".csv", *_WORKBOOKS), caps=caps)


def is_workbook(path: Path, *, caps: Caps = CAPS) -> bool:
    """Whether a ZIP container is a workbook of Excel or OpenDocument, not an archive of files."""
    with _open_zip(path, caps) as archive:
        names = set(archive.namelist())
    return "xl/workbook.xml" in names or {"mimetype", "content.xml"} <= names


def sheet_names(path: Path) -> tuple[str, ...]:
    return tuple(_workbook(path).sheet_names)


def xlsx_rows(path: Path, sheet: str) -> Iterator[Sequence[object]]:
    """Rows of a sheet, blank cells as empty text, dates as `date` or `datetime`."""
    book = _workbook(path)
    if sheet not in book.sheet_names:
        raise RefusedFile(
            path.name,
            f"it has no sheet {sheet!r}, only {', '.join(book.sheet_names)}",
            "The publisher may have renamed it: compare with the previous workbook",
        )
    yield from _rows(book.get_sheet_by_name(sheet))


def sheets(path: Path) -> Iterator[tuple[str, Iterator[Sequence[object]]]]:
    """Every sheet with its rows, as `xlsx_rows` gives them, from a workbook that is read once."""
    book = _workbook(path)
    for name in book.sheet_names:
        yield name, _rows(book.get_sheet_by_name(name))


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[Sequence[object]]:
    """Rows one at a time; those of calamine begin at the first column that is used."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield [*before, *row]


def read_header(path: Path) -> tuple[str, ...]:
    """First row of a local CSV, without surrounding spaces and byte order mark."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            return tuple(name.strip() for name in next(csv.reader(_lines(text)), []))
    except csv.Error as error:
        raise RefusedFile(path.name, f"its first row is not CSV ({error})", _LOOK) from error
    except UnicodeDecodeError as error:
        raise RefusedFile(
            path.name, f"its first line is not UTF-8 ({error.reason})", _SAVE
        ) from error


def _lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise csv.Error(f"a line of more than {_LONGEST_LINE:,} characters")
        yield line


def _workbook(path: Path) -> python_calamine.CalamineWorkbook:
    caps = OPEN_DOCUMENT_CAPS if path.suffix.lower() == ".ods" else WORKBOOK_CAPS
    with _open_zip(path, caps) as archive:
        for info in archive.infolist():
            _drain(archive, info, path)
        try:
            cells = span(archive)
        except UnreadableWorkbook as error:
            raise RefusedFile(path.name, str(error), _AGAIN) from error
    if cells > _MOST_CELLS:
        raise RefusedFile(
            path.name,
            f"its sheets span {cells:,} cells, more than {_MOST_CELLS:,}",
            "Delete what stands far from the table, or save the table as CSV.",
        )
    try:
        return python_calamine.load_workbook(path)
    except python_calamine.CalamineError as error:
        raise RefusedFile(path.name, f"it is not a readable workbook ({error})", _AGAIN) from error


def _open_zip(path: Path, caps: Caps) -> zipfile.ZipFile:
    """The archive, its declared sizes within the caps and none of its members encrypted."""
    form = sniff(_head(path))
    if form != "zip":
        raise RefusedFile(
            path.name, f"expected {IN_WORDS['zip']} but found {IN_WORDS[form]}", _LOOK
        )
    try:
        if _directory_bytes(path) > caps.members * _LONGEST_ENTRY:
            raise RefusedFile(path.name, f"it lists far more than {caps.members:,} members", _LOOK)
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise RefusedFile(
            path.name, f"it is not a complete ZIP archive ({error})", _AGAIN
        ) from error
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    found = None
    if len(infos) > caps.members:
        found = f"it holds {len(infos):,} members, more than {caps.members:,}"
    elif any(info.flag_bits & 0x1 for info in infos):
        found = "it is encrypted"
    else:
        found = _too_much(unpacked, path.stat().st_size, caps)
    if found is not None:
        archive.close()
        raise RefusedFile(path.name, found, _LOOK)
    return archive


def _directory_bytes(path: Path) -> int:
    """Size of the list of members, which `ZipFile` would read into memory before we can count."""
    with path.open("rb") as handle:
        end_record = zipfile._EndRecData(handle)  # type: ignore[attr-defined]
    return int(end_record[zipfile._ECD_SIZE]) if end_record else 0  # type: ignore[attr-defined]


def _too_much(unpacked: int, packed: int, caps: Caps) -> str | None:
    if unpacked > caps.unpacked:
        return f"it unpacks to more than {caps.unpacked:,} bytes"
    if unpacked > caps.small and unpacked > caps.ratio * packed:
        return f"it unpacks to more than {caps.ratio} times its size, as a zip bomb does"
    return None


def _zip_members(
    path: Path, scratch: Path, suffixes: tuple[str, ...], *, caps: Caps
) -> Iterator[tuple[str, Path]]:
    kinds = " or ".join(suffixes)
    with _open_zip(path, caps) as archive:
        if "xl/workbook.xml" in archive.namelist():
            raise RefusedFile(
                path.name, f"it is an Excel workbook, not a ZIP of {kinds} files", _LOOK
            )
        infos = [info for info in archive.infolist() if not _is_clutter(info)]
        for info in infos:
            if info.filename.lower().endswith(_NESTED):
                raise RefusedFile(
                    path.name, f"it holds another archive, {_shown(info)}", "Unpack it by hand."
                )
        wanted = [info for info in infos if info.filename.lower().endswith(suffixes)]
        if not wanted:
            raise RefusedFile(path.name, f"it holds no {kinds} file", _LOOK)
        names = [_shown(info) for info in wanted]
        if twice := {name for name in names if names.count(name) > 1}:
            found = f"it holds two files called {min(twice)}, in different folders"
            raise RefusedFile(path.name, found, "Unpack it, and load the one that is meant.")
        for info, name in zip(wanted, names, strict=True):
            suffix = PurePosixPath(name).suffix.lower()
            local = _fresh(scratch, suffix)
            _pour(partial(archive.open, info), local, archive=path, caps=caps)
            yield name, _checked_csv(name, local, scratch) if suffix == ".csv" else local


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename).parts
    return info.is_dir() or "__MACOSX" in parts or parts[-1:] == (".DS_Store",)


def _shown(info: zipfile.ZipInfo) -> str:
    """The last part of a member's name, printable."""
    last = re.split(r"[/\\]", info.filename)[-1]
    return re.sub(r"[^\x20-\x7e\xa0-\uffff]", "?", last) or "unnamed"


def _fresh(scratch: Path, suffix: str) -> Path:
    """A path in `scratch` that does not exist yet."""
    scratch.mkdir(parents=True, exist_ok=True)
    taken = sum(1 for _ in scratch.iterdir())
    while (path := scratch / f"member-{taken:04d}{suffix}").exists():
        taken += 1
    return path


def _pour(
    unpack: Callable[[], AbstractContextManager[_Readable]],
    local: Path,
    *,
    archive: Path,
    caps: Caps,
) -> None:
    """Unpack a stream to `local`, removing it again if the stream is broken or too large."""
    packed_bytes, written = archive.stat().st_size, 0
    try:
        with local.open("xb") as out, unpack() as packed:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if found := _too_much(written, packed_bytes, caps):
                    raise RefusedFile(archive.name, found, _LOOK)
                out.write(chunk)
    except _BROKEN as error:
        local.unlink()
        raise _damaged(archive, error) from error
    except (OSError, RefusedFile):
        local.unlink(missing_ok=True)
        raise


def _damaged(path: Path, error: Exception) -> RefusedFile:
    return RefusedFile(path.name, f"it is damaged or incomplete ({error})", _AGAIN)


def _drain(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    """Read a member to its end, so that its checksum and its declared size are known to be true."""
    try:
        with archive.open(info) as packed:
            while packed.read(_CHUNK):
                pass
    except _BROKEN as error:
        raise _damaged(path, error) from error


def _head(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(HEAD_BYTES)


def _checked_csv(name: str, local: Path, scratch: Path) -> Path:
    form = sniff(_head(local))
    if form == "utf-16":
        return _as_utf8(name, local, scratch)
    if form != "text":
        raise RefusedFile(name, f"expected a CSV file but found {IN_WORDS[form]}", _advice(form))
    _check_lines(name, local)
    return local


def _check_lines(name: str, local: Path) -> None:
    """Refuse text that is no table: readers take a line, and a row's columns, into memory."""
    with local.open("rb") as stream:
        while len(chunk := stream.read(_CHUNK)) == _CHUNK:
            if b"\n" not in chunk:
                raise RefusedFile(name, f"a line in it is longer than {_CHUNK:,} bytes", _LOOK)
    with local.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        rows = islice(csv.reader(text), _HEADINGS_WITHIN)
        try:
            widest = max(map(len, rows), default=0)
        except csv.Error as error:
            raise RefusedFile(name, f"its first rows are not CSV ({error})", _LOOK) from error
    if widest > _MOST_COLUMNS:
        raise RefusedFile(
            name, f"a row in it has {widest:,} columns, more than {_MOST_COLUMNS:,}", _LOOK
        )


def _advice(form: Form) -> str:
    return _LOOK if form in ("zip", "gzip") else _AGAIN


def as_utf8(local: Path, scratch: Path) -> Path:
    """A CSV in UTF-8: itself, or a copy in `scratch` of one in Windows-1252."""
    if _is_all_utf8(local):
        return local
    with local.open("rb") as source:
        converted = _fresh(scratch, ".csv")
        with converted.open("xb") as out:
            for line in source:
                text = line.decode("utf-8") if _is_utf8(line) else line.decode("cp1252", "replace")
                out.write(text.encode())
    return converted


def _is_all_utf8(local: Path) -> bool:
    decode: Callable[[bytes, bool], str] = codecs.getincrementaldecoder("utf-8")().decode
    try:
        with local.open("rb") as source:
            while chunk := source.read(_CHUNK):
                decode(chunk, False)
        decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _as_utf8(name: str, local: Path, scratch: Path) -> Path:
    decode: Callable[[bytes, bool], str] = codecs.getincrementaldecoder("utf-16")().decode
    converted = _fresh(scratch, ".csv")
    try:
        with local.open("rb") as source, converted.open("xb") as out:
            while chunk := source.read(_CHUNK):
                out.write(decode(chunk, False).encode())
            out.write(decode(b"", True).encode())
    except UnicodeError as error:
        raise RefusedFile(name, "it begins as UTF-16 but is not", _SAVE) from error
    _check_lines(name, converted)
    return converted
