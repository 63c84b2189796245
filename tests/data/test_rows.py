"""Rows against a slow reading of the very files the publisher issued, and against `queries`."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from data.datasets.gp_appointments import MODES
from data.questions.queries import figure
from data.questions.rows import Row, page, ratios
from data.questions.selection import Selection
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from tests import worlds

World = dict[str, Snapshot]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rows")


@pytest.fixture(scope="module")
def world(home: Path) -> World:
    return worlds.build(home)


@pytest.fixture(scope="module")
def library(home: Path, world: World) -> LiveVersions:
    return LiveVersions(home)


def _all(
    library: LiveVersions, snapshot: Snapshot, selection: Selection, size: int = 10**9
) -> list[Row]:
    rows: list[Row] = []
    while True:
        found = page(snapshot, library.directory(), selection, offset=len(rows), limit=size)
        rows += found.rows
        if not found.rows:
            assert found.count == len(rows)
            return rows


def _published(home: Path, name: str) -> list[dict[str, str]]:
    with (home / "publisher" / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("month", worlds.MONTHS)
def test_wide_rows_hold_what_the_crosstab_says(
    home: Path, library: LiveVersions, world: World, month: date
) -> None:
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for line in _published(home, f"x-{month}.csv"):
        expected[line["GP_CODE"], line["APPT_MODE"]] += int(line["COUNT_OF_APPOINTMENTS"])
    rows = _all(library, world["gp-appointments"], Selection(month=month))
    found = {(row["ods_code"], label): row[part] for row in rows for part, label in MODES.items()}
    assert {key: value for key, value in found.items() if value} == dict(expected)


@pytest.mark.parametrize("month", worlds.MONTHS[1:])
def test_long_rows_hold_what_the_age_file_says(
    home: Path, library: LiveVersions, world: World, month: date
) -> None:
    expected = {
        (line["ORG_CODE"], line["SEX"], line["AGE_GROUP_5"]): int(line["NUMBER_OF_PATIENTS"])
        for line in _published(home, f"quin-{month}.csv")
    }
    rows = _all(library, world["list-sizes"], Selection(month=month))
    found = {(row["org"], row["sex"], row["age_band"]): row["patients"] for row in rows}
    assert {k: v for k, v in found.items() if v and "ALL" not in k} == expected
    for org, sex in product({row["org"] for row in rows}, ("MALE", "FEMALE", "ALL")):
        bands = sum(v for (o, s, b), v in found.items() if (o, s) == (org, sex) and b != "ALL")
        assert found[org, sex, "ALL"] == bands


def test_a_month_without_ages_has_totals_only(library: LiveVersions, world: World) -> None:
    rows = _all(library, world["list-sizes"], Selection(month=worlds.WITHOUT_AGES))
    assert {(row["sex"], row["age_band"]) for row in rows} == {("ALL", "ALL")}
    assert len(rows) == len(worlds.in_month(worlds.WITHOUT_AGES))
    assert all(row["patients"] > 0 for row in rows)


@pytest.mark.parametrize("size", [1, 7, 62, 63, 64, 500])
def test_pages_of_any_size_make_up_the_whole(
    library: LiveVersions, world: World, size: int
) -> None:
    for snapshot in world.values():
        for selection in (Selection(within=(("pcn", "U22221"),)), Selection(code="A81001")):
            whole = _all(library, snapshot, selection)
            assert _all(library, snapshot, selection, size) == whole


def test_area_filters_use_the_membership_of_each_month(library: LiveVersions, world: World) -> None:
    lists = world["list-sizes"]
    for column in ("pcn", "sub_icb", "icb", "region", "supplier"):
        for month in worlds.MONTHS:
            by_label: dict[str, set[str]] = defaultdict(set)
            for practice in worlds.in_month(month):
                label = (
                    worlds.icb(practice, month) if column == "icb" else getattr(practice, column)
                )
                by_label[label].add(practice.code)
            for label, codes in by_label.items():
                if label == "U":
                    continue
                selection = Selection(month=month, within=((column, label.lower()),))
                assert {r["org"] for r in _all(library, lists, selection)} == codes


def test_old_and_new_icb_codes_both_find_practices_in_any_month(
    library: LiveVersions, world: World
) -> None:
    for month, code in product((worlds.MONTHS[2], worlds.MONTHS[3]), ("QK1", "QNEW")):
        selection = Selection(month=month, within=(("icb", code),))
        found = {row["org"] for row in _all(library, world["list-sizes"], selection)}
        assert {"C82001", "C82002"} <= found
        assert ("C82004" in found) == (code == "QNEW")


def test_current_membership_applies_today_to_every_month(
    library: LiveVersions, world: World
) -> None:
    selection = Selection(within=(("icb", "QNEW"),), membership="current")
    rows = _all(library, world["gp-appointments"], selection)
    assert {row["month"] for row in rows} == {m.isoformat() for m in worlds.MONTHS}
    assert {row["icb"] for row in rows} == {"QNEW"}


def test_a_practice_outside_pcns_has_no_pcn_code(library: LiveVersions, world: World) -> None:
    rows = _all(library, world["gp-appointments"], Selection(code="A81004"))
    assert {row["pcn"] for row in rows} == {None}
    assert {row["icb"] for row in rows} == {"QHM"}


def test_area_rows_are_the_areas_with_a_practice_there(library: LiveVersions, world: World) -> None:
    lists = world["list-sizes"]
    selection = Selection(
        month=worlds.MONTHS[2],
        level="pcn",
        within=(("region", "Y60"),),
        labels=(("sex", "ALL"), ("age_band", "ALL")),
    )
    assert [row["org"] for row in _all(library, lists, selection)] == ["U22221", "U22222"]
    england = Selection(level="england", labels=(("age_band", "ALL"), ("sex", "ALL")))
    totals = {row["month"]: row["patients"] for row in _all(library, lists, england)}
    for month in worlds.MONTHS:
        selection = Selection(month=month, labels=(("age_band", "ALL"), ("sex", "ALL")))
        practices = sum(row["patients"] for row in _all(library, lists, selection))
        assert totals[month.isoformat()] == practices


def test_rates_are_the_figures_of_pages(library: LiveVersions, world: World) -> None:
    snapshot, directory = world["gp-appointments"], library.directory()
    rng = random.Random(7)
    rows = _all(library, snapshot, Selection())
    for _ in range(300):
        row, measure = rng.choice(rows), rng.choice(ratios(snapshot.dataset))
        org = directory.at("practice", row["ods_code"])
        assert org is not None
        month = date.fromisoformat(row["month"])
        expected = figure(snapshot, measure, org, month=month)
        assert [row[name][measure.id] for name in ("rates", "numerators", "denominators")] == [
            expected.value,
            expected.numerator,
            expected.denominator,
        ]


def test_missing_is_null_and_never_nought(
    library: LiveVersions, world: World, tmp_path: Path
) -> None:
    """Without list sizes there is no rate per 1,000, nor its numerator."""
    alone = worlds.build_without_lists(tmp_path)
    row = _all(LiveVersions(tmp_path), alone, Selection(code="A81001"))[0]
    assert row["patients"] is None
    assert row["rates"]["per_1000"] is None
    assert row["denominators"]["per_1000"] is None
    assert row["appointments"] > 0
    assert row["rates"]["attended"] is not None


def test_fields_choose_members(library: LiveVersions, world: World) -> None:
    found = page(
        world["gp-appointments"],
        library.directory(),
        Selection(code="A81001"),
        offset=0,
        limit=1,
        fields=frozenset({"month", "name", "dna", "rates.attended"}),
    )
    whole = _all(library, world["gp-appointments"], Selection(code="A81001"))[0]
    assert found.rows == [
        {
            "name": whole["name"],
            "month": whole["month"],
            "dna": whole["dna"],
            "rates": {"attended": whole["rates"]["attended"]},
            "numerators": {"attended": whole["attended"]},
            "denominators": {"attended": whole["appointments"]},
        }
    ]


def test_nothing_is_selected_by_what_does_not_exist(library: LiveVersions, world: World) -> None:
    for selection in (
        Selection(code="ZZZZZZ"),
        Selection(month=date(1999, 1, 1)),
        Selection(within=(("pcn", "nope"),)),
        Selection(level="icb", code="nope"),
    ):
        for snapshot in world.values():
            assert _all(library, snapshot, selection) == []
