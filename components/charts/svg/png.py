"""A picture file as PNG, without a browser. The letters are ours, whatever the host has."""

from __future__ import annotations

import math
import re
from pathlib import Path

SCALE = 2.0  # pixels of the PNG to a px of the picture
MOST_PIXELS = 12_000_000  # 48 MB while it is drawn; larger pictures get fewer pixels to a px
FONTS = Path(__file__).parents[3] / "assets" / "vendor" / "haresign-sans"
_SIZE = re.compile(r'viewBox="0 0 (\d+) ([\d.]+)"')


def png(picture: str) -> bytes:
    """The pixels of what `svg.file` wrote."""
    import resvg_py  # heavy, and needed for downloads only

    return resvg_py.svg_to_bytes(
        svg_string=picture,
        zoom=scale_of(picture),
        skip_system_fonts=True,
        font_files=[str(path) for path in sorted(FONTS.glob("*.ttf"))],
        font_family="Haresign Sans",
        sans_serif_family="Haresign Sans",
    )


def scale_of(picture: str) -> float:
    """Two pixels to a px, or what keeps the whole picture within `MOST_PIXELS`."""
    size = _SIZE.search(picture)
    if size is None:
        raise ValueError("a picture without a viewBox; make one with svg.file")
    area = float(size[1]) * float(size[2])
    return min(SCALE, math.floor(100 * math.sqrt(MOST_PIXELS / area)) / 100)
