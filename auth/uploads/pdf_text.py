"""The text of a PDF, read by a process of its own: `python -m auth.uploads.pdf_text < file`.

A PDF can be made to keep its reader busy or to fill its memory. Here that ends with the process.
"""

from __future__ import annotations

import io
import logging
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from auth.uploads.refusal import RefusedFile

if TYPE_CHECKING:
    from pypdf import PdfReader

SECONDS = 20
MEMORY = 1_000_000_000  # bytes of address space
PAGES = 400
ROOT = Path(__file__).parents[2]


_DONE, _PROTECTED, _ACTIVE, _LONG = 0, 2, 3, 4
ACTIVE = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA"}
)
WORDS = {
    _PROTECTED: "The PDF is protected by a password, so it cannot be checked.",
    _ACTIVE: ("The PDF contains scripts or attached files. Print it to a new PDF and upload that."),
    _LONG: f"PDFs of more than {PAGES} pages are not kept. Upload it in parts.",
}
BROKEN = "The PDF could not be read, so it cannot be checked. Print it to a new PDF."


def read(body: bytes) -> str:
    """The text of a PDF without active parts. Raises `RefusedFile`."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "auth.uploads.pdf_text"],
            input=body,
            capture_output=True,
            timeout=SECONDS,
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedFile(BROKEN) from error
    if done.returncode != _DONE:
        raise RefusedFile(WORDS.get(done.returncode, BROKEN))
    return done.stdout.decode("utf-8", "replace")


def main() -> int:
    """In the other process: text to the standard output, an exit code of `WORDS` otherwise."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    logging.disable(logging.CRITICAL)
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    if reader.is_encrypted:
        return _PROTECTED
    if len(reader.pages) > PAGES:
        return _LONG
    if _has_active_part(reader):
        return _ACTIVE
    for page in reader.pages:
        sys.stdout.buffer.write(f"{page.extract_text()}\n".encode("utf-8", "replace"))
    return _DONE


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


if __name__ == "__main__":
    sys.exit(main())
