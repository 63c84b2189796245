"""Areas and spreads against slow, plain versions of themselves."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from data import areas, landscape, queries
from data.db import Library
from data.orgs import Directory
from data.snapshot import Snapshot
from tests import worlds

APRIL, MARCH = date(2026, 4, 1), date(2026, 3, 1)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    home: Path = tmp_path_factory.mktemp("areas")
    worlds.build(home)
    return Library(home)


@pytest.fixture(scope="module")
def lists(library: Library) -> Snapshot:
    found = library.current("list-sizes")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def directory(library: Library) -> Directory:
    return library.directory()


def test_an_abolished_area_names_who_took_over(lists: Snapshot, directory: Directory) -> None:
    old = directory.at("icb", "QK1")
    assert old is not None
    found = areas.successors(lists, directory, old)
    assert [(one.org.code, round(one.percent)) for one in found] == [("QNEW", 100)]


def test_areas_in_use_and_practices_have_no_successor(
    lists: Snapshot, directory: Directory
) -> None:
    for level, code in (("icb", "QNEW"), ("practice", "C82003"), ("england", "ENG")):
        org = directory.at(level, code)  # type: ignore[arg-type]
        assert org is not None and areas.successors(lists, directory, org) == []


def test_the_months_of_a_closed_practice_end(lists: Snapshot, directory: Directory) -> None:
    closed = directory.at("practice", "C82003")
    assert closed is not None
    assert lists.published("practice", closed.code) == (date(2025, 12, 1), date(2026, 1, 1))


def test_values_together_are_those_asked_one_by_one(lists: Snapshot, directory: Directory) -> None:
    orgs = directory.all("practice") + directory.all("icb")
    measures = lists.dataset.measures
    for month in lists.months:
        grid = areas.together(lists, measures, orgs, month=month)
        for org, row in zip(orgs, grid, strict=True):
            single = [queries.figure(lists, one, org, month=month).value for one in measures]
            assert row == tuple(single)


def test_positions_count_each_peer_once(lists: Snapshot, directory: Directory) -> None:
    measure = lists.dataset.measure("registered_patients")
    orgs = directory.all("practice")
    values = {o.code: queries.figure(lists, measure, o, month=MARCH).value for o in orgs}
    known = [value for value in values.values() if value is not None]
    for org in orgs:
        now = queries.figure(lists, measure, org, month=MARCH)
        found = queries.position(lists, now)
        if now.value is None:
            assert found is None
            continue
        assert found is not None
        assert found.peers == len(known) - 1
        below = sum(value < now.value for value in known)
        assert math.isclose(found.higher_than, 100 * below / (len(known) - 1))


def test_growth_is_the_change_of_each_practice(lists: Snapshot) -> None:
    measure = lists.dataset.measure("registered_patients")
    found = landscape.growth(lists, measure, "practice", APRIL, 1)
    for code, change in zip(lists.codes("practice"), found, strict=True):
        now, _, _ = lists.at(measure, "practice", code, month=APRIL)
        before, _, _ = lists.at(measure, "practice", code, month=MARCH)
        expected = 100 * (now / before - 1)
        assert math.isclose(change, expected) or (math.isnan(change) and math.isnan(expected))


def test_growth_over_a_month_that_is_not_held_is_unknown(lists: Snapshot) -> None:
    measure = lists.dataset.measure("registered_patients")
    assert landscape.growths(lists, measure, "practice", APRIL, 60) == ((), None, 0)
