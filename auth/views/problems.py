"""Refusals as pages in the site's own look, with a way on."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, request
from markupsafe import escape
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    RequestTimeout,
    RequestURITooLarge,
    SecurityError,
    ServiceUnavailable,
)

from auth.credentials.sessions import AWAY
from auth.credentials.throttle import TooMany
from auth.csrf import Expired, FromElsewhere
from auth.views import entry_pages
from auth.workspaces.rosters import Hidden

TITLES: dict[type[HTTPException], str] = {
    Expired: "The form has expired",
    FromElsewhere: "This came from another site",
    NotFound: "There is nothing here",
    RequestEntityTooLarge: "Too large",
    RequestURITooLarge: "The address is too long",
    TooMany: "Too many attempts",
    BadRequest: "This cannot be understood",
    MethodNotAllowed: "This cannot be sent here",
    RequestTimeout: "This took too long to arrive",
    InternalServerError: "Something went wrong",
    ServiceUnavailable: "Busy just now",
}
# Drawn without the site around it, which may be what has failed.
BARE = (
    '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">'
    "<title>{title} | Haresign</title></head><body><main><h1>{title}</h1><p>{message}</p>"
    '<p><a href="{root}/">Home</a> <a href="{root}/tools/">Tools</a></p></main></body></html>'
)
IMPOSSIBLE = "Something in the address or the form is no value that can be kept. Change it."
log = logging.getLogger(__name__)
NOTHING = "It may be mistyped, removed, or only for others."


def register(app: Flask) -> None:
    """What is not a refusal yet becomes one; the site draws every refusal in one place."""
    for failure in (OperationalError, WaitedTooLong):
        app.register_error_handler(failure, _away)
    app.register_error_handler(DataError, _impossible)
    for vanished in (Hidden, StaleDataError):
        app.register_error_handler(vanished, _gone)


def _away(failure: Exception) -> Any:
    """The database is locked, full, or not there: what was sent is not stored, and that is said."""
    log.error("the accounts database cannot be used: %s", type(failure).__name__)
    problem = ServiceUnavailable(AWAY, retry_after=60)
    return current_app.handle_user_exception(problem)


def _gone(_: Exception) -> Any:
    """It was there when the request began, and somebody has removed it since."""
    return current_app.handle_user_exception(NotFound())


def _impossible(failure: Exception) -> Any:
    """A value that no column of its kind takes."""
    log.warning("a value that the database does not take: %s", type(failure).__name__)
    return current_app.handle_user_exception(BadRequest(IMPOSSIBLE))


def answer(problem: HTTPException) -> Response:
    """A refusal or a failure as a page: what it is, and where to go on."""
    title = next((TITLES[kind] for kind in type(problem).__mro__ if kind in TITLES), problem.name)
    root = request.script_root
    if isinstance(problem, InternalServerError | ServiceUnavailable | SecurityError):
        page = BARE.format(title=title, message=escape(problem.description), root=root)
    else:
        message = NOTHING if isinstance(problem, NotFound) else problem.description
        page = entry_pages.problem(title, message or "")
    response = Response(page, status=problem.code, content_type="text/html; charset=utf-8")
    for name, value in problem.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response
