"""Endpoints with every indicator of Fingertips that is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from auth import keys
from data.db import Library
from data.store import store
from pipelines.demo.publications import writer
from pipelines.demo.world import build_world
from pipelines.landing import land_copy
from pipelines.runner import publish_landed
from pipelines.series import series
from tests.api.conftest import make_app

Ask = Callable[..., tuple[int, dict[str, Any]]]
YEAR = date(2025, 4, 1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lists of the last month and the downloads of a small fictional England, as real ones."""
    home = tmp_path_factory.mktemp("fingertips") / "home"
    world = build_world(practices=40, months=14, end=date(2026, 10, 1), seed=5)
    shelf = store(home, "real")
    for name in ("list-sizes", "fingertips"):
        release = list(writer(name)(home / "publications" / name, world))[-1][0]
        for path in release.files:
            land_copy(shelf.landing, name, path, release=release.slug, title=release.title,
                      published=release.published, now=datetime.now(UTC))  # fmt: skip
        done = publish_landed(shelf, series(name), memory_mb=256)
        assert done.outcome == "published", done.message
    return home


@pytest.fixture()
def ask(home: Path) -> Ask:
    app = make_app(home, api_hourly_limit=100_000, api_daily_limit=100_000)
    with app.app_context():
        key = keys.issue("tests")
    client = app.test_client()

    def call(path: str, **query: object) -> tuple[int, dict[str, Any]]:
        found = client.get(
            f"/api/v1/fingertips/{path}",
            query_string=query,
            headers={"Authorization": f"Bearer {key}"},
        )
        assert found.json is not None
        return found.status_code, found.json

    return call


def test_values_are_those_of_the_cube(ask: Ask, home: Path) -> None:
    held = Library(home).current("fingertips")
    assert held is not None
    icb = held.codes("icb")[0]
    for level, code in (("practice", "Y99001"), ("icb", icb), ("england", "ENG")):
        status, body = ask("values/", org=code.lower(), indicator="247", year="2025/26")
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
    status, body = ask("", org="ENG", year="2025/26")
    assert status == 200 and body["count"] == 1
    (row,) = ask("values/", org="ENG", indicator="91547", year="2025/26")[1]["results"]
    assert body["results"][0]["smoking_value"] == pytest.approx(row["value"], abs=1e-6)
    assert body["results"][0]["smoking_count"] == row["count"]


def test_values_narrow_by_level_and_years_stay_as_published(ask: Ask) -> None:
    _, body = ask("values/", indicator="94240", level="region", page_size=500)
    assert body["count"] == len({row["code"] for row in body["results"]}) > 0
    assert {(row["time_period"], row["year"]) for row in body["results"]} == {("2025", "2025/26")}
    assert ask("values/", indicator="94240", level="pcn")[1]["count"] == 0
    assert ask("values/", indicator="247", sex="male")[1]["count"] == 0


def test_definitions_and_groups(ask: Ask) -> None:
    rows = {row["indicator"]: row for row in ask("indicators/")[1]["results"]}
    assert set(rows) == {"200", "247", "91547", "94240"}
    assert rows["247"]["name"] == "Dementia: QOF prevalence (all ages)"
    assert "dementia register" in rows["247"]["definition"] and rows["247"]["unit"] == "%"
    assert rows["94240"]["first_year"] == rows["94240"]["last_year"] == "2025/26"
    assert ask("indicators/", indicator="247")[1]["count"] == 1
    groups = ask("groups/", profile_id="20")[1]["results"]
    assert {row["indicator"] for row in groups} == set(rows)
    assert {(row["group"], row["group_id"]) for row in groups} == {("Practice summary", 2000005)}
    assert ask("groups/", profile_id="21")[1]["count"] == 0


def test_wrong_questions_are_told(ask: Ask) -> None:
    status, body = ask("values/", year="2025/26")
    assert (status, body["code"]) == (400, "missing_filter")
    assert set(body["errors"]) == {"indicator", "org"}
    assert ask("values/", org="ENG", year="2025/27")[0] == 400
    assert ask("values/", area="ENG")[0] == 400
    assert ask("values/", org="X99999")[1]["count"] == 0
