"""Every chart is drawn at its edges: by both renderers, with the same words, inside its figure."""

from __future__ import annotations

from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest

from components import charts
from components.charts import svg
from tests.components.gallery_edges import ICBS, edge_charts
from tests.components.test_chart_labels import (
    test_numbers_under_a_plot_neither_touch_nor_leave_the_figure as numbers_fit,
)
from tests.components.test_renderers import (
    file_of,
)
from tests.components.test_renderers import (
    test_both_draw_the_same_marks_in_the_same_order_with_the_same_numbers as same_marks,
)
from tests.components.test_renderers import (
    test_both_write_the_same_words as same_words,
)

EDGES = edge_charts()
each_edge = pytest.mark.parametrize("spec", EDGES.values(), ids=EDGES.keys())


@each_edge
def test_both_draw_it_alike(spec: charts.Spec) -> None:
    same_marks(spec)
    same_words(spec, 860, "wide")
    same_words(spec, 380, "narrow")
    numbers_fit(spec)
    go.Figure(charts.figure(charts.draw(spec)), skip_invalid=False)


@each_edge
def test_its_words_and_numbers_are_those_of_a_page(spec: charts.Spec) -> None:
    told = charts.describe(spec)
    assert "None" not in told.alt and "nan" not in told.alt
    assert all(len(row) == len(told.table.columns) for row in told.table.rows)
    page = svg.inline(charts.draw(spec), told.alt)
    for tree in (file_of(spec), ElementTree.fromstring(f"<div>{page}</div>")):
        for one in tree.iter():
            for key in ("x", "y", "width", "height", "d", "x1", "y1", "cx", "cy"):
                assert not {"nan", "inf"} & set(one.get(key, "").lower().split())


def test_forty_two_long_names_are_all_told_apart() -> None:
    drawing = charts.draw(EDGES["forty-two"])
    for arrangement in (drawing.wide, drawing.narrow):
        names = {label.text for label in arrangement.words if label.x == 0}
        assert len(names) == len(ICBS)
