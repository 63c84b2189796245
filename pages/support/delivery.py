"""How every answer leaves the site: static files, compression, security headers, path prefix."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import Any

import brotli
import dash
from flask import Flask, Response, abort, g, has_request_context, request

from components import static
from data.db import library
from data.kept import Answer, Kept

ONE_YEAR = 365 * 24 * 60 * 60
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
POLICY = "Content-Security-Policy"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
POLICY_OF_DATA = "default-src 'none'; frame-ancestors 'none'"
DASH_CATCH_ALL = "/<path:path>"
_SUITES = "/_dash-component-suites/"
_UPDATE = "/_dash-update-component"
_DRAWN = (_UPDATE, "/organisations/")
TAGGED_BYTES = 4 * 1024 * 1024  # of compressed API answers kept in each process
DRAWN_BYTES = 16 * 1024 * 1024  # of drawn pages kept in each process, as they are sent

_ASKED = (
    *("REQUEST_METHOD", "wsgi.url_scheme", "HTTP_HOST"),
    *("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"),
)

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

    drawn = Kept(DRAWN_BYTES)

    @lru_cache(maxsize=1)
    def policy_of_pages() -> str:
        """Asked for the first time when Dash has set up, so that every inline script is known."""
        return CONTENT_SECURITY_POLICY.format(scripts=" ".join(site.csp_hashes()))

    @app.before_request
    def answer_again() -> Response | None:
        if not request.path.startswith(_DRAWN):
            return None
        g.drawn_key = _drawn_key()
        found = drawn.get(g.drawn_key)
        return Response(found.body, headers=list(found.headers)) if found else None

    @app.after_request
    def deliver(response: Response) -> Response:
        if request.endpoint == DASH_CATCH_ALL and not _is_page(request.path):
            response.status_code = 404
        _compress(response)
        if g.get("drawn") and "drawn_key" in g and response.status_code == 200:
            drawn.keep(g.drawn_key, Answer(response.get_data(), tuple(response.headers)))
        headers = response.headers
        headers.extend(HEADERS)
        if POLICY not in headers:
            is_data = (response.content_type or "").startswith("application/json")
            headers[POLICY] = POLICY_OF_DATA if is_data else policy_of_pages()
        if request.is_secure:
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        return response


def drawn_from_data() -> None:
    """Say that this answer follows from the request and the published data, and from nothing else.

    It is then kept, and sent again until the data change.
    """
    if has_request_context():
        g.drawn = True


def _drawn_key() -> Hashable:
    """Everything that an answer drawn from published data follows from."""
    asked = request.environ
    return (
        *(asked.get(name, "") for name in _ASKED),
        "br" in request.accept_encodings,
        request.get_data(),
        library().state(),
    )


def _is_page(path: str) -> bool:
    """Whether a Dash page has the address. Dash answers every other one with 200 as well."""
    return any(
        page["path"] == path or (page["path_template"] and path.startswith(page["path"]))
        for page in dash.page_registry.values()
    )


def _compress(response: Response) -> None:
    """Brotli for text that is worth it; what is sent again and again is compressed once."""
    if (
        "HTTP_ACCEPT_ENCODING" not in request.environ
        or "br" not in request.accept_encodings
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
        response.set_data(_compressed(body, response.headers.get("ETag")))
    response.headers["Content-Encoding"] = "br"
    response.headers.add("Vary", "Accept-Encoding")


_tagged = Kept(TAGGED_BYTES)


def _compressed(body: bytes, tag: str | None) -> bytes:
    """Compressed now; kept where a tag stands for exactly this body."""
    found = _tagged.get(tag) if tag else None
    if found is None:
        found = Answer(brotli.compress(body, quality=static.EACH_QUALITY), ())
        if tag:
            _tagged.keep(tag, found)
    return found.body


@lru_cache(maxsize=64)
def _compressed_once(body: bytes) -> bytes:
    return brotli.compress(body, quality=static.ONCE_QUALITY)
