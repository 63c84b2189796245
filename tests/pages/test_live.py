"""Refreshes that run now, as the status page is told of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from data.versions import db, running, schedule
from data.versions.running import Running
from data.versions.store import store
from pages.site import live
from pipelines.schedule.reporting import reported
from tests import worlds
from tests.serving import ROOT, served

ADDRESS = "/status/running.json"
REFRESH = """
import sys, time
from pathlib import Path
from data.versions.store import store
from pipelines.schedule.reporting import reported
from pipelines.engine.runner import quiet
with reported(store(Path(sys.argv[1]), "real"), "list-sizes", quiet) as told:
    for number in range(1000):
        told("reading March 2026", 0.25, rows=1204331, size=34_500_000)
        if number == 30:
            print("told", flush=True)
        time.sleep(0.05)
"""


def refreshing(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", REFRESH, str(home)], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    assert process.stdout and process.stdout.readline() == "told\n"
    return process


def test_a_refresh_elsewhere_is_told_and_forgotten_when_its_process_dies(
    site: Flask, tmp_path: Path
) -> None:
    db.configure(tmp_path)
    client = site.test_client()
    assert client.get(ADDRESS).json == []
    process = refreshing(tmp_path)
    try:
        answer = client.get(ADDRESS)
    finally:
        process.kill()
        process.wait()
    assert answer.headers["Cache-Control"] == "no-store"
    (told,) = answer.json or []
    assert (told["dataset"], told["title"]) == ("list-sizes", "Registered patients")
    assert (told["step"], told["percent"]) == ("Reading March 2026", 25)
    assert told["amounts"].startswith("1,204,331 rows, 34.5 MB, about ")
    assert running.path(store(tmp_path, "real"), "list-sizes").exists()
    assert client.get(ADDRESS).json == []


def test_progress_is_written_at_most_once_a_second_and_whole(tmp_path: Path) -> None:
    shelf = store(tmp_path, "real")
    path = running.path(shelf, "list-sizes")
    seen = []
    with reported(shelf, "list-sizes", lambda step, done, *, rows=None, size=None: None) as told:
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            told("reading", (time.monotonic() - began) / 2, rows=7)
            seen.append(path.stat().st_mtime_ns)
            assert running.running(shelf)
    assert 1 <= len(set(seen)) <= 3
    assert not path.exists()


def test_progress_that_nobody_renews_is_ignored(tmp_path: Path) -> None:
    shelf = store(tmp_path, "real")
    path = running.path(shelf, "list-sizes")
    path.parent.mkdir(parents=True)
    elsewhere = Running("list-sizes", "reading", 0.5, None, None, None, "", 1, "another-host")
    path.write_text(running.to_json(elsewhere))
    assert running.running(shelf) == [elsewhere]
    long_ago = time.time() - running.STALE_SECONDS - 1
    os.utime(path, (long_ago, long_ago))
    assert running.running(shelf) == []
    path.write_text("{")
    assert running.running(shelf) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "5 seconds"), (42, "40 seconds"), (90, "2 minutes"), (7000, "2 hours")],
)
def test_time_left_is_as_exact_as_an_estimate(seconds: float, words: str) -> None:
    assert live.duration(seconds) == words


@pytest.mark.browser
def test_the_status_page_follows_a_refresh_and_says_only_its_ends(
    chromium: Browser, tmp_path: Path
) -> None:
    worlds.build(tmp_path)
    schedule.mark_alive(store(tmp_path, "real"))
    with served(tmp_path) as site:
        page = chromium.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        process = refreshing(tmp_path)
        try:
            page.goto(f"{site.url}/status/")
            run = page.locator("#running .run")
            expect(run).to_contain_text("Reading March 2026", timeout=20_000)
            expect(run).to_contain_text("1,204,331 rows")
            expect(page.locator("#live")).to_have_text(
                "A refresh of Registered patients has begun."
            )
            said = page.locator("#live").text_content()
            page.wait_for_timeout(4_500)  # two more looks, which say nothing
            assert page.locator("#live").text_content() == said
        finally:
            process.kill()
            process.wait()
        expect(page.locator("#running")).to_be_hidden(timeout=20_000)
        expect(page.locator("#live")).to_contain_text("has ended")
        assert problems == []
        page.close()
