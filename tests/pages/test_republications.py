"""Versions that were replaced leave memory, with everything that was worked out of them."""

from __future__ import annotations

import gc
import os
import random
import weakref
from datetime import date
from pathlib import Path

import dash
import pytest
from flask import Flask

from app import create_app
from auth.api_keys import keys
from data.remembered import BUDGET, RESULTS
from data.settings import Settings
from data.versions import db
from data.versions.snapshot import Snapshot
from pipelines.datasets.list_sizes import series as list_sizes
from tests import worlds
from tests.pages.tools import Page, dashboard, whole

TIMES = 20
CODES = ("A81001", "QHM", "ENG")
MONTHS = worlds.MONTHS[-2:]


def megabytes() -> float:
    told = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(told[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def published(home: Path, seed: int) -> None:
    folder = home / f"publisher-{seed}"
    folder.mkdir()
    rng = random.Random(seed)
    files = {month: worlds.list_files(folder, month, rng) for month in MONTHS}
    worlds.publish(home, list_sizes.SERIES, files)


def read_everything(app: Flask, key: str) -> None:
    """Pages of every level, what stands beside them, and the API, also as it was."""
    client = app.test_client()
    with app.test_request_context("/", base_url="https://haresign.example"):
        for code in CODES:
            for slug in ("list-size", "gp-appointments"):
                whole(Page(dashboard(slug)), org=code)
        for page in dash.page_registry.values():
            page["layout"]()
    for code in CODES:
        assert client.get(f"/organisations/{code}/").status_code == 200
    signed = {"Authorization": f"Bearer {key}"}
    for address in (
        "list-sizes/?org=ENG",
        "list-sizes/?month=2026-03-01",
        f"list-sizes/?org=ENG&as_of={date.today()}",
        "gp-appointments/?practice=A81001",
        "practices/?search=park",
    ):
        assert client.get(f"/api/v1/{address}", headers=signed).status_code == 200, address


def test_at_most_one_old_version_is_alive_and_memory_is_flat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds.build(tmp_path)
    app = create_app(Settings(home=tmp_path))
    with app.app_context():
        key = keys.issue("reader")
    opened: list[weakref.ref[Snapshot]] = []
    monkeypatch.setattr(db, "LOOK_SECONDS", 0.0)
    sizes = []
    for time in range(TIMES):
        published(tmp_path, time)
        read_everything(app, key)
        snapshot = db.library().current("list-sizes")
        assert snapshot is not None
        opened.append(weakref.ref(snapshot))
        del snapshot
        assert RESULTS.bytes <= BUDGET
        sizes.append(megabytes())
    assert len({ref() for ref in opened if ref()} | {None}) - 1 <= 2  # the live one and one more
    assert sizes[-1] < 1.1 * sizes[TIMES // 4], sizes
    gc.collect()  # nor was anything left to it
    assert sum(ref() is not None for ref in opened) <= 2
