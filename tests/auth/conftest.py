"""The site with accounts, over SQLite and over PostgreSQL, with a mail server of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

import auth
from app import create_app
from data.settings import Settings
from data.versions import db
from tests import postgres
from tests.auth.visitors import Visitor
from tests.mailbox import Mailbox, receiving

NO_POSTGRES = "POSTGRESQL TEST SKIPPED: its programs are not installed (apt-get install postgresql)"
_numbers = itertools.count(1)

Visit = Callable[[], Visitor]


@pytest.fixture(scope="session")
def nothing_published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nothing-published")


@pytest.fixture(autouse=True)
def no_data(nothing_published: Path) -> None:
    """A process reads one home at a time: not the one that an earlier test left."""
    db.configure(nothing_published)


@pytest.fixture(params=["sqlite", "postgresql"])
def accounts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Accounts and keys alone, with small limits."""
    url = ""
    if request.param == "postgresql":
        url = postgres.fresh_database(request.getfixturevalue("postgres_server"))
    app = Flask("haresign")
    auth.register(
        app, Settings(home=tmp_path, database_url=url, api_hourly_limit=5, api_daily_limit=8)
    )
    with app.app_context():
        yield app


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    with receiving() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    if postgres.programs() is None:
        pytest.skip(NO_POSTGRES)
    with postgres.cluster() as address:
        yield address


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Of an empty database; empty itself for SQLite in the home."""
    if request.param == "sqlite":
        return ""
    return postgres.fresh_database(request.getfixturevalue("postgres_server"))


@pytest.fixture(scope="session")
def site(database_url: str, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(
        Settings(
            home=tmp_path_factory.mktemp("site"),
            database_url=database_url,
            smtp_url=mailbox.url,
            mail_from="haresign@haresign.example",
        )
    )


@pytest.fixture()
def visit(site: Flask, mailbox: Mailbox) -> Visit:
    """A function that gives another visitor: a browser and an address of their own."""
    return lambda: Visitor(site, mailbox, next(_numbers))
