"""Tables that do not begin in the first row: sheets with titles above moving headings."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from data.formula import quoted
from pipelines.engine.units import BadRelease, Preview, Table, csv_below, first_of_month, read_date

_LOOKED_AT = 60  # rows among which headings are looked for
_NOTES = re.compile(r"(?<!\s)\s*\[[\d,\s]+\]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table found below its headings. `names` are tidied: capitals, no [note] marks.

    `sql` selects every cell as text under those names; rows without any cell are left out.
    """

    row: int  # of the headings, from 0
    names: tuple[str, ...]
    sql: str


def find_headings(path: Path, required: Collection[str]) -> tuple[int, tuple[str, ...]] | None:
    """(row, tidied names) of the first row with every one of `required`; None where none has.

    Blank headings become `COLUMN 3`; a name used again is numbered: `N`, `N 2`, `N 3`.
    """
    wanted = {tidy(name) for name in required}
    with path.open(encoding="utf-8-sig", newline="") as text:
        for number, row in enumerate(islice(csv.reader(text), _LOOKED_AT)):
            if wanted <= {tidy(cell) for cell in row}:
                return number, distinct([tidy(cell) for cell in row])
    return None


def has_headings(preview: Preview, required: Collection[str]) -> bool:
    """Whether a sheet or CSV has a row with every one of these headings, for `recognise`."""
    return find_headings(preview.path, required) is not None


def below_headings(table: Table, required: Collection[str]) -> Sheet:
    """The rows below a table's headings. Raises `BadRelease` saying what was found instead."""
    path = table.path
    found = find_headings(path, required)
    if found is None:
        with path.open(encoding="utf-8-sig", newline="") as text:
            rows = [", ".join(filter(None, row)) for row in islice(csv.reader(text), 5)]
        raise BadRelease(
            f"{table.name} has no row with the headings {', '.join(sorted(required))}. "
            f"It begins: {'; '.join(rows)[:300]}."
        )
    row, names = found
    some = " OR ".join(f"{quoted(name)} <> ''" for name in names)
    return Sheet(row, names, f"(SELECT * FROM {csv_below(path, names, skip=row + 1)} WHERE {some})")


def refuse_renamed(preview: Preview, required: Collection[str], words: Collection[str]) -> None:
    """Raise `BadRelease` for a sheet that has `required` and a heading with one of `words`.

    Called where no sheet of a workbook was recognised as what it looks like: its other headings
    must have been renamed, and leaving it out would go unnoticed.
    """
    found = find_headings(preview.path, required)
    if found and any(word in name for name in found[1] for word in words):
        raise BadRelease(
            f"{preview.name} has headings that this series has not used: "
            f"{', '.join(name for name in found[1] if not name.startswith('COLUMN '))[:300]}."
        )


def first_month_below(path: Path, row: int, *, column: int = 0) -> date:
    """Month of the first row below the headings with a date in a column, past total rows."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        for cells in islice(csv.reader(text), row + 1, row + 1 + _LOOKED_AT):
            try:
                return first_of_month(read_date(cells[column]))
            except (BadRelease, IndexError):
                continue
    raise BadRelease("a sheet has headings and no row below them with a date.")


def tidy(heading: str) -> str:
    """A heading in capitals, with single spaces and without note marks such as [1] or [2, 3]."""
    return " ".join(_NOTES.sub("", heading).split()).upper()


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns: blank ones become `COLUMN 3`, those used again are numbered."""
    seen: dict[str, int] = {}
    found = []
    for number, name in enumerate(names, 1):
        name = name or f"COLUMN {number}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return tuple(found)
