"""What a browser that comes for the first time has to fetch before it sees a dashboard."""

from __future__ import annotations

import logging
import re
from html import unescape
from pathlib import Path

import brotli
import pytest
from flask import Flask

from app import create_app
from data.settings import Settings
from pages.site.serving.compressed_assets import CompressedAssets

DASHBOARD = "/tools/list-size/?org=A81001"
LARGEST = 700_000  # bytes of scripts, styles and the font; the page's data have 50,000 more
NAMED = re.compile(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)"')
FETCHED_LATER = "/_dash-component-suites/dash/dcc/async-graph.js"


@pytest.fixture
def body() -> bytes:
    return b"function hare() { return 'sign'; }\n" * 2_000


def _pressed(folder: Path, body: bytes) -> bytes:
    assets = CompressedAssets(folder)
    assets.of(body)
    assets.wait()
    return assets.of(body)


def test_a_dashboard_is_light(site: Flask, home: Path) -> None:
    client = site.test_client()
    document = client.get(DASHBOARD, headers={"Accept-Encoding": "br"})
    page = brotli.decompress(document.data).decode()
    named = {unescape(address) for address in NAMED.findall(page)} | {FETCHED_LATER}
    sizes = {}
    for address in sorted(named):
        plain = client.get(address)
        assert plain.status_code == 200, address
        sizes[address] = len(plain.data)
        if "font" not in plain.content_type:
            sizes[address] = len(_pressed(home / "cache", plain.data))
    assert sum(sizes.values()) <= LARGEST, sizes
    assert not [address for address in named if "polyfill" in address or "dash_table" in address]


def test_a_script_is_sent_quickly_first_and_small_from_then_on(tmp_path: Path, body: bytes) -> None:
    assets = CompressedAssets(tmp_path)
    first = assets.of(body)
    assets.wait()
    assert brotli.decompress(first) == brotli.decompress(assets.of(body)) == body
    assert assets.of(body) == brotli.compress(body, quality=11) != first


def test_a_later_worker_finds_what_an_earlier_one_compressed(tmp_path: Path, body: bytes) -> None:
    small = _pressed(tmp_path, body)
    assert CompressedAssets(tmp_path).of(body) == small


def test_scripts_are_compressed_where_nothing_can_be_written(
    tmp_path: Path, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "cache"
    blocked.write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        small = _pressed(blocked, body)
    assert brotli.decompress(small) == body
    assert "compressed not kept" in caplog.text


def test_assets_are_compressed_only_for_who_accepts_it(tmp_path: Path) -> None:
    client = create_app(Settings(home=tmp_path)).test_client()
    plain = client.get("/assets/app.css")
    small = client.get("/assets/app.css", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "br"
    assert brotli.decompress(small.data) == plain.data
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"
