"""Links that several pages give in the same words."""

from __future__ import annotations

from dash.development.base_component import Component

from components.anchor import anchor
from pages.site import links


def data_status() -> Component:
    return anchor("See data status", links.path("/status/"))
