"""Sheets of the telephony workbook: their columns, rows, and bands of waits and durations."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import date
from itertools import islice
from pathlib import Path

import duckdb

from data.datasets.cloud_telephony import DURATION, INDICATORS, MINUTES
from data.formula import quoted
from data.versions.manifest import Check
from pipelines.datasets.cloud_telephony.calls import row_code
from pipelines.engine.reading.cells import count_sql
from pipelines.engine.reading.sheets import Sheet, below_headings, tidy
from pipelines.engine.units import BadRelease, Preview, Table

BY_BANDS = ("MONTH", "GP NAME", "TOTAL INBOUND CALLS", "LESS THAN 1 MINUTE")
_BUCKETS = dict(
    zip(
        MINUTES,
        ("LESS THAN 1 MINUTE", "1 - 2 MINUTES", "2 - 5 MINUTES", "LONGER THAN 5 MINUTES"),
        strict=True,
    )
)
PLACES = {
    "practice_name": "GP NAME",
    "pcn": "PCN CODE",
    "pcn_name": "PCN NAME",
    "sub_icb": "SUB ICB CODE",
    "sub_icb_name": "SUB ICB NAME",
    "icb": "ICB CODE",
    "icb_name": "ICB NAME",
    "region": "REGION CODE",
    "region_name": "REGION NAME",
}


def bands_kind(preview: Preview, row: int, names: Sequence[str]) -> str:
    """Waits of missed calls, or waits and durations of answered ones, together or apart.

    A sheet of its own may show its title in one cell only, which is not kept; then the letter
    of the sheet tells: 4a has waits and 4b durations.
    """
    if any(name.startswith("MISSED") for name in names):
        return "missed-bands"
    groups = set(_groups(preview.path, row).values())
    if len(groups) == 2:
        return "answered-bands"
    letter = preview.name[-1:].lower()
    if groups == {DURATION} or (not groups and letter == "b"):
        return "answered-durations"
    if groups or letter == "a":
        return "answered-waits"
    raise BadRelease(f"{preview.name} does not say whether its minutes are waits or durations.")


def _groups(path: Path, row: int) -> dict[int, str]:
    """Indicator of each column by the heading that spans it: wait or duration of answered calls."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        above = list(islice(csv.reader(text), row + 1))[max(0, row - 3) :]
    found: dict[int, str] = {}
    current = ""
    for column in range(max(len(cells) for cells in above)):
        for cells in above[:-1]:
            words = tidy(cells[column]) if column < len(cells) else ""
            if "DURATION" in words:
                current = DURATION
            elif "WAIT" in words:
                current = "CBT003"
        if current and column < len(above[-1]) and tidy(above[-1][column]) in _BUCKETS.values():
            found[column] = current
    return found


def column(sheet: Sheet, table: Table, heading: str) -> str:
    """The column whose heading begins with a text: `GP PRACTICE (ODS_CODE)` for `GP PRACTICE`."""
    for name in sheet.names:
        if name == heading or name.startswith(f"{heading} "):
            return quoted(name)
    raise BadRelease(f"{table.name} has no column {heading}. It has: {', '.join(sheet.names)}.")


def code(sheet: Sheet, table: Table) -> str:
    areas = [column(sheet, table, PLACES[level]) for level in ("pcn", "sub_icb", "icb", "region")]
    return row_code(column(sheet, table, "GP PRACTICE"), areas)


def rows(sheet: Sheet, table: Table) -> str:
    """Rows of practices and of shared accounts: those with a region. Totals and notes have none."""
    region = column(sheet, table, "REGION CODE")
    return f"{sheet.sql} WHERE trim({region}) <> ''"


def number(cell: str, sheet: Sheet, table: Table) -> str:
    """SQL for a number of calls; NULL where it is not given."""
    of = column(sheet, table, "GP PRACTICE")
    return count_sql(cell, heading=cell.strip('"'), of=of, missing=("", "*", "-"))


def add_bands(
    con: duckdb.DuckDBPyConnection, table: Table, month: date, *, kind: str
) -> list[Check]:
    """Waits and durations into `calls`; their totals must be those of the summary."""
    sheet = below_headings(table, BY_BANDS)
    missed = kind == "missed-bands"
    whole = "CBT004" if missed else "CBT003"
    selects = [
        (indicator, bucket, quoted(sheet.names[column]))
        for indicator, columns in _columns_of_bands(sheet, table, kind).items()
        for bucket, column in zip(_BUCKETS, columns, strict=True)
    ]
    values = " UNION ALL ".join(
        f"SELECT practice, DATE '{month}' AS month, '{indicator}' AS indicator, "
        f"'{bucket}' AS bucket, {number(column, sheet, table)} AS value FROM found"
        for indicator, bucket, column in selects
    )
    total = column(sheet, table, "MISSED" if missed else "ANSWERED")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE found AS
        SELECT *, {code(sheet, table)} AS practice, {number(total, sheet, table)} AS total
        FROM {rows(sheet, table)}"""
    )
    con.execute(f"INSERT INTO calls {values}")
    here, there = con.execute(
        f"""SELECT (SELECT sum(total) FROM found)::BIGINT, (SELECT sum(value) FROM calls
            WHERE indicator = '{whole}' AND bucket = 'ALL')::BIGINT"""
    ).fetchall()[0]
    name = f"{INDICATORS[whole][1].lower()} by time"
    found = f"the sheet adds up to {here:,}, the summary to {there:,}"
    return [Check(name, here == there, found)]


def _columns_of_bands(sheet: Sheet, table: Table, kind: str) -> dict[str, list[int]]:
    """Columns of the four bands for each indicator that the sheet has."""
    names = [re.sub(r" \d$", "", name) for name in sheet.names]
    bands = [column for column, name in enumerate(names) if name in _BUCKETS.values()]
    only = {"missed-bands": "CBT004", "answered-waits": "CBT003", "answered-durations": DURATION}
    groups = _groups(table.path, sheet.row)
    found: dict[str, list[int]] = {}
    for column in bands:
        found.setdefault(only.get(kind) or groups[column], []).append(column)
    for indicator, columns in found.items():
        if [names[column] for column in columns] != list(_BUCKETS.values()):
            raise BadRelease(
                f"{table.name} should have {', '.join(_BUCKETS.values())} once for {indicator}. "
                f"It has: {', '.join(filter(None, sheet.names))}."
            )
    return found
