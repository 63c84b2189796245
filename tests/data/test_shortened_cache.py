"""A cache that is shortened under a running server ends no worker and falsifies nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from data.month_block import BLOCKS
from data.versions import array_cache
from data.versions.snapshot import Snapshot
from tests import worlds
from tests.serving import Served, served

MONTH = worlds.MONTHS[-1]
OPEN = [practice.code for practice in worlds.in_month(MONTH)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Snapshot]]:
    home = tmp_path_factory.mktemp("home")
    lists = worlds.build(home)["list-sizes"]
    with served(home, HARESIGN_WORKERS="2") as running:
        yield running, lists


def asked(site: Served, practice: str) -> str:
    """The page of a practice, never asked for before in the same words, on its own connection."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.request("GET", f"/organisations/{practice}/?asked={time.time_ns()}")
    answer = connection.getresponse()
    assert answer.status == 200
    return answer.read().decode()


@pytest.mark.parametrize("how", ["to nothing", "to half", "by a byte"])
def test_no_worker_ends_and_the_numbers_are_right(site: tuple[Served, Snapshot], how: str) -> None:
    running, lists = site
    registered = lists.dataset.measure("registered_patients")
    workers = running.workers()
    assert len(workers) == 2
    cache = array_cache.place(lists.folder)
    bodies = {path: path.read_bytes() for path in cache.glob("*.*.*")}
    assert len(bodies) == len(worlds.MONTHS) * len(BLOCKS)
    for path, body in bodies.items():
        size = {"to nothing": 0, "to half": len(body) // 2, "by a byte": len(body) - 1}[how]
        os.truncate(path, size)
    for _ in range(4):  # both workers, in the moments before anybody notices
        for practice in OPEN:
            patients = lists.at(registered, "practice", practice, month=MONTH)[0]
            assert f"{patients:,.0f}" in asked(running, practice)
    deadline = time.monotonic() + 60
    while {path: path.read_bytes() for path in bodies if path.exists()} != bodies:
        assert time.monotonic() < deadline, "the cache was not made again"
        time.sleep(0.2)
    assert running.workers() == workers
