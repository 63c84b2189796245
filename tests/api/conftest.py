"""An application that serves the API over the little country of `tests.worlds`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import api
import auth
from auth import keys
from data.db import Library, configure
from data.settings import Settings
from tests import worlds

Get = Callable[..., TestResponse]


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


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    worlds.build(folder)
    return folder


@pytest.fixture()
def app(home: Path) -> Flask:
    return make_app(home, api_hourly_limit=100_000, api_daily_limit=100_000)


@pytest.fixture()
def library(app: Flask, home: Path) -> Library:
    from data.db import library as current

    return current()


@pytest.fixture()
def key(app: Flask) -> Iterator[str]:
    with app.app_context():
        yield keys.issue("tests")


@pytest.fixture()
def get(app: Flask, key: str) -> Get:
    """GET below /api/v1/ with a valid key."""
    client = app.test_client()

    def call(path: str, headers: dict[str, str] | None = None, **query: Any) -> TestResponse:
        signed = {"Authorization": f"Bearer {key}"} | (headers or {})
        return client.get(f"/api/v1/{path}", query_string=query or None, headers=signed)

    return call
