"""E-mail addresses, and addresses of the site as they are written in e-mails."""

from __future__ import annotations

import re
from ipaddress import ip_address

from flask import current_app, has_request_context, request

from data.settings import Settings

_EMAIL = re.compile(  # no "?": what a mail program takes for coded text is another address to it
    r"[a-z0-9!#$%&'*+/=^_`{|}~.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)


def normalise(email: str) -> str:
    """As it is stored and compared: without spaces around it, in lower case."""
    return email.strip().casefold()


def is_email(email: str) -> bool:
    """Whether a normalised address could be one. Only a message to it can tell."""
    return len(email) <= 254 and _EMAIL.fullmatch(email) is not None


def whole(path: str) -> str:
    """A path of the site as a whole address.

    The request's own host is believed only on this machine: elsewhere it is whatever the sender
    wrote, and a link with it could carry a reset token to another site.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if settings.site_url:
        return f"{settings.site_url}{settings.prefix}{path}"
    if has_request_context() and _is_loopback(request.host.rpartition(":")[0] or request.host):
        return f"{request.scheme}://{request.host}{settings.prefix}{path}"
    return f"http://127.0.0.1:{settings.port}{settings.prefix}{path}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def own_path(target: str) -> str:
    """`target` if it is a path of this site, else nothing: where to go after signing in."""
    inside = target.startswith("/") and not target.startswith(("//", "/\\"))
    plain = not any(ord(character) < 33 or character == "\\" for character in target)
    return target if inside and plain and len(target) <= 2000 else ""
