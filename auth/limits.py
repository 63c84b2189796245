"""How much a form may send, refused before it is read."""

from __future__ import annotations

from flask import Flask, request

from auth.documents import LARGEST

FORM = 256 * 1024  # bytes of a form without a file
AROUND = 64 * 1024  # bytes of a form around its file
UPLOADS = "/accounts/documents/"
FORMS = ("/accounts/", "/contact/")


def register(app: Flask) -> None:
    app.before_request(_limit)


def _limit() -> None:
    if request.path == UPLOADS:
        request.max_content_length = LARGEST + AROUND
    elif request.path.startswith(FORMS):
        request.max_content_length = FORM
