"""What codes of practices and areas look like, in the files of every year, and that each practice
has one home.

Headings that changed places give a file of the right size whose areas are all wrong, which no
count notices: only the form of the codes shows it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

from data.spec import UNASSIGNED
from data.versions.manifest import Check
from pipelines.engine.reading.cells import PCN_CODES, PRACTICE_CODES, Codes
from pipelines.engine.units import BadRelease, Preview, headings

# CCGs had the codes of sub-ICB locations and STPs those of ICBs; ICBs have had five characters
# too since April 2026. Regions, and the regional teams before them, were Q70 to Q84 until 2018.
FORMS = {
    "practice": PRACTICE_CODES,
    "pcn": PCN_CODES,
    "sub_icb": Codes(
        "[0-9]{2}[A-Z]|([A-Z][0-9]){2}[A-Z]", "a sub-ICB location or CCG, such as 16C or D2P2L"
    ),
    "icb": Codes("Q[A-Z][A-Z0-9]|([A-Z][0-9]){2}[A-Z]", "an ICB, such as QHM or S1Y5D"),
    "region": Codes("Y[0-9]{2}|Q[0-9]{2}", "a region, such as Y63"),
}
_AREAS = {"pcn": "PCN", "sub_icb": "sub-ICB location", "icb": "ICB", "region": "region"}
_STRAY = 0.01  # share of rows that may have another code; one may in any file
_CORRECT = "Correct it, or ask the publisher, and load the file again."


def require_map(preview: Preview, levels: Mapping[str, str]) -> None:
    """A map of practices must have codes of the right form, and one home for each practice.

    `levels` are the level of each heading, beginning with the practice's. Raises `BadRelease`
    with the row, the column, what stands there and what was expected.
    """
    names = headings(preview.path)
    columns = {name: names.index(name) for name in levels if name in names}
    forms = {name: re.compile(FORMS[levels[name]].pattern) for name in columns}
    wrong: dict[str, list[tuple[int, str]]] = {name: [] for name in columns}
    homes: dict[str, tuple[str, ...]] = {}
    twice: list[tuple[int, dict[str, str]]] = []
    rows = 0
    with preview.path.open(encoding="utf-8-sig", newline="") as text:
        for number, row in enumerate(csv.reader(text), 1):
            if number == 1 or not row:
                continue
            rows += 1
            cells = {name: row[at] if at < len(row) else "" for name, at in columns.items()}
            for name, cell in cells.items():
                if cell and not forms[name].fullmatch(cell):
                    wrong[name].append((number, cell))
            practice, *home = cells.values()
            if homes.setdefault(practice, tuple(home)) != tuple(home):
                twice.append((number, cells))
    for name, places in wrong.items():
        if len(places) > max(1, _STRAY * rows):
            number, cell = places[0]
            raise BadRelease(
                f"{preview.name}, row {number:,}, column {name}: {cell!r} is not the code of "
                f"{FORMS[levels[name]].words}, nor is that of {len(places):,} of {rows:,} rows. "
                f"Its headings may have changed places. {_CORRECT}"
            )
    for number, cells in twice[:1]:
        practice, *_ = cells.values()
        _refuse_two_homes(preview, number, cells, homes[practice])


def _refuse_two_homes(
    preview: Preview, row: int, cells: Mapping[str, str], first: tuple[str, ...]
) -> None:
    (_, practice), *home = cells.items()
    pairs = zip(home, first, strict=True)
    (column, here), before = next((pair, other) for pair, other in pairs if pair[1] != other)
    raise BadRelease(
        f"{preview.name}, row {row:,}, column {column}: {practice} has {here!r}, and {before!r} in "
        f"an earlier row. A practice has one home in a map. {_CORRECT}"
    )


def check(con: duckdb.DuckDBPyConnection, homes: Path, *, files: str) -> tuple[Check, ...]:
    """Whether the areas of a period's practices have codes of their level, whoever gave them."""
    if not homes.exists():
        return ()
    for level, noun in _AREAS.items():
        known, wrong, practice, code = con.execute(
            f"""SELECT count(*), count(*) FILTER (strange), min(practice) FILTER (strange),
                       min_by({level}, practice) FILTER (strange)
            FROM (SELECT practice, {level},
                         NOT regexp_full_match({level}, '{FORMS[level].pattern}') AS strange
                  FROM read_parquet(?)
                  WHERE {level} <> '' AND NOT starts_with(practice, '{UNASSIGNED}'))""",
            [str(homes)],
        ).fetchall()[0]
        if wrong > max(1, _STRAY * known):
            found = (
                f"{files}: the {noun} of {practice} is {code!r}, which is not the code of "
                f"{FORMS[level].words}, nor is that of {wrong:,} of {known:,} practices. The "
                "headings may have changed places"
            )
            return (Check("codes of areas", False, found),)
    return ()
