"""Files that carry their source, and that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.export import COLUMNS, LEADING, Cover, Line, Sheet, csv_bytes, safe, xlsx_bytes

NASTY = '=HYPERLINK("http://evil.example","x")'


def cover(*, demo: bool = False) -> Cover:
    return Cover(
        title="List size: Millbrook", organisation=NASTY, period="September 2026",
        comparator="practices in England", source="NHS England", licence="OGL v3.0",
        link="https://haresign.example/", version="v1", retrieved="2026-10-29 10:00 UTC",
        caveats=("A headcount.",), demo=demo,
    )  # fmt: skip


def line(organisation: str = "Millbrook", value: float | None = -1.5) -> Line:
    return Line("practice", "Y99001", organisation, "2026-09-01", "Patients", "count", value)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@given(st.text(max_size=20))
def test_no_text_cell_starts_a_formula(text: str) -> None:
    assert not re.match(r"[=+\-@\t\r\n]", str(safe(text)))


def test_numbers_stay_numbers() -> None:
    assert safe(-1.5) == -1.5 and safe(None) is None


def test_the_csv_is_a_table_from_its_first_line() -> None:
    found = read(csv_bytes(cover(), [Sheet("Measures", (line(NASTY), line(value=None)))]))
    assert found[0] == [*LEADING, *COLUMNS]
    assert found[1][:3] == ["NHS England", "OGL v3.0", "September 2026"]
    assert found[1][8] == "'" + NASTY and found[1][12] == "-1.5"
    assert found[2][12] == ""


def test_demonstration_data_says_so_in_both() -> None:
    sheets = [Sheet("Measures", (line(),))]
    assert "(demonstration data)" in read(csv_bytes(cover(demo=True), sheets))[1][0]
    assert "Demonstration data" in shared(xlsx_bytes(cover(demo=True), sheets))
    assert "Demonstration data" not in shared(xlsx_bytes(cover(), sheets))


def shared(book: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return "".join(
            parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")
        )


@pytest.mark.parametrize("text", [NASTY, "@SUM(A1)", "+1", "http://evil.example/"])
def test_the_workbook_holds_no_formula_and_no_link(text: str) -> None:
    book = xlsx_bytes(cover(), [Sheet("Measures", (line(text),))])
    assert "<f>" not in shared(book) and "<hyperlink" not in shared(book)
