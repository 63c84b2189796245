"""OpenDocument workbooks as spreadsheet programs write them: repeats, typed days, wide blanks."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.demo.open_document import write_sheets
from pipelines.files.archive import is_workbook, sheets, xlsx_rows
from pipelines.files.errors import RefusedFile
from pipelines.recount.open_document import document_sheets

_BLANK = '<table:table-cell table:number-columns-repeated="{}"/>'
_TEXT = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
_DAY = (
    '<table:table-cell office:value-type="date" office:date-value="2023-02-28">'
    "<text:p>28/02/23</text:p></table:table-cell>"
)
CONTENT = f"""<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Places">
<table:table-column table:number-columns-repeated="16384"/>
<table:table-row>{_TEXT.format("", "Name")}{_BLANK.format(2)}{_TEXT.format("", "Day")}
{_BLANK.format(16380)}</table:table-row>
<table:table-row>{_TEXT.format(' table:number-columns-repeated="2"', "Same")}{_BLANK.format(1)}
{_DAY}</table:table-row>
<table:table-row table:number-rows-repeated="1048574">{_BLANK.format(16384)}</table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""
TYPE = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
    f'manifest:full-path="/" manifest:media-type="{TYPE}"/></manifest:manifest>'
)


@pytest.fixture()
def book(tmp_path: Path) -> Path:
    path = tmp_path / "places.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", TYPE)
        archive.writestr("content.xml", CONTENT.replace("\n", ""))
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return path


def test_both_readers_see_the_same_cells(book: Path) -> None:
    assert is_workbook(book)
    ((name, rows),) = sheets(book)
    seen = [[str(cell) for cell in row[:4]] for row in rows]
    assert name == "Places"
    assert seen == [["Name", "", "", "Day"], ["Same", "Same", "", "2023-02-28"]]
    (again,) = document_sheets(book)
    assert [row[:4] for row in again] == seen


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "made.ods"
    table = [("Name", "", "Note"), ("A & B", "<one>", ""), ("“Quoted”", "", "x")]
    write_sheets(path, {"README": [("As at 1 May 2026",)], "Main": table})
    made = {name: [list(row) for row in rows] for name, rows in sheets(path)}
    assert made == {"README": [["As at 1 May 2026"]], "Main": [list(row) for row in table]}
    assert list(document_sheets(path))[1] == [list(row) for row in table]


def test_a_damaged_workbook_is_refused(book: Path) -> None:
    book.write_bytes(book.read_bytes()[:-40])
    with pytest.raises(RefusedFile):
        list(sheets(book))


def test_rows_keep_their_columns_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "inset.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Inset")
        sheet.write(2, 2, "C3")
        sheet.write(3, 3, 1.5)
        made.add_worksheet("Empty")
    assert [list(row) for row in xlsx_rows(path, "Inset")] == [
        ["", "", "", ""],
        ["", "", "", ""],
        ["", "", "C3", ""],
        ["", "", "", 1.5],
    ]
    assert list(xlsx_rows(path, "Empty")) == []
