"""What a file is, told from its first bytes rather than from its name."""

from __future__ import annotations

from typing import Literal

Form = Literal["empty", "zip", "gzip", "html", "pdf", "xls", "utf-16", "binary", "text"]

HEAD_BYTES = 4096

IN_WORDS: dict[Form, str] = {
    "empty": "an empty file",
    "zip": "a ZIP archive or Excel workbook",
    "gzip": "a gzip archive",
    "html": "a web page",
    "pdf": "a PDF document",
    "xls": "an Excel 97-2003 workbook",
    "utf-16": "text in UTF-16",
    "binary": "binary data",
    "text": "plain text",
}

_MAGIC: tuple[tuple[bytes, Form], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NOT_IN_TEXT = bytes({*range(0x20)} - {*b"\t\n\r\f\x1a"})  # 0x1a ends some DOS-era files
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<!--", b"<script", b"<error")


def sniff(head: bytes) -> Form:
    """The form of a file whose first bytes (up to `HEAD_BYTES`) are `head`."""
    if not head.strip():
        return "empty"
    for magic, form in _MAGIC:
        if head.startswith(magic):
            return form
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        return "html"
    return "binary" if len(head.translate(None, _NOT_IN_TEXT)) < len(head) else "text"


def expected_forms(name: str) -> tuple[Form, ...]:
    """The forms that a file of this name may have; an ODS report has a name without an ending."""
    lowered = name.lower()
    if lowered.endswith((".zip", ".xlsx", ".ods")):
        return ("zip",)
    if lowered.endswith(".gz"):
        return ("gzip",)
    if lowered.endswith(".pdf"):
        return ("pdf",)
    if lowered.endswith(".xls"):
        return ("xls", "zip")
    if lowered.endswith((".csv", ".txt")):
        return ("text", "utf-16")
    return ("text", "utf-16", "zip", "gzip")
