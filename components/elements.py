"""`dash.html` and `dash.dcc`, without checking again what has been checked.

Dash checks the properties of every component that is made, by their names, which takes longer than
all else it does for one. Here it checks each set of names once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import dash
from dash.development.base_component import Component


def _maker(kind: type[Component]) -> Callable[..., Component]:
    checked: dict[tuple[str, ...], dict[str, Any]] = {}  # what Dash itself adds to a component

    def make(*children: Any, **properties: Any) -> Component:
        if children:
            (properties["children"],) = children
        names = tuple(properties)
        added = checked.get(names)
        if added is None:
            made = vars(kind(**properties))
            added = checked[names] = {
                name: value for name, value in made.items() if name not in {*names, "children"}
            }
        node = kind.__new__(kind)
        node.__dict__ = {**added, **properties}
        return node

    return make


class _Makers:
    """The kinds of components of a module, called like those of the module."""

    def __init__(self, module: object) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., Component]:
        make = _maker(getattr(self._module, name))
        setattr(self, name, make)
        return make


if TYPE_CHECKING:
    from dash import dcc as dcc
    from dash import html as html
else:
    dcc, html = _Makers(dash.dcc), _Makers(dash.html)
