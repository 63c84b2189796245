"""Where things stand in a picture: px in a file, shares of the width on a page.

On a page the plot is as wide as its place and text keeps its size, so that x is in percent and
everything beside it in px. A file has a width, and all of it is in px.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from components.charts.drawing import Axis, Panel, X
from components.charts.palette import VARIABLES
from components.charts.scales import NARROW_PLOT, WIDE_PLOT, share_of

UNITS = 1000  # of the width, in which paths are drawn where it is not known


def rounded(number: float, places: int = 2) -> str:
    """A number without needless digits."""
    text = f"{number:.{places}f}".rstrip("0").rstrip(".") if places else f"{number:.0f}"
    return "0" if text in ("-0", "") else text


def element(tag: str, children: str = "", /, **attributes: object) -> str:
    """An element; underscores of names are hyphens, and attributes that are None are left out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(str(value), quote=True)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}>{children}</{tag}>" if children else f"<{tag}{written}/>"


@dataclass(frozen=True, slots=True)
class Space:
    """The plot inside its margins: `height` in px, and `width` in px where it is known."""

    height: float
    width: float | None
    is_narrow: bool

    @property
    def assumed_width(self) -> float:
        """px of the plot, as far as is known."""
        return self.width or (NARROW_PLOT if self.is_narrow else WIDE_PLOT)

    @property
    def bold(self) -> int:
        """650 on a page, as its other headings; programs that open files may know hundreds only."""
        return 650 if self.width is None else 700

    def across(self, share: float) -> str:
        """A share of the width, as an attribute takes it."""
        if self.width is None:
            return rounded(100 * share, 3) + "%"
        return rounded(self.width * share)

    def colour(self, shade: str) -> str:
        """A colour: one that follows the theme of a page, or as it is in a file."""
        return shade if self.width is not None else f"var({VARIABLES[shade]},{shade})"


@dataclass(frozen=True, slots=True)
class Plot:
    """A panel in its space, with the axes that turn values into places."""

    space: Space
    panel: Panel
    y: Axis

    def share(self, x: X) -> float:
        """Where an x lies, as a share of the whole plot."""
        left, right = self.panel.domain
        return left + (right - left) * share_of(x, self.panel.x)

    def across(self, x: X) -> str:
        return self.space.across(self.share(x))

    def down(self, y: float) -> float:
        """px from the top of the plot."""
        return self.space.height * (1 - share_of(y, self.y))

    def path(self, points: list[tuple[X, float]]) -> str:
        """The points of a path, in px or in thousandths of the width."""
        scale = self.space.width or UNITS
        places = [f"{rounded(self.share(x) * scale)},{rounded(self.down(y))}" for x, y in points]
        return "M" + "L".join(places)

    def drawn(self, path: str, **attributes: object) -> str:
        """A path; stretched to a width that is not known, its stroke is not."""
        if self.space.width is not None:
            return element("path", d=path, **attributes)
        inner = element("path", d=path, vector_effect="non-scaling-stroke", **attributes)
        height = rounded(self.space.height)
        return element(
            "svg",
            inner,
            width="100%",
            height=height,
            viewBox=f"0 0 {UNITS} {height}",
            preserveAspectRatio="none",
            overflow="visible",
        )

    def placed(self, shape: str, x: X, y: float) -> str:
        """A shape drawn around 0,0, put at a value."""
        if self.space.width is not None:
            move = f"translate({self.across(x)},{rounded(self.down(y))})"
            return element("g", shape, transform=move)
        return element("svg", shape, x=self.across(x), y=rounded(self.down(y)), overflow="visible")
