"""List size: who is registered, and how it is changing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import Input, Output, callback

from components import url_state
from components.markup import Node, html
from components.selector import Option
from components.speed.serialise import to_dash
from pages.catalogue import LIST_SIZE as TOOL
from pages.dashboard import peers, sections, sources, standard, steps
from pages.dashboard.context import View
from pages.dashboard.steps import Step
from pages.particular import list_ages, list_landscape, list_sizes

BODY = standard.body_id(TOOL)
UNITS = (Option("rate", "Shares"), Option("count", "Patients"))
OTHER_LISTS = (
    "Registered, weighted (Carr-Hill) and adjusted populations are three different numbers. "
    "This page shows registered patients only."
)


def shown(view: View) -> Sequence[Step]:
    """The sections of the page, in order."""
    group = peers.peers(view)
    registered = list_sizes.measure(view, TOOL.measure)
    found = [
        sections.summary(view, group, list_sizes.said, list_sizes.headline),
        sections.trend(
            view, group, view.snapshot.dataset.measures, beside=list_sizes.growth_lines
        ),
        sections.comparison(
            view, group, list_sizes.grouped_measures(view),
            spread=None if view.measure == registered else view.measure,
        ),
        list_ages.breakdown(view, group),
        list_landscape.landscapes(view, group, registered),
        list_sizes.member_section(view),
        sources.notes(view, OTHER_LISTS),
    ]  # fmt: skip
    return [one for one in found if one is not None]


def body(**values: str | None) -> Node:
    return standard.page(TOOL, values, sections=shown, units=UNITS)


def layout(**values: str | None) -> dict[str, Any]:
    return to_dash(html.Div(body(**values), id=BODY))


@callback(Output(BODY, "children"), Input(url_state.LOCATION, "search"), prevent_initial_call=True)
def refresh(search: str | None) -> dict[str, Any]:
    return to_dash(body(**url_state.parse(search)))


@callback(
    Output(steps.place(BODY), "children"),
    Input(steps.asking(BODY), "data"),
    prevent_initial_call=True,
)
def later(data: object) -> list[dict[str, Any]]:
    return to_dash(standard.later(TOOL, data, sections=shown))


dash.register_page(__name__, path=TOOL.path, title=f"{TOOL.title} | Haresign", layout=layout)
