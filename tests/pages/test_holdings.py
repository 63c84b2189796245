"""What the status and source pages say is held."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.periods import add_months
from data.versions import db
from data.versions.freshness import LATE_AFTER, freshness
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


def real(one: Holding) -> Holding:
    """The same holding, as if its data were real."""
    snapshot = copy(one.snapshot)
    assert snapshot is not None
    snapshot.manifest = replace(snapshot.manifest, demo=False)
    return replace(one, snapshot=snapshot)


def test_a_dataset_is_late_and_then_behind_long_after_its_next_release_was_due(
    held: dict[str, Holding],
) -> None:
    for name, demo in held.items():
        one = real(demo)
        assert one.manifest is not None
        due = freshness(one.declared, one.manifest, date(2026, 1, 1)).due.last
        assert holdings.state(one, due) == "Up to date", name
        grace = LATE_AFTER[one.declared.cadence]
        assert holdings.state(one, due + timedelta(days=grace)) == "Up to date", name
        assert holdings.state(one, due + timedelta(days=grace + 1)) == "Late", name
        rhythm = one.declared.rhythm
        ended = rhythm is not None and rhythm.may_have_ended
        late = "No newer release" if ended else "Behind"
        assert holdings.state(one, due + timedelta(days=365)) == late, name


def test_the_demonstration_never_looks_late(held: dict[str, Holding]) -> None:
    for name, one in held.items():
        assert holdings.state(one, date(2040, 1, 1)) == "Up to date", name


def test_files_without_a_date_are_as_old_as_what_they_hold(held: dict[str, Holding]) -> None:
    """A month's appointments, given by hand, are not late before the next month's are due."""
    one = real(held["gp-appointments"])
    assert one.manifest is not None
    releases = tuple(replace(release, published=None) for release in one.manifest.releases)
    undated = replace(one.manifest, releases=releases)
    end = add_months(undated.latest, 1)
    assert freshness(one.declared, undated, end + timedelta(days=60)).is_current
    a_year_on = freshness(one.declared, undated, end + timedelta(days=365))
    assert a_year_on.state == "behind"


def test_a_series_that_may_have_ended_is_not_expected(held: dict[str, Holding]) -> None:
    one = real(held["patient-online"])
    out = holdings.published(one)
    assert out is not None
    assert holdings.next_due(one, date(out.year + 3, 1, 1)).startswith("Not known")
    assert not holdings.next_due(one, out).startswith("Not known")
    assert holdings.TONES[holdings.state(one, date(out.year + 3, 1, 1))] == ""
