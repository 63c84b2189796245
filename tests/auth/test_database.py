"""Migrations, old databases, and many writers at once."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import create_engine, text, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

import auth
from auth import audit
from auth.api_keys import keys
from auth.credentials import throttle
from auth.database import address, in_passing, newest, upgrade
from auth.models import ApiKey, AuditEvent, Base, Throttle, db
from auth.moments import now
from data.settings import Settings, SettingsError
from tests import postgres

WRITERS = 50
OLD_TABLES = """
CREATE TABLE api_key (id INTEGER NOT NULL, name VARCHAR(200) NOT NULL, prefix VARCHAR(8) NOT NULL,
  digest VARCHAR(64) NOT NULL, issued_at DATETIME NOT NULL, last_used_at DATETIME,
  revoked_at DATETIME, PRIMARY KEY (id), UNIQUE (prefix));
CREATE TABLE api_usage (key_id INTEGER NOT NULL, seconds INTEGER NOT NULL, start INTEGER NOT NULL,
  requests INTEGER NOT NULL, PRIMARY KEY (key_id, seconds),
  FOREIGN KEY(key_id) REFERENCES api_key (id));
"""


def test_the_migrations_make_the_tables_of_the_models(site: Flask) -> None:
    with site.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_of_keys_alone_is_taken_over(tmp_path: Path) -> None:
    key = "hsk_abcdefgh_" + "x" * 40
    with sqlite3.connect(tmp_path / "accounts.sqlite3") as old:
        old.executescript(OLD_TABLES)
        old.execute(
            "INSERT INTO api_key VALUES (1, 'reports', 'abcdefgh', ?, '2026-01-01', NULL, NULL)",
            (keys.digest(key),),
        )
        old.execute("INSERT INTO api_usage VALUES (1, 3600, 0, 7)")
    old.close()
    app = Flask("haresign")
    auth.register(app, Settings(home=tmp_path))
    from auth.api_keys import gate

    with app.app_context():
        assert gate.admit(key) is not None
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == newest()


def test_a_start_with_nothing_to_do_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        auth.register(Flask("haresign"), Settings(home=tmp_path))
    with sqlite3.connect(tmp_path / "accounts.sqlite3") as made:
        assert made.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}", poolclass=NullPool)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="9999"):
        upgrade(engine)


@pytest.mark.parametrize(
    ("url", "becomes"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("sqlite:////tmp/a", "sqlite:////tmp/a"),
    ],
)
def test_database_addresses(url: str, becomes: str, tmp_path: Path) -> None:
    assert address(Settings(home=tmp_path, database_url=url)) == becomes


def test_other_databases_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        address(Settings(home=tmp_path, database_url="mysql://u:p@h/d"))


def test_many_writers_at_once_lose_nothing(site: Flask) -> None:
    """Each reads a count and writes it back one higher, beside a row of its own."""
    key = f"{WRITERS:064d}"
    with site.app_context():
        db.session.add(Throttle(key=key, attempts=0, last_at=now()))
        db.session.commit()

    def write(number: int) -> None:
        with site.app_context():
            row = db.session.get_one(Throttle, key, with_for_update=True)
            row.attempts += 1
            audit.record("counted", detail=str(number))
            db.session.commit()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with site.app_context():
        assert db.session.get_one(Throttle, key).attempts == WRITERS
        counted = db.session.query(AuditEvent).filter_by(kind="counted")
        assert {event.detail for event in counted} == {str(n) for n in range(WRITERS)}


def test_attempts_made_at_once_are_all_counted(site: Flask) -> None:
    rule = throttle.PER_ACCOUNT["sign-in"]

    def attempt(number: int) -> bool:
        with site.test_request_context(environ_overrides={"REMOTE_ADDR": f"192.0.2.{number}"}):
            try:
                throttle.attempt("sign-in", "many@at-once.example")
            except throttle.TooMany:
                return False
            return True

    with ThreadPoolExecutor(20) as pool:
        allowed = list(pool.map(attempt, range(20)))
    assert sum(allowed) == rule.free


def test_nobody_else_on_the_machine_reads_the_database(tmp_path: Path) -> None:
    (tmp_path / "accounts.sqlite3").touch(mode=0o644)
    app = Flask("haresign")
    auth.register(app, Settings(home=tmp_path))
    with app.app_context():
        keys.issue("k")
        found = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert {f"accounts.sqlite3{end}" for end in ("", "-wal", "-shm")} <= set(found)
    assert set(found.values()) == {0o600}


def test_what_was_typed_is_in_no_error_of_the_database(accounts: Flask) -> None:
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "Asha Rao"})
    db.session.rollback()
    assert "Asha" not in str(caught.value)


def test_what_can_wait_hardly_waits_for_a_lock(accounts: Flask) -> None:
    keys.issue("k")
    engine, locked, done = db.engine, threading.Event(), threading.Event()

    def hold() -> None:
        with engine.begin() as connection:
            connection.execute(update(ApiKey).values(name="held"))
            locked.set()
            done.wait(30)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        locked.wait(30)
        try:
            with pytest.raises(OperationalError), in_passing() as connection:
                connection.execute(update(ApiKey).values(name="passing"))
        finally:
            done.set()
        held.result()
    with in_passing() as connection:
        connection.execute(update(ApiKey).values(name="passing"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_presets_that_share_a_name_are_numbered(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Of one place: the oldest keeps its name."""
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    if kind == "postgresql":
        fresh = postgres.fresh_database(request.getfixturevalue("postgres_server"))
        url = address(Settings(home=tmp_path, database_url=fresh))
    engine = create_engine(url, poolclass=NullPool)
    upgrade(engine, to="0003")
    old = (  # owner, workspace, shared, name
        (1, None, False, "Pack"),
        (1, None, False, "PACK"),
        (1, None, False, "Pack (2)"),
        (1, "A81001", True, "Pack"),
        (2, "A81001", True, "Pack"),
        (2, "A81001", False, "Pack"),
    )
    with engine.begin() as connection:
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO account (email, name, password_hash, created_at, "
                    "is_platform_admin) VALUES (:e, 'x', 'x', '2026-01-01', false)"
                ),
                {"e": f"{number}@a.example"},
            )
        for owner, org, shared, name in old:
            connection.execute(
                text(
                    "INSERT INTO preset (owner_id, org_code, shared, tool, name, query, "
                    "created_at, updated_at) VALUES (:o, :c, :s, 'list-size', :n, '', "
                    "'2026-01-01', '2026-01-01')"
                ),
                {"o": owner, "c": org, "s": shared, "n": name},
            )
    upgrade(engine)
    with engine.connect() as connection:
        names = list(connection.scalars(text("SELECT name FROM preset ORDER BY id")))
    assert names == ["Pack", "PACK (2)", "Pack (2) (2)", "Pack", "Pack (2)", "Pack"]
