"""What the server answers where the application cannot: a page with a way on, or the API's JSON."""

from __future__ import annotations

import json
from typing import NamedTuple

from data.server.bodies import TOO_SLOW

_PAGE = (
    '<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">'
    "<title>{title} | Haresign</title></head><body><main><h1>{title}</h1><p>{message}</p>"
    '<p><a href="{root}/">Home</a> <a href="{root}/tools/">Tools</a></p></main></body></html>'
)
_POLICY = ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
_ALWAYS = [_POLICY, ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]


class Refusal(NamedTuple):
    status: int
    code: str  # for the API
    title: str
    message: str

    def answer(self, path: str, root: str) -> tuple[list[tuple[str, str]], bytes]:
        """Headers and body. `root` is the path under which the site is served."""
        if path.removeprefix(root).startswith("/api/"):
            body = json.dumps({"detail": self.message, "code": self.code, "errors": {}})
            return [("Content-Type", "application/json"), *_ALWAYS], body.encode()
        page = _PAGE.format(title=self.title, message=self.message, root=root)
        return [("Content-Type", "text/html; charset=utf-8"), *_ALWAYS], page.encode()


SLOW = Refusal(408, "bad_request", "This took too long to arrive", TOO_SLOW)
HOSTS = Refusal(
    400, "bad_request", "This cannot be understood", "The request names more than one host."
)
FAILED = Refusal(
    500,
    "server_error",
    "Something went wrong",
    "Something went wrong on the server. Load the page again in a minute.",
)
