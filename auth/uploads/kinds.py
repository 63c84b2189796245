"""Which kind of file the bytes are. The name must agree, but is never believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from auth.uploads import images
from auth.uploads.archive import Archive
from auth.uploads.dangers import OLD_OFFICE
from auth.uploads.refusal import RefusedFile

OOXML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that may be kept."""

    label: str
    content_type: str
    endings: tuple[str, ...]


PDF = Kind("PDF", "application/pdf", (".pdf",))
WORD = Kind("Word", f"{OOXML}wordprocessingml.document", (".docx",))
EXCEL = Kind("Excel", f"{OOXML}spreadsheetml.sheet", (".xlsx",))
POWERPOINT = Kind("PowerPoint", f"{OOXML}presentationml.presentation", (".pptx",))
CSV = Kind("CSV", "text/csv; charset=utf-8", (".csv",))
PNG = Kind("PNG image", "image/png", (".png",))
JPEG = Kind("JPEG image", "image/jpeg", (".jpg", ".jpeg"))
GIF = Kind("GIF image", "image/gif", (".gif",))
WEBP = Kind("WebP image", "image/webp", (".webp",))
KINDS = (PDF, WORD, EXCEL, POWERPOINT, CSV, PNG, JPEG, GIF, WEBP)
BY_TYPE = {kind.content_type: kind for kind in KINDS}
ACCEPT = ",".join(ending for kind in KINDS for ending in kind.endings)
ALLOWED = "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), CSV, PNG, JPEG, GIF and WebP"

_MAIN = {"word/document.xml": WORD, "xl/workbook.xml": EXCEL, "ppt/presentation.xml": POWERPOINT}
_MARKUP = re.compile(
    r"<\s*(?:!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|img|link|meta|a\s)", re.I
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PDF_TAIL = 2048  # bytes in which a PDF must end


def identify(name: str, body: bytes) -> Kind:
    """The kind of a file. Raises `RefusedFile`."""
    if not body:
        raise RefusedFile("The file is empty.")
    kind = _by_content(body)
    ending = PurePosixPath(name.replace("\\", "/")).suffix.casefold()
    if ending not in kind.endings:
        raise RefusedFile(
            f"The name says {ending or 'nothing of its kind'}, but the content is {kind.label}. "
            "Save it under its own kind."
        )
    return kind


def _by_content(body: bytes) -> Kind:
    if body.startswith(b"%PDF-"):
        return _pdf(body)
    if body.startswith(b"PK"):
        return _office(body)
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return _image(PNG, images.png_points(body))
    if body.startswith(b"\xff\xd8\xff"):
        return _image(JPEG, images.jpeg_points(body))
    if body.startswith((b"GIF87a", b"GIF89a")):
        return _image(GIF, images.gif_points(body))
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return _image(WEBP, images.webp_points(body))
    if body.startswith(OLD_OFFICE):
        raise RefusedFile(
            "Older Office files can hide macros, and password-protected ones cannot be checked. "
            "Save it as .docx, .xlsx or .pptx without a password."
        )
    return _text(body)


def _image(kind: Kind, points: int) -> Kind:
    if points < 0:
        raise RefusedFile(
            f"The file begins as {kind.label} but is damaged or has something else in it. "
            "Save the picture again."
        )
    if points > images.MOST_POINTS:
        raise RefusedFile(
            f"The picture says that it has {points:,} points, more than {images.MOST_POINTS:,}. "
            "Save it smaller."
        )
    return kind


def _pdf(body: bytes) -> Kind:
    end = body.rfind(b"%%EOF")
    if end < len(body) - _PDF_TAIL or body[end + 5 :].strip(b"\r\n\t "):
        raise RefusedFile("The PDF is damaged or has something else behind it. Save it again.")
    return PDF


def _office(body: bytes) -> Kind:
    names = Archive(body).names
    kinds = [kind for main, kind in _MAIN.items() if main in names]
    if len(kinds) != 1 or "[Content_Types].xml" not in names:
        raise RefusedFile(f"ZIP archives are not kept. Upload what is inside: {ALLOWED}.")
    return kinds[0]


def _text(body: bytes) -> Kind:
    text = decode(body)
    if text is None or _CONTROL.search(text):
        raise RefusedFile(f"This kind of file is not kept. Upload {ALLOWED}.")
    if _MARKUP.search(text):
        raise RefusedFile(
            "The file holds markup, as web pages and SVG pictures do, which can run scripts. "
            "Save a picture as PNG, or a table as CSV."
        )
    return CSV


def decode(body: bytes) -> str | None:
    """Text as spreadsheets write it; None when the bytes are not text."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
