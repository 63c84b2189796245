"""Payments by line, over the fictional England."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.datasets.nhs_payments import GROUPS, TOTALS
from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from tests.api.conftest import Get


@pytest.fixture(scope="module")
def payments(demo_home: Path) -> Snapshot:
    found = LiveVersions(demo_home).current("nhs-payments")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Path:
    return demo_home


def test_lines_of_a_practice_add_up(get: Get, payments: Snapshot) -> None:
    answered = get("nhs-payments/practices/", practice="y99001", year="2025/26").get_json()
    rows = {row["line"]: row for row in answered["results"]}
    assert answered["count"] == len(rows) > 20
    assert answered["meta"]["latest"] == "2025/26"
    total = rows["total_payments"]
    inside = sum(row["amount"] for row in rows.values() if row["group"] in GROUPS)
    assert inside == pytest.approx(total["amount"], abs=0.001)
    assert total["year"] == "2025/26" and total["contract_type"] in ("GMS", "PMS", "APMS")
    assert total["per_weighted"] == pytest.approx(
        total["amount"] / total["weighted_patients"], abs=1e-6
    )
    assert rows["deductions"]["amount"] < 0
    assert "alcohol" not in rows  # a line of other years
    value = payments.at(
        payments.dataset.measure("per_registered"), "practice", "Y99001", month=payments.latest
    )[0]
    assert total["per_registered"] == pytest.approx(value, abs=1e-6)
    again = get("nhs-payments/practices/", practice="Y99001", year="2025-26").get_json()
    assert again["results"] == answered["results"]


def test_pcn_lines_are_the_pcns_own_and_those_of_its_practices(get: Get) -> None:
    rows = {
        row["line"]: row
        for row in get("nhs-payments/pcns/", pcn="U99001", year="2025/26").get_json()["results"]
    }
    members = get(
        "nhs-payments/practices/", pcn="U99001", year="2025/26", page_size=500
    ).get_json()["results"]
    total = sum(row["amount"] for row in members if row["line"] == "total_payments")
    assert rows["total_payments"]["amount"] == pytest.approx(total, abs=0.001)
    network = sum(row["amount"] for row in rows.values() if row["group"] == "network")
    assert rows["network_payments"]["amount"] == pytest.approx(network, abs=0.001)
    assert rows["network_payments"]["amount"] > 0
    assert not any(row["group"] == "network" for row in members)


def test_pages_and_contract_types_make_up_the_whole(get: Get) -> None:
    every = get("nhs-payments/practices/", year="2025/26", page_size=1).get_json()["count"]
    kinds = ("GMS", "PMS", "APMS", "Unknown")
    counts = [
        get("nhs-payments/practices/", year="2025/26", contract_type=kind, page_size=1).get_json()[
            "count"
        ]
        for kind in kinds
    ]
    assert sum(counts) == every and counts[0] > counts[2]
    first = get("nhs-payments/practices/", year="2025/26", page_size=30).get_json()
    second = get("nhs-payments/practices/", year="2025/26", page_size=30, page=2).get_json()
    both = get("nhs-payments/practices/", year="2025/26", page_size=60).get_json()
    assert first["results"] + second["results"] == both["results"]
    assert both["results"][0]["line"] == next(iter(TOTALS))


@pytest.mark.parametrize("path", ["practices", "pcns"])
def test_a_filter_is_needed_and_a_wrong_year_is_named(get: Get, path: str) -> None:
    refused = get(f"nhs-payments/{path}/")
    assert (refused.status_code, refused.get_json()["code"]) == (400, "missing_filter")
    assert "year" in refused.get_json()["errors"]
    wrong = get(f"nhs-payments/{path}/", year="2025/27")
    assert wrong.status_code == 400 and "2025/26" in wrong.get_json()["detail"]
    none = get(f"nhs-payments/{path}/", year="2010/11").get_json()
    assert (none["count"], none["results"]) == (0, [])


def test_the_three_populations_stand_side_by_side(get: Get, payments: Snapshot) -> None:
    rows = {row["year"]: row for row in get("practices/Y99001/population/").get_json()["results"]}
    paid, current = rows["2025/26"], rows["2026/27"]
    home = payments.parts_at("practice", "Y99001", month=payments.latest)
    assert paid["weighted"] == home["weighted"] and paid["weighted_date"] is None
    assert (
        paid["weighted_source"].startswith("NHS Payments") and "quarters" in paid["weighted_note"]
    )
    assert paid["adjusted"] is None and "not loaded" in paid["adjusted_note"]
    assert current["adjusted"] > 0 and current["adjusted_date"] == "2026-01-01"
    assert current["adjusted_source"] == "PCN Adjusted Populations 2026/27"
    assert current["weighted"] is None and current["weighted_note"]
    assert current["registered"] > 0 and current["registered_date"] == "2026-10-01"
    assert list(rows) == sorted(rows, reverse=True)


def test_app_rows_have_the_base_of_thirteen_and_over(get: Get) -> None:
    answered = get("nhs-app/", practice="Y99001", month="2026-09-01").get_json()
    (row,) = answered["results"]
    assert 0 < row["unique_logins"] < row["patients_registered"]
    assert row["rates"]["active_uptake"] == pytest.approx(
        100 * row["unique_logins"] / row["patients_registered"]
    )
    assert row["registrations"] is None  # of ICBs and England only
    assert get("nhs-app/").get_json()["code"] == "missing_filter"
    adjusted = get("adjusted-populations/", practice="Y99001").get_json()["results"]
    assert [one["year"] for one in adjusted] == ["2026/27"]
