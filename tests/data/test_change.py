"""Areas change like for like, and stocks count everybody: planted cases, and a slow second way."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from data.questions import national, queries
from data.questions.change import Change, change
from data.spec import Level
from data.versions.orgs import Organisations
from data.versions.snapshot import Snapshot
from tests import planted
from tests.planted import Figures, Home, Homes

THEN, NOW = date(2025, 9, 1), date(2026, 9, 1)
A, B = ("U1", "S1", "I1", "R1"), ("U2", "S2", "I2", "R1")
LISTS, APPOINTMENTS = "list-sizes", "gp-appointments"
CODES = ("P1", "P2", "P3", "P4", "P5")


def listed(sizes: Mapping[str, int]) -> dict[str, dict[str, float]]:
    return {code: {"registered": size, "practices": 1} for code, size in sizes.items()}


def kept(sizes: Mapping[str, int], *, missed: int = 5) -> dict[str, dict[str, float]]:
    """Appointments of each practice, of which some in 100 were missed."""
    return {
        code: {
            "appointments": count,
            "appointments_listed": count,
            "patients": 1_000,
            "working_days": 20,
            "dna": count * missed // 100,
            "attended": count - count * missed // 100,
            "practices": 1,
        }
        for code, count in sizes.items()
    }


def homes(codes: Mapping[str, Home]) -> Homes:
    return dict.fromkeys((THEN, NOW), codes)


def country(
    tmp_path: Path, lists: Figures, appointments: Figures, places: Homes
) -> tuple[Snapshot, Snapshot, Organisations]:
    registered = planted.publish(tmp_path, LISTS, places, lists)
    booked = planted.publish(tmp_path, APPOINTMENTS, places, appointments)
    return registered, booked, planted.directory(registered, booked)


def year(
    snapshot: Snapshot,
    directory: Organisations,
    measure: str,
    level: Level,
    code: str,
    membership: str = "dated",
) -> Change:
    org = directory.at(level, code)
    assert org is not None
    now = queries.figure(
        snapshot, snapshot.dataset.measure(measure), org, month=NOW, membership=membership
    )
    return change(snapshot, directory, now, months=12, membership=membership)


ALIKE = dict.fromkeys(CODES, 1_000)
PCN = homes(dict.fromkeys(CODES, A))


@pytest.fixture
def silent(tmp_path: Path) -> tuple[Snapshot, Organisations]:
    """A PCN of five of which one did not report a year ago."""
    then = kept({code: 1_000 for code in CODES if code != "P5"})
    now = kept({**dict.fromkeys(CODES, 1_039), "P5": 200})
    _, booked, directory = country(
        tmp_path,
        {THEN: listed(ALIKE), NOW: listed({**ALIKE, "P5": 800})},
        {THEN: then, NOW: now},
        PCN,
    )
    return booked, directory


def test_a_pcn_with_a_silent_practice_changes_as_the_others_did(
    silent: tuple[Snapshot, Organisations],
) -> None:
    grown = year(*silent, "appointments", "pcn", "U1")
    assert grown.words == "3.9% more than in September 2025"
    assert grown.basis == "4 of 5 practices; Practice P5 published nothing in September 2025"
    assert grown.card == "3.9% more than Sep 2025 (4 of 5 practices)"
    assert (grown.kept, grown.of) == (4, 5)
    assert grown.left_percent == pytest.approx(100 * 800 / 4_800)
    daily = year(*silent, "per_working_day", "pcn", "U1")
    assert daily.percent == pytest.approx(3.9)


def test_no_change_is_stated_of_too_few_patients(tmp_path: Path) -> None:
    then = kept({code: 1_000 for code in CODES if code not in ("P4", "P5")})
    _, booked, directory = country(
        tmp_path,
        {THEN: listed(ALIKE), NOW: listed(ALIKE)},
        {THEN: then, NOW: kept(ALIKE)},
        PCN,
    )
    grown = year(booked, directory, "appointments", "pcn", "U1")
    assert grown.absolute is None and grown.clear is None and grown.percent is None
    assert grown.why == (
        "no change stated: 40% of patients are left out (3 of 5 practices; Practice P4 published "
        "nothing in September 2025 and Practice P5 published nothing in September 2025)"
    )
    assert grown.now.value == 5_000  # the figures themselves stay as they are


def test_a_practice_that_closed_stays_in_the_earlier_list(tmp_path: Path) -> None:
    lists, booked, directory = country(
        tmp_path,
        {THEN: listed(ALIKE), NOW: listed({code: 1_300 for code in CODES if code != "P5"})},
        {THEN: kept(ALIKE), NOW: kept({code: 1_300 for code in CODES if code != "P5"})},
        {THEN: PCN[THEN], NOW: {code: A for code in CODES if code != "P5"}},
    )
    everybody = year(lists, directory, "registered_patients", "pcn", "U1")
    assert everybody.absolute == 4 * 1_300 - 5 * 1_000 and not everybody.left_out
    assert everybody.basis == ""
    alike = year(booked, directory, "appointments", "pcn", "U1")
    assert alike.percent == pytest.approx(30)
    assert alike.basis == "4 of 5 practices; Practice P5 closed since"


def test_an_area_of_the_months_between_has_no_earlier_figure(tmp_path: Path) -> None:
    renamed = ("U1", "S1", "I9", "R1")
    lists, _, directory = country(
        tmp_path,
        {THEN: listed(ALIKE), NOW: listed(ALIKE)},
        {THEN: kept(ALIKE), NOW: kept(ALIKE)},
        {THEN: dict.fromkeys(CODES, A), NOW: dict.fromkeys(CODES, renamed)},
    )
    born = year(lists, directory, "registered_patients", "icb", "I9")
    assert born.why == "no earlier figure: new since September 2026"
    today = year(lists, directory, "registered_patients", "icb", "I9", "current")
    assert today.words == "the same as in September 2025"


def test_a_boundary_that_moved_most_patients_allows_no_change(tmp_path: Path) -> None:
    places = {THEN: {**dict.fromkeys(CODES, A), "P5": B}, NOW: dict.fromkeys(CODES, A)}
    few = {**ALIKE, "P5": 500}
    lists, _, directory = country(
        tmp_path,
        {THEN: listed(few), NOW: listed(few)},
        {THEN: kept(ALIKE), NOW: kept(ALIKE)},
        places,
    )
    joined = year(lists, directory, "registered_patients", "pcn", "U1")
    assert joined.absolute == 500 and joined.moves == "Practice P5 joined since"
    many = {**ALIKE, "P5": 5_000}
    lists, _, directory = country(
        tmp_path / "many",
        {THEN: listed(many), NOW: listed(many)},
        {THEN: kept(ALIKE), NOW: kept(ALIKE)},
        places,
    )
    changed = year(lists, directory, "registered_patients", "pcn", "U1")
    assert changed.absolute is None
    assert changed.why == "no change stated: its boundary changed for 56% of patients"


def test_a_change_of_a_rate_has_an_interval_and_may_be_unclear(tmp_path: Path) -> None:
    _, booked, directory = country(
        tmp_path,
        {THEN: listed(ALIKE), NOW: listed(ALIKE)},
        {THEN: kept(ALIKE, missed=5), NOW: kept({**ALIKE, "P1": 1_100}, missed=6)},
        PCN,
    )
    clear = year(booked, directory, "dna_rate", "pcn", "U1")
    low, high = clear.interval
    assert low is not None and high is not None and clear.absolute is not None
    assert 0 < low < clear.absolute < high and clear.percent is None
    assert clear.words == "1.0 point higher than in September 2025"
    assert re.search(r"\(95% interval \+0\.\d to \+1\.\d points\)", clear.moved_words.words)
    unclear = year(booked, directory, "dna_rate", "practice", "P2")
    assert unclear.clear == "unclear"
    assert unclear.words == "no clear change from September 2025"


def test_changes_below_the_rounding_are_about_the_same(tmp_path: Path) -> None:
    lists, _, directory = country(
        tmp_path,
        {
            THEN: listed(dict.fromkeys(CODES, 1_000_000)),
            NOW: listed(dict.fromkeys(CODES, 1_000_284)),
        },
        {THEN: kept(ALIKE), NOW: kept(ALIKE)},
        PCN,
    )
    grown = year(lists, directory, "registered_patients", "pcn", "U1")
    assert grown.absolute == 1_420 and grown.clear == "alike"
    assert grown.words == "about the same as in September 2025"


def test_a_period_that_is_not_held_is_named(tmp_path: Path) -> None:
    lists = planted.publish(tmp_path, LISTS, {NOW: PCN[NOW]}, {NOW: listed(ALIKE)})
    directory = planted.directory(lists)
    assert year(lists, directory, "registered_patients", "pcn", "U1").card == (
        "Sep 2025 is not loaded here"
    )


def test_who_closed_under_a_replaced_code_counts_in_what_replaced_it(tmp_path: Path) -> None:
    """The growth of an ICB is that of its region when both have the same practices."""
    renamed = ("U1", "S1", "I9", "R1")
    open_now = [code for code in CODES if code != "P5"]
    lists, _, directory = country(
        tmp_path,
        {THEN: listed(ALIKE), NOW: listed(dict.fromkeys(open_now, 1_300))},
        {THEN: kept(ALIKE), NOW: kept(dict.fromkeys(open_now, 1_300))},
        {THEN: dict.fromkeys(CODES, A), NOW: dict.fromkeys(open_now, renamed)},
    )
    measure = lists.dataset.measure("registered_patients")
    levels: tuple[Level, ...] = ("icb", "region", "england")
    for level in levels:
        (area,) = national.areas(lists, directory, measure, level, NOW)
        assert area.year.absolute == 4 * 1_300 - 5 * 1_000, level


# A country in which practices move, close, open and are silent.


def renamed(home: Home) -> Home:
    """One ICB has another code in the later month."""
    pcn, sub_icb, icb, region = home
    return (pcn, sub_icb, "I9" if icb == "I1" else icb, region)


@pytest.fixture(scope="module", params=[1, 2])
def anywhere(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Snapshot, Snapshot, Organisations]:
    chance = random.Random(request.param)
    areas = [(f"U{n}", f"S{n // 2}", f"I{n // 4}", f"R{n // 8}") for n in range(16)]
    codes = [f"P{n}" for n in range(120)]
    before = {code: chance.choice(areas) for code in codes if chance.random() < 0.97}
    after = {
        code: renamed(before[code] if chance.random() < 0.97 else chance.choice(areas))
        for code in before
        if chance.random() < 0.97
    }
    lists, booked = {}, {}
    for month, places in ((THEN, before), (NOW, after)):
        lists[month] = listed({code: chance.randrange(500, 9_000) for code in places})
        booked[month] = kept(
            {code: chance.randrange(50, 3_000) for code in places if chance.random() < 0.95},
            missed=chance.randrange(3, 9),
        )
    folder = tmp_path_factory.mktemp("anywhere")
    return country(folder, lists, booked, {THEN: before, NOW: after})


def inside(snapshot: Snapshot, level: Level, code: str, month: date, membership: str) -> set[str]:
    """Practices with figures of an area, one by one."""
    found = set()
    for practice in snapshot.codes("practice"):
        if snapshot.published_in("practice", practice, month):
            home = snapshot.home(practice, month if membership == "dated" else None)
            if level == "england" or home[level] == code:
                found.add(practice)
    return found


@pytest.mark.parametrize("membership", ["dated", "current"])
def test_a_slow_second_working_agrees(
    anywhere: tuple[Snapshot, Snapshot, Organisations], membership: str
) -> None:
    _, booked, directory = anywhere
    stated = 0
    levels: tuple[Level, ...] = ("pcn", "sub_icb", "icb", "region", "england")
    for level in levels:
        for code in booked.codes(level):
            grown = year(booked, directory, "appointments", level, code, membership)
            rate = year(booked, directory, "dna_rate", level, code, membership)
            if grown.why:
                continue
            stated += 1
            both = inside(booked, level, code, NOW, membership) & inside(
                booked, level, code, THEN, membership
            )
            parts = {
                month: [booked.parts_at("practice", one, month=month) for one in sorted(both)]
                for month in (THEN, NOW)
            }
            total = {
                month: {
                    part: sum(each[part] or 0 for each in found)
                    for part in ("appointments", "dna", "attended")
                }
                for month, found in parts.items()
            }
            assert grown.kept == len(both)
            assert grown.now.value == total[NOW]["appointments"]
            assert grown.earlier.value == total[THEN]["appointments"]
            shares = [
                100 * known["dna"] / (known["dna"] + known["attended"])
                for known in (total[NOW], total[THEN])
            ]
            assert rate.absolute is not None
            assert math.isclose(rate.absolute, shares[0] - shares[1], abs_tol=1e-9)
    assert stated > 10


def test_growth_of_a_whole_is_the_growth_of_its_parts(
    anywhere: tuple[Snapshot, Snapshot, Organisations],
) -> None:
    """Of patients, at every level, with the practices of today."""
    lists, _, directory = anywhere
    levels: tuple[Level, ...] = ("sub_icb", "icb", "region", "england")
    sums = {}
    for level in levels:
        found = national.areas(
            lists, directory, lists.dataset.measure("registered_patients"), level, NOW
        )
        sums[level] = (
            sum(area.year.now.value or 0 for area in found),
            sum(area.year.earlier.value or 0 for area in found),
        )
    assert len(set(sums.values())) == 1, sums
