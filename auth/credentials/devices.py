"""Browsers that have signed in to an account before: they have a count of attempts of their own.

Whoever fills the common count by guessing keeps others out only at browsers that the account has
never used. The cookie proves nothing else: the password is asked for all the same.
"""

from __future__ import annotations

import hmac
import secrets
import time
from datetime import timedelta

from flask import Flask, Response, g, request

from auth.secret import keyed_digest

LASTS = timedelta(days=365)
_PURPOSE = "known browser"


def register(app: Flask) -> None:
    app.after_request(_set_cookies)


def known(email: str) -> str:
    """What this browser is counted under, if it has signed in to the account; else nothing."""
    nonce, _, rest = request.cookies.get(_name(email), "")[:200].partition(".")
    issued, _, seal = rest.partition(".")
    if not hmac.compare_digest(seal.encode(), _seal(email, nonce, issued).encode()):
        return ""
    age = time.time() - int(issued)
    return nonce if abs(age) < LASTS.total_seconds() else ""  # a clock may have been set back


def remember(email: str) -> None:
    """Know this browser again: it has proved that it is the account's."""
    nonce, issued = secrets.token_urlsafe(18), str(int(time.time()))
    g.setdefault("known_browser", {})[_name(email)] = (
        f"{nonce}.{issued}.{_seal(email, nonce, issued)}"
    )


def _seal(email: str, nonce: str, issued: str) -> str:
    return keyed_digest(_PURPOSE, f"{email} {nonce} {issued}")


def _name(email: str) -> str:
    """One cookie for each account that uses the browser; it does not name it."""
    name = f"known-{keyed_digest(_PURPOSE, email)[:12]}"
    return f"__Host-{name}" if request.is_secure else name


def _set_cookies(response: Response) -> Response:
    for name, value in g.get("known_browser", {}).items():
        response.set_cookie(
            name,
            value,
            max_age=int(LASTS.total_seconds()),
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response
