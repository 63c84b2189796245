"""Limits of requests, checked before anything reads them: length of address, size of body."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge, RequestURITooLarge

from auth import csrf
from components.url_state import LONGEST


def register(app: Flask) -> None:
    """Call it before anything else that looks at requests."""
    app.before_request(_check)
    app.register_error_handler(RecursionError, _too_deep)


def _check() -> Response | None:
    environ = request.environ
    asked = environ["QUERY_STRING"]
    if len(environ["PATH_INFO"]) + len(asked) > LONGEST:
        raise RequestURITooLarge(
            f"The address has more than {LONGEST:,} characters. Make the selection smaller."
        )
    if "\0" in environ["PATH_INFO"]:
        raise NotFound
    if "%00" in asked or "\0" in asked:
        raise BadRequest("The address holds a NUL character. Take it out and try again.")
    length = request.content_length
    if request.method in csrf.SAFE:
        if length or "HTTP_TRANSFER_ENCODING" in environ:
            raise BadRequest(f"{request.method} takes no body. Put the question in the address.")
        return None
    most = csrf.largest(request.path)
    if length is not None and length > most:
        if refusal := csrf.refusal(request.path, length):
            return refusal
        raise RequestEntityTooLarge(
            f"The request has {length:,} bytes; at most {most:,} are accepted here."
        )
    request.max_content_length = most
    return None


def _too_deep(_: RecursionError) -> Response:
    """JSON that is nested a thousand levels deep; no page of ours sends it."""
    return Response("The request is nested too deeply to be read.", 400, mimetype="text/plain")
