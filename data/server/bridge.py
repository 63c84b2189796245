"""The application, which waits for nothing, behind an event loop that waits for slow clients.

Granian can call a WSGI application itself, but its threads then wait for bodies without end, and
`X_Forwarded_For` cannot be told from `X-Forwarded-For`.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.server.answers import Outgoing
from data.server.bodies import SMALL, Body, Incoming, Refused
from data.server.refusals import FAILED, HOSTS, SLOW, Refusal
from data.server.threads import Threads

THREADS = 4  # that compute answers in each worker
RECEIVING = 2  # of them at most, that read large bodies at the same time
CLOSE = ("Connection", "close")
ALWAYS: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Any], Iterable[bytes]]


class Bridge:
    """What Granian calls, as RSGI. The site is served under the path `root`.

    Large answers wait in files of a folder until their clients have taken them.
    """

    def __init__(self, app: WsgiApp, root: str = "", folder: Path | None = None) -> None:
        self._app = app
        self._root = root
        self._outgoing = Outgoing(folder)
        self._receiving = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._threads = loop, Threads(loop, THREADS)

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        environ = _environ(scope)
        if "," in environ.get("HTTP_HOST", ""):
            self._refuse(HOSTS, environ, proto)
            return
        is_large = False
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
            try:
                is_large = await self._receive(environ, proto)
            except TimeoutError:
                self._refuse(SLOW, environ, proto)
                return
        try:
            await self._threads.run(self._answer, environ, proto)
        finally:
            self._receiving -= is_large

    def _refuse(self, refusal: Refusal, environ: Environ, proto: Any) -> None:
        headers, body = refusal.answer(environ["PATH_INFO"], self._root)
        proto.response_bytes(refusal.status, [*headers, CLOSE], body)

    async def _receive(self, environ: Environ, proto: Any) -> bool:
        """Give the application its body; True if it is a large one, which is still to come."""
        body = Body(aiter(proto))
        begun, has_ended = b"", False
        length = environ.get("CONTENT_LENGTH", "0")
        if not length.isdecimal() or int(length) <= SMALL:
            begun, has_ended = await body.small()
        if has_ended:
            environ["wsgi.input"] = io.BytesIO(begun)
            return False
        if self._receiving == RECEIVING:
            environ["wsgi.input"] = io.BufferedReader(Refused())
            return False
        self._receiving += 1
        environ["wsgi.input"] = io.BufferedReader(Incoming(begun, body), SMALL)
        return True

    def _answer(self, environ: Environ, proto: Any) -> None:
        """What the application answers, sent as a whole, so that no slow reader holds a thread."""
        headers, body = FAILED.answer(environ["PATH_INFO"], self._root)
        status = FAILED.status

        def start(line: str, given: list[tuple[str, str]], *error: Any) -> None:
            nonlocal status, headers
            status, headers = int(line[:3]), given

        try:
            answer: Any = self._app(environ, start)
            with closing(answer) if hasattr(answer, "close") else nullcontext():
                body = b"".join(answer)
        finally:
            self._outgoing.send(self._loop, proto, status, headers, body)


def _environ(scope: Any) -> Environ:
    """A request as WSGI has it."""
    host, _, port = scope.server.rpartition(":")
    client, _, client_port = scope.client.rpartition(":")
    environ = {
        **ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _as_latin(scope.path),
        "QUERY_STRING": _as_latin(scope.query_string),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": client_port,
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
    }
    for name, value in scope.headers.items():
        key = _key(name)
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        if key:
            environ[key] = value
    return environ


@lru_cache(maxsize=256)
def _key(name: str) -> str:
    """Where WSGI keeps a header; nowhere, when another name would be kept in the same place."""
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{key}"


def _as_latin(text: str) -> str:
    """Text whose characters stand for the bytes of its UTF-8, as WSGI wants it."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")
