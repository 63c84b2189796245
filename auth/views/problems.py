"""Refusals as pages in the site's own look, with a way on."""

from __future__ import annotations

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import Forbidden, HTTPException, NotFound, RequestEntityTooLarge

from auth.csrf import Expired
from auth.throttle import TooMany

TITLES: dict[type[HTTPException], str] = {
    Expired: "The form has expired",
    Forbidden: "This is not open to you",
    NotFound: "There is nothing here",
    RequestEntityTooLarge: "Too large",
    TooMany: "Too many attempts",
}
NOTHING = "It may be mistyped, removed, or only for others."


def register(app: Flask) -> None:
    for problem in (Expired, TooMany, Forbidden, RequestEntityTooLarge, NotFound):
        app.register_error_handler(problem, _answer)


def _answer(problem: Exception) -> Response | HTTPException:
    if not isinstance(problem, HTTPException):
        raise problem
    if isinstance(problem, NotFound) and not request.path.startswith("/accounts/"):
        return problem
    answer = Response(
        render_template(
            "accounts/problem.html",
            title=TITLES[type(problem)],
            message=NOTHING if isinstance(problem, NotFound) else problem.description,
            root=request.script_root,
        ),
        status=problem.code,
        content_type="text/html; charset=utf-8",
    )
    wait = getattr(problem, "retry_after", None)
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer
