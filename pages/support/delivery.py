"""How every answer leaves the site: static files, compression, security headers, path prefix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import brotli
import dash
from flask import Flask, Response, abort, request

from components import static

ONE_YEAR = 365 * 24 * 60 * 60
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Dash adds an inline script whose hash is only known once the first page was asked for.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DASH_CATCH_ALL = "/<path:path>"
_SUITES = "/_dash-component-suites/"

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class UnderPrefix:
    """Serve the site under a path, whether or not the proxy in front removes that path."""

    def __init__(self, app: WsgiApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if self._prefix:
            environ["SCRIPT_NAME"] = self._prefix
            if path == self._prefix or path.startswith(f"{self._prefix}/"):
                environ["PATH_INFO"] = path.removeprefix(self._prefix) or "/"
        return self._app(environ, start_response)


def register(app: Flask, site: dash.Dash) -> None:
    """Serve `assets/`, and compress and guard whatever the application answers."""

    @app.get("/assets/<path:path>")
    def asset(path: str) -> Response:
        accepts_brotli = "br" in request.accept_encodings
        found = static.read(path, "br" if accepts_brotli else "identity")
        if found is None:
            abort(404)
        response = Response(found.body, content_type=found.content_type)
        response.set_etag(found.digest)
        response.headers["Vary"] = "Accept-Encoding"
        if accepts_brotli and found.content_type.endswith("charset=utf-8"):
            response.headers["Content-Encoding"] = "br"
        named_by_content = request.args.get("v") == found.digest
        response.cache_control.public = True
        response.cache_control.max_age = ONE_YEAR if named_by_content else 300
        response.cache_control.immutable = named_by_content
        response.make_conditional(request)
        return response

    @app.after_request
    def deliver(response: Response) -> Response:
        if request.endpoint == DASH_CATCH_ALL and not _is_page(request.path):
            response.status_code = 404
        _compress(response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        scripts = " ".join(site.csp_hashes())
        response.headers.setdefault(
            "Content-Security-Policy", CONTENT_SECURITY_POLICY.format(scripts=scripts)
        )
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        return response


def _is_page(path: str) -> bool:
    """Whether a Dash page has the address. Dash answers every other one with 200 as well."""
    return any(
        page["path"] == path or (page["path_template"] and path.startswith(page["path"]))
        for page in dash.page_registry.values()
    )


def _compress(response: Response) -> None:
    """Brotli for text that is worth it; Dash's own scripts are compressed once and kept."""
    if (
        "br" not in request.accept_encodings
        or response.direct_passthrough
        and not request.path.startswith(_SUITES)
        or "Content-Encoding" in response.headers
        or response.status_code in (204, 304)
        or not (response.content_type or "").startswith(static.COMPRESSIBLE)
    ):
        return
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < static.SMALLEST:
        return
    if request.path.startswith(_SUITES):
        response.set_data(_compressed_once(body))
    else:
        response.set_data(brotli.compress(body, quality=static.EACH_QUALITY))
    response.headers["Content-Encoding"] = "br"
    response.headers.add("Vary", "Accept-Encoding")


@lru_cache(maxsize=64)
def _compressed_once(body: bytes) -> bytes:
    return brotli.compress(body, quality=static.ONCE_QUALITY)
