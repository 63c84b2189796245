"""How every answer leaves the site: static files, compression, security headers, path prefix."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime
from functools import lru_cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

import dash
from dash.exceptions import DependencyException
from flask import Flask, Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from auth import notices
from auth.credentials import sessions
from components import static
from data import encodings
from data.response_cache import Answer, ResponseCache
from data.versions.db import library
from pages.site.serving.compressed_assets import CompressedAssets

ONE_YEAR = 365 * 24 * 60 * 60
HEADERS: tuple[tuple[str, str], ...] = (
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
DASH_SCRIPTS = (
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"  # its endpoint too
)
_UNCHANGING = ("/assets/", "/_dash-component-suites/")
_UPDATE = "/_dash-update-component"
_DRAWN = (_UPDATE, "/organisations/")
DRAWN_BYTES = 16 * 1024 * 1024  # of drawn pages kept in each process, as they are sent

_ASKED = (
    *("REQUEST_METHOD", "wsgi.url_scheme", "HTTP_HOST"),
    *("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"),
)

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Guarded:
    """Add what every answer carries, where Flask need not look at each header again."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        added = HEADERS
        if environ["wsgi.url_scheme"] == "https":
            added += (("Strict-Transport-Security", f"max-age={ONE_YEAR}"),)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            given = {name for name, _ in headers}
            return start_response(
                status, [*headers, *[pair for pair in added if pair[0] not in given]], *error
            )

        return self._app(environ, start)


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


def register(app: Flask, site: dash.Dash, cache: Path) -> None:
    """Serve `assets/`, and compress and guard whatever the application answers.

    `cache` is a folder for compressed scripts and styles; it may be emptied at any time.
    """
    assets = CompressedAssets(cache)

    @app.get("/assets/<path:path>")
    def asset(path: str) -> Response:
        found = static.read(path)
        if found is None:
            abort(404)
        response = Response(found.body, content_type=found.content_type)
        response.set_etag(found.digest, weak=True)
        named_by_content = request.args.get("v") == found.digest
        response.cache_control.public = True
        response.cache_control.max_age = ONE_YEAR if named_by_content else 300
        response.cache_control.immutable = named_by_content
        response.make_conditional(request)
        return response

    app.view_functions[DASH_SCRIPTS] = _which_there_may_be(app.view_functions[DASH_SCRIPTS])

    drawn = ResponseCache(DRAWN_BYTES)

    @lru_cache(maxsize=1)
    def policy_of_pages() -> str:
        """First asked for when Dash has set itself up, so that every inline script is known."""
        return CONTENT_SECURITY_POLICY.format(scripts=" ".join(site.csp_hashes()))

    @app.before_request
    def to_the_page() -> BaseResponse | None:
        """A page whose address lacks the slash at its end; Dash would not know it."""
        if request.endpoint != DASH_CATCH_ALL or not _is_page(f"{request.path}/"):
            return None
        query = request.query_string.decode("latin-1")
        return redirect(f"{request.script_root}{request.path}/{query and f'?{query}'}", 308)

    @app.before_request
    def answer_again() -> Response | None:
        is_document = request.endpoint == DASH_CATCH_ALL and _is_page(request.path)
        if not (is_document or request.path.startswith(_DRAWN)) or _is_personal():
            return None
        g.drawn_key = _drawn_key()
        found = drawn.get(g.drawn_key)
        if found is None:
            return None
        response = Response(found.body, headers=list(found.headers))
        if not request.path.startswith(_UPDATE):  # who is signed in is asked another one
            response.vary.add("Cookie")
        return response

    @app.after_request
    def deliver(response: Response) -> Response:
        is_drawn = request.endpoint == DASH_CATCH_ALL and response.status_code == 200
        if is_drawn and not _is_page(request.path):
            response.status_code = 404
        _compress(response, assets)
        if g.get("drawn") and "drawn_key" in g and response.status_code == 200:
            drawn.keep(g.drawn_key, Answer(response.get_data(), tuple(response.headers)))
        if POLICY not in response.headers:
            is_data = (response.content_type or "").startswith("application/json")
            response.headers[POLICY] = POLICY_OF_DATA if is_data else policy_of_pages()
        return response

    with app.test_request_context():
        # Until it has drawn a document Dash knows none of its scripts, and a browser may ask this
        # worker for those of a page that another worker drew.
        site.index()


def _which_there_may_be(view: Callable[..., Any]) -> Callable[..., Any]:
    """Dash's view of its scripts, with 404 instead of 500 for those that it does not have."""

    @wraps(view)
    def script(**asked: str) -> Any:
        try:
            return view(**asked)
        except (DependencyException, FileNotFoundError):
            abort(404)

    return script


def _is_personal() -> bool:
    """Whether the header of the answer may name whoever is signed in. What Dash asks for the
    inside of a page has no header.
    """
    return not request.path.startswith(_UPDATE) and bool(sessions.presented())


def _drawn_key() -> Hashable:
    """Everything that an answer drawn from published data follows from."""
    asked = request.environ
    return (
        *(asked.get(name, "") for name in _ASKED),
        _encoding(),
        sha256(request.get_data()).digest(),
        library().state(),
        datetime.now(UTC).date(),  # by which the data are new or late
        notices.current(),
    )


def _is_page(path: str) -> bool:
    """Whether a Dash page has the address. Dash answers every other one with 200 as well."""
    return any(
        page["path"] == path or (page["path_template"] and path.startswith(page["path"]))
        for page in dash.page_registry.values()
    )


def _encoding() -> str:
    return encodings.readable(request.environ.get("HTTP_ACCEPT_ENCODING", ""))


def _compress(response: Response, assets: CompressedAssets) -> None:
    """Compress text that is worth it; what is sent again and again is compressed once.

    Its ETag is weak, because it stands for the content in every encoding.
    """
    is_unchanging = request.path.startswith(_UNCHANGING)
    if (
        response.direct_passthrough
        and not is_unchanging
        or "Content-Encoding" in response.headers
        or not (response.content_type or "").startswith(static.COMPRESSIBLE)
    ):
        return
    tag, is_weak = response.get_etag()
    if tag and not is_weak:
        response.set_etag(tag, weak=True)
    response.vary.add("Accept-Encoding")
    encoding = _encoding()
    if not encoding or response.status_code in (204, 304):
        return
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < static.SMALLEST:
        return
    compressed = assets.of(body, encoding) if is_unchanging else encodings.compress(body, encoding)
    response.set_data(compressed)
    response.headers["Content-Encoding"] = encoding
