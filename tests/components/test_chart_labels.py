"""What a reader must be able to tell from a chart: which line, which name, which part, how much."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import charts
from components.charts import scales, words
from components.charts.drawing import Arrangement, Axis, Drawing, Words
from tests.components.gallery_charts import MONTHS, every_chart

EVERY = every_chart()
HALF_YEAR = charts.Periods(kind="month", days=tuple(MONTHS[:6]))
each_spec = pytest.mark.parametrize("spec", EVERY.values(), ids=EVERY.keys())
WORD = st.text("abcdefgh", min_size=1, max_size=12)
NAMES = st.lists(st.lists(WORD, min_size=1, max_size=8).map(" ".join), max_size=6)
CORE = charts.Series("A", "you", (5.0, 6, 5, 6, 5, 6))


def line(name: str, role: charts.specs.periods.Role, level: float) -> charts.Series:
    return charts.Series(name, role, (level,) * 6)


def texts(arrangement: Arrangement) -> list[str]:
    return [label.text for label in arrangement.words]


@settings(deadline=None, max_examples=150)
@given(NAMES, st.sampled_from((10, 14, 24, 36)))
def test_names_that_differ_are_cut_to_labels_that_differ(names: list[str], limit: int) -> None:
    cut = words.shortened(names, limit=limit)
    assert len(set(cut)) == len(set(names))
    assert all(len(label) <= limit for label in cut)
    assert [a for a in names if len(a) <= limit] == [
        b for a, b in zip(names, cut, strict=True) if len(a) <= limit
    ]


def test_what_names_share_is_left_out_not_what_tells_them_apart() -> None:
    names = ["North East London Family Practice East", "North East London Family Practice West"]
    assert words.shortened(names, limit=24) == ["North … East", "North … West"]


@pytest.mark.parametrize("level", [0.0, 50.0, 100.0])
def test_labels_of_four_lines_that_end_alike_stand_inside_the_figure_and_apart(
    level: float,
) -> None:
    roles: tuple[charts.specs.periods.Role, ...] = ("you", "pcn", "icb", "england")
    spec = charts.Lines(
        periods=HALF_YEAR,
        series=(*(line(role, role, level) for role in roles[:3]), replace(CORE, role="england")),
        unit="percent",
    )
    drawing = charts.draw(replace(spec, series=(*spec.series[:3], line("e", "england", level))))
    margins, low, high = drawing.wide.margins, drawing.y.low, drawing.y.high
    scale = (spec.height - margins.top - margins.bottom) / (high - low)  # type: ignore[operator]
    ends = [label for label in drawing.wide.words if label.right == 10 and label.bold]
    assert len(ends) == 4
    heights = sorted(
        margins.bottom + (label.y - low) * scale + label.up  # type: ignore[operator]
        for label in ends
    )
    assert heights[0] >= 8 and heights[-1] <= spec.height - 8
    assert all(b - a >= words.LABEL_GAP - 0.5 for a, b in zip(heights, heights[1:], strict=False))


def test_a_line_that_is_not_drawn_is_in_the_table_and_named_under_the_title() -> None:
    far = (line("Far away", "region", 4.0),)
    cuts = tuple((float(p),) * 6 for p in charts.PERCENTILES)
    for spec in (
        charts.Lines(periods=HALF_YEAR, series=(CORE,), listed=far, unit="count"),
        charts.Deciles(periods=HALF_YEAR, cuts=cuts, unit="count", lines=(CORE,), listed=far),
    ):
        told = charts.describe(spec)
        assert told.remark.endswith("In the table, not drawn: Far away; at most four can be read")
        assert "Far away" in [column.label for column in told.table.columns]
        assert not any("Far away" in text for text in texts(charts.draw(spec).wide))


def test_a_line_without_a_value_is_named_where_it_would_be_missed() -> None:
    none = charts.Series("New ICB", "icb", (None,) * 6)
    cuts = tuple((float(p),) * 6 for p in charts.PERCENTILES)
    for spec in (
        charts.Lines(periods=HALF_YEAR, series=(CORE, none), unit="count"),
        charts.Deciles(periods=HALF_YEAR, cuts=cuts, unit="count", lines=(CORE, none)),
    ):
        assert charts.describe(spec).remark == "No figures for New ICB"


@each_spec
def test_tables_of_periods_begin_with_the_newest(spec: charts.Spec) -> None:
    periods = getattr(spec, "periods", None)
    if periods is None:
        return
    rows = charts.describe(spec).table.rows
    assert [row[0] for row in rows] == [
        periods.short(at) for at in reversed(range(len(periods.days)))
    ]


def test_partial_periods_are_hollow_and_named_on_lines_bands_and_control_charts() -> None:
    partial = (charts.Mark(5, "partial"),)
    own = replace(CORE, hollow=partial)
    cuts = tuple((float(p),) * 6 for p in charts.PERCENTILES)
    spc = EVERY["spc-size"]
    for spec in (
        charts.Lines(periods=HALF_YEAR, series=(own,), unit="count"),
        charts.Deciles(periods=HALF_YEAR, cuts=cuts, unit="count", lines=(own,)),
        spc,
    ):
        drawing, told = charts.draw(spec), charts.describe(spec)
        assert texts(drawing.wide).count("partial") == texts(drawing.narrow).count("partial") == 1
        points = [
            point
            for mark in drawing.panels[0].marks
            for point in getattr(mark, "points", ())
            if point.hollow and point.size
        ]
        assert len(points) == 1
        assert "Partial: " in told.alt


def test_nothing_is_written_over_the_newest_points_of_a_control_chart() -> None:
    drawing = charts.draw(EVERY["spc"])
    for arrangement in (drawing.wide, drawing.narrow):
        written = [label for label in arrangement.words if "Mean" in label.text]
        assert len(written) == 1
        (mean,) = written
        beside = mean.x_of_plot and mean.x == 1 and mean.side == "left" and mean.right > 0
        above = mean.y_of_plot and mean.y == 1 and mean.up > 10
        assert beside or above


def bars(*values: tuple[str, float, float]) -> charts.Bars:
    return charts.Bars(
        bars=(
            *(charts.Bar(*each) for each in values),
            charts.Bar("Unmapped", 0.2, 0.1, unknown=True),
        ),
        name="A",
        marker="England",
        unit="percent",
    )


def test_small_categories_are_one_bar_and_rows_of_the_table() -> None:
    small = [(f"Rare {at}", 0.01 * at, 0.02 * at) for at in range(17)]
    spec = bars(("Large", 60, 70), ("Here only", 0.6, 0.1), ("There only", 0.1, 0.6), *small)
    names = [bar.name for bar in spec.drawn]
    assert names == ["Large", "Here only", "There only", "17 others", "Unmapped"]
    assert spec.drawn[3].value == pytest.approx(sum(value for _, value, _ in small))
    told = charts.describe(spec)
    assert len(told.table.rows) == 21
    assert told.remark == "17 categories under 0.5% are one bar"
    assert "17 under 0.5% are drawn as one." in told.alt
    # One alone keeps its name.
    assert [bar.name for bar in bars(("Large", 60, 70), small[1]).drawn][1] == "Rare 1"


def test_bars_without_a_comparator_have_one_column_and_no_marks() -> None:
    spec = charts.Bars(
        bars=(charts.Bar("Large", 60), charts.Bar("Small", 40)),
        name="England",
        marker="England",
        unit="percent",
    )
    drawing, told = charts.draw(spec), charts.describe(spec)
    assert texts(drawing.wide).count("England") == 1
    assert len(drawing.panels[0].marks) == 1
    assert [column.label for column in told.table.columns] == ["Category", "England"]
    assert told.alt == "Bar chart of 2 categories. Largest for England: Large, 60.0%."


def test_small_counts_are_folded_by_their_share() -> None:
    spec = replace(
        bars(("Large", 9000, 0), ("Small", 30, 0), ("Smaller", 20, 0), ("Middling", 300, 0)),
        unit="count",
    )
    assert [bar.name for bar in spec.drawn] == ["Large", "Middling", "2 others", "Unmapped"]


def status(missed: float) -> charts.Stacked:
    return charts.Stacked(
        rows=(charts.Row("A", (95.8 - missed, missed, 4.2), you=True),),
        parts=("Attended", "Did not attend", "Unknown"),
        what="appointments",
        unknown=frozenset({2}),
    )


@pytest.mark.parametrize("missed", [0.7, 3.0, 5.1, 8.0])
def test_a_part_too_small_for_its_label_is_named_beside_its_bar(missed: float) -> None:
    drawing = charts.draw(status(missed))
    for arrangement in (drawing.wide, drawing.narrow):
        assert any(f"Did not attend {missed}%" in text for text in texts(arrangement))


def test_parts_that_do_not_make_the_whole_are_drawn_as_they_are_and_said() -> None:
    row = charts.Row("A", (62.0, 31.0, 12.0))
    spec = charts.Stacked(rows=(row,), parts=("Answered", "Missed", "Called back"), what="calls")
    drawing = charts.draw(spec)
    assert drawing.panels[0].x.high == 105.0
    assert [rule.at for rule in drawing.rules] == [100.0]
    assert charts.describe(spec).remark == "Parts do not add up to all calls"
    assert charts.describe(status(5.0)).remark == "" and not charts.draw(status(5.0)).rules


def test_dots_carry_their_values() -> None:
    spec = EVERY["icbs"]
    drawing = charts.draw(spec)
    values = [row[1] for row in charts.describe(spec).table.rows]
    for arrangement in (drawing.wide, drawing.narrow):
        numbers = [label for label in arrangement.words if label.x == 1 and label.side == "right"]
        assert [label.text for label in numbers] == [f"{value:.0f}" for value in values]
        assert [label.y for label in numbers] == list(range(len(values)))


@each_spec
def test_numbers_under_a_plot_neither_touch_nor_leave_the_figure(spec: charts.Spec) -> None:
    drawing = charts.draw(spec)
    for arrangement, width in (
        (drawing.wide, float(scales.NARROW)),
        (drawing.narrow, float(scales.NARROWEST)),
    ):
        for panel in drawing.panels:
            if panel.x.labelled:
                _fits(drawing, panel.x, panel.domain, arrangement, width)


def _fits(
    drawing: Drawing,
    axis: Axis,
    domain: tuple[float, float],
    arrangement: Arrangement,
    width: float,
) -> None:
    margins = arrangement.margins
    plot = width - margins.left - margins.right
    edges = []
    for at, label in axis.ticks:
        share = domain[0] + (domain[1] - domain[0]) * scales.share_of(at, axis)
        middle, half = margins.left + plot * share, len(label) * scales.CHARACTER / 2
        edges.append((middle - half, middle + half))
    edges.sort()
    assert not edges or (edges[0][0] >= -1 and edges[-1][1] <= width + 1)
    assert all(b[0] >= a[1] for a, b in zip(edges, edges[1:], strict=False))


def test_scatters_and_funnels_name_the_organisation_and_whoever_is_pointed_at() -> None:
    for name in ("landscape", "funnel"):
        drawing = charts.draw(EVERY[name])
        labels: list[Words] = [label for label in drawing.wide.words if label.bold]
        assert [label.text for label in labels] == ["Millbrook"]
        practices = [mark for mark in drawing.panels[0].marks if getattr(mark, "names", ())]
        assert all(text.strip() for mark in practices for text in mark.names)  # type: ignore[union-attr]
