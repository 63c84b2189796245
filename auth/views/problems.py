"""Refusals as pages in the site's own look, with a way on."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge

from auth.csrf import Expired, FromElsewhere
from auth.throttle import TooMany

TITLES: dict[type[HTTPException], str] = {
    Expired: "The form has expired",
    FromElsewhere: "This came from another site",
    NotFound: "There is nothing here",
    RequestEntityTooLarge: "Too large",
    TooMany: "Too many attempts",
}
NOTHING = "It may be mistyped, removed, or only for others."


def register(app: Flask) -> None:
    """Draw refusals that only accounts raise. The API answers its own in JSON, so general ones
    are drawn blueprint by blueprint.
    """
    for problem in (Expired, TooMany, FromElsewhere):
        app.register_error_handler(problem, _answer)


def draw_for(blueprint: Blueprint) -> None:
    """Draw what a blueprint's views do not find, or do not take, as pages too."""
    for problem in (NotFound, RequestEntityTooLarge):
        blueprint.register_error_handler(problem, _answer)


def _answer(problem: Exception) -> Response:
    if not isinstance(problem, HTTPException):
        raise problem
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
