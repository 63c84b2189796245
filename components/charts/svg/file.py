"""A picture that stands alone: title, key, plot and source, in light colours and px.

Without styles, scripts, links or anything fetched, so that it can be opened, mailed, printed and
made a PNG (`svg.png`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from components.charts.description import Description, Key
from components.charts.drawing import Drawing
from components.charts.palette import HEX, INK, INK_2, INK_3, SURFACE
from components.charts.scales import NARROW
from components.charts.svg.plot import drawn, text
from components.charts.svg.space import Space, element, rounded

WIDTH = 860  # px
LEAST, MOST = 320, 1600  # px of width
GAP = 24  # px around everything
FAMILY = "'Haresign Sans', 'Source Sans 3 Variable', 'Source Sans 3', system-ui, sans-serif"
EM = 0.5  # of its size, a generous average width of a character
KEY_LINE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What stands around the plot in a file."""

    title: str
    subtitle: str
    foot: str  # source, period, licence, link


def file(drawing: Drawing, description: Description, labels: Labels, *, width: int = WIDTH) -> str:
    """The whole picture. ValueError for a width that nobody could read or print."""
    if not LEAST <= width <= MOST:
        raise ValueError(f"a width of {width} px; from {LEAST} to {MOST} can be drawn")
    inner = width - 2 * GAP
    is_narrow = inner < NARROW
    arrangement = drawing.narrow if is_narrow else drawing.wide
    subtitle = labels.subtitle
    if description.remark:
        subtitle = f"{subtitle}. {description.remark}"
    head = _block(labels.title, size=22, width=inner, top=GAP, colour=INK, bold=True)
    below = _block(subtitle, size=16, width=inner, top=head.bottom + 2, colour=INK_3)
    key = _key(description.key, width=inner, top=below.bottom + 8)
    margins = arrangement.margins
    top = key.bottom + 10
    plot_width = inner - margins.left - margins.right
    plot_height = arrangement.height - margins.top - margins.bottom
    space = Space(plot_height, plot_width, is_narrow)
    plot = element(
        "g",
        drawn(drawing, arrangement, space),
        transform=f"translate({GAP + margins.left},{rounded(top + margins.top)})",
        class_="plot",
    )
    foot = _block(
        labels.foot, size=14, width=inner, top=top + arrangement.height + 14, colour=INK_2
    )
    height = foot.bottom + GAP - 6
    return element(
        "svg",
        element("title", escape(labels.title))
        + element("desc", escape(description.alt))
        + element("rect", width=width, height=rounded(height), fill=SURFACE)
        + "".join(part.drawn for part in (head, below, key))
        + plot
        + foot.drawn,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        width=width,
        height=rounded(height),
        viewBox=f"0 0 {width} {rounded(height)}",
        font_family=FAMILY,
        font_size=14,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Something that is drawn, and px from the top to its lower end."""

    drawn: str
    bottom: float


def _wrapped(words: str, *, characters: int) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= characters or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _block(
    words: str, *, size: int, width: float, top: float, colour: str, bold: bool = False
) -> _Part:
    """A paragraph of its own size, on as many lines as it needs."""
    step = round(size * 1.3)
    lines = _wrapped(words, characters=int(width / (size * EM)))
    rows = [
        element(
            "text",
            escape(line, quote=False),
            x=GAP,
            y=rounded(top + size * 0.95 + step * number),
            font_size=size,
            fill=colour,
            font_weight=700 if bold else None,
        )
        for number, line in enumerate(lines)
        if line
    ]
    return _Part("".join(rows), top + step * len(rows))


def _swatch(entry: Key, x: float, y: float) -> str:
    """The sign of an entry, 12 px wide, as `components.figure` draws it with CSS."""
    colour = HEX[entry.colour]
    left, middle = rounded(x), rounded(x + 6)
    if entry.shape in ("line", "dash"):
        dash = "5 3" if entry.shape == "dash" else None
        ends = {"x1": rounded(x - 2), "x2": rounded(x + 14), "y1": y, "y2": y}
        return element("line", **ends, stroke=colour, stroke_width=2, stroke_dasharray=dash)
    if entry.shape == "dot":
        return element("circle", cx=middle, cy=y, r=6, fill=colour)
    if entry.shape == "diamond":
        path = f"M{middle} {rounded(y - 7)}l7 7l-7 7l-7-7Z"
        return element("path", d=path, fill=colour)
    if entry.shape == "triangle":
        path = f"M{middle} {rounded(y - 5)}l6 11h-12Z"
        return element("path", d=path, fill=colour)
    return element("rect", x=left, y=rounded(y - 6), width=12, height=12, rx=2, fill=colour)


def _key(entries: Sequence[Key], *, width: float, top: float) -> _Part:
    """The key in rows."""
    if not entries:
        return _Part("", top)
    parts, x, y = [], float(GAP), top + KEY_LINE / 2
    space = Space(0, width, False)
    for entry in entries:
        needed = 20 + len(entry.label) * 14 * EM
        if x > GAP and x + needed > GAP + width:
            x, y = float(GAP), y + KEY_LINE
        parts.append(_swatch(entry, x, y))
        parts.append(
            text(entry.label, space, x=rounded(x + 20), y=y + 5, anchor="start", colour=INK)
        )
        x += needed + 22
    return _Part(element("g", "".join(parts), class_="key"), y + KEY_LINE / 2)
