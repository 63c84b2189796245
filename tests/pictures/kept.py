"""The pictures that are kept, and what differs from them, side by side."""

from __future__ import annotations

import json
import lzma
from html import escape
from pathlib import Path

from tests.pictures.drawing import Pictures

FILE = Path(__file__).with_name("pictures.json.xz")


def read() -> Pictures:
    """As they were when they were last looked at."""
    pictures: Pictures = json.loads(lzma.decompress(FILE.read_bytes()))
    return pictures


def write(pictures: Pictures) -> None:
    """Keep these instead."""
    text = json.dumps(pictures, indent=0, sort_keys=True, ensure_ascii=False)
    FILE.write_bytes(lzma.compress(text.encode(), preset=9))


def differing(kept: Pictures, drawn: Pictures) -> list[str]:
    """The names of pictures that are new, gone or changed."""
    names = sorted(kept.keys() | drawn.keys())
    return [name for name in names if kept.get(name) != drawn.get(name)]


def side_by_side(names: list[str], kept: Pictures, drawn: Pictures) -> str:
    """A page that shows both of each."""
    rows = "".join(
        f"<h2>{escape(name)}</h2><div>{kept.get(name, 'New')}</div>"
        f"<div>{drawn.get(name, 'Gone')}</div>"
        for name in names
    )
    style = "body{display:grid;grid-template-columns:1fr 1fr;gap:8px}h2{grid-column:span 2}"
    style += "svg{max-width:100%;height:auto;border:1px solid}"
    return f'<!doctype html><meta charset="utf-8"><style>{style}</style>{rows}'
