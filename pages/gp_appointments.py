"""GP appointments: how much activity, how attended, how soon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash
from dash import Input, Output, callback

from components import selector, url_state
from components.markup import Node, html
from components.selector import Option
from components.speed.serialise import to_dash
from pages.catalogue import GP_APPOINTMENTS as TOOL
from pages.dashboard import members, peers, sections, sources, standard, steps
from pages.dashboard.context import View, defaults
from pages.dashboard.steps import Step
from pages.particular import appointments

BODY = standard.body_id(TOOL)
UNITS = (Option("rate", "Rates"), Option("count", "Counts"))
MISSED = (Option("known", "Known outcomes"), Option("all", "All"))


def shown(view: View) -> Sequence[Step]:
    """The sections of the page, in order."""
    group = peers.peers(view)
    columns = [appointments.measure(view, one) for one in appointments.MEMBER_COLUMNS]
    found = [
        sections.summary(view, group, appointments.said, appointments.headline),
        sections.trend(
            view, group, view.snapshot.dataset.measures, appointments.daily_trend,
            beside=appointments.missed_control,
        ),
        sections.comparison(
            view, group, appointments.grouped_measures(view), spread=view.measure
        ),
        appointments.breakdown(view),
        members.members(view, columns),
        sources.notes(view, *appointments.supplier_notes(view)),
    ]  # fmt: skip
    return [one for one in found if one is not None]


def more(view: View) -> list[Node]:
    """The control that only this page has."""
    return [
        selector.segments(
            "missed",
            label="Missed, as a share of",
            options=MISSED,
            value=view.missed,
            default=defaults(view)["missed"],
        )
    ]


def body(**values: str | None) -> Node:
    return standard.page(TOOL, values, sections=shown, units=UNITS, more=more)


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
