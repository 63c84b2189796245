"""A landed file as CSVs in a folder, unpacked in a child process that a hostile file may break."""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from data import confined
from data.confined import Limits, Lost, Why
from pipelines.files.archive import as_utf8, csv_members, is_workbook, packed_members, sheets
from pipelines.files.errors import RefusedFile
from pipelines.files.sniff import HEAD_BYTES, sniff

READER = 2  # raise it when a file that was refused might be read now
# The largest file known, the directory of the Care Quality Commission, takes a third of this.
LIMITS = Limits(memory=2 << 30, cpu=600, wall=1800.0, written=8 << 30)
_WORKBOOK_TEXT = 1 << 30  # characters of all sheets of a workbook

_REASONS: dict[Why, str] = {
    "memory": f"reading it takes more than {LIMITS.memory >> 30} GB of memory",
    "time": f"reading it takes more than {LIMITS.cpu // 60} minutes",
    "size": f"it unpacks to a file of more than {LIMITS.written >> 30} GB",
    "fault": "the program that reads it ended before it came to the end of the file",
}


class Unpacker:
    """Unpacks one landed file after another, in a child that is started when one is to be read."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._child = confined.Child(limits)

    def __enter__(self) -> Unpacker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.__exit__(kind, error, trace)

    def unpack(self, file: Path, folder: Path) -> tuple[dict[str, Path], set[str]]:
        """The local CSV of each member, and the names of those that were in Windows-1252.

        Raises `RefusedFile`, and `OSError` for a full disk.
        """
        try:
            answer = self._child.call(unpacked, str(file), str(folder))
        except Lost as lost:
            if lost.why == "disk":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from lost
            raise RefusedFile(
                file.name,
                _REASONS[lost.why],
                f"No publisher's file has needed that. `flask data withdraw {file.name}` discards "
                "it; then load the right one.",
            ) from lost
        if "refused" in answer:
            name, found, advice = (str(text) for text in answer["refused"])
            raise RefusedFile(name, found, advice)
        members = {str(name): Path(local) for name, local in answer["members"]}
        if strange := [p for p in members.values() if p != file and p.parent != folder]:
            raise RefusedFile(file.name, f"its reader names {strange[0]}", "Discard it.")
        return members, {str(name) for name in answer["converted"]}


def unpacked(file: str, folder: str) -> dict[str, Any]:
    """In the child: (name, path) of each member, or why the file is refused."""
    try:
        found = dict(_members(Path(file), Path(folder)))
        members = {name: as_utf8(path, Path(folder)) for name, path in found.items()}
    except RefusedFile as refused:
        return {"refused": [refused.name, refused.found, refused.advice]}
    return {
        "members": [(name, str(path)) for name, path in members.items()],
        "converted": [name for name, path in members.items() if path != found[name]],
    }


def _members(file: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    with file.open("rb") as stream:
        packed = sniff(stream.read(HEAD_BYTES)) == "zip"
    if packed and is_workbook(file):
        yield from _sheets(file.name, file, folder)
    elif packed:
        for name, local in packed_members(file, folder):
            if local.suffix == ".csv":
                yield name, local
            else:
                yield from _sheets(name, local, folder)
    else:
        yield from csv_members(file, folder)


def _sheets(name: str, book: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Each sheet of a workbook as a CSV whose first row is the sheet's first row with text.

    A sheet of single cells, such as a README, is no table; `<book>-<number>.txt` holds its lines.
    """
    left = _WORKBOOK_TEXT
    for number, (sheet, rows) in enumerate(sheets(book)):
        target = folder / f"{book.stem}-{number}.csv"
        above: list[str] = []
        with target.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text)
            started = False
            for row in rows:
                cells = [_plain(cell) for cell in row]
                left -= sum(map(len, cells))
                if left < 0:
                    raise RefusedFile(
                        name,
                        f"its sheets hold more than {_WORKBOOK_TEXT:,} characters",
                        "Look at it before loading it.",
                    )
                started = started or sum(cell != "" for cell in row) > 1
                if started:
                    writer.writerow(cells)
                else:
                    above += [cell for cell in cells if cell != ""]
        target.with_suffix(".txt").write_text("\n".join(above), encoding="utf-8")
        if target.stat().st_size:
            yield f"{name}: {sheet}", target


def _plain(cell: object) -> str:
    """A cell as the publisher meant it: whole numbers without the point that Excel adds."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else " ".join(str(cell).split())
