"""Small files that make a careless reader use all the memory or time that there is."""

from __future__ import annotations

import io
import zipfile

LAST = "XFD1048576"  # the last cell that a sheet of Excel has
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def sparse_workbook(
    *places: str,
    rows: str = "",
    part: str = "xl/worksheets/sheet1.xml",
    head: str = "",
    more: dict[str, str | bytes] | None = None,
) -> bytes:
    """A workbook of a kilobyte with numbers in the cells named, or with `rows` as given."""
    for place in places:
        row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        rows += f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'
    return zipped(
        {
            **(more or {}),
            "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxml'
            'formats.org/package/2006/content-types"></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATIONS}"><sheets>'
            '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
            f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" '
            f'Target="{part.removeprefix("xl/")}"/></Relationships>',
            part: f'{head}<worksheet xmlns="{_SHEETS}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def crowded_workbook(rows: int = 3_000) -> bytes:
    """A workbook whose cells, ten in a row, all show one text of 30,000 characters."""
    cells = "".join(f'<c r="{column}{{0}}" t="s"><v>0</v></c>' for column in "ABCDEFGHIJ")
    written = "".join(f'<row r="{n}">{cells.format(n)}</row>' for n in range(1, rows + 1))
    texts = f'<sst xmlns="{_SHEETS}"><si><t>{"x" * 30_000}</t></si></sst>'
    return sparse_workbook(rows=written, more={"xl/sharedStrings.xml": texts})


def sparse_document(*, columns: int, rows: int) -> bytes:
    """An OpenDocument workbook of which one cell repeats."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    cell = (
        f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell>"
    )
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": "<manifest:manifest xmlns:manifest="
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
            f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
            "content.xml": '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
            'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
            f'<office:spreadsheet><table:table table:name="T"><table:table-row '
            f'table:number-rows-repeated="{rows}">{cell}</table:table-row></table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )
