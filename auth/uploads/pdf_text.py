"""The text of a PDF without active parts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from auth.uploads.refusal import RefusedFile

if TYPE_CHECKING:
    from pypdf import PdfReader

PAGES = 400
ACTIVE = frozenset(
    {
        *("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia"),
        *("/XFA", "/SubmitForm", "/ImportData", "/GoToE"),
    }
)
BROKEN = "The PDF could not be read, so it cannot be checked. Print it to a new PDF."


def read(body: bytes) -> str:
    """The text of a PDF. Raises `RefusedFile`."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted:
            raise RefusedFile("The PDF is protected by a password, so it cannot be checked.")
        if len(reader.pages) > PAGES:
            raise RefusedFile(f"PDFs of more than {PAGES} pages are not kept. Upload it in parts.")
        if _has_active_part(reader):
            raise RefusedFile(
                "The PDF contains scripts, attached files or a form that sends what is typed. "
                "Print it to a new PDF and upload that."
            )
        return "\n".join(page.extract_text() for page in reader.pages)
    except RefusedFile:
        raise
    except (
        PyPdfError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise RefusedFile(BROKEN) from error


def _has_active_part(reader: PdfReader) -> bool:
    """Whether any object, packed ones too, is a script, an action that starts a program, or a
    file.
    """
    from pypdf.generic import DictionaryObject, IndirectObject

    places = [(number, made) for made, found in reader.xref.items() for number in found]
    places += [(number, 0) for number in reader.xref_objStm]
    for number, made in places:
        one = reader.get_object(IndirectObject(number, made, reader))
        waiting = [one]
        while waiting:
            part = waiting.pop()
            if isinstance(part, DictionaryObject):
                if not ACTIVE.isdisjoint(part) or str(part.get("/S")) in ACTIVE:
                    return True
                waiting += part.values()
            elif isinstance(part, list):
                waiting += part
    return False
