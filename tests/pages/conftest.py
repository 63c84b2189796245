"""The whole site over the little country of `tests.worlds`."""

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
