"""The accounts database: SQLite under HARESIGN_HOME, or whatever DATABASE_URL names."""

from __future__ import annotations

import sqlite3

from flask import Flask
from sqlalchemy import Connection, Engine, event

from auth.models import Base, db
from data.settings import Settings

FILE = "accounts.sqlite3"
PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)


def register(app: Flask, settings: Settings) -> None:
    home = settings.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url or f"sqlite:///{home / FILE}"
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _tune_sqlite(db.engine)
        with db.engine.begin() as connection:
            Base.metadata.create_all(connection)


def reading() -> Connection:
    """A connection whose transaction only reads, so that it never waits for a writer."""
    return db.engine.connect().execution_options(reads_only=True)


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
        reads_only = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
