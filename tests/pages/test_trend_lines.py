"""Lines of the trends: none goes in silence, percentages use their range, lists start at 100."""

from __future__ import annotations

import pytest
from flask import Flask

from components import charts
from pages.dashboard import peers, trends
from pages.dashboard.context import months
from pages.particular import appointments, list_sizes
from tests.pages.test_context import view
from tests.pages.tools import GP_APPOINTMENTS, LIST_SIZE

ALL = "pcn,sub_icb,icb,region,england"


@pytest.mark.parametrize("chosen", ["pcn", "pcn,icb,england", ALL])
def test_every_comparator_is_drawn_or_the_reader_is_told(asked: Flask, chosen: str) -> None:
    shown = view(GP_APPOINTMENTS, org="A81001", vs=chosen)
    names = {peers.role(area) for area in shown.comparators}
    mapping = appointments.mapping_trend(shown).chart
    deciles = trends.decile_chart(
        shown, peers.peers(shown), shown.snapshot.dataset.measure("per_1000")
    )
    assert isinstance(mapping, charts.Lines)
    assert {line.role for line in (*mapping.series, *mapping.listed)} == {"you", *names}
    # The band has England's place: the median practice.
    drawn = {line.role for line in (*deciles.lines, *deciles.listed)}
    assert drawn == {"you", *names} - {"england"}
    for spec in (mapping, deciles):
        told = charts.describe(spec)
        for line in spec.listed:
            assert line.name in told.remark
            assert line.name in [column.label for column in told.table.columns]
    if chosen == ALL:
        assert mapping.listed and deciles.listed
        assert "england" in {line.role for line in mapping.series}


def test_percentages_far_from_zero_use_their_range() -> None:
    assert trends.start("percent", (88.0, 91.0), (89.5, None)) == "fit"
    assert trends.start("percent", (3.0, 91.0)) == "zero"
    assert trends.start("percent", (0.0, 0.1)) == "zero"
    assert trends.start("percent", (None,)) == "zero"
    assert trends.start("per_1000", (500.0, 501.0)) == "zero"
    assert trends.start("count", (500.0, 501.0)) == "fit"


def test_lists_start_at_100_and_grow_as_they_grew(asked: Flask) -> None:
    shown = view(LIST_SIZE, org="A81001", vs="icb,england")
    spec = list_sizes.indexed_lines(shown).chart
    assert isinstance(spec, charts.Lines)
    measure = shown.snapshot.dataset.measure("registered_patients")
    assert len(spec.series) == 3
    for line, org in zip(spec.series, [shown.org, *shown.comparators], strict=True):
        patients = trends.values(shown, measure, months(shown), org)
        start = next(at for at, value in enumerate(line.values) if value == 100)
        assert all(value is None for value in patients[:start])
        first, last = patients[start], patients[-1]
        assert first and last and line.values[-1] == pytest.approx(100 * last / first)
    assert charts.describe(spec).remark.startswith("Axis does not start at zero")
