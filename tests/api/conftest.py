"""Applications that serve the API, one for each home, over `tests.worlds` unless a module has its
own `home`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import api
import auth
from auth.api_keys import keys
from data.settings import Settings
from data.versions.db import LiveVersions, configure
from data.versions.db import library as current
from tests import worlds

Get = Callable[..., TestResponse]
Answer = dict[str, Any]
Ask = Callable[..., tuple[int, Answer]]


def make_app(home: Path, **settings: Any) -> Flask:
    app = Flask("haresign")
    chosen = Settings(home=home, **settings)
    configure(home)
    auth.register(app, chosen)
    api.register(app, chosen)

    @app.get("/<path:page>")
    def catch_all(page: str) -> str:
        """Like Dash: every unknown address is a page."""
        return f"<html>{page}</html>"

    return app


@dataclass(frozen=True)
class Site:
    """An application over a home, and a key for it."""

    app: Flask
    key: str

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> TestResponse:
        """GET below /api/v1/ with the key."""
        signed = {"Authorization": f"Bearer {self.key}"} | (headers or {})
        return self.app.test_client().get(
            f"/api/v1/{path}", query_string=query or None, headers=signed
        )

    def ask(self, path: str, **query: Any) -> tuple[int, Answer]:
        """Status and body of the same."""
        found = self.get(path, **query)
        assert found.json is not None
        return found.status_code, found.json


Sites = Callable[[Path], Site]


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Sites:
    """The site of a home, which the process then reads; its accounts are outside the home."""
    made: dict[Path, Site] = {}

    def of(home: Path) -> Site:
        if home not in made:
            accounts = tmp_path_factory.mktemp("accounts") / "accounts.db"
            limits = {"api_hourly_limit": 100_000, "api_daily_limit": 100_000}
            app = make_app(home, database_url=f"sqlite:///{accounts}", **limits)
            with app.app_context():
                made[home] = Site(app, keys.issue("tests"))
        elif current().home != home.resolve():
            configure(home)
        return made[home]

    return of


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the applications serve. Modules that need another home have a fixture of this name."""
    folder = tmp_path_factory.mktemp("home")
    worlds.build(folder)
    return folder


@pytest.fixture()
def site(sites: Sites, home: Path) -> Site:
    return sites(home)


@pytest.fixture()
def app(site: Site) -> Flask:
    return site.app


@pytest.fixture()
def library(site: Site) -> LiveVersions:
    return current()


@pytest.fixture()
def key(site: Site) -> str:
    return site.key


@pytest.fixture()
def get(site: Site) -> Get:
    return site.get


@pytest.fixture()
def ask(site: Site) -> Ask:
    return site.ask
