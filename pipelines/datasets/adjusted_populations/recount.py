"""Adjusted populations, counted again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from data.spec import UNALLOCATED
from pipelines.recount.areas import Home, Parts, Recounted, rehomed
from pipelines.recount.evidence import Evidence
from pipelines.recount.files import cells, exact, sheet_rows

_UNKNOWN = ("", "no_data", "no data", "n/a", "-")


def recount(evidence: Evidence) -> Recounted:
    """A year from its one table, wherever its headings stand."""
    parts: dict[str, Parts] = {}
    listed: dict[str, tuple[str, str]] = {}
    given: dict[str, Home] = {}
    for row in _rows(evidence):
        practice = _cell(row, "practice code").upper()
        if not re.fullmatch(r"[A-Z]\d{5}", practice):
            continue
        parts[practice] = {
            "registered": int(exact(_cell(row, "registered").replace(",", ""))),
            "adjusted": exact(_cell(row, "adjusted").replace(",", "")),
        }
        pcn = _cell(row, "pcn code")
        own = Home(
            pcn if re.fullmatch(r"U\d{5}", pcn) else UNALLOCATED,
            _known(_cell(row, "sub icb code")),
            _known(next((v for k, v in row.items() if k == "icb code"), "")),
            _cell(row, "region code"),
        )
        given[practice], listed[practice] = own, (own.pcn, own.sub_icb)
    homes = evidence.homes(date(evidence.month.year, 1, 1))
    placed = {}
    for practice, home in rehomed(listed, homes).items():
        own, mapped = given[practice], homes.get(practice, Home())
        placed[practice] = Home(
            home.pcn, home.sub_icb or mapped.sub_icb, own.icb or home.icb, own.region or home.region
        )
    return Recounted(parts, placed)


def _known(text: str) -> str:
    return "" if text.strip().lower() in _UNKNOWN else text.strip()


def _cell(row: dict[str, str], words: str) -> str:
    """The first cell whose heading has all the words and not the other population's."""
    other = "registered" if words == "adjusted" else "adjusted"
    for name, value in row.items():
        if all(word in name for word in words.split()) and other not in name:
            return value.strip()
    return ""


def _rows(evidence: Evidence) -> Iterator[dict[str, str]]:
    """Rows below the headings, of the CSV used or else of the newest workbook of the year."""
    if found := evidence.used.get("practices"):
        names, *below = [row for row in cells(found[0]) if row]
        yield from (dict(zip(map(_tidy, names), row, strict=True)) for row in below)
        return
    year = f"{evidence.month.year}"
    for book in reversed(evidence.files):
        if not book.path.name.lower().endswith(".xlsx"):
            continue
        rows = list(sheet_rows(book.path, "PRACTICE CODE"))
        if rows and year in f"{book.path.name} {' '.join(rows[0])}":
            yield from ({_tidy(name): value for name, value in row.items()} for row in rows)
            return


def _tidy(heading: str) -> str:
    return " ".join(heading.replace("_", " ").split()).lower()
