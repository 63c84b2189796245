"""Locations, ratings, frameworks and mythbusters of the Care Quality Commission."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from tests.api.conftest import Get


@pytest.fixture(scope="module")
def ratings(demo_home: Path) -> Snapshot:
    found = LiveVersions(demo_home).current("cqc")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def home(demo_home: Path) -> Path:
    return demo_home


def counted(snapshot: Snapshot, where: str = "true") -> int:
    path = snapshot.fact_path(snapshot.latest)
    found = duckdb.execute(f"SELECT count(*) FROM read_parquet(?) WHERE {where}", [path])
    return int(found.fetchall()[0][0])


def test_locations_are_found_by_name_code_and_postcode(get: Get, ratings: Snapshot) -> None:
    everything = get("cqc/locations/").get_json()
    assert everything["count"] == counted(ratings)
    assert everything["meta"]["dataset"] == "cqc" and everything["demonstration"] is True
    own = next(row for row in everything["results"] if row["matched"] == "code")
    for sought in (
        own["name"].lower(),
        own["ods_code"].lower(),
        own["postcode"],
        own["postcode"].replace(" ", ""),
        own["location"],
    ):
        rows = get("cqc/locations/", search=sought).get_json()["results"]
        assert own["location"] in {row["location"] for row in rows}, sought
    assert get("cqc/locations/", search="no such place").get_json()["count"] == 0
    by_practice = get("cqc/locations/", practice=own["ods_code"].lower()).get_json()["results"]
    assert own in by_practice
    assert sum(row["speaks_for_practice"] for row in by_practice) == 1
    assert own["url"] == f"https://www.cqc.org.uk/location/{own['location']}"


def test_what_belongs_to_no_practice_is_shown_as_such(get: Get, ratings: Snapshot) -> None:
    answered = get("cqc/locations/", matched="none").get_json()
    assert answered["count"] == counted(ratings, "matched = ''") > 0
    for row in answered["results"]:
        assert row["ods_code"] is None and row["matched"] == "none"
        assert row["speaks_for_practice"] is False and row["location"].startswith("1-")


def test_ratings_agree_with_the_counts_of_areas(get: Get, ratings: Snapshot) -> None:
    icb = ratings.codes("icb")[0]
    rows = get("cqc/locations/", icb=icb, rating="good", page_size=500).get_json()["results"]
    good = sum(row["speaks_for_practice"] for row in rows)
    assert all(row["overall"] == "Good" and row["report_date"] for row in rows)
    assert good > 0
    assert good == ratings.parts_at("icb", icb, month=ratings.latest)["overall_good"]
    (shown,) = get("cqc/", org=icb, month=ratings.latest.isoformat()).get_json()["results"]
    assert shown["overall_good"] == good
    practice = next(row["ods_code"] for row in rows if row["speaks_for_practice"])
    long = get("cqc/ratings/", practice=practice, month=ratings.latest.isoformat(), domain="safe")
    (safe,) = [
        row
        for row in long.get_json()["results"]
        if row["location"] == next(one["location"] for one in rows if one["ods_code"] == practice)
    ]
    assert safe["population_group"] == "Overall" and safe["ratings"] == 1


def test_frameworks_are_versions(get: Get) -> None:
    rows = get("cqc/frameworks/", page_size=500).get_json()["results"]
    assert len(rows) == 34 + 24
    one = get("cqc/frameworks/", version="single-assessment-framework").get_json()
    assert one["count"] == 34
    assert one["results"][0] | {"status": ""} == {
        "version": "single-assessment-framework",
        "name": "Single assessment framework",
        "first_day": "2023-11-21",
        "last_day": None,
        "confirmed": True,
        "status": "",
        "key_question": "Safe",
        "number": 1,
        "kind": "quality statement",
        "statement": "Learning culture",
    }
    assert {row["confirmed"] for row in rows if row["version"] == "revised-2026"} == {False}
    assert get("cqc/frameworks/", version="other").get_json()["count"] == 0


def test_mythbusters_lead_to_the_full_list(get: Get) -> None:
    answered = get("cqc/mythbusters/").get_json()
    assert answered["count"] == 15
    seventy = next(row for row in answered["results"] if row["number"] == 70)
    assert seventy["title_confirmed"] is False
    assert seventy["index"].startswith("https://www.cqc.org.uk/guidance-providers/gps/")
