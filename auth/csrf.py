"""Two walls against requests that another site makes a browser send.

First, a request that changes something is refused when the browser says that another origin made
it. This covers Dash callbacks too. Second, every form carries a token that only a page of this
site, drawn for this browser, can hold. The API takes no cookies, so neither concerns it.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, Forbidden

from auth.credentials import sessions
from auth.secret import keyed_digest

FIELD = "csrf_token"
ASKED_HOST = "haresign.asked_host"  # in the environment, where a request has another than its own
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})
_WITHOUT_FORMS = ("/_dash-", "/api/", "/mcp")
_PURPOSE = "form"
LARGEST_BODY = 256 * 1024  # bytes of a form or a callback that brings no file


@dataclass(frozen=True, slots=True)
class _Larger:
    most: int
    may: Callable[[], bool]
    refuse: Callable[[int], Response] | None


_larger: dict[str, _Larger] = {}


class Expired(BadRequest):
    """The form's token is missing, old, or another browser's."""

    description = "This form has expired. Go back, load the page again and send it once more."


class FromElsewhere(Forbidden):
    """The browser says that another origin made the request."""

    description = "Another site sent this request. Nothing was changed."


def register(app: Flask) -> None:
    app.before_request(_check)
    app.after_request(_set_cookie)
    app.context_processor(lambda: {"csrf_token": token})


def token() -> str:
    """A token for a form of this page. It differs each time, so compression reveals nothing."""
    g.has_form = True
    nonce = secrets.token_urlsafe(12)
    return f"{nonce}.{_seal(nonce, sessions.presented() or _anonymous())}"


def allow_larger(
    path: str,
    most: int,
    *,
    may: Callable[[], bool],
    refuse: Callable[[int], Response] | None = None,
) -> None:
    """Let forms sent to an address have up to so many bytes, from visitors who `may` send them.
    `refuse` answers one that has more, by its size; without it, the answer is that of everywhere.

    Called when modules are imported: the form is read for its token before any view is asked.
    """
    _larger[path] = _Larger(most, may, refuse)


def largest(path: str) -> int:
    """Bytes that a body sent to an address may have, whoever sends it."""
    return _larger[path].most if path in _larger else LARGEST_BODY


def refusal(path: str, size: int) -> Response | None:
    """The address's own answer to a body of too many bytes, for whoever may send it some."""
    larger = _larger.get(path)
    return larger.refuse(size) if larger and larger.refuse and larger.may() else None


def _check() -> None:
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in OURS:
        raise FromElsewhere
    origin = request.headers.get("Origin")
    if origin is not None and _host_of(origin) not in _own_hosts():
        raise FromElsewhere
    if request.path.startswith(_WITHOUT_FORMS):
        return
    if request.path in _larger and not _larger[request.path].may():
        request.max_content_length = LARGEST_BODY  # a stranger's file never reaches the disk
    if not _is_valid(request.form.get(FIELD, "")):
        raise Expired


def _host_of(origin: str) -> str | None:
    """The host with its port; None of what is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _own_hosts() -> tuple[str, ...]:
    """The public address, and that of this machine if the request came to it."""
    return request.host, request.environ.get(ASKED_HOST, request.host)


def _is_valid(presented: str) -> bool:
    nonce, dot, seal = presented.partition(".")
    bound_to = request.cookies.get(sessions.cookie_name()) or request.cookies.get(_name())
    if not dot or not bound_to:
        return False
    return hmac.compare_digest(seal.encode(), _seal(nonce, bound_to).encode())


def _seal(nonce: str, bound_to: str) -> str:
    return keyed_digest(_PURPOSE, f"{nonce} {bound_to}")


def _name() -> str:
    """A cookie of visitors who are not signed in, set only where there is a form."""
    return "__Host-form" if request.is_secure else "form"


def _anonymous() -> str:
    present = request.cookies.get(_name()) or g.get("form_cookie")
    if not present:
        present = g.form_cookie = secrets.token_urlsafe(18)
    return str(present)


def _set_cookie(response: Response) -> Response:
    if "form_cookie" in g:
        response.set_cookie(
            _name(),
            g.form_cookie,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response
