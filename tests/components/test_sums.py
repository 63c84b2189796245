"""Waterfalls add up to the whole difference whatever they are given; bullets show what is over."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import charts
from components.charts.drawing import Bars, Drawing
from components.charts.specs.sums import MOST_CHANGES

AMOUNTS = st.lists(st.none() | st.floats(-1e4, 1e4), max_size=20)


def waterfall(
    amounts: list[float | None], start: float = 100.0, end: float = 130.0
) -> charts.Waterfall:
    return charts.Waterfall(
        start=("England", start),
        end=("A", end),
        changes=tuple(charts.Change(f"Line {at}", a) for at, a in enumerate(amounts)),
        unit="pounds",
        measure="Pounds per head",
    )


def bars(drawing: Drawing) -> Bars:
    (mark,) = (mark for mark in drawing.panels[0].marks if isinstance(mark, Bars))
    return mark


@settings(deadline=None, max_examples=80)
@given(AMOUNTS, st.floats(0, 1e4), st.floats(0, 1e4))
def test_each_bar_begins_where_the_last_one_ended_and_the_end_is_the_whole_difference(
    amounts: list[float | None], start: float, end: float
) -> None:
    mark = bars(charts.draw(waterfall(amounts, start, end)))
    at = 0.0
    for begin, length in list(zip(mark.starts, mark.lengths, strict=True))[:-1]:
        assert length is not None
        ends = (begin, begin + length)
        near = min(ends, key=lambda one: abs(one - at))
        assert near == pytest.approx(at, abs=1e-6)
        at = ends[1] if near == ends[0] else ends[0]
    # Less than a rounded penny may be left over, and has no bar.
    assert at == pytest.approx(end - start, abs=0.005 + 1e-6)
    assert len(mark.at) <= MOST_CHANGES + 3
    table = charts.describe(waterfall(amounts, start, end)).table
    assert {f"Line {at}" for at in range(len(amounts))} <= {row[0] for row in table.rows}


def test_small_changes_are_one_bar_and_what_is_left_has_its_own() -> None:
    spec = waterfall([9.0, -8, 7, 6, 5, 4, 3, 2, 1, 0.5, None])
    drawn = [words.strip() for words in bars(charts.draw(spec)).names]
    assert drawn[-3:] == ["2 others", "Not in these lines", "A £130.00"]
    assert drawn[:2] == ["Line 0", "Line 1"]
    assert "1 line has no value" in charts.describe(spec).alt
    assert bars(charts.draw(waterfall([30.0]))).names == ("Line 0\n", "A £130.00\n")


def test_a_difference_of_percentages_is_in_points() -> None:
    spec = charts.Waterfall(
        start=("England", 70.0),
        end=("A", 68.0),
        changes=(charts.Change("B", -2.0),),
        unit="percent",
        measure="Checks",
    )
    assert bars(charts.draw(spec)).readings == ("−2.0 points", "−2.0 points")
    assert "−2.0 points" in charts.describe(spec).alt
    assert charts.describe(spec).table.columns[1].unit == "points"


def test_a_bullet_shows_what_goes_over_its_limit_and_refuses_a_third_limit() -> None:
    row = charts.Amounts("A", (60.0, 50.0), (100.0,))
    spec = charts.Bullet(
        rows=(row,), parts=("B", "C"), limits=("Allowance",), unit="pounds", measure="Claim"
    )
    assert charts.draw(spec).panels[0].x.high >= 110  # type: ignore[operator]
    assert charts.describe(spec).table.rows == (("A", 60.0, 50.0, 110.0, 100.0),)
    with pytest.raises(ValueError, match="3 limits"):
        charts.Bullet(
            rows=(charts.Amounts("A", (1.0,), (1.0, 2.0, 3.0)),),
            parts=("B",),
            limits=("1", "2", "3"),
            unit="pounds",
            measure="Claim",
        )
