"""What `templates/document.html` needs to draw a page without Dash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from components import shell, static
from components.header import NAME, Surroundings, banners, footer, header
from components.text import to_text

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Head, header, banners and footer of one answer."""

    name: str
    icon: str
    theme: str
    font: str
    font_range: Markup
    styles: str
    scripts: str
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
        styles=asset(static.STYLES),
        scripts=asset(static.SCRIPTS),
        header=to_text(header(around)),
        banners=to_text(banners(around)),
        footer=to_text(footer(around.links)),
    )
