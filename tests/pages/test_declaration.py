"""What a dashboard declares must fit its page."""

from __future__ import annotations

from dataclasses import replace

import dash
import pytest
from flask import Flask

from components.blocks import Choice
from data.registry import dataset
from pages import gp_appointments, registration
from pages.dashboard import peers
from pages.dashboard.declaration import MOST_CARDS, MOST_COMPARED, Dashboard
from pages.dashboard.sections.trend import trend
from tests.pages.tools import dashboard_of, view_of

GIVEN = gp_appointments.DASHBOARD


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (
            replace(GIVEN, cards=("per_1000",) * (MOST_CARDS + 1)),
            "gp-appointments: cards has 7 cards; 6 fit",
        ),
        (
            replace(GIVEN, nation=replace(GIVEN.nation, cards=("per_1000",) * (MOST_CARDS + 1))),
            "gp-appointments: nation.cards has 7 cards; 6 fit",
        ),
        (
            replace(GIVEN, compared=("per_1000",) * (MOST_COMPARED + 1)),
            "gp-appointments: compared has 9 measures; 8 fit",
        ),
        (
            replace(GIVEN, compared=("per_1000", "nothing")),
            "gp-appointments: compared has nothing, which no group has",
        ),
    ],
)
def test_a_dashboard_that_does_not_fit_its_page_is_refused(
    monkeypatch: pytest.MonkeyPatch, declared: Dashboard, words: str
) -> None:
    monkeypatch.setattr(registration.registry, "declared", lambda: (declared,))
    with pytest.raises(ValueError, match=words):
        registration.register(dash.Dash(__name__, use_pages=False))


def test_the_trend_offers_the_measures_of_its_own_page_and_the_one_shown(england: Flask) -> None:
    declared = dashboard_of(dataset("qof"))
    own = {measure_id for _, ids in declared.groups for measure_id in ids}
    other = dataset("qof").measures[-1].id
    assert other not in own
    for asked, offered in (("", own), (other, own | {other})):
        view = view_of(declared.tool, measure=asked)
        chooser = trend(view, peers.peers(view), declared).draw().controls[0]
        assert isinstance(chooser, Choice) and chooser.name == "measure"
        assert [option.value for option in chooser.options] == [
            measure.id for measure in dataset("qof").measures if measure.id in offered
        ]
        assert chooser.value == view.measure.id
