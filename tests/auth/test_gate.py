from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from sqlalchemy import select, update

import auth
from auth.api_keys import gate, keys
from auth.models import ApiKey, ApiUsage, db
from data.settings import Settings


def _another_process(app: Flask) -> gate.Gate:
    """A gate with a memory of its own over the same database, as another worker has."""
    return gate.Gate(db.engine, hourly_limit=5, daily_limit=8)


def test_an_unknown_wrong_or_malformed_key_is_not_admitted(accounts: Flask) -> None:
    key = keys.issue("k")
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    for presented in (wrong, "hsk_aaaaaaaa_" + "b" * 40, "", "hsk_", key + "\n", "ключ", key * 3):
        assert gate.admit(presented) is None
    assert gate.admit(key) is not None


def test_the_hourly_limit_is_counted_down_to_a_refusal(accounts: Flask) -> None:
    key = keys.issue("k")
    answers = [gate.admit(key) for _ in range(7)]
    assert [a.allowed for a in answers if a] == [True] * 5 + [False] * 2
    assert [a.hour.remaining for a in answers if a] == [4, 3, 2, 1, 0, 0, 0]
    last = answers[-1]
    assert last is not None
    assert 0 < last.hour.resets - time.time() <= 3600
    assert last.tightest == last.hour


def test_the_hour_is_given_back_but_the_day_is_not(
    accounts: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.issue("k")
    day = 1_800_000_000 // 86400 * 86400
    allowed = []
    for hour in (0, 1, 2):
        monkeypatch.setattr(gate.time, "time", lambda hour=hour: day + hour * 3600 + 10)
        answers = [gate.admit(key) for _ in range(5)]
        allowed.append(sum(a.allowed for a in answers if a))
    assert allowed == [5, 3, 0]


def test_a_key_revoked_by_another_process_stops_within_a_second(accounts: Flask) -> None:
    key = keys.issue("k")
    assert gate.admit(key) is not None
    revoked = multiprocessing.get_context("spawn").Process(
        target=_revoke, args=(str(accounts.config["SQLALCHEMY_DATABASE_URI"]), key)
    )
    revoked.start()
    revoked.join(30)
    assert revoked.exitcode == 0
    time.sleep(gate.RECHECK_SECONDS)
    assert gate.admit(key) is None


def _revoke(address: str, key: str) -> None:
    app = Flask("other")
    with TemporaryDirectory() as home:
        auth.register(app, Settings(home=Path(home), database_url=address))
    with app.app_context():
        keys.revoke(key[4:12])


def test_two_processes_share_one_limit(accounts: Flask) -> None:
    key = keys.issue("k")
    one, other = _another_process(accounts), _another_process(accounts)
    allowed = 0
    for _ in range(4):
        for process in (one, other):
            answer = process.admit(key)
            allowed += bool(answer and answer.allowed)
        time.sleep(gate.RECHECK_SECONDS)
    assert allowed == 5


def test_a_limit_holds_across_processes_and_kills(accounts: Flask) -> None:
    """Within 1 %: four processes, each killed once and started again, ask until none is let in."""
    key = keys.issue("k")

    def started() -> gate.Gate:
        return gate.Gate(db.engine, hourly_limit=1000, daily_limit=5000)

    processes = [started() for _ in range(4)]
    allowed = refused = 0
    for number in range(4000):
        if number in (111, 222, 333, 444):
            processes[number % 4] = started()
        answer = processes[number % 4].admit(key)
        assert answer is not None
        allowed += answer.allowed
        refused += not answer.allowed
        if refused > 20:
            break
    assert 990 <= allowed <= 1000


def test_a_locked_database_stalls_no_request_and_hears_of_it_later(accounts: Flask) -> None:
    key = keys.issue("k")
    busy = gate.Gate(db.engine, hourly_limit=100, daily_limit=100)
    assert busy.admit(key) is not None
    engine, locked, done = db.engine, threading.Event(), threading.Event()

    def hold() -> None:
        with engine.begin() as connection:
            connection.execute(update(ApiKey).values(name="held"))
            locked.set()
            done.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(30)
    try:
        answers = [busy.admit(key) for _ in range(4)]
    finally:
        done.set()
        holder.join()
    assert all(answer and answer.allowed for answer in answers)
    busy.admit(key)
    with db.engine.connect() as connection:
        assert set(connection.scalars(select(ApiUsage.requests))) == {6}


def test_counts_survive_a_restart(accounts: Flask) -> None:
    key = keys.issue("k")
    first = _another_process(accounts)
    for _ in range(5):
        first.admit(key)
    time.sleep(gate.RECHECK_SECONDS)
    first.admit(key)
    answer = _another_process(accounts).admit(key)
    assert answer is not None
    assert not answer.allowed


def test_last_use_is_noted_but_not_at_every_request(
    accounts: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys.issue("k")
    writes = []
    real = gate._take
    monkeypatch.setattr(
        gate,
        "_take",
        lambda *args: writes.append(1) or real(*args),  # type: ignore[func-returns-value]
    )
    busy = gate.Gate(db.engine, hourly_limit=100_000, daily_limit=100_000)
    for _ in range(200):
        busy.admit(key)
    assert len(writes) == 1
    assert db.session.query(ApiKey).one().last_used_at is not None
