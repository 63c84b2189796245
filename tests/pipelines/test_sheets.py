"""Tables below titles: headings that move, note marks, spacer columns, older encodings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from data.versions.manifest import Release
from pipelines.engine.reading.sheets import below_headings
from pipelines.engine.units import BadRelease, Table
from pipelines.files.archive import as_utf8


def _table(path: Path) -> Table:
    release = Release("r", "R", "", None, ())
    day = date(2026, 1, 1)
    return Table(
        "sheet",
        day,
        "book.xlsx: Table 3",
        "0",
        release,
        (day, (day, 1), datetime.now(UTC)),
        lambda: path,
    )


def test_rows_are_found_below_headings_wherever_they_are(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(
        'A title,,,,\n17,,12,,\nMonth [1],,GP Code,"Answered [2, 3]",Answered\n'
        "2026-01,,A81001,5,50%\n,,,,\n2026-01,,A81002,7,70%\n",
        encoding="utf-8",
    )
    sheet = below_headings(_table(path), {"month", "GP code"})
    assert sheet.names == ("MONTH", "COLUMN 2", "GP CODE", "ANSWERED", "ANSWERED 2")
    found = duckdb.execute(f'SELECT "GP CODE", "ANSWERED 2" FROM {sheet.sql}').fetchall()
    assert found == [("A81001", "50%"), ("A81002", "70%")]


def test_a_sheet_without_the_headings_says_how_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("A title,\nOther,Headings\n", encoding="utf-8")
    with pytest.raises(BadRelease, match="GP CODE.*It begins: A title; Other, Headings"):
        below_headings(_table(path), {"GP CODE"})


def test_older_encodings_are_read_as_windows_1252(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(b"PCN_NAME\nNorth \x96 South\nCaf\xc3\xa9\n")
    assert as_utf8(path, tmp_path / "s").read_text("utf-8") == "PCN_NAME\nNorth – South\nCafé\n"
    path.write_text("plain\n", encoding="utf-8")
    assert as_utf8(path, tmp_path / "s") == path
