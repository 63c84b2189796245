"""The span of a workbook is told without making room for it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from data.workbooks import UnreadableWorkbook, span
from pipelines.demo.open_document import write_sheets
from tests.hostile import LAST, sparse_document, sparse_workbook


def spanned(body: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return span(archive)


def test_two_cells_far_apart_span_all_between() -> None:
    body = sparse_workbook("A1", LAST)
    assert len(body) < 1500
    assert spanned(body) == 1_048_576 * 16_384
    assert spanned(sparse_workbook("A1", "C4")) == 12
    assert spanned(sparse_document(columns=16_384, rows=1_048_576)) == 1_048_576 * 16_384


@pytest.mark.parametrize("part", ["xl/other/A.XML", "xl/worksheets/../sheet.xml", "xl/sheet.bin"])
def test_a_sheet_is_looked_for_where_the_workbook_says_it_is(part: str) -> None:
    assert spanned(sparse_workbook("A1", LAST, part=part)) > 1 << 30


def test_parts_that_are_no_sheets_need_not_be_markup() -> None:
    relations = (
        '<Relationships><Relationship Target="../media/image1.png"/>'
        '<Relationship Target="../drawings/vmlDrawing1.vml"/></Relationships>'
    )
    body = sparse_workbook(
        "A1",
        more={
            "xl/worksheets/_rels/sheet1.xml.rels": relations,
            "xl/media/image1.png": b"\x89PNG\r\n\x1a\n<<<",
            "xl/drawings/vmlDrawing1.vml": "<xml><br></xml>",
        },
    )
    assert spanned(body) == 1


def test_cells_may_leave_out_their_places() -> None:
    row = '<row r="1048575"><c><v>1</v></c></row><row><c r="XFC9"/><c><v>1</v></c></row>'
    assert spanned(sparse_workbook(rows=row)) == 1_048_575 * 16_384
    assert spanned(sparse_workbook(rows="<row><c/><c><v>1</v></c></row>")) == 2


def test_a_last_cell_that_is_only_formatted_takes_no_room() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", "Practice")
        sheet.write_blank(LAST, None, book.add_format({"bold": True}))
    assert f'ref="A1:{LAST}"'.encode() in zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml")
    assert spanned(out.getvalue()) == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40), st.booleans()), max_size=8))
def test_the_span_is_the_room_that_the_reader_makes(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[int, int, bool]]
) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for row, column, used in cells:
            sheet.write(row, column, "x" if used else "", bold)
    read = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(out.getvalue())
    ).get_sheet_by_index(0)
    ends = read.end
    assert spanned(out.getvalue()) == ((ends[0] + 1) * (ends[1] + 1) if ends else 0)
    table = [[""] * 45 for _ in range(35)]
    for row, column, used in cells:
        table[row][column] = "x" if used else ""
    path = tmp_path_factory.mktemp("span") / "made.ods"
    write_sheets(path, {"One": table, "Two": [["x"]]})
    held = python_calamine.load_workbook(path)
    ends = held.get_sheet_by_index(0).end
    expected = (ends[0] + 1) * (ends[1] + 1) if ends else 0
    assert spanned(path.read_bytes()) == expected + 1


@pytest.mark.parametrize(
    "rows",
    [
        "<row>",
        '<row r="many"/>',
        '<row r="9999999999"/>',
        '<row><c r="ÀA1"><v>1</v></c></row>',
        '<row><c r="AAAAAAAAAA1"><v>1</v></c></row>',
    ],
)
def test_markup_that_makes_no_sense_is_refused(rows: str) -> None:
    with pytest.raises(UnreadableWorkbook):
        spanned(sparse_workbook(rows=rows))


def test_entities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWorkbook, match="entities"):
        spanned(sparse_workbook("A1", head='<!DOCTYPE a [<!ENTITY b "c">]>'))
