"""Files of `assets/` under addresses that change with their content."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "assets"
COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg+xml")
STYLES, SCRIPTS, DASH_SCRIPTS = "styles.css", "scripts.js", "dash-scripts.js"
BUNDLES = {  # sent as one file: a browser shows nothing before it has every style
    STYLES: (
        "vendor/bootstrap/bootstrap.min.css",
        "tokens.css",
        "icons.css",
        "app.css",
        "selector.css",
        "charts.css",
        "site.css",
        "accounts.css",
        "phone.css",
    ),
    SCRIPTS: (
        "served.js",
        "page.js",
        "wide.js",
        "combobox.js",
        "workspace.js",
    ),  # of pages without Dash
    DASH_SCRIPTS: (
        "speed/turns.js",
        "first.js",
        "page.js",
        "redrawn.js",
        "rest.js",
        "speed/built.js",
        "combobox.js",
        "figures.js",
        "readings.js",
        "wide.js",
        "toolbar.js",
        "print.js",
        "tools.js",
        "workspace.js",
        "live.js",
    ),
}
SMALLEST = 500  # bytes: below this compression costs more than it saves


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file of `assets/`, ready to be sent."""

    body: bytes
    content_type: str
    digest: str


@lru_cache(maxsize=512)
def read(path: str) -> StaticFile | None:
    """A bundle, or a file by its path under `assets/`; None if there is none in that folder."""
    targets = [(FOLDER / part).resolve() for part in BUNDLES.get(path, (path,))]
    for target in targets:
        if not target.is_relative_to(FOLDER.resolve()) or not target.is_file():
            return None
    body = b"\n".join(target.read_bytes() for target in targets)
    digest = hashlib.sha256(body).hexdigest()[:12]
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    content_type = f"{kind}; charset=utf-8" if kind.startswith(COMPRESSIBLE) else kind
    return StaticFile(body, content_type, digest)


def addresses(prefix: str) -> Callable[[str], str]:
    """A function from a path under `assets/` to its URL, which changes when the file does."""

    def address(path: str) -> str:
        found = read(path)
        if found is None:
            raise FileNotFoundError(f"assets/{path}")
        return f"{prefix}/assets/{path}?v={found.digest}"

    return address
