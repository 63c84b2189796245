"""The publisher's own payments files give the publisher's own totals."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.datasets.nhs_payments import GROUPS, group_part
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.pipelines.test_real_files import flask

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

YEARS = {"21-22": date(2021, 4, 1), "22-23": date(2022, 4, 1)}
TOTAL = "Total NHS Payments to General Practice"
REGISTERED = "Number of Registered Patients (Last Known Figure)"
WEIGHTED = "Number of Weighted Patients (Last Known Figure)"
PCN_COLUMN = {"21-22": "PCN Code", "22-23": "Code"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    """The older year is loaded after the newer one."""
    home = tmp_path_factory.mktemp("payments") / "home"
    for dataset, path in (
        ("list-sizes", "patients_registered/gp-reg-pat-prac-all_2025-12-01.csv"),
        ("list-sizes", "patients_registered/gp-reg-pat-prac-map_2025-12_reexport.csv.gz"),
        ("nhs-payments", "gp_payments/nhspaymentsgp-22-23-prac-csv.csv.gz"),
        ("nhs-payments", "gp_payments/nhspaymentsgp-21-22-prac-csv.csv.gz"),
    ):
        done = flask(home, "refresh", dataset, "--from", str(real_data / path))
        assert done.exit_code == 0, done.output
    return home


@pytest.fixture(scope="module")
def payments(home: Path) -> Snapshot:
    found = LiveVersions(home).current("nhs-payments")
    assert found is not None
    return found


def rows(real_data: Path, year: str) -> Iterator[dict[str, str]]:
    path = real_data / "gp_payments" / f"nhspaymentsgp-{year}-prac-csv.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text)


@pytest.mark.parametrize("year", YEARS)
def test_every_practice_and_area_adds_up(payments: Snapshot, real_data: Path, year: str) -> None:
    period = YEARS[year]
    sums: dict[tuple[str, str], list[Decimal]] = {}
    count = 0
    for row in rows(real_data, year):
        count += 1
        amounts = [Decimal(row[name]) for name in (TOTAL, REGISTERED, WEIGHTED)]
        shown = payments.parts_at("practice", row["Practice Code"], month=period)
        assert [shown["total_payments"], shown["registered"], shown["weighted"]] == [
            float(amount) for amount in amounts
        ]
        pcn = row[PCN_COLUMN[year]]
        keys = [("england", "ENG"), ("region", row["NHS England (Region) code"])]
        keys += [("sub_icb", row["CCG Code"])]
        keys += [("pcn", pcn)] if re.fullmatch(r"U\d{5}", pcn) else []
        for key in keys:
            known = sums.setdefault(key, [Decimal(0)] * 3)
            sums[key] = [before + now for before, now in zip(known, amounts, strict=True)]
    assert count == payments.manifest.periods[period].practices
    for (level, code), totals in sums.items():
        shown = payments.parts_at(level, code, month=period)  # type: ignore[arg-type]
        assert shown["total_payments"] == pytest.approx(float(totals[0]), abs=0.001), code
        assert shown["registered"] == pytest.approx(float(totals[1]), abs=0.001), code
        assert shown["weighted"] == pytest.approx(float(totals[2]), abs=0.001), code


def test_the_control_totals_are_those_of_the_files(home: Path) -> None:
    status = json.loads(flask(home, "status", "--json").stdout)["nhs-payments"]
    assert set(status["periods"]) == {"2021/22", "2022/23"}
    late, early = status["periods"]["2022/23"], status["periods"]["2021/22"]
    assert (late["practices"], late["total_payments"]) == (6669, 10_230_094_803.70)
    assert (early["practices"], early["total_payments"]) == (6758, 10_075_780_270.50)


def test_groups_add_up_to_the_total_and_every_line_is_known(payments: Snapshot) -> None:
    for period in YEARS.values():
        england = payments.parts_at("england", "ENG", month=period)
        summed = sum(england[group_part(group)] or 0 for group in GROUPS)
        assert summed == pytest.approx(england["total_payments"], abs=0.01)
    assert not any("new here" in note for note in payments.manifest.notes)


def test_money_beside_the_total_is_kept_apart(payments: Snapshot, real_data: Path) -> None:
    england = payments.parts_at("england", "ENG", month=YEARS["22-23"])
    found = list(rows(real_data, "22-23"))
    with_pcn = sum(
        Decimal(row["Total NHS Payments including PCN Workforce, Leadership and Support"])
        for row in found
    )
    total = sum(Decimal(row[TOTAL]) for row in found)
    assert england["network_payments"] == pytest.approx(float(with_pcn - total), abs=0.01)
    assert england["network_payments"] == england["group_network"]
    assert england["group_covid"] == pytest.approx(164_909_357.93, abs=0.01)
    assert england["pcn_registered"] is None  # of the PCN file, which was not published then
    assert england["alcohol"] is None  # a line of other years


def test_practices_without_patients_have_no_rate_and_atypical_ones_are_not_compared(
    payments: Snapshot, real_data: Path
) -> None:
    measure = payments.dataset.measure("per_registered")
    codes = payments.codes("practice")
    (note,) = (
        n for n in payments.manifest.notes if n.startswith("In 2022/23") and "were paid" in n
    )
    unlisted = [row for row in rows(real_data, "22-23") if not Decimal(row[REGISTERED])]
    paid = [row for row in unlisted if Decimal(row[TOTAL])]
    total = sum(Decimal(row[TOTAL]) for row in paid)
    assert f"{len(paid)} practices without registered patients were paid £{total:,.0f}" in note
    compared = dict(
        zip(codes, payments.comparable(measure, "practice", YEARS["22-23"]).tolist(), strict=True)
    )
    for row in rows(real_data, "22-23"):
        practice, registered = row["Practice Code"], Decimal(row[REGISTERED])
        value = payments.at(measure, "practice", practice, month=YEARS["22-23"])[0]
        if not registered:
            assert value != value
        else:
            average = float(row["Average payments per registered patient"])
            assert value == pytest.approx(average, abs=0.0051)
        is_compared = compared[practice] == compared[practice]
        assert is_compared == (registered >= 10 and not row["Atypical characteristics"])


def test_verification_agrees(home: Path) -> None:
    done = flask(home, "verify", "--sample", "200")
    assert done.exit_code == 0, done.output


def test_loading_a_file_again_changes_nothing(home: Path, real_data: Path) -> None:
    held = store(home, "real")
    version = held.current_version("nhs-payments")
    path = real_data / "gp_payments" / "nhspaymentsgp-22-23-prac-csv.csv.gz"
    done = flask(home, "refresh", "nhs-payments", "--from", str(path))
    assert done.exit_code == 0 and "Nothing new" in done.output
    assert held.current_version("nhs-payments") == version


def test_a_reissue_leaves_both_versions_queryable(
    home: Path, real_data: Path, tmp_path: Path
) -> None:
    held = store(home, "real")
    first = held.manifest("nhs-payments")
    assert first is not None
    path = real_data / "gp_payments" / "nhspaymentsgp-22-23-prac-csv.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
        lines = list(csv.reader(text))
    at = {name: lines[0].index(name) for name in ("Global Sum", TOTAL)}
    net = lines[0].index(f"{TOTAL} Minus Deductions")
    for column in (*at.values(), net):
        lines[1][column] = str(Decimal(lines[1][column]) + 100)
    again = tmp_path / "nhspaymentsgp-22-23-prac-csv_v2.csv"
    with again.open("w", encoding="utf-8-sig", newline="") as text:
        csv.writer(text).writerows(lines)
    done = flask(home, "refresh", "nhs-payments", "--from", str(again))
    assert done.exit_code == 0, done.output
    second = held.manifest("nhs-payments")
    assert second is not None and second.version != first.version
    for manifest, total in ((first, 10_230_094_803.70), (second, 10_230_094_903.70)):
        folder = held.version_folder("nhs-payments", manifest.version)
        snapshot = Snapshot(folder, manifest)
        england = snapshot.parts_at("england", "ENG", month=YEARS["22-23"])
        assert england["total_payments"] == pytest.approx(total, abs=0.001)
