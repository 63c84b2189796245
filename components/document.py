"""What `templates/document.html` needs to draw a page without Dash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from components import shell
from components.header import NAME, Surroundings, banners, footer, header
from components.markup import markup

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("served.js", "page.js", "combobox.js")  # deferred


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Head, header, banners and footer of one answer."""

    name: str
    icon: str
    theme: str
    font: str
    font_range: Markup
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    header: Markup
    banners: Markup
    footer: Markup


def document(around: Surroundings, asset: Callable[[str], str]) -> Document:
    """`asset` turns a path under assets/ into its URL."""
    return Document(
        name=NAME,
        icon=asset("mark.svg"),
        theme=asset("theme.js"),
        font=asset(shell.FONT),
        font_range=Markup(shell.FONT_RANGE),  # our own text
        styles=tuple(asset(path) for path in shell.STYLES),
        scripts=tuple(asset(path) for path in SCRIPTS),
        header=markup(header(around)),
        banners=markup(banners(around)),
        footer=markup(footer(around.links)),
    )
