"""The strip: where organisations lie among all practices, drawn by CSS. x is the percentile."""

from __future__ import annotations

from components.attrs import attrs
from components.charts.palette import Role
from components.light import Node, html

_MARK: dict[Role, str] = {
    "you": "m-you",
    "pcn": "m-pcn",
    "sub_icb": "m-icb",
    "icb": "m-icb",
    "region": "m-icb",
    "england": "m-eng",
    "similar": "m-pcn",
}
_ORDER: tuple[Role, ...] = ("england", "region", "icb", "sub_icb", "similar", "pcn", "you")


def strip(
    you: float | None,
    *,
    alt: str,
    others: dict[Role, float | None] | None = None,
    median: float = 50,
) -> Node:
    """Bands hold the middle 96, 80 and 50% of practices. Positions are percentiles, 0 to 100."""
    places: dict[Role, float | None] = {"england": median, **(others or {}), "you": you}
    marks = [
        html.Span(className=f"m {_MARK[role]}", style={"--x": f"{place:.1f}"})
        for role in _ORDER
        if (place := places.get(role)) is not None
    ]
    bands = [html.Span(className=f"band band{level}") for level in (1, 2, 3)]
    return html.Div(
        html.Div([*bands, *marks], className="strip-in"),
        className="strip",
        role="img",
        **attrs({"aria-label": alt}),
    )
