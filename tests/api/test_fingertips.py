"""Endpoints with every indicator of Fingertips that is held."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.versions.db import LiveVersions
from tests.api.conftest import Ask

YEAR = date(2025, 4, 1)


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Path:
    return demo_home


def test_values_are_those_of_the_cube(ask: Ask, home: Path) -> None:
    held = LiveVersions(home).current("fingertips")
    assert held is not None
    icb = held.codes("icb")[0]
    for level, code in (("practice", "Y99001"), ("icb", icb), ("england", "ENG")):
        status, body = ask("fingertips/values/", org=code.lower(), indicator="247", year="2025/26")
        assert status == 200 and body["count"] == 1
        row = body["results"][0]
        parts = held.parts_at(level, code, month=YEAR)  # type: ignore[arg-type]
        assert (row["level"], row["code"], row["year"]) == (level, code, "2025/26")
        assert row["value"] == pytest.approx(parts["dementia_value"], abs=1e-6)
        assert row["ci_low"] == pytest.approx(parts["dementia_low"], abs=1e-6)
        assert row["count"] == parts["dementia_count"]
        assert row["denominator"] == parts["dementia_denominator"]
    assert body["meta"]["dataset"] == "fingertips"
    assert row["compared"] == "Not compared" and row["area_code"] == "E92000001"


def test_headline_indicators_of_an_area_are_the_publishers(ask: Ask) -> None:
    status, body = ask("fingertips/", org="ENG", year="2025/26")
    assert status == 200 and body["count"] == 1
    (row,) = ask("fingertips/values/", org="ENG", indicator="91547", year="2025/26")[1]["results"]
    assert body["results"][0]["smoking_value"] == pytest.approx(row["value"], abs=1e-6)
    assert body["results"][0]["smoking_count"] == row["count"]


def test_values_narrow_by_level_and_years_stay_as_published(ask: Ask) -> None:
    _, body = ask("fingertips/values/", indicator="94240", level="region", page_size=500)
    assert body["count"] == len({row["code"] for row in body["results"]}) > 0
    assert {(row["time_period"], row["year"]) for row in body["results"]} == {("2025", "2025/26")}
    assert ask("fingertips/values/", indicator="94240", level="pcn")[1]["count"] == 0
    assert ask("fingertips/values/", indicator="247", sex="male")[1]["count"] == 0


def test_definitions_and_groups(ask: Ask) -> None:
    rows = {row["indicator"]: row for row in ask("fingertips/indicators/")[1]["results"]}
    assert set(rows) == {"200", "247", "91547", "94240"}
    assert rows["247"]["name"] == "Dementia: QOF prevalence (all ages)"
    assert "dementia register" in rows["247"]["definition"] and rows["247"]["unit"] == "%"
    assert rows["94240"]["first_year"] == rows["94240"]["last_year"] == "2025/26"
    assert ask("fingertips/indicators/", indicator="247")[1]["count"] == 1
    groups = ask("fingertips/groups/", profile_id="20")[1]["results"]
    assert {row["indicator"] for row in groups} == set(rows)
    assert {(row["group"], row["group_id"]) for row in groups} == {("Practice summary", 2000005)}
    assert ask("fingertips/groups/", profile_id="21")[1]["count"] == 0


def test_wrong_questions_are_told(ask: Ask) -> None:
    status, body = ask("fingertips/values/", year="2025/26")
    assert (status, body["code"]) == (400, "missing_filter")
    assert set(body["errors"]) == {"indicator", "org"}
    assert ask("fingertips/values/", org="ENG", year="2025/27")[0] == 400
    assert ask("fingertips/values/", area="ENG")[0] == 400
    assert ask("fingertips/values/", org="X99999")[1]["count"] == 0
