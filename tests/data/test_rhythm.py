"""When publishers are looked at and when releases are expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.registry import all_datasets, dataset
from data.spec import Rhythm
from data.versions import rhythm, schedule
from data.versions.rhythm import LONDON
from data.versions.schedule import Plan
from data.versions.store import Store, store

LISTS = dataset("list-sizes")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC)
)


def london(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize("declared", all_datasets(), ids=lambda d: d.id)
@given(after=moments)
def test_every_dataset_is_looked_at_within_a_week(declared, after: datetime) -> None:
    found = rhythm.next_check(declared, after)
    assert after < found <= after + timedelta(days=8)


@pytest.mark.parametrize("declared", all_datasets(), ids=lambda d: d.id)
@given(after=moments)
def test_no_moment_is_passed_over(declared, after: datetime) -> None:
    """The plain way: the first of all moments of the next days that is later."""
    said = rhythm.rhythm_of(declared)
    start = after.astimezone(LONDON).date()
    candidates = []
    for day in (start + timedelta(days=n) for n in range(-1, 9)):
        in_days = said.days[0] <= day.day <= said.days[1]
        if said.months and day.month not in said.months:
            in_days = False
        if in_days and day.weekday() in said.weekdays:
            candidates += [datetime.combine(day, at, LONDON) for at in said.times]
        if not in_days and day.weekday() == rhythm.QUIET_WEEKDAY:
            candidates.append(datetime.combine(day, rhythm.QUIET_TIME, LONDON))
    assert rhythm.next_check(declared, after) == min(c for c in candidates if c > after)


def test_times_are_those_of_london_in_summer_too() -> None:
    winter = rhythm.next_check(LISTS, london(2026, 1, 12, 8, 0))
    summer = rhythm.next_check(LISTS, london(2026, 7, 13, 8, 0))
    assert (winter, summer) == (
        datetime(2026, 1, 12, 9, 45, tzinfo=UTC),
        datetime(2026, 7, 13, 8, 45, tzinfo=UTC),
    )


def test_the_next_release_is_expected_in_the_days_after_the_last_one() -> None:
    for last in (date(2025, 12, 11), date(2025, 12, 19), date(2025, 12, 29)):
        due = rhythm.expected(LISTS, last, date(2026, 1, 1))
        assert (due.first, due.last) == (date(2026, 1, 8), date(2026, 1, 20))
    first = rhythm.expected(LISTS, None, date(2026, 2, 3))
    assert (first.first, first.last) == (date(2026, 2, 8), date(2026, 2, 20))


def test_days_end_with_the_month() -> None:
    due = rhythm.expected(dataset("gp-appointments"), date(2026, 1, 29), date(2026, 2, 1))
    assert (due.first, due.last) == (date(2026, 2, 15), date(2026, 2, 28))


def test_a_yearly_release_is_expected_in_its_month() -> None:
    yearly = replace(LISTS, cadence="annual", rhythm=Rhythm(months=(7,), times=(time(9, 45),)))
    due = rhythm.expected(yearly, date(2025, 7, 10), date(2026, 1, 1))
    assert (due.first, due.last) == (date(2026, 7, 1), date(2026, 7, 31))
    # Outside July once a week, in July every working day.
    assert rhythm.next_check(yearly, london(2026, 6, 25, 12, 0)) == london(2026, 7, 1, 9, 45)
    assert rhythm.next_check(yearly, london(2026, 6, 1, 12, 0)) == london(2026, 6, 3, 6, 30)


def test_waits_double_and_are_bounded() -> None:
    waits = [schedule.back_off(failures) for failures in range(1, 12)]
    assert waits[:4] == [900, 1800, 3600, 7200]
    assert waits == sorted(waits) and max(waits) == schedule.FIRST_WAIT * schedule.LONGEST_WAIT
    assert schedule.back_off(10_000, 1.0) == schedule.LONGEST_WAIT


@pytest.fixture()
def shelf(tmp_path) -> Store:
    return store(tmp_path, "real")


def test_a_plan_is_read_as_it_was_written(shelf: Store) -> None:
    at = datetime(2026, 3, 12, 9, 45, 3, tzinfo=UTC)
    assert schedule.read(shelf, "list-sizes") is None
    for plan in (Plan("list-sizes", at), Plan("list-sizes", at, 3, at, at)):
        schedule.write(shelf, plan)
        assert schedule.read(shelf, "list-sizes") == plan
    (schedule.folder(shelf) / "list-sizes.json").write_text("{")
    assert schedule.read(shelf, "list-sizes") is None


def test_a_check_without_an_end_was_cut_short() -> None:
    at = datetime(2026, 3, 12, tzinfo=UTC)
    begun = schedule.started(Plan("list-sizes", at, ended_at=at))
    assert begun.cut_short
    done = schedule.ended(begun, failed=True, next_check=at)
    assert not done.cut_short and done.failures == 1
    assert schedule.ended(done, failed=False, next_check=at).failures == 0
    assert schedule.put_off(done, at).failures == 1


def test_a_check_ends_though_the_clock_was_set_back_meanwhile() -> None:
    ahead = datetime.now(UTC) + timedelta(days=30)
    begun = Plan("list-sizes", ahead, started_at=ahead)
    for done in (
        schedule.ended(begun, failed=False, next_check=ahead),
        schedule.put_off(begun, ahead),
    ):
        assert begun.cut_short and not done.cut_short
        assert schedule.started(done).cut_short  # and the next one does not seem to have ended


def test_a_scheduler_that_says_nothing_is_not_alive(shelf: Store) -> None:
    now = datetime.now(UTC)
    assert not schedule.is_alive(shelf, now)
    schedule.mark_alive(shelf)
    assert schedule.is_alive(shelf, now)
    assert not schedule.is_alive(shelf, now + timedelta(seconds=schedule.ALIVE_SECONDS + 5))
    schedule.mark_gone(shelf)
    assert not schedule.is_alive(shelf, now)
