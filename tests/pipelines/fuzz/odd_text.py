"""Encodings, ends of lines, quotes, truncation, and what takes the place of a file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from random import Random

from tests.pipelines.fuzz.grids import Grid, is_number, text
from tests.pipelines.fuzz.registry import mutation, of_file

# Bytes of a CSV: encodings, ends of lines, quotes, truncation


def _encoded(name: str, change: Callable[[str], bytes]) -> None:
    def encoded(rng: Random, grid: Grid) -> bytes:
        return change(text(grid.rows))

    encoded.__name__ = name
    mutation("encoding")(encoded)


_encoded("windows-1252", lambda csv: csv.replace("URGERY", "URGÉRY").encode("cp1252", "replace"))
_encoded("utf-16", lambda csv: csv.encode("utf-16"))
_encoded("utf-16 without a mark", lambda csv: csv.encode("utf-16-le"))
_encoded("a byte order mark", lambda csv: csv.encode("utf-8-sig"))
_encoded("two byte order marks", lambda csv: b"\xef\xbb\xbf" + csv.encode("utf-8-sig"))
_encoded("lines end in crlf", lambda csv: csv.replace("\n", "\r\n").encode())
_encoded("lines end in cr", lambda csv: csv.replace("\n", "\r").encode())
_encoded("lines end in both", lambda csv: csv.replace("\n", "\r\n", csv.count("\n") // 2).encode())
_encoded("blank lines at the end", lambda csv: (csv + "\n\n\n").encode())
_encoded("a blank line in the middle", lambda csv: _in_middle(csv, "\n").encode())
_encoded("no end of the last line", lambda csv: csv.rstrip("\n").encode())
_encoded("a NUL byte", lambda csv: _in_middle(csv, "\x00").encode())
_encoded("a DOS end of file", lambda csv: (csv + "\x1a").encode())
_encoded("a byte that is no text", lambda csv: _in_middle(csv, "\x81").encode("latin-1", "replace"))
_encoded("zero width spaces", lambda csv: csv.replace(",", ",\u200b", 40).encode())
_encoded("spaces after commas", lambda csv: csv.replace(",", ", ").encode())


def _in_middle(csv_text: str, extra: str) -> str:
    middle = csv_text.find("\n", len(csv_text) // 2) + 1
    return csv_text[:middle] + extra + csv_text[middle:]


@mutation("quotes")
def every_cell_is_quoted(rng: Random, grid: Grid) -> bytes:
    return text(grid.rows, quoting=csv.QUOTE_ALL).encode()


@mutation("quotes")
def semicolons(rng: Random, grid: Grid) -> bytes:
    return text(grid.rows, sep=";").encode()


@mutation("quotes")
def tabs(rng: Random, grid: Grid) -> bytes:
    return text(grid.rows, sep="\t").encode()


def _on_a_line(rng: Random, grid: Grid, change: Callable[[str], str]) -> bytes | None:
    lines = text(grid.rows).split("\n")
    if len(lines) < grid.head + 4:
        return None
    place = rng.randrange(grid.head + 1, len(lines) - 1)
    lines[place] = change(lines[place])
    return "\n".join(lines).encode()


@mutation("quotes")
def a_quote_is_never_closed(rng: Random, grid: Grid) -> bytes | None:
    return _on_a_line(rng, grid, lambda line: line.replace(",", ',"', 1))


@mutation("quotes")
def a_quote_within_a_cell(rng: Random, grid: Grid) -> bytes | None:
    return _on_a_line(rng, grid, lambda line: line.replace(",", 'a"b,', 1))


@mutation("quotes")
def a_row_is_longer(rng: Random, grid: Grid) -> bytes | None:
    return _on_a_line(rng, grid, lambda line: f"{line},1")


@mutation("quotes")
def a_row_is_shorter(rng: Random, grid: Grid) -> bytes | None:
    return _on_a_line(rng, grid, lambda line: line.rpartition(",")[0])


@mutation("quotes")
def every_row_ends_in_a_comma(rng: Random, grid: Grid) -> bytes:
    return text(grid.rows).replace("\n", ",\n").encode()


@mutation("cut")
def cut_within_a_row(rng: Random, grid: Grid) -> bytes | None:
    whole = text(grid.rows).encode()
    return whole[: round(len(whole) * rng.uniform(0.6, 0.99))]


@mutation("cut")
def cut_after_a_row(rng: Random, grid: Grid) -> bytes | None:
    whole = text(grid.rows).encode()
    return whole[: whole.rfind(b"\n", 0, round(len(whole) * rng.uniform(0.6, 0.99))) + 1]


@mutation("cut", told=False)
def cut_within_the_last_row(rng: Random, grid: Grid) -> bytes | None:
    whole = text(grid.rows).rstrip("\n").encode()
    return whole[: -rng.randint(1, 8)]


@mutation("cut")
def cut_and_the_last_number_ends_early(rng: Random, grid: Grid) -> bytes | None:
    """A cut after the first digit of a last cell that is a number: nothing shows that it is one."""
    lines = text(grid.rows).split("\n")
    for place in range(round(len(lines) * rng.uniform(0.6, 0.95)), grid.head + 1, -1):
        if (
            place < len(lines)
            and is_number(last := lines[place].rpartition(",")[2])
            and len(last) > 1
        ):
            return "\n".join([*lines[:place], lines[place][: 1 - len(last)]]).encode()
    return None


# What takes the place of a whole file


@mutation("file")
def empty(rng: Random, grid: Grid) -> bytes:
    return b""


@mutation("file")
def a_web_page(rng: Random, grid: Grid) -> bytes:
    return b"<!DOCTYPE html><html><head><title>Service unavailable</title></head></html>"


@mutation("file")
def words(rng: Random, grid: Grid) -> bytes:
    return b"The file will be published at 9.30 on Thursday, we are sorry.\nThank you\n"


def _flipped(rng: Random, whole: bytes) -> bytes:
    place = rng.randrange(len(whole))
    return whole[:place] + bytes([whole[place] ^ 1 << rng.randrange(8)]) + whole[place + 1 :]


of_file(
    "the file is cut",
    lambda rng, whole: whole[: round(len(whole) * rng.uniform(0.6, 0.99))],
    family="cut",
)
of_file("a bit is flipped", _flipped, told=False)
of_file("an empty file", lambda rng, whole: b"")
of_file("a web page for a file", lambda rng, whole: b"<html><body>Not found</body></html>")
of_file("twice", lambda rng, whole: whole)
