"""Checks the body of a callback before Dash reads it; what no page of ours sends is refused."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import dash
from dash.exceptions import CallbackException
from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest

UPDATE = "/_dash-update-component"
UNKNOWN = "No page of this site sends this request. Load the page again."
_OF_ADDRESS = ("search", "pathname")  # parts of an address, which are text or not there


def register(app: Flask, site: dash.Dash) -> None:
    """Call it when the pages are known."""

    @app.before_request
    def check() -> None:
        if request.path == UPDATE and request.method == "POST":
            _check(request.get_json(), site.callback_map, f"{request.script_root}/")

    app.register_error_handler(CallbackException, _unlike_its_callback)


def _check(asked: Any, callbacks: Container[str], root: str) -> None:
    if not isinstance(asked, dict) or not isinstance(asked.get("output"), str):
        raise BadRequest(UNKNOWN)
    given = asked.get("inputs"), asked.get("state", [])
    if asked["output"] not in callbacks or not all(isinstance(part, list) for part in given):
        raise BadRequest(UNKNOWN)
    if not all(_is_given(one, root) for part in given for one in part or ()):
        raise BadRequest(UNKNOWN)


def _is_given(one: Any, root: str) -> bool:
    """Whether a part of the body is a property of a component, with a value of its kind."""
    if not isinstance(one, dict) or not isinstance(one.get("property"), str) or "id" not in one:
        return False
    value = one.get("value")
    if one["property"] not in _OF_ADDRESS or value is None:
        return True
    return (
        isinstance(value, str)
        and _can_be_written(value)
        and (one["property"] != "pathname" or value.startswith(root))
    )


def _can_be_written(text: str) -> bool:
    """Whether its characters are whole: JSON may hold halves, which no file or address can."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _unlike_its_callback(error: CallbackException) -> Any:
    """Outputs that are not those of the callback; other kinds of the error are ours."""
    if type(error) is not CallbackException:
        raise error
    return current_app.handle_user_exception(BadRequest(UNKNOWN))
