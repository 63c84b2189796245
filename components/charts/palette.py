"""Colours of marks: the light hexes of tokens.css, which remaps each of them in dark mode.

A colour that is not listed there stays light in dark mode, so figures use only these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["you", "pcn", "sub_icb", "icb", "region", "england", "similar"]
Swatch = Literal[
    "c1",
    "c2",
    "c3",
    "c4",
    "c5",
    "c6",
    "s1",
    "s2",
    "s3",
    "s4",
    "s5",
    "s6",
    "d1",
    "d2",
    "d3",
    "d4",
    "d5",
    "d6",
    "d7",
]  # fills with a readable text colour

INK = "#16201E"
INK_2 = "#41504C"
INK_3 = "#596763"
SURFACE = "#FFFFFF"
GRID = "#E3E7E4"
AXIS = "#74827E"
YOU = "#0B6B60"
PCN = "#7555A8"
ICB = "#96700A"
ENGLAND = "#45524F"
BANDS = ("#E6EAE7", "#D3DAD6", "#BFC8C3")
DECILE = "#7F8C88"
COMMON = "#6F7B78"
BETTER = "#1B5FB0"
WORSE = "#C2560F"
CHANGED = "#5A4A86"

FILL: dict[Swatch, str] = {
    "c1": "#0B6B60",
    "c2": "#BC7D0B",
    "c3": "#3E3F94",
    "c4": "#B5447F",
    "c5": "#4A2F12",
    "c6": "#84908C",
    "s1": "#E4F0ED",
    "s2": "#BBDAD4",
    "s3": "#86BDB4",
    "s4": "#4C9A8F",
    "s5": "#1C756A",
    "s6": "#084840",
    "d1": "#1B5FB0",
    "d2": "#6B9FD8",
    "d3": "#C3D9F0",
    "d4": "#EEF0EE",
    "d5": "#F6D3B5",
    "d6": "#E0904F",
    "d7": "#A8470B",
}
ON_FILL: dict[Swatch, str] = {
    "c1": "#FFFFFE",
    "c2": "#162020",
    "c3": "#FFFFFC",
    "c4": "#FFFFFB",
    "c5": "#FFFFFA",
    "c6": "#162024",
    "s1": "#162025",
    "s2": "#162026",
    "s3": "#162027",
    "s4": "#162028",
    "s5": "#FFFFF4",
    "s6": "#FFFFF3",
    "d1": "#FFFFF1",
    "d2": "#162029",
    "d3": "#16202A",
    "d4": "#16202B",
    "d5": "#16202C",
    "d6": "#16202D",
    "d7": "#FFFFF0",
}
CATEGORIES: tuple[Swatch, ...] = ("c1", "c2", "c3", "c4", "c5")
UNKNOWN: Swatch = "c6"
DIVERGING: tuple[Swatch, ...] = ("d1", "d2", "d3", "d4", "d5", "d6", "d7")  # better to worse
SEQUENCES: dict[int, tuple[Swatch, ...]] = {
    1: ("s5",),
    2: ("s2", "s5"),
    3: ("s1", "s3", "s6"),
    4: ("s1", "s3", "s5", "s6"),
    5: ("s1", "s2", "s3", "s5", "s6"),
    6: ("s1", "s2", "s3", "s4", "s5", "s6"),
}


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a role is drawn as a line, so that colour never speaks alone."""

    colour: str
    width: float
    dash: str


STROKES: dict[Role, Stroke] = {
    "you": Stroke(YOU, 3, "solid"),
    "pcn": Stroke(PCN, 2, "solid"),
    "sub_icb": Stroke(ICB, 2, "dot"),
    "icb": Stroke(ICB, 2, "longdash"),
    "region": Stroke(COMMON, 2, "dashdot"),
    "england": Stroke(ENGLAND, 2, "dash"),
    "similar": Stroke(FILL["c6"], 2, "solid"),
}
VARIABLES: dict[str, str] = {
    INK: "--ink",
    INK_2: "--ink-2",
    INK_3: "--ink-3",
    SURFACE: "--surface",
    GRID: "--viz-grid",
    AXIS: "--viz-axis",
    **{shade: f"--viz-{fill}" for fill, shade in FILL.items()},
    **{shade: f"--on-{fill}" for fill, shade in ON_FILL.items()},
    **{shade: f"--viz-band{place}" for place, shade in enumerate(BANDS, start=1)},
    YOU: "--viz-you",
    PCN: "--viz-pcn",
    ICB: "--viz-icb",
    ENGLAND: "--viz-eng",
    DECILE: "--viz-decile",
    COMMON: "--viz-common",
    BETTER: "--viz-better",
    WORSE: "--viz-worse",
    CHANGED: "--viz-neutral",
}  # the CSS variable of each colour, which follows the theme
EVERY_COLOUR = frozenset(VARIABLES)
HEX: dict[str, str] = {
    variable.removeprefix("--viz-"): shade
    for shade, variable in VARIABLES.items()
    if variable.startswith("--viz-")
} | {str(fill): shade for fill, shade in FILL.items()}  # as keys name colours


def swatches(count: int, *, ordered: bool, unknown: frozenset[int]) -> tuple[Swatch, ...]:
    """Fills for `count` parts: a scale when they are ordered, categories otherwise.

    Positions in `unknown` get the grey of Unknown. ValueError when there are more known parts
    than can be told apart: the caller groups the rest.
    """
    known = count - len(unknown)
    scale = SEQUENCES.get(known, ()) if ordered else CATEGORIES[:known]
    if known > len(scale):
        raise ValueError(f"{known} parts cannot be told apart; group the smallest of them")
    fills = iter(scale)
    return tuple(UNKNOWN if index in unknown else next(fills) for index in range(count))
