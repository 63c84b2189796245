"""Areas and spreads against slow, plain versions of themselves."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data.questions import areas, landscape, queries
from data.versions.db import LiveVersions
from data.versions.orgs import Organisations
from data.versions.snapshot import Snapshot
from tests import worlds

APRIL, MARCH, DECEMBER = date(2026, 4, 1), date(2026, 3, 1), date(2025, 12, 1)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LiveVersions:
    home: Path = tmp_path_factory.mktemp("areas")
    worlds.build(home)
    return LiveVersions(home)


@pytest.fixture(scope="module")
def lists(library: LiveVersions) -> Snapshot:
    found = library.current("list-sizes")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def directory(library: LiveVersions) -> Organisations:
    return library.directory()


def test_an_abolished_area_names_who_took_over(lists: Snapshot, directory: Organisations) -> None:
    old = directory.at("icb", "QK1")
    assert old is not None
    found = areas.successors(lists, directory, old)
    assert [(one.org.code, round(one.percent)) for one in found] == [("QNEW", 100)]


def test_areas_in_use_and_practices_have_no_successor(
    lists: Snapshot, directory: Organisations
) -> None:
    for level, code in (("icb", "QNEW"), ("practice", "C82003"), ("england", "ENG")):
        org = directory.at(level, code)  # type: ignore[arg-type]
        assert org is not None and areas.successors(lists, directory, org) == []


def test_the_months_of_a_closed_practice_end(lists: Snapshot, directory: Organisations) -> None:
    closed = directory.at("practice", "C82003")
    assert closed is not None
    assert lists.published("practice", closed.code) == (date(2025, 12, 1), date(2026, 1, 1))


def test_values_together_are_those_asked_one_by_one(
    lists: Snapshot, directory: Organisations
) -> None:
    orgs = directory.all("practice") + directory.all("icb")
    measures = lists.dataset.measures
    for month in lists.months:
        grid = areas.together(lists, measures, orgs, month=month)
        for org, row in zip(orgs, grid, strict=True):
            single = [queries.figure(lists, one, org, month=month).value for one in measures]
            assert row == tuple(single)


def test_positions_count_each_peer_once(lists: Snapshot, directory: Organisations) -> None:
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


@pytest.mark.parametrize("dataset", ["list-sizes", "gp-appointments"])
def test_a_pcn_is_compared_within_its_icb_of_the_month(
    library: LiveVersions, directory: Organisations, dataset: str
) -> None:
    """Both PCNs are of ICB QNEW since April; before, each was of an ICB of its own."""
    snapshot = library.current(dataset)
    pcn, other = directory.at("pcn", "U22221"), directory.at("pcn", "U22222")
    assert snapshot is not None and pcn is not None and other is not None

    def compared(month: date, membership: str = "dated") -> tuple[list[str], list[str]]:
        above = queries.comparators(snapshot, directory, pcn, month=month, membership=membership)
        peers = queries.peer_codes(
            snapshot, directory, pcn, month=month, group="icb", membership=membership
        )
        return [org.code for org in above], peers

    both = ["U22221", "U22222"]
    assert compared(DECEMBER) == (["03W", "QK1", "Y60", "ENG"], ["U22221"])
    assert compared(MARCH) == (["03W", "QK1", "Y60", "ENG"], ["U22221"])
    assert compared(APRIL) == (["03W", "QNEW", "Y60", "ENG"], both)
    assert compared(MARCH, "current") == (["03W", "QNEW", "Y60", "ENG"], both)
    assert areas.above(snapshot, directory, other, month=MARCH)["icb"] == "QK2"


def test_a_month_without_the_organisation_is_that_of_list_sizes_or_today(
    library: LiveVersions, directory: Organisations
) -> None:
    appointments = library.current("gp-appointments")
    silent, icb = directory.at("practice", "C82005"), directory.at("icb", "QNEW")
    assert appointments is not None and silent is not None and icb is not None
    assert areas.above(appointments, directory, silent, month=MARCH)["icb"] == "QK2"
    assert areas.above(appointments, directory, silent, month=date(2019, 1, 1))["icb"] == "QNEW"
    assert areas.above(appointments, directory, icb, month=MARCH) == {"region": "Y60"}


def test_areas_that_the_publisher_alone_gives_are_beside_those_of_today(
    lists: Snapshot, directory: Organisations
) -> None:
    """An area that no map has is compared by where it is today, as is one without a month."""
    gone = directory.at("sub_icb", "04V")
    assert gone is not None
    kept = replace(gone, code="NEW", icb="QHM")
    found = areas.beside(lists, directory, kept, level="icb", month=MARCH)
    assert found == ["16C"]
    assert areas.beside(lists, directory, replace(kept, icb=""), level="icb", month=MARCH) == []
