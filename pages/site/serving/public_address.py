"""The site gives its public address as its own, whatever the proxy in front passes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from auth.csrf import ASKED_HOST
from data.settings import Settings

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class AtPublicAddress:
    """Answer as HARESIGN_SITE_URL, where it is set, to every host that may be asked for.

    Other hosts stay as they are, and are refused behind it.
    """

    def __init__(self, app: WsgiApp, settings: Settings, trusted: Iterable[str]) -> None:
        self._app = app
        self._behind_proxy = settings.proxies > 0
        self._scheme, self._host = urlsplit(settings.site_url)[:2]
        self._trusted = frozenset(trusted)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self._host and self._is_trusted(environ):
            environ[ASKED_HOST] = environ.get("HTTP_HOST", "")
            environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self._scheme, self._host
        return self._app(environ, start_response)

    def _is_trusted(self, environ: dict[str, Any]) -> bool:
        asked = [environ.get("HTTP_HOST", "")]
        if self._behind_proxy:
            asked.append(environ.get("HTTP_X_FORWARDED_HOST", ""))
        return any(_name(host) in self._trusted for host in asked)


def _name(host: str) -> str:
    """A host without its port, in lower case."""
    name, colon, port = host.strip().lower().rpartition(":")
    return name if colon and port.isdecimal() else host.strip().lower()
