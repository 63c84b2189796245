from collections.abc import Iterator
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import charts
from components.charts import palette, scales
from components.charts import words as lettering
from tests.components.gallery_charts import MONTHS, every_chart


class Made:
    """What is made of a spec, as a page shows it."""

    def __init__(self, spec: charts.Spec) -> None:
        description = charts.describe(spec)
        self.figure = charts.figure(charts.draw(spec))
        self.table, self.alt, self.remark = description.table, description.alt, description.remark


SPECS = every_chart()
EVERY = {name: Made(spec) for name, spec in SPECS.items()}
each_chart = pytest.mark.parametrize("chart", EVERY.values(), ids=EVERY.keys())


def colours(node: Any) -> Iterator[str]:
    """Every hex colour anywhere in a figure."""
    if isinstance(node, dict):
        for value in node.values():
            yield from colours(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from colours(value)
    elif isinstance(node, str) and node.startswith("#"):
        yield node


@each_chart
def test_figures_follow_plotlys_schema(chart: Made) -> None:
    drawn = go.Figure(chart.figure, skip_invalid=False)
    for at in ("wide", "narrow"):
        variant = chart.figure["layout"].get("meta", {}).get(at)
        if variant:
            drawn.update_layout(variant)


@each_chart
def test_every_colour_has_a_dark_partner(chart: Made) -> None:
    assert set(colours(chart.figure)) <= palette.EVERY_COLOUR


@each_chart
def test_figures_have_no_legend_toolbar_or_transparency_surprises(chart: Made) -> None:
    layout = chart.figure["layout"]
    assert layout["showlegend"] is False
    assert layout["dragmode"] is False
    assert "height" not in layout
    assert "var(" not in repr(chart.figure)
    assert all(trace["type"] in ("scatter", "bar") for trace in chart.figure["data"])


@each_chart
def test_no_text_is_smaller_than_fourteen(chart: Made) -> None:
    def sizes(node: Any) -> Iterator[float]:
        if isinstance(node, dict):
            if "family" in node:
                yield node["size"]
            for value in node.values():
                yield from sizes(value)
        elif isinstance(node, list):
            for value in node:
                yield from sizes(value)

    assert min(sizes(chart.figure)) >= 14


@each_chart
def test_every_chart_has_words_and_a_table(chart: Made) -> None:
    assert len(chart.alt) > 40 and "None" not in chart.alt and "nan" not in chart.alt
    assert chart.table.rows
    assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)


def test_the_stylesheet_maps_each_colour_of_the_palette(request: pytest.FixtureRequest) -> None:
    sheet = (request.config.rootpath / "assets/tokens.css").read_text()
    fixed = {palette.GRID, palette.AXIS}  # follow the theme by their own rules
    for colour in palette.EVERY_COLOUR - fixed:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert f'fill: rgb({red}, {green}, {blue})"]' in sheet, colour


def series(name: str, role: palette.Role, values: list[float | None]) -> charts.Series:
    return charts.Series(name, role, tuple(values))


def first_months(count: int) -> charts.Periods:
    return charts.Periods(kind="month", days=tuple(MONTHS[:count]))


def test_gaps_are_neither_joined_nor_zero() -> None:
    own = series("A", "you", [1, None, 3, None, 5])
    chart = Made(charts.Lines(periods=first_months(5), series=(own,), unit="percent"))
    trace = chart.figure["data"][0]
    assert trace["y"] == [1, None, 3, None, 5]
    assert trace["connectgaps"] is False
    assert trace["marker"]["size"] == [9, 0, 9, 0, 9]  # months alone would otherwise vanish
    assert "A, no value in 2 months." in chart.alt


def test_each_gap_says_of_what_kind_it_is() -> None:
    own = charts.Series(
        "A",
        "you",
        (1, None, None, 4, 5),
        statuses=(None, "suppressed", "not_held", "below_base", None),
    )
    chart = Made(charts.Lines(periods=first_months(5), series=(own,), unit="percent"))
    told = "A, 1 month: a small number, not published; 1 month: not loaded here; 1 month: too few"
    assert told in chart.alt
    statuses = [row[-1] for row in chart.table.rows[::-1]]
    assert statuses == ["", "suppressed", "not_held", "below_base", ""]
    dashes = [words for words in chart.figure["layout"]["annotations"] if words["text"] == "–"]
    assert [str(words["x"])[:10] for words in dashes] == ["2023-11-01"]  # a dash only if withheld
    trace = chart.figure["data"][0]
    assert trace["text"][3] == "4.0% (too few to compare)"
    own_colour, grey = (trace["marker"]["color"][at] for at in (4, 3))
    assert own_colour != grey


def test_bands_break_where_no_percentile_was_published() -> None:
    cuts = tuple((float(p), None, float(p), float(p)) for p in charts.PERCENTILES)
    chart = Made(charts.Deciles(periods=first_months(4), cuts=cuts, unit="count"))
    band = chart.figure["data"][0]
    assert band["y"] == [90, 10, None, 90, 90, 10, 10, None]
    assert band["fill"] == "toself"


def test_provisional_months_are_hollow_and_said() -> None:
    own = charts.Series("A", "you", (1, 2, 3), hollow=(charts.Mark(2, "provisional"),))
    chart = Made(charts.Lines(periods=first_months(3), series=(own,), unit="count"))
    trace = chart.figure["data"][0]
    assert trace["marker"]["symbol"][2] == "circle-open"
    assert trace["text"][2] == "3 (provisional)"
    assert "Provisional: Dec 2023." in chart.alt


def test_the_table_of_a_line_chart_holds_the_plotted_values() -> None:
    for name in ("lines", "deciles-four", "list"):
        chart = EVERY[name]
        by_name = {trace["name"]: trace for trace in chart.figure["data"] if "name" in trace}
        for index, column in enumerate(chart.table.columns[1:], start=1):
            trace = by_name.get(column.label)
            if trace is not None:
                assert [row[index] for row in chart.table.rows[::-1]] == trace["y"]


def test_the_table_of_bars_holds_the_plotted_values() -> None:
    stack = EVERY["mode"]
    for index, trace in enumerate(stack.figure["data"], start=1):
        assert [row[index] for row in stack.table.rows] == trace["x"]
    ranked = EVERY["categories"]
    assert [row[1] for row in ranked.table.rows] == ranked.figure["data"][0]["x"]
    assert [row[2] for row in ranked.table.rows] == ranked.figure["data"][1]["x"]
    pyramid = EVERY["pyramid"]
    assert [row[1] for row in pyramid.table.rows] == pyramid.figure["data"][0]["x"]
    histogram = EVERY["histogram"]
    assert [row[2] for row in histogram.table.rows] == histogram.figure["data"][0]["y"]
    dots = EVERY["icbs"]
    assert [row[1] for row in dots.table.rows] == dots.figure["data"][0]["x"]


def test_ranked_bars_are_longest_first_and_unknown_last() -> None:
    bars = (
        charts.Bar("Unknown", 50, 1, unknown=True),
        charts.Bar("Small", 1, 2),
        charts.Bar("Missing", None, 2),
        charts.Bar("Large", 9, 8),
    )
    chart = Made(charts.Bars(bars=bars, name="A", marker="England", unit="percent"))
    assert [row[0] for row in chart.table.rows] == ["Large", "Small", "Missing", "Unknown"]
    fills = chart.figure["data"][0]["marker"]["color"]
    assert fills == [palette.YOU] * 3 + [palette.FILL["c6"]]


def test_only_the_bin_of_the_organisation_is_teal() -> None:
    bins = (charts.Bin(0, 10, 3), charts.Bin(10, 20, 5), charts.Bin(20, 30, 1))
    chart = Made(
        charts.Histogram(bins=bins, unit="count", measure="patients", you=("A", 10), median=12)
    )
    assert chart.figure["data"][0]["marker"]["color"] == [
        palette.DECILE,
        palette.YOU,
        palette.DECILE,
    ]


def test_a_dot_plot_is_sorted_and_keeps_areas_without_a_value() -> None:
    areas = (charts.Dot("A", 1), charts.Dot("B", None), charts.Dot("C", 3, mine=True))
    chart = Made(charts.Dots(areas=areas, unit="percent", marker="England", marker_value=2))
    assert [row[0] for row in chart.table.rows] == ["C", "A", "B"]
    assert chart.figure["data"][0]["x"] == [3, 1, None]


def test_ordered_parts_use_the_scale_and_unknown_the_grey() -> None:
    fills = palette.swatches(4, ordered=True, unknown=frozenset({3}))
    assert fills == ("s1", "s3", "s6", "c6")
    assert palette.swatches(2, ordered=False, unknown=frozenset()) == ("c1", "c2")


def test_too_much_is_refused() -> None:
    with pytest.raises(ValueError, match="group"):
        palette.swatches(6, ordered=False, unknown=frozenset())
    with pytest.raises(ValueError, match="lines"):
        charts.Lines(periods=first_months(1), series=(series("A", "you", [1]),) * 5, unit="count")
    with pytest.raises(ValueError, match="12 months"):
        charts.Spc(
            periods=first_months(6),
            values=(1.0,) * 6,
            name="A",
            unit="count",
            mean=1,
            lower=(0,) * 6,
            upper=(2,) * 6,
            kinds=("usual",) * 6,
        )


def test_an_axis_without_zero_says_so() -> None:
    assert EVERY["list"].remark == "Axis does not start at zero"
    assert EVERY["list"].figure["layout"]["shapes"]
    assert EVERY["lines"].remark == ""


@given(st.floats(min_value=-1e8, max_value=1e8), st.floats(min_value=1e-3, max_value=1e8))
def test_ticks_are_few_and_enclose_the_values(low: float, span: float) -> None:
    ticks = scales.nice_ticks(low, low + span)
    assert 3 <= len(ticks) <= 6
    assert ticks[0] <= low + span * 1e-6 and ticks[-1] >= low + span * (1 - 1e-6)


@given(st.lists(st.floats(min_value=0, max_value=300), min_size=1, max_size=5))
def test_end_labels_never_touch(heights: list[float]) -> None:
    placed = sorted(lettering.spread(heights))
    assert all(b - a >= lettering.LABEL_GAP - 0.5 for a, b in zip(placed, placed[1:], strict=False))


@given(st.integers(min_value=1, max_value=160), st.integers(min_value=0, max_value=11))
def test_month_labels_are_januaries_and_the_last_with_room_between(count: int, start: int) -> None:
    months = [date(2013 + (start + i) // 12, (start + i) % 12 + 1, 1) for i in range(count)]
    periods = charts.Periods(kind="month", days=tuple(months))
    indexes = scales.labelled(periods, width=420)
    assert indexes[-1] == count - 1
    per_month = 420 / max(1, count - 1)
    gaps = [(b - a) * per_month for a, b in zip(indexes, indexes[1:], strict=False)]
    assert all(gap >= scales.PERIOD_LABEL - 1e-6 for gap in gaps)
    assert all(months[index].month == 1 for index in indexes[1:-1])


def test_a_pyramid_without_a_comparator_names_none() -> None:
    bands = (charts.Age("0 to 4", 2.0, 3.0, None, None),)
    alone = charts.Pyramid(bands=bands, name="England", marker="England")
    described = charts.describe(alone)
    assert described.table.caption == "Age and sex, % of registered patients, England"
    assert described.table.rows == (("0 to 4", 2.0, 3.0),)
    assert "as lines" not in described.alt
