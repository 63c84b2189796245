"""Intervals against their defining equations, control charts against their rules."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.questions.stats import FIRM_LIMITS, SHIFT_LENGTH, XMR_FACTOR, Z95, byar, wilson, xmr

ALPHA = 0.05


@st.composite
def proportions(draw: st.DrawFn) -> tuple[int, int]:
    whole = draw(st.integers(1, 2_000_000))
    return draw(st.integers(0, whole)), whole


@given(proportions())
def test_wilson_limits_solve_the_score_equation(question: tuple[int, int]) -> None:
    """(p̂ − p)² = z² p(1 − p)/n at both limits (Wilson 1927)."""
    x, n = question
    low, high = wilson(x, n)
    share = x / n
    assert 0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1
    for limit in (low, high):
        left, right = (share - limit) ** 2, Z95**2 * limit * (1 - limit) / n
        assert math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [  # published examples
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_wilson_gives_newcombes_published_limits(x: int, n: int, low: float, high: float) -> None:
    assert wilson(x, n) == pytest.approx((low, high), abs=6e-5)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_proportion_above_one_is_refused(x: int, n: int) -> None:
    if x > n:
        with pytest.raises(ValueError, match="needs 0 <= numerator <= denominator"):
            wilson(x, n)
    with pytest.raises(ValueError):
        wilson(-1, n)
    with pytest.raises(ValueError):
        wilson(0, 0)


def poisson_at_most(events: int, mean: float) -> float:
    return sum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(events + 1))


@pytest.mark.parametrize("events", range(10))
def test_below_ten_events_the_limits_are_exact(events: int) -> None:
    """At the upper limit so few events have a chance of 2.5 %, at the lower limit so many."""
    low, high = byar(events)
    assert poisson_at_most(events, high) == pytest.approx(ALPHA / 2, rel=1e-4)
    if events == 0:
        assert low == 0
    else:
        assert 1 - poisson_at_most(events - 1, low) == pytest.approx(ALPHA / 2, rel=1e-4)


@given(st.integers(10, 2_000))
def test_from_ten_events_byar_is_close_to_exact(events: int) -> None:
    low, high = byar(events)
    assert low < events < high
    assert poisson_at_most(events, high) == pytest.approx(ALPHA / 2, rel=0.02)
    assert 1 - poisson_at_most(events - 1, low) == pytest.approx(ALPHA / 2, rel=0.05)


@given(st.integers(0, 10**7))
def test_limits_of_a_count_grow_with_it(events: int) -> None:
    (low, high), (next_low, next_high) = byar(events), byar(events + 1)
    assert 0 <= low <= events <= high
    # Where Byar takes over from the exact method the lower limit moves by less than 0.1.
    assert next_high > high and next_low > low - 0.1


Values = st.lists(
    st.one_of(st.none(), st.integers(-1000, 1000).map(float)), min_size=0, max_size=40
)


@given(Values)
def test_a_chart_has_the_mean_and_limits_of_its_definition(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    chart = xmr(values)
    if len(known) < 2:
        assert chart is None
        return
    assert chart is not None
    ranges = [abs(b - a) for a, b in zip(known, known[1:], strict=False)]
    reach = XMR_FACTOR * sum(ranges) / len(ranges)
    assert chart.mean == pytest.approx(sum(known) / len(known))
    assert (chart.lower, chart.upper) == pytest.approx((chart.mean - reach, chart.mean + reach))
    assert [mark is None for mark in chart.marks] == [value is None for value in values]
    assert chart.firm == (len(known) >= FIRM_LIMITS)
    for value, mark in zip(values, chart.marks, strict=True):
        if value is not None and abs(value - chart.mean) > reach + 1e-9:
            assert mark == ("high" if value > chart.mean else "low")


@given(Values, st.integers(-50, 50), st.sampled_from([2, 4]))
def test_marks_do_not_depend_on_the_unit(
    values: list[float | None], shift: int, scale: int
) -> None:
    chart = xmr(values)
    moved = xmr([None if value is None else value * scale + shift * scale for value in values])
    if chart is None or moved is None:
        assert chart is moved is None
        return
    known = [value for value in values if value is not None]
    edges = {chart.mean, chart.lower, chart.upper}
    near = 2 / 3 * (chart.upper - chart.mean)
    edges |= {chart.mean - near, chart.mean + near}
    if all(abs(value - edge) > 1e-6 for value in known for edge in edges):
        assert chart.marks == moved.marks


@given(Values)
def test_turned_over_high_becomes_low(values: list[float | None]) -> None:
    chart, turned = xmr(values), xmr([None if v is None else -v for v in values])
    if chart is None or turned is None:
        return
    known = [value for value in values if value is not None]
    near = 2 / 3 * (chart.upper - chart.mean)
    edges = (chart.mean, chart.lower, chart.upper, chart.mean - near, chart.mean + near)
    if any(abs(value - edge) < 1e-6 for value in known for edge in edges):
        return
    swap = {
        "high": "low",
        "low": "high",
        "rising": "falling",
        "falling": "rising",
        "common": "common",
        None: None,
    }
    outside = {n for n, m in enumerate(chart.marks) if m != swap[turned.marks[n]]}
    # A point can belong to a run up and to a run down that meet in it: the earlier one wins.
    assert len(outside) <= 2


WOBBLE = [0.0, 9.0, -9.0, 8.0, -8.0, 9.0, -9.0, 8.0, -8.0, 9.0, -9.0, 8.0, -8.0]


def test_a_point_outside_the_limits_is_marked() -> None:
    chart = xmr([*WOBBLE, 90.0])
    assert chart is not None and chart.marks[-1] == "high"
    assert set(chart.marks[:-1]) == {"common"}


def test_seven_rising_are_a_trend_and_six_are_not() -> None:
    rising = [float(n) for n in (-3, -2, -1, 0, 1, 2, 3)]
    seven, six = xmr([*WOBBLE, -9.0, *rising]), xmr([*WOBBLE, 9.0, *rising[:6], -9.0])
    assert seven is not None and set(seven.marks[-7:]) == {"rising"}
    assert six is not None and not {"high", "rising"} & set(six.marks[-7:-1])


def test_seven_on_one_side_are_a_shift_and_six_are_not() -> None:
    side = [3.0, 2.0, 3.0, 2.0, 3.0, 2.0, 3.0]
    assert len(side) == SHIFT_LENGTH
    seven, six = xmr([*WOBBLE, *side, *WOBBLE]), xmr([*WOBBLE[:-1], -8.0, *side[:6], *WOBBLE[2:]])
    assert seven is not None and set(seven.marks[13:20]) == {"high"}
    assert six is not None and set(six.marks) == {"common"}


def test_two_of_three_near_a_limit_are_marked_and_the_third_is_not() -> None:
    calm = [0.0, 3.0, -3.0] * 6
    reach = 12.0
    chart = xmr([*calm, reach, 4.0, reach, *calm])
    assert chart is not None
    near = chart.mean + 2 / 3 * (chart.upper - chart.mean)
    assert near < reach < chart.upper and chart.mean < 4.0 < near
    assert chart.marks[18:21] == ("high", "common", "high")
