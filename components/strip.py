"""The strip: where organisations lie among all practices, drawn by CSS. x is the percentile."""

from __future__ import annotations

from components.charts.palette import Role
from components.markup import Node
from components.speed.short import strip_node

_MARK: dict[Role, str] = {
    "you": "m-you",
    "pcn": "m-pcn",
    "sub_icb": "m-icb",
    "icb": "m-icb",
    "region": "m-icb",
    "england": "m-eng",
    "similar": "m-pcn",
}
_MEDIAN = "m-med"
_ORDER: tuple[Role, ...] = ("england", "region", "icb", "sub_icb", "similar", "pcn", "you")


def strip(
    you: float | None,
    *,
    alt: str,
    others: dict[Role, float | None] | None = None,
) -> Node:
    """Bands hold the middle 96, 80 and 50% of practices. Positions are percentiles, 0 to 100.

    The tick in the middle of the bands is the median; England and other areas are marks where
    their own values lie.
    """
    places: dict[Role, float | None] = {**(others or {}), "you": you}
    marks = [(_MEDIAN, "50.0")] + [
        (_MARK[role], f"{place:.1f}") for role in _ORDER if (place := places.get(role)) is not None
    ]
    return strip_node(alt, marks)
