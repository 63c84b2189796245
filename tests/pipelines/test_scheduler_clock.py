"""The clock of a scheduler is set forward and back: what is due is looked at once, and soon."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.versions import schedule
from data.versions.schedule import Plan
from tests.moving_clock import Clock, needs_compiler
from tests.pipelines.test_scheduler import JANUARY, LISTS, Service, latest, service, until

__all__ = ["service"]
pytestmark = needs_compiler
DAY = 86_400
HOUR, LONGEST = timedelta(hours=1), timedelta(days=8)  # a dataset is looked at once a week


def planned(service: Service) -> Plan:
    plan = schedule.read(service.shelf, LISTS)
    assert plan is not None
    return plan


@pytest.fixture()
def clock(service: Service, tmp_path: Path) -> Clock:
    service.clock = Clock(tmp_path)
    return service.clock


def test_a_clock_that_jumps_leaves_no_dataset_waiting_and_none_looked_at_twice(
    service: Service, clock: Clock
) -> None:
    now = datetime.now(UTC)
    schedule.write(service.shelf, Plan(LISTS, now + HOUR))
    with service.keeper() as keeper:
        until(lambda: keeper.events("check-planned"))
        assert not keeper.events("check-started")
        clock.set(3 * DAY)  # its hour has passed
        until(lambda: latest(service) == JANUARY)
        until(lambda: planned(service).next_check > now + timedelta(days=3))
        assert not planned(service).cut_short
        clock.set(-30 * DAY)  # the next look would be a month away
        then = now - timedelta(days=30)
        until(lambda: planned(service).next_check < then + LONGEST)
        assert planned(service).next_check > then
        clock.set(0)
        until(lambda: len(keeper.events("check-started")) == 2)
        until(lambda: planned(service).next_check > now)
        time.sleep(2)
        assert len(keeper.events("check-started")) == len(keeper.events("check-ended")) == 2
    assert planned(service).failures == 0


@pytest.mark.parametrize("begun", [False, True], ids=["planned", "cut short"])
def test_a_plan_of_a_clock_that_was_ahead_is_made_anew_at_the_start(
    service: Service, begun: bool
) -> None:
    now = datetime.now(UTC)
    ahead = now + timedelta(days=3_650)
    schedule.write(service.shelf, Plan(LISTS, ahead, started_at=ahead if begun else None))
    with service.keeper() as keeper:
        until(lambda: keeper.events("check-planned"))
    assert planned(service).next_check < now + LONGEST
