"""What a dashboard declares must fit its page."""

from __future__ import annotations

from dataclasses import replace

import dash
import pytest

from pages import gp_appointments, registration
from pages.dashboard.declaration import MOST_CARDS, MOST_COMPARED, Dashboard

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
