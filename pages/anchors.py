"""Links that several pages give in the same words."""

from __future__ import annotations

from components.markup import Node, link
from pages import links


def data_status() -> Node:
    return link("See data status", links.path("/status/"))
