"""Fingertips on loopback: everything is found by name, and nothing bad replaces what is good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.versions.db import LiveVersions
from data.versions.snapshot import Snapshot
from tests.pipelines.desk import Desk
from tests.publication_site import Fault, PublicationSite
from tests.publication_site import fingertips as publisher
from tests.publication_site.fingertips import ENGLAND, Value, answer, download, publish_download

SUMMARY, HEART = publisher.GROUPS
GP, PCN, ICB = 7, 204, 221
YEAR = date(2024, 4, 1)
ONE = Value("247", "GPs", "A81001", "The Surgery, Town", 30, 4_000)
TWO = Value("247", "GPs", "A81002", "Second", 20, 5_000)
AREA = Value("247", "ICBs", "nE54000050", "NHS North ICB - QHM", 50, 9_000)
OTHER = replace(ONE, indicator="241", count=300)


@pytest.fixture()
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Two groups of a profile; the second has practices only, of one indicator more."""
    site = PublicationSite()
    publisher.publish_vocabularies(site)
    publish_download(site, SUMMARY, GP, download([ENGLAND, ENGLAND, ONE, TWO]))
    publish_download(site, SUMMARY, PCN, b"")
    publish_download(site, SUMMARY, ICB, download([ENGLAND, AREA]))
    publish_download(site, HEART, GP, download([replace(ENGLAND, indicator="241"), OTHER]))
    publish_download(site, HEART, PCN, b"")
    publish_download(site, HEART, ICB, download([]))
    with site.running():
        yield Desk(site, tmp_path / "home")


def shown(desk: Desk) -> Snapshot:
    found = LiveVersions(desk.home).current("fingertips")
    assert found is not None
    return found


def refreshed(desk: Desk) -> str:
    done = desk.flask("refresh", "fingertips")
    assert done.exit_code == 0, done.output
    return done.output


def test_profiles_groups_and_areas_are_found_by_name(desk: Desk) -> None:
    refreshed(desk)
    found = shown(desk)
    assert found.months == (YEAR,)
    practice = found.parts_at("practice", "A81001", month=YEAR)
    assert (practice["dementia_count"], practice["dementia_value"]) == (30, 0.75)
    assert (practice["dementia_low"], practice["indicators"]) == (0.675, 2)
    icb = found.parts_at("icb", "QHM", month=YEAR)
    assert icb["dementia_value"] == pytest.approx(0.555556)
    england = found.parts_at("england", "ENG", month=YEAR)
    assert (england["dementia_count"], england["values_held"]) == (500, 6)
    asked = [request.path.partition("?")[2] for request in desk.site.requests]
    assert not any("child_area_type_id=402" in query for query in asked)
    downloads = [query for query in asked if query.startswith("child_area_type_id")]
    assert len(downloads) == len(set(downloads)) == 6
    assert all("asked=" in query for query in asked if query)
    assert found.manifest.release.published == date.today()
    assert desk.flask("verify").exit_code == 0


def test_every_value_is_kept_with_its_definition_and_groups(desk: Desk) -> None:
    refreshed(desk)
    found = shown(desk)
    rows = duckdb.execute(
        f"""SELECT indicator, level, code, value, compared, sortable
        FROM '{found.fact_path(YEAR)}' WHERE indicator = '241' ORDER BY level"""
    ).fetchall()
    assert [row[1:3] for row in rows] == [("england", "ENG"), ("practice", "A81001")]
    assert rows[1][3:] == (7.5, "Similar", "20240000")
    defined = duckdb.execute(
        f"""SELECT indicator, definition, polarity, values_held
        FROM '{found.fact_path(YEAR, "indicators")}' ORDER BY indicator"""
    ).fetchall()
    assert defined == [("241", None, None, 2), ("247", "On the register", "Not applicable", 4)]
    groups = duckdb.execute(
        f"""SELECT indicator, profile, "group", group_id
        FROM '{found.fact_path(YEAR, "groups")}' ORDER BY 1"""
    ).fetchall()
    assert groups == [
        ("241", "National general practice profiles", "Cardiovascular disease", HEART),
        ("247", "National general practice profiles", "Practice summary", SUMMARY),
    ]


def test_asking_again_changes_nothing_and_one_new_download_keeps_the_others(desk: Desk) -> None:
    refreshed(desk)
    first = shown(desk).version
    assert "Nothing new" in refreshed(desk) and shown(desk).version == first
    publish_download(
        desk.site,
        SUMMARY,
        GP,
        download([ENGLAND, replace(ONE, count=40), TWO, replace(ONE, period="2025/26")]),
    )
    refreshed(desk)
    found = shown(desk)
    assert found.months == (YEAR, date(2025, 4, 1))
    now = found.parts_at("practice", "A81001", month=YEAR)
    assert (now["dementia_count"], now["indicators"]) == (40, 2)
    assert found.parts_at("icb", "QHM", month=YEAR)["dementia_count"] == 50
    before = LiveVersions(desk.home).version("fingertips", first)
    assert before and before.parts_at("practice", "A81001", month=YEAR)["dementia_count"] == 30
    assert desk.flask("verify").exit_code == 0


def test_ids_may_change_when_boundaries_do(desk: Desk) -> None:
    refreshed(desk)
    moved = {GP: "GPs", 15: "England", PCN: "PCNs (v. 23/05/24)", 900: "ICBs (from Apr 2026)"}
    publisher.publish_vocabularies(desk.site, area_types=moved)
    merged = Value("247", "ICBs (from Apr 2026)", "nE54000900", "NHS Whole ICB - X1Y2Z", 60, 9_500)
    publish_download(desk.site, SUMMARY, 900, download([ENGLAND, merged]))
    publish_download(desk.site, HEART, 900, b"")
    refreshed(desk)
    found = shown(desk)
    assert found.parts_at("icb", "X1Y2Z", month=YEAR)["dementia_count"] == 60
    assert found.parts_at("icb", "QHM", month=YEAR)["dementia_count"] == 50


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (download([ENGLAND, ONE], value="n/a"), "VALUE of A81001 is 'n/a'"),
        (download([ENGLAND, ONE], time_period_sortable="", time_period="Q1"), "names no year"),
        (download([ENGLAND, ONE], indicator_id="", indicator_name="?"), "without an id"),
        (download([ENGLAND, ONE, replace(ONE, count=31)]), "two values for 247 A81001"),
        (download([ENGLAND, ONE], count="77"), "not percentages are counts over denominators"),
        (download([ENGLAND, ONE], **{"upper_ci_95.0_limit": "0.1"}), "not values within their"),
        (download([ENGLAND, ONE])[:-30], "is not a whole CSV"),
        (download([ENGLAND, ONE]).replace(b"Recent Trend", b"Trend"), "lacks the columns RECENT"),
        (b"<html><title>Sorry</title></html>", "web page titled “Sorry”"),
        (b'{"Message": "An error has occurred."}', "has not used"),
    ],
)
def test_a_bad_download_leaves_the_last_good_version(desk: Desk, body: bytes, reason: str) -> None:
    refreshed(desk)
    good = shown(desk).version
    publish_download(desk.site, SUMMARY, GP, body)
    done = desk.flask("refresh", "fingertips")
    assert done.exit_code == 1
    assert reason in done.output, done.output
    assert shown(desk).version == good
    publish_download(desk.site, SUMMARY, GP, download([ENGLAND, replace(ONE, count=33)]))
    refreshed(desk)
    assert shown(desk).parts_at("practice", "A81001", month=YEAR)["dementia_count"] == 33


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.ERROR, "answered 500"),
        (Fault.GONE, "answered 404"),
        (Fault.TRUNCATED, "failed"),
        (Fault.RENAMED_COLUMN, "lacks the columns INDICATOR NAME"),
        (Fault.REDIRECT_AWAY, "downloads.example.org"),
    ],
)
def test_a_failing_download_is_told_and_mends(desk: Desk, fault: Fault, reason: str) -> None:
    refreshed(desk)
    good = shown(desk).version
    publish_download(desk.site, SUMMARY, GP, download([ENGLAND, replace(ONE, count=33)]))
    desk.site.fault(f"{SUMMARY}-{GP}", fault)
    done = desk.flask("refresh", "fingertips")
    assert done.exit_code == 1 and reason in done.output, done.output
    assert shown(desk).version == good
    status = json.loads(desk.flask("status", "--json").output)["fingertips"]
    assert reason in status["last_refresh"]["message"]
    desk.site.heal(f"{SUMMARY}-{GP}")
    refreshed(desk)
    assert shown(desk).parts_at("practice", "A81001", month=YEAR)["dementia_count"] == 33


@pytest.mark.parametrize(
    ("path", "found", "reason"),
    [
        ("profiles", [{"Id": 1, "Name": "Other", "GroupIds": [2]}], "no profile called National"),
        ("profiles", [{"ProfileId": 1}], "should list items with Id, Name, GroupIds"),
        ("profiles", "<html>", "should list items"),
        (
            f"area_types?profile_ids={publisher.PROFILE_ID}",
            [{"Id": 15, "Name": "England"}],
            "no practices among the areas",
        ),
        (
            f"area_types?profile_ids={publisher.PROFILE_ID}",
            [{"Id": 7, "Name": "GPs"}],
            "no kind of area England",
        ),
    ],
)
def test_an_interface_that_changed_is_named(
    desk: Desk, path: str, found: object, reason: str
) -> None:
    answer(desk.site, path, found)
    done = desk.flask("refresh", "fingertips")
    assert done.exit_code == 1 and reason in done.output, done.output
    assert LiveVersions(desk.home).current("fingertips") is None


def test_an_answer_that_is_no_json_is_named(desk: Desk) -> None:
    desk.site.add_answer("profiles", b"Busy", name="profiles", content_type="text/plain")
    done = desk.flask("refresh", "fingertips")
    assert done.exit_code == 1 and "Expected JSON" in done.output
