"""One error body for everything under /api/: `{"detail", "code", "errors"}`."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from api.responses import json_response

log = logging.getLogger(__name__)

CODES = {404: "not_found", 405: "method_not_allowed", 500: "server_error"}

LONGEST_NAME = 60  # characters of an unknown name that are compared with the known ones

FieldErrors = Mapping[str, Sequence[str]]


class ApiError(Exception):
    """A refusal that the caller can act on."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        detail: str,
        errors: FieldErrors | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers = errors or {}, headers or {}


def error_response(error: ApiError, **extra: str) -> Response:
    body: dict[str, Any] = {"detail": error.detail, "code": error.code, "errors": error.errors}
    return json_response(body | extra, status=error.status, headers=error.headers)


def answer(error: HTTPException) -> Response:
    """Whatever Flask or Werkzeug refuses, and every unforeseen failure as a 500."""
    if isinstance(error, InternalServerError):
        request_id = secrets.token_hex(8)
        log.error("api failure request_id=%s path=%r", request_id, request.path)
        failure = ApiError(
            500,
            "server_error",
            detail="Something went wrong on the server. Quote the request id when you report it.",
            headers={"X-Request-Id": request_id},
        )
        return error_response(failure, request_id=request_id)
    status = error.code or 500
    headers = {}
    if status == 405:
        allowed = getattr(error, "valid_methods", None) or ["GET", "HEAD", "OPTIONS"]
        headers["Allow"] = ", ".join(sorted(allowed))
    return error_response(
        ApiError(
            status,
            CODES.get(status, "bad_request"),
            detail=error.description or error.name,
            headers=headers,
        )
    )


def install(blueprint: Blueprint) -> None:
    """Answer every error raised in a blueprint's requests in the API's one shape."""
    blueprint.register_error_handler(ApiError, error_response)
    blueprint.register_error_handler(HTTPException, answer)


def suggestion(wrong: str, known: Sequence[str]) -> str:
    """` Did you mean 'practice'?`, or nothing where no known word is close."""
    close = get_close_matches(wrong[:LONGEST_NAME].lower(), known, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
