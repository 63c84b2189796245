"""The whole site: over the little country of `tests.worlds`, and over every dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from data.settings import Settings
from data.versions import db
from tests import worlds


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    worlds.build(folder)
    return folder


@pytest.fixture(scope="session")
def site(home: Path) -> Flask:
    return create_app(Settings(home=home))


@pytest.fixture
def asked(site: Flask, home: Path) -> Iterator[Flask]:
    """Inside a request to the site."""
    db.configure(home)
    with site.test_request_context("/", base_url="https://haresign.example"):
        yield site


@pytest.fixture(scope="session")
def everything(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The site over every dataset, on the fictional England."""
    accounts = tmp_path_factory.mktemp("everything") / "accounts.db"
    return create_app(Settings(home=demo_home, database_url=f"sqlite:///{accounts}"))


@pytest.fixture
def england(everything: Flask, demo_home: Path) -> Iterator[Flask]:
    """Inside a request to the site over every dataset."""
    db.configure(demo_home)
    with everything.test_request_context("/", base_url="https://haresign.example"):
        yield everything
