"""Small files of every kind, sound ones and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape

import xlsxwriter
from pypdf import PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

VALID = ("9434765919", "943 476 5919", "943-476-5919", "4010232137", "9876543210")
INVALID = ("9434765918", "1234567890", "9876543211", "0000000000", "94347659190")
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"></Types>'
)


def zipped(members: Mapping[str, bytes | str], *, stored: bool = False) -> bytes:
    stream = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return stream.getvalue()


def word(*paragraphs: str, more: Mapping[str, bytes | str] | None = None) -> bytes:
    """Each paragraph is split into runs, as Word does."""
    body = "".join(
        "<w:p>" + "".join(f"<w:r><w:t>{piece}</w:t></w:r>" for piece in _pieces(text)) + "</w:p>"
        for text in paragraphs
    )
    return zipped(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "word/document.xml": f"<w:document><w:body>{body}</w:body></w:document>",
            **(more or {}),
        }
    )


def _pieces(text: str) -> list[str]:
    return [text[at : at + 4] for at in range(0, len(text), 4)]


def word_table(rows: Sequence[Sequence[str]]) -> bytes:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    drawn = ("".join(cell.format(escape(text)) for text in row) for row in rows)
    cells = "".join(f"<w:tr>{row}</w:tr>" for row in drawn)
    return zipped(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "word/document.xml": f"<w:document><w:tbl>{cells}</w:tbl></w:document>",
        }
    )


def powerpoint(text: str, more: Mapping[str, bytes | str] | None = None) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "ppt/presentation.xml": "<p:presentation/>",
            "ppt/slides/slide1.xml": f"<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>",
            **(more or {}),
        }
    )


def excel(
    rows: Sequence[Sequence[object]],
    *,
    comment: str = "",
    sheet: str = "Sheet1",
    header: str = "",
    footer: str = "",
    picture: str = "",
    name: str = "",
    hint: str = "",
    properties: Mapping[str, str] | None = None,
) -> bytes:
    """`picture` is described by a text, a cell has a `name` and a `hint`."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"default_date_format": "dd/mm/yyyy"})
    page = book.add_worksheet(sheet)
    for at, row in enumerate(rows):
        for across, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(at, across, datetime(value.year, value.month, value.day))
            else:
                page.write(at, across, value)
    if comment:
        page.write_comment("A1", comment)
    if header:
        page.set_header(header)
    if footer:
        page.set_footer(footer)
    if picture:
        image = {"image_data": io.BytesIO(png()), "description": picture}
        page.insert_image("C3", "dot.png", image)
    if name:
        book.define_name(name, "=Sheet1!$A$1")
    if hint:
        page.data_validation(
            "B2", {"validate": "any", "input_title": "Hint", "input_message": hint}
        )
    for key, value in (properties or {}).items():
        book.set_custom_property(key, value)
    book.close()
    return stream.getvalue()


def csv(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def pdf(
    text: str = "Board report",
    *,
    password: str = "",
    script: str = "",
    file: bytes = b"",
    action: str = "",
) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    stream = DecodedStreamObject()
    shown = text.replace("(", r"\(").replace(")", r"\)")
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({shown}) Tj ET".encode("latin-1"))
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    if script:
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {
                NameObject("/S"): NameObject("/JavaScript"),
                NameObject("/JS"): TextStringObject(script),
            }
        )
    if action:
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject("/S"): NameObject(f"/{action}")}
        )
    if file:
        writer.add_attachment("inside.txt", file)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def png(*extra: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    inner = b"".join(chunk(kind, content) for kind, content in extra)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + inner
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def gif() -> bytes:
    return bytes.fromhex(
        "47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b"
    )


def jpeg() -> bytes:
    """Segments as a camera writes them; nothing that could be drawn."""
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34"
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9) + scan + b"\xff\xd9"


def webp() -> bytes:
    content = b"WEBPVP8L" + struct.pack("<I", 4) + bytes(4)
    return b"RIFF" + struct.pack("<I", len(content)) + content


SOUND = {
    "report.pdf": pdf(),
    "letter.docx": word("Access in October"),
    "figures.xlsx": excel([["Practice", "Patients"], ["Y99001", 8412]]),
    "slides.pptx": powerpoint("Access in October"),
    "table.csv": csv("Practice,Patients", "Y99001,8412"),
    "chart.png": png(),
    "photo.jpg": jpeg(),
    "photo.JPEG": jpeg(),
    "dot.gif": gif(),
    "dot.webp": webp(),
}
