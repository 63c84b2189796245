"""`flask data changes | collect | schedule`, and what `flask data status` says of the future."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from data.settings import Settings
from data.versions import schedule
from data.versions.schedule import Plan
from data.versions.store import store
from tests import worlds
from tests.pipelines.terminal import data_command

LISTS = "list-sizes"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("commands")
    for seed in (1, 2):
        worlds.build(home, seed=seed)
    return home


def flask(home: Path, *arguments: str) -> Result:
    return data_command(Settings(home=home, keep_versions=1, keep_days=0), *arguments)


def test_changes_are_told_to_people_and_machines(home: Path) -> None:
    shelf = store(home, "real")
    newest, first = shelf.versions(LISTS)
    said = flask(home, "changes", LISTS).output
    assert newest in said and "revised" in said
    assert f"{first}" in said and "the first version held: 4 periods" in said
    found = json.loads(flask(home, "changes", LISTS, "--json", "--versions", "1").output)
    assert [one["version"] for one in found] == [newest]
    now, before = shelf.manifest(LISTS, newest), shelf.manifest(LISTS, first)
    assert now is not None and before is not None
    control = "registered_patients"
    assert {p["period"]: (p["total_before"], p["total_now"]) for p in found[0]["periods"]} == {
        period.isoformat(): (
            before.periods[period].totals[control],
            now.periods[period].totals[control],
        )
        for period in now.periods
    }


def test_a_wrong_name_is_answered_with_those_there_are(home: Path) -> None:
    for command in ("changes", "collect", "schedule"):
        result = flask(home, command, "list-size")
        assert result.exit_code == 2
        assert "Known datasets: " in result.output


def test_status_tells_what_is_expected_and_when_it_is_looked_for(home: Path) -> None:
    shelf = store(home, "real")
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)
    schedule.write(shelf, Plan(LISTS, at, failures=2))
    told = json.loads(flask(home, "status", "--json").output)[LISTS]["next"]
    assert told["check_at"] is None  # no scheduler is at work
    schedule.mark_alive(shelf)
    told = json.loads(flask(home, "status", "--json").output)[LISTS]["next"]
    assert told == {
        "release_from": date(2026, 5, 8).isoformat(),
        "release_by": date(2026, 5, 20).isoformat(),
        "check_at": at.isoformat(),
        "failures_in_a_row": 2,
    }
    assert f"looked at next {at.isoformat()}" in flask(home, "status").output


def test_collecting_leaves_what_was_replaced_within_the_hour(home: Path) -> None:
    assert "list-sizes: 0 removed, 2 kept" in flask(home, "collect", LISTS).output
