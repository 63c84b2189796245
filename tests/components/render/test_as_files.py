"""Files that carry their source, and that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.render.as_files import Cover, csv_of, safe, xlsx, zip_of_csv
from components.render.as_tables import Sheet
from components.table import Cell

NASTY = '=HYPERLINK("http://evil.example","x")'


def cover(*, demo: bool = False) -> Cover:
    return Cover(
        title="List size: Millbrook",
        organisation=NASTY,
        period="September 2026",
        comparator="practices in England",
        source="NHS England",
        licence="OGL v3.0",
        link="https://haresign.example/",
        version="v1",
        retrieved="2026-10-29 10:00 UTC",
        caveats=("A headcount.",),
        demo=demo,
    )


def sheet(*cells: Cell, title: str = "Measures") -> Sheet:
    return Sheet("measures", title, "By month", tuple("abcdef"[: len(cells)]), (tuple(cells),))


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def shared(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return "".join(
            parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")
        )


@given(st.text(max_size=20))
def test_no_text_cell_starts_a_formula(text: str) -> None:
    assert not re.match(r"[=+\-@\t\r\n]", str(safe(text)))


def test_numbers_stay_numbers() -> None:
    assert safe(-1.5) == -1.5 and safe(None) is None


def test_a_csv_is_a_table_from_its_first_line() -> None:
    found = read(csv_of(sheet(NASTY, -1.5, None, 12, date(2026, 9, 1))))
    assert found == [list("abcde"), ["'" + NASTY, "-1.5", "", "12", "2026-09-01"]]


def test_a_zip_numbers_its_tables_and_says_once_where_they_come_from() -> None:
    body = zip_of_csv(cover(), [sheet(1), sheet(2, title="Trend")])
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.namelist() == ["about.txt", "01-measures.csv", "02-measures.csv"]
        about = archive.read("about.txt").decode()
    assert about.count("OGL v3.0") == 1 and "02-measures.csv: Trend. By month" in about


def test_demonstration_data_says_so_in_both() -> None:
    with zipfile.ZipFile(io.BytesIO(zip_of_csv(cover(demo=True), [sheet(1)]))) as archive:
        assert archive.read("about.txt").startswith(b"Demonstration data")
    assert "Demonstration data" in shared(xlsx(cover(demo=True), [sheet(1)]))
    assert "Demonstration data" not in shared(xlsx(cover(), [sheet(1)]))


def test_two_titles_that_begin_alike_are_two_sheets() -> None:
    long = "Appointments per 1,000 patients: practices month by month"
    names = re.findall(r'<sheet name="([^"]*)"', shared(xlsx(cover(), [sheet(1, title=long)] * 2)))
    assert len(set(names)) == 3 and all(len(name) <= 31 for name in names)


@pytest.mark.parametrize("text", [NASTY, "@SUM(A1)", "+1", "http://evil.example/"])
def test_the_workbook_holds_no_formula_and_no_link(text: str) -> None:
    book = xlsx(cover(), [sheet(text)])
    assert "<f>" not in shared(book) and "<hyperlink" not in shared(book)
