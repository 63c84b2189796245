from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import auth
from data.settings import Settings


@pytest.fixture()
def accounts(tmp_path: Path) -> Iterator[Flask]:
    app = Flask("haresign")
    auth.register(app, Settings(home=tmp_path, api_hourly_limit=5, api_daily_limit=8))
    with app.app_context():
        yield app
