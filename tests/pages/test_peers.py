"""One set of peers and one median a page; a value on fewer than ten is among nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from app import create_app
from components import blocks, charts
from components.render import as_dash
from data.questions import queries
from data.registry import all_datasets
from data.settings import Settings
from data.spec import Dataset
from data.versions import db
from pages.dashboard import peers
from pages.dashboard.sections import comparison, trend
from pages.list_size import DASHBOARD as LIST
from tests.pages.test_verdicts import rows, views
from tests.pages.tools import find_class, published, snapshot_of, view_of


@pytest.fixture(scope="module")
def everything(demo_home: Path) -> Flask:
    return create_app(Settings(home=demo_home))


@pytest.fixture
def site(everything: Flask, demo_home: Path) -> Iterator[Flask]:
    db.configure(demo_home)
    with everything.test_request_context("/", base_url="https://haresign.example"):
        yield everything


def of_chart(chart: charts.Spec | blocks.Absent) -> float | None:
    """The median that a chart prints for the period shown."""
    if isinstance(chart, charts.Deciles):
        return chart.cuts[charts.PERCENTILES.index(50)][-1]
    return chart.median if isinstance(chart, charts.Histogram) else None


@pytest.mark.parametrize("declared", all_datasets(), ids=lambda one: one.id)
def test_every_chart_of_a_measure_prints_the_median_of_the_comparison(
    site: Flask, declared: Dataset
) -> None:
    for dashboard, view in views(declared):
        group = peers.peers(view)
        _, compared = rows(view, dashboard)
        middles = {one.figure.measure.id: row.middle for row, one in compared}
        expected = middles.get(view.measure.id)
        spread = comparison.distribution(view, group, view.measure)
        drawn = [trend.lead_chart(view, group), *([spread] if spread else [])]
        medians = [one for figure in drawn if (one := of_chart(figure.chart)) is not None]
        for median in medians:
            assert median == pytest.approx(expected if expected is not None else medians[0])


def test_a_value_of_fewer_than_ten_is_among_nobody_even_when_it_is_tied(site: Flask) -> None:
    tied = 0
    for declared in all_datasets():
        snapshot = db.library().current(declared.id)
        assert snapshot is not None
        month, directory = snapshot.latest, db.library().directory()
        for measure in declared.measures:
            known = snapshot.comparable(measure, "practice", month)
            values = snapshot.distribution(measure, "practice", month)
            small = np.flatnonzero(np.isnan(known) & ~np.isnan(values))
            for row in small[:3].tolist():
                org = directory.at("practice", snapshot.codes("practice")[row])
                assert org is not None
                now = queries.figure(snapshot, measure, org, month=month)
                tied += bool((known == now.value).any())
                assert now.value is not None and queries.position(snapshot, now) is None
    assert tied, "no practice has a value of fewer than ten that others have too"


def test_a_handful_has_no_strip(site: Flask) -> None:
    """Four ICBs would look like a distribution."""
    icb = published(snapshot_of(LIST), "icb")[0]
    assert len(published(snapshot_of(LIST), "icb")) <= queries.FEW_PEERS
    view = view_of(LIST.tool, org=icb.code)
    section = comparison.comparison(view, peers.peers(view), LIST).draw()
    (table,) = (one for one in section.blocks if isinstance(one, blocks.Comparison))
    assert all(row.percentiles == {} and row.middle is not None for row in table.rows)
    assert find_class(as_dash.section(section), "strip") == []
