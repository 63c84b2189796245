"""Adds the pages of every declared dashboard to the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import dash
from dash import Input, Output

from components import url_state
from components.markup import Node, html
from components.speed.serialise import to_dash
from pages.dashboard import contents, registry, standard, steps
from pages.dashboard.bodies import Body
from pages.dashboard.declaration import Dashboard
from pages.nation import contents as nation_contents
from pages.nation import standard as nation

Read = Callable[[steps.Values], Body | Node]
Page = Callable[[steps.Values], Node]
Later = Callable[[object], list[Node]]


@cache
def bodies() -> Mapping[str, Read]:
    """What each of these pages shows, by its path; tests and pages without JavaScript read it."""
    return {
        path: read
        for one in registry.declared()
        for path, read in (
            (one.tool.path, partial(standard.read, one, contents=contents.steps_of)),
            (one.tool.nation_path, partial(nation.body, one, contents=nation_contents.steps_of)),
        )
    }


def register(site: dash.Dash) -> None:
    """A page for each dashboard, and one of State of the Nation."""
    for dashboard in registry.declared():
        _register(site, dashboard)


def _register(site: dash.Dash, dashboard: Dashboard) -> None:
    dashboard.check()
    tool = dashboard.tool
    _add(
        site,
        f"pages.{tool.slug}",
        tool.path,
        title=tool.title,
        body=standard.body_id(tool),
        page=lambda values: standard.page(dashboard, values, contents.steps_of),
        later=lambda data: standard.later(dashboard, data, contents.steps_of),
    )
    _add(
        site,
        f"pages.nation.{tool.slug}",
        tool.nation_path,
        title=f"{nation.TITLE}: {tool.title}",
        body=nation.body_id(tool),
        page=lambda values: nation.page(dashboard, values, nation_contents.steps_of),
        later=lambda data: nation.later(dashboard, data, nation_contents.steps_of),
    )


def _add(
    site: dash.Dash, module: str, path: str, *, title: str, body: str, page: Page, later: Later
) -> None:
    """One page: its layout holds the first body, a change of the address draws it anew."""

    def layout(**values: str | None) -> dict[str, Any]:
        return to_dash(html.Div(page(values), id=body))

    def refresh(search: str | None) -> dict[str, Any]:
        return to_dash(page(url_state.parse(search)))

    def rest(data: object) -> list[dict[str, Any]]:
        return to_dash(later(data))

    dash.register_page(module, path=path, title=f"{title} | Haresign", layout=layout)
    site.callback(
        Output(body, "children"),
        Input(url_state.LOCATION, "search"),
        prevent_initial_call=True,
    )(refresh)
    site.callback(
        Output(steps.place(body), "children"),
        Input(steps.asking(body), "data"),
        prevent_initial_call=True,
    )(rest)
