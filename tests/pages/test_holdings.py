"""What the status and source pages say is held."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.periods import last_month
from data.versions import db
from pages.dashboard import holdings
from pages.dashboard.holdings import Holding


@pytest.fixture
def held(demo_home: Path) -> dict[str, Holding]:
    """By dataset."""
    db.configure(demo_home)
    return {one.declared.id: one for one in holdings.holdings()}


def test_every_dataset_is_listed_with_what_it_covers(held: dict[str, Holding]) -> None:
    for name, one in held.items():
        words = holdings.coverage_words(one)
        assert words[0].isdigit(), name
        assert not words.startswith("0 "), name


def test_a_dataset_of_areas_counts_areas(held: dict[str, Holding]) -> None:
    assert holdings.coverage_words(held["pcn-workforce"]).endswith(" PCNs")


def test_a_dataset_is_behind_only_long_after_its_next_release_was_due(
    held: dict[str, Holding],
) -> None:
    for name, one in held.items():
        assert one.snapshot is not None
        out = holdings.published(one) or last_month(one.declared.period, one.snapshot.latest)
        assert holdings.state(one, out) == "Up to date", name
        rhythm = one.declared.rhythm
        ended = rhythm is not None and rhythm.may_have_ended
        late = "No newer release" if ended else "Behind"
        assert holdings.state(one, date(out.year + 3, 1, 1)) == late, name


def test_a_series_that_may_have_ended_is_not_expected(held: dict[str, Holding]) -> None:
    one = held["patient-online"]
    out = holdings.published(one)
    assert out is not None
    assert holdings.next_due(one, date(out.year + 3, 1, 1)).startswith("Not known")
    assert not holdings.next_due(one, out).startswith("Not known")
    assert holdings.TONES[holdings.state(one, date(out.year + 3, 1, 1))] == ""
