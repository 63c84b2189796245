"""A picture file as PNG, without a browser. The letters are ours, whatever the host has."""

from __future__ import annotations

from pathlib import Path

SCALE = 2  # pixels of the PNG to a px of the picture
FONTS = Path(__file__).parents[3] / "assets" / "vendor" / "haresign-sans"


def png(picture: str) -> bytes:
    """The pixels of what `svg.file` wrote."""
    import resvg_py  # heavy, and needed for downloads only

    return resvg_py.svg_to_bytes(
        svg_string=picture,
        zoom=SCALE,
        skip_system_fonts=True,
        font_files=[str(path) for path in sorted(FONTS.glob("*.ttf"))],
        font_family="Haresign Sans",
        sans_serif_family="Haresign Sans",
    )
