"""The HTTP side of the publication site."""

from __future__ import annotations

import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.publication_site import pages
from tests.publication_site.content import Content, Fault, Request, renamed_column, zip_bomb

if TYPE_CHECKING:
    from tests.publication_site.site import PublicationSite

_STATUS_OF = {Fault.ERROR: 500, Fault.BUSY: 429, Fault.GONE: 404}
_PIECE = 65_536


@contextmanager
def listening(site: PublicationSite) -> Iterator[str]:
    """A server for the site on a free port of its own; yields its address."""

    class Handler(_Handler):
        publication_site = site

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed or give up are part of the tests."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    publication_site: PublicationSite
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Requests are recorded, not written to standard error."""

    def do_GET(self) -> None:
        content = self.publication_site.find(self.path)
        if content is None:
            self._answer_page(404, "Page not found")
            return
        faults = self.publication_site.faults_for(content)
        for fault, status in _STATUS_OF.items():
            if fault in faults:
                extra = {"Retry-After": "1"} if status == 429 else {}
                self._answer_page(status, f"Error {status}", extra)
                return
        if Fault.REDIRECT_AWAY in faults:
            self._redirect("https://downloads.example.org/elsewhere.csv")
        elif Fault.REDIRECT_HERE in faults:
            self._redirect(self.path)
        elif Fault.HTML in faults:
            self._answer_page(200, "Service unavailable")
        else:
            self._answer_content(content, faults)

    def _answer_content(self, content: Content, faults: set[Fault]) -> None:
        body = content.body
        if Fault.HTML_AS_FILE in faults:
            body = pages.web_page("Service unavailable").encode()
        if Fault.BOMB in faults:
            body = zip_bomb()
        if Fault.RENAMED_COLUMN in faults:
            body = renamed_column(content.name, body)
        headers = {"Content-Type": content.content_type}
        validated = content.is_file and content.last_modified and Fault.NO_VALIDATORS not in faults
        if validated:
            headers |= {"ETag": content.etag, "Last-Modified": str(content.last_modified)}
            if self.headers.get("If-None-Match") == content.etag:
                self._head(304, headers)
                return
        start = 0 if Fault.NO_RANGES in faults else self._start(content, len(body), bool(validated))
        if start >= len(body) > 0:
            self._head(416, {"Content-Range": f"bytes */{len(body)}", "Content-Length": "0"})
            return
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        if Fault.NO_LENGTH in faults:
            headers["Connection"] = "close"
        else:
            headers["Content-Length"] = str(len(body) - start)
        self._head(206 if start else 200, headers)
        self._send(body[start:], faults)

    def _start(self, content: Content, size: int, validated: bool) -> int:
        """First byte asked for; zero when the whole is to be sent."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked is None:
            return 0
        condition = self.headers.get("If-Range")
        current = (content.etag, content.last_modified) if validated else ()
        return int(asked.group(1)) if condition is None or condition in current else 0

    def _send(self, body: bytes, faults: set[Fault]) -> None:
        site = self.publication_site
        broken = faults & {Fault.TRUNCATED, Fault.RESET, Fault.STALLED}
        if broken:
            body = body[: len(body) // 2]
        piece = site.slow_chunk if Fault.SLOW in faults else _PIECE
        with suppress(ConnectionError):
            for begin in range(0, len(body), piece):
                self.wfile.write(body[begin : begin + piece])
                if Fault.SLOW in faults:
                    time.sleep(site.slow_pause)
        if Fault.STALLED in faults:
            time.sleep(site.silence)
        if Fault.RESET in faults:
            time.sleep(0.05)  # let the client read what came before the reset
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        if broken:
            self.close_connection = True

    def _answer_page(self, status: int, title: str, extra: dict[str, str] | None = None) -> None:
        body = pages.web_page(title).encode()
        headers = {"Content-Type": "text/html;charset=UTF-8", "Content-Length": str(len(body))}
        self._head(status, headers | (extra or {}))
        with suppress(ConnectionError):
            self.wfile.write(body)

    def _redirect(self, address: str) -> None:
        self._head(302, {"Location": address, "Content-Length": "0"})

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.publication_site.record(
            Request(time.monotonic(), self.command, self.path, dict(self.headers), status)
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
