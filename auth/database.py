"""The accounts database: SQLite under HARESIGN_HOME, or the PostgreSQL that DATABASE_URL names.

Every start brings the tables up to the newest migration; when they are, that costs one query.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.orm import Session

from auth.models import db
from data.settings import Settings, SettingsError

FILE = "accounts.sqlite3"
REVISIONS = "alembic_version"  # the table that knows the revision
MIGRATIONS = Path(__file__).parent / "migrations"
BEFORE_MIGRATIONS = "0001"  # what a database holds that was made before there were any
PATIENCE_MS = 5000  # that a transaction waits for another one's lock
IMPATIENCE_MS = 100  # the same for what an answer does not need
PRAGMAS = (
    f"PRAGMA busy_timeout = {PATIENCE_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)
_POSTGRESQL = {
    "pool_pre_ping": True,  # a connection from before the server's restart is replaced, not used
    "connect_args": {"connect_timeout": 5, "options": f"-c lock_timeout={PATIENCE_MS}"},
}
_LOCK = 7_263_917  # an arbitrary number: PostgreSQL's advisory lock of an upgrade


def register(app: Flask, settings: Settings) -> None:
    home = settings.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    url = address(settings)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "hide_parameters": True,  # they are what people typed: no log and no error shows them
        **(_POSTGRESQL if url.startswith("postgresql") else {}),
    }
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _keep_private(db.engine.url.database)
            _tune_sqlite(db.engine)
        with _alone(home / f"{FILE}.lock"):
            upgrade(db.engine)


def address(settings: Settings) -> str:
    """What SQLAlchemy connects to; PostgreSQL always through psycopg 3."""
    url = settings.database_url
    if not url:
        return f"sqlite:///{settings.home.resolve() / FILE}"
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite":
        return url
    raise SettingsError("DATABASE_URL must begin with postgresql:// or sqlite://.")


def _keep_private(file: str | None) -> None:
    """Nobody else on the machine reads the file, nor its log and index, which take after it."""
    if not file or file == ":memory:":
        return
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    for path in (file, f"{file}-wal", f"{file}-shm"):
        if os.path.exists(path):
            os.chmod(path, 0o600)


def revisions() -> frozenset[str]:
    """Those of the migrations, whose file names begin with them."""
    return frozenset(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def newest() -> str:
    return max(revisions())


def upgrade(engine: Engine, to: str = "") -> None:
    """Bring the tables to a revision, the newest by default, in one transaction."""
    target = to or newest()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        present = _present(connection)
        if present == target:
            return
        if present > newest():
            raise SettingsError(
                f"The accounts database is at revision {present}, newer than this version of "
                f"Haresign ({newest()}). Start the newer version."
            )
        _migrate(connection, present, target)


def reading(engine: Engine | None = None) -> Connection:
    """A connection whose transaction only reads, so that it never waits for a writer.

    Without an engine, to the database of the present application.
    """
    return (engine or db.engine).connect().execution_options(reads_only=True)


@contextmanager
def in_passing(engine: Engine | None = None) -> Iterator[Connection]:
    """A transaction for what can be done at a later request as well: it hardly waits for others.

    Raises `OperationalError` when it cannot be done now.
    """
    with (engine or db.engine).connect() as connection:
        connection = connection.execution_options(impatient=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = {IMPATIENCE_MS}"))
            yield connection


@contextmanager
def reader() -> Iterator[Session]:
    """An ORM session that only reads. What it returned stays readable after the block."""
    with reading() as connection, Session(connection, expire_on_commit=False) as session:
        yield session
        session.expunge_all()


def _present(connection: Connection) -> str:
    """The revision that the database is at; empty when it is empty."""
    tables = inspect(connection).get_table_names()
    if REVISIONS in tables:
        return str(connection.scalar(text(f"SELECT version_num FROM {REVISIONS}")) or "")
    return BEFORE_MIGRATIONS if "api_key" in tables else ""


def _migrate(connection: Connection, present: str, target: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    if present == BEFORE_MIGRATIONS:
        command.stamp(config, BEFORE_MIGRATIONS)
    command.upgrade(config, target)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Workers that start together take turns; `path` is on this machine's disk."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where `begin` below says
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        """Take the write lock at once: a transaction that reads first and then writes would
        fail, not wait, when another one has written in between.
        """
        options = connection.get_execution_options()
        if options.get("reads_only"):
            connection.exec_driver_sql("BEGIN")
            return
        patience = IMPATIENCE_MS if options.get("impatient") else PATIENCE_MS
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
