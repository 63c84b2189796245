"""Limits that account for size: those of XmR with one size, wider where a period is smaller."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.questions.laney import Counted, laney
from data.questions.stats import xmr

EVENTS = st.lists(st.none() | st.integers(1, 999), min_size=2, max_size=30)


@settings(deadline=None)
@given(EVENTS, st.booleans())
def test_with_one_size_the_limits_are_those_of_the_xmr_chart(
    events: list[int | None], share: bool
) -> None:
    chart = laney(
        [None if one is None else Counted(one, 1000) for one in events], scale=100, share=share
    )
    plain = xmr([None if one is None else one / 10 for one in events])
    if chart is None or plain is None:
        assert chart is plain is None
        return
    assert (chart.mean, chart.lower, chart.upper) == pytest.approx(
        (plain.mean, plain.lower, plain.upper)
    )
    edges = {plain.lower, plain.upper, plain.mean}
    near = 2 / 3 * (plain.upper - plain.mean)
    edges |= {plain.mean - near, plain.mean + near}
    if all(one is None or min(abs(one / 10 - edge) for edge in edges) > 1e-6 for one in events):
        assert chart.marks == plain.marks


def test_a_smaller_period_has_wider_limits_by_the_root_of_its_size() -> None:
    sizes = [40_000_000] * 11 + [10_000_000]
    periods = [Counted(size * (0.05 + 0.002 * (-1) ** at), size) for at, size in enumerate(sizes)]
    chart = laney(periods, scale=100, share=True)
    assert chart is not None
    usual, small = (
        upper - chart.mean for upper in (chart.uppers[0], chart.upper) if upper is not None
    )
    assert small / usual == pytest.approx(2.0)


def test_england_is_not_out_of_control_because_it_is_large() -> None:
    """A tenth of a point between months is 18 standard errors of 15 million appointments."""
    chance = random.Random(7)
    periods = []
    for _ in range(36):
        size = chance.uniform(13e6, 17e6)
        periods.append(Counted(size * (0.05 + chance.gauss(0, 0.001)), size))
    chart = laney(periods, scale=100, share=True)
    assert chart is not None
    special = sum(mark != "common" for mark in chart.marks)
    assert special <= 3
    error = 100 * math.sqrt(0.05 * 0.95 / 15e6)
    assert chart.upper - chart.mean > 20 * error  # limits of chance alone reach 3


def test_a_period_without_a_value_has_no_limits_and_nothing_breaks_without_events() -> None:
    chart = laney([Counted(5, 100), None, Counted(7, 100)], scale=100, share=True)
    assert chart is not None
    assert chart.lowers[1] is chart.uppers[1] is chart.marks[1] is None
    assert laney([Counted(0, 100), Counted(0, 100)], scale=100, share=True) is None
    assert laney([Counted(100, 100), Counted(100, 100)], scale=100, share=True) is None
    assert laney([Counted(5, 100), None], scale=100, share=False) is None
