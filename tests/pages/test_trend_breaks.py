"""A trend is cut where the declaration says that a comparison ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from components.charts import describe, draw, figure
from data.spec import Break
from pages.dashboard import peers, trends
from pages.dashboard.context import months
from tests.pages.test_context import view
from tests.pages.tools import LIST_SIZE

MARCH = date(2026, 3, 1)


@pytest.mark.parametrize(("period", "drawn"), [(MARCH, 1), (date(2020, 4, 1), 0)])
def test_a_break_within_the_span_is_drawn_and_said(asked: Flask, period: date, drawn: int) -> None:
    shown = view(LIST_SIZE, org="A81001")
    plain = shown.snapshot.dataset.measure("registered_patients")
    measure = replace(plain, breaks=(Break(period, "lists were counted anew"),))
    group = peers.peers(shown)
    for spec in (
        trends.line_chart(shown, measure, months(shown)),
        trends.decile_chart(shown, group, measure),
    ):
        chart, layout = describe(spec), figure(draw(spec))["layout"]
        lines = [s for s in layout["shapes"] if s.get("yref") == "paper"]
        assert [line["x0"] for line in lines] == [period.isoformat()] * drawn
        words = f"Not comparable over {period:%B %Y}: lists were counted anew."
        assert (words in chart.remark) == (words in chart.alt) == bool(drawn)
