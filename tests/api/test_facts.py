"""Endpoints with rows of the publisher's own grain: workforce by role, QOF by indicator."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.versions.db import LiveVersions
from tests.api.conftest import Ask

SEPTEMBER = date(2026, 9, 1)


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Path:
    return demo_home


def test_staff_by_role_are_those_of_the_cube(ask: Ask, home: Path) -> None:
    snapshots = ask("nwrs/snapshots/")[1]["results"]
    days = [row["snapshot"] for row in snapshots]
    assert days[0] == "2026-09-30" and days == sorted(set(days), reverse=True) and len(days) > 1
    status, body = ask("nwrs/", snapshot="2026-09-30", practice="y99001", page_size=500)
    assert status == 200 and body["count"] == len(body["results"]) > 70
    library = LiveVersions(home)
    held = library.current("nwrs")
    assert held is not None
    parts = held.parts_at("practice", "Y99001", month=SEPTEMBER)
    rows = {(row["role_group"], row["role"]): row for row in body["results"]}
    assert rows["GP", "TOTAL"]["fte"] == parts["gp_fte"]
    assert rows["GP", "EXTG"]["headcount"] == parts["gp_qualified_headcount"]
    assert rows["Direct Patient Care", "PHARMA"]["fte"] == parts["dpc_pharma_fte"]
    assert rows["GP", "TOTAL"]["patients"] == parts["patients"]
    every = ask("nwrs/", snapshot="2026-09-30", role="TOTAL", page_size=500)[1]["results"]
    unknown = [row for row in every if "no data provided" in (row["source"] or "")]
    assert unknown and {(row["fte"], row["headcount"]) for row in unknown} == {(None, None)}


def test_a_pcn_gives_its_practices_page_by_page(ask: Ask) -> None:
    query = {"snapshot": "2026-09-30", "pcn": "u99001", "role": "TOTAL", "page_size": 7}
    pages = [ask("nwrs/", **query, page=page)[1] for page in (1, 2, 3)]
    assert {page["count"] for page in pages} == {20}
    rows = [row for page in pages for row in page["results"]]
    assert len({(row["ods_code"], row["role_group"]) for row in rows}) == len(rows) == 20
    assert pages[2]["next"] is None
    assert ask("nwrs/", snapshot="2026-09-30", region="nope")[1]["results"] == []
    assert ask("nwrs/", snapshot="2001-01-31")[1]["results"] == []


@pytest.mark.parametrize(
    ("path", "query", "code", "said"),
    [
        ("nwrs/", {"practice": "Y99001"}, "missing_filter", "/api/v1/nwrs/snapshots/"),
        ("nwrs/", {"snapshot": "latest"}, "invalid_parameter", "2026-01-31"),
        ("qof/achievement/", {"indicator": "AF008"}, "missing_filter", "year or practice"),
        ("qof/prevalence/", {}, "missing_filter", "year or practice"),
        ("qof/prevalence/", {"year": "2025/27"}, "invalid_parameter", "2025/26"),
        ("qof/prevalence/", {"yaer": "2025/26"}, "unknown_parameter", "year"),
    ],
)
def test_refusals_say_what_would_do(
    ask: Ask, path: str, query: dict[str, str], code: str, said: str
) -> None:
    status, body = ask(path, **query)
    assert (status, body["code"]) == (400, code)
    assert said in body["detail"]


def test_years_lead_to_indicators_achievement_and_prevalence(ask: Ask, home: Path) -> None:
    years = {row["year"]: row for row in ask("qof/years/")[1]["results"]}
    assert years["2025/26"]["points"] == 564 and years["2025/26"]["point_value"] == 225.49
    assert years["2026/27"]["average_list_verified"] is False
    found = ask("qof/indicators/", year="2025/26", page_size=500)[1]
    assert found["count"] == 44 and sum(row["points"] for row in found["results"]) == 564
    (indicator,) = ask("qof/indicators/", year="2025/26", indicator="af008")[1]["results"]
    assert (indicator["lower_threshold"], indicator["upper_threshold"]) == (70, 95)
    held = LiveVersions(home).current("qof")
    assert held is not None
    parts = held.parts_at("practice", "Y99001", month=held.latest)
    (row,) = ask("qof/achievement/", practice="Y99001", year="2025/26", indicator="AF008")[1][
        "results"
    ]
    assert row["year"] == "2025/26"
    assert (row["numerator"], row["denominator"], row["pcas"], row["points"]) == tuple(
        parts[f"af008_{part}"] for part in ("num", "den", "pcas", "points")
    )
    assert row["achievement"] == pytest.approx(100 * row["numerator"] / row["denominator"])
    (register,) = ask("qof/prevalence/", practice="Y99001", indicator="DM")[1]["results"]
    assert (register["register"], register["list_size"]) == (parts["dm_register"], parts["dm_list"])
    assert register["list_type"] == "17OV"
    (national,) = ask("qof/prevalence/national/", year="2025/26", indicator="DM")[1]["results"]
    england = held.parts_at("england", "ENG", month=held.latest)
    assert national["register"] == england["dm_register"]
    assert national["prevalence"] == pytest.approx(
        100 * england["dm_register"] / england["dm_list"]  # type: ignore[operator]
    )
