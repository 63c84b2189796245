"""The same rows as a Dash page of the usual kind: two menus, a chart, a callback, Dash's defaults.

Its chart has as many lines as the site's first one: a practice among the deciles of all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from dash import Dash, Input, Output, dcc, html

from tests.bench.references.figures import Figures

FIGURES = Figures.from_environment()
RATES = FIGURES.rates
DECILES = np.nanpercentile(RATES, range(10, 100, 10), axis=0)

site = Dash(__name__)
site.layout = html.Div(
    [
        html.H1("Appointments per 1,000 patients"),
        dcc.Dropdown(FIGURES.codes, FIGURES.codes[0], id="practice"),
        dcc.Dropdown([month[:7] for month in FIGURES.months], FIGURES.months[-1][:7], id="month"),
        dcc.Graph(id="chart"),
    ]
)
server = site.server


@site.callback(Output("chart", "figure"), Input("practice", "value"), Input("month", "value"))
def chart(practice: str, month: str) -> dict[str, Any]:
    """A practice's months up to one, among the deciles of all."""
    until = [at for at, known in enumerate(FIGURES.months) if known[:7] <= month]
    months = FIGURES.months[: len(until)]
    own = RATES[FIGURES.codes.index(practice), : len(until)]
    lines = [("lines", "#999", decile[: len(until)]) for decile in DECILES]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": mode,
                "x": months,
                "y": np.where(np.isnan(line), None, line).tolist(),
                "line": {"color": colour},
            }
            for mode, colour, line in (*lines, ("lines+markers", "#005eb8", own))
        ],
        "layout": {"title": {"text": f"{practice} until {month}"}, "showlegend": False},
    }
