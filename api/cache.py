"""A cache before Flask under `/api/`, and the headers of all its answers.

Routing a request, reading its parameters and building a response take longer than most figures
do. So an answer is sent again as the same bytes until the data
change; only the key is checked and counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from api.access import ADMISSION, METHODS, key_of
from api.responses import ETAG, KEEP
from auth.api_keys.gate import Admission, Gate
from data import encodings
from data.response_cache import Answer, ResponseCache
from data.versions.db import library
from data.versions.snapshot import Snapshot

ROOT = "/api/"
LISTS = "/api/v1/"  # the index, public, and below it every list
SHAPE = "1"  # raise it when the same data is answered in another form, so that tags change
KEPT_BYTES = 16 * 1024 * 1024  # of answers kept in each process

PUBLIC_CACHE = "public, max-age=300"
KEYED_CACHE = "private, max-age=300"
EXPOSED = (
    "ETag, Link, Retry-After, X-Haresign-Data, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset, X-Request-Id"
)
ASKING = (  # what scripts of other sites may send
    "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, If-Modified-Since, "
    "If-None-Match, Pragma, X-Requested-With"
)
PREFLIGHT = (
    ("Allow", METHODS),
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", ASKING),
    ("Access-Control-Max-Age", "86400"),
    ("Content-Length", "0"),
)
ADDRESS = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")

Headers = Sequence[tuple[str, str]]
Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Any], Iterable[bytes]]


class ApiCache:
    """The application behind it is asked only for answers that are not kept."""

    def __init__(self, app: WsgiApp, gate: Gate) -> None:
        self._app, self._gate = app, gate
        self._kept = ResponseCache(KEPT_BYTES)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not path.startswith(ROOT):
            return self._app(environ, start_response)

        def start(status: str, headers: Headers, *error: Any) -> Any:
            return start_response(status, [*headers, *_added(environ, status)], *error)

        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            start("200 OK", PREFLIGHT)
            return ()
        if method not in ("GET", "HEAD") or not path.startswith(LISTS):
            return self._app(environ, start)
        tag = _tag(environ, library().live())
        environ[ETAG] = etag = f"W/{tag}"  # weak, as it stands for every encoding
        known = tag in environ.get("HTTP_IF_NONE_MATCH", "")
        key = tag, encodings.readable(environ.get("HTTP_ACCEPT_ENCODING", ""))
        answer = None if known else self._kept.get(key)
        if (known or answer) and (path == LISTS or self._admitted(environ)):
            start(
                *(("200 OK", answer.headers) if answer else ("304 Not Modified", [("ETag", etag)]))
            )
            return (answer.body,) if answer and method == "GET" else ()
        return self._asked(environ, start, key)

    def _admitted(self, environ: Environ) -> bool:
        """Whether the request has a key that may ask; if not, Flask says why."""
        admission = self._gate.admit(key_of(environ))
        if admission is None or not admission.allowed:
            return False
        environ[ADMISSION] = admission
        return True

    def _asked(self, environ: Environ, start: Any, key: tuple[str, str]) -> Iterable[bytes]:
        """What Flask answers; kept if it follows from the address and the published data."""
        sent: list[tuple[str, str]] = []

        def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            sent[:] = headers
            return start(status, headers, *error)

        answer: Any = self._app(environ, started)
        if KEEP not in environ or environ["REQUEST_METHOD"] != "GET":
            return answer
        with closing(answer):
            body = b"".join(answer)
        self._kept.keep(key, Answer(body, tuple(sent)))
        return (body,)


def _tag(environ: Environ, live: Sequence[Snapshot]) -> str:
    """ETag of a request's address over those versions of the data."""
    parts = [environ.get(name, "") for name in ADDRESS]
    today = datetime.now(UTC).date().isoformat()  # by which the data are new or late
    asked = "\n".join((SHAPE, today, *parts, *[snapshot.version for snapshot in live]))
    if dropped := library().dropped:  # answers made before a file's damage was seen are not kept
        asked += f"\n{dropped}"
    return f'"{hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:32]}"'


def _added(environ: Environ, status: str) -> Headers:
    """Headers of every API answer: caching, cross-origin reading, limits, demonstration data."""
    admission: Admission | None = environ.get(ADMISSION)
    cache = KEYED_CACHE if admission else PUBLIC_CACHE
    added = [
        ("Cache-Control", cache if status < "4" else "no-store"),
        ("Vary", "Authorization"),
        ("Access-Control-Allow-Origin", "*"),
    ]
    if "HTTP_ORIGIN" in environ:
        added.append(("Access-Control-Expose-Headers", EXPOSED))
    if library().store.demo:
        added.append(("X-Haresign-Data", "demonstration"))
    if admission:
        tightest = admission.tightest
        added += [
            ("X-RateLimit-Limit", str(tightest.limit)),
            ("X-RateLimit-Remaining", str(tightest.remaining)),
            ("X-RateLimit-Reset", str(tightest.resets)),
        ]
    return added
