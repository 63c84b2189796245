"""A web worker: how long it takes to start, and its memory while pages are looked at."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from data.versions import db
from tests.bench.answers import TOOLS
from tests.bench.budgets import ELSEWHERE, ENGINEERING
from tests.bench.clients import Client
from tests.bench.counts import Counts
from tests.bench.dashboards import DashPage, left_for_later
from tests.bench.report import Row, Spread
from tests.serving import Served, served, served_application

READERS = 4  # at once
EMPTY = "tests.bench.references.empty_flask:app"


def rows(home: Path, counts: Counts) -> list[Row]:
    return [_start(home, counts), _memory_under_page_views(home, counts)]


def _start(home: Path, counts: Counts) -> Row:
    taken, least = [], []
    for _ in range(counts.publications):
        with served(home) as site:
            taken.append(site.started)
        with served_application(EMPTY) as empty:
            least.append(empty.started)
    ours, bare = Spread.of(taken, "s"), Spread.of(least, "s")
    return Row(
        what="web worker, from its start to the first answer",
        measured=ours,
        reference=f"an empty Flask application, {bare}",
        ratio=ours.median / bare.median,
        budget=ENGINEERING["start"],
        against=(ours.median,),
    )


def _memory_under_page_views(home: Path, counts: Counts) -> Row:
    """Pages that nobody has asked for before, with all their sections, by several readers."""
    db.configure(home)
    with served(home) as site:
        before = site.memory_mb()
        views = [_addresses(home, reader) for reader in range(READERS)]
        first = _read(site, views, counts.viewing)
        middle = site.memory_mb()
        second = _read(site, views, counts.viewing)
        after = site.memory_mb()
    growth = after.resident / middle.resident
    return Row(
        what=f"web worker memory under {first + second:,} page views in {2 * counts.viewing} s",
        measured=f"{middle.resident:.0f} MB, {counts.viewing} s later {after.resident:.0f} MB; of "
        f"these its own {middle.own:.0f} MB, later {after.own:.0f} MB, the rest is files shared "
        "by workers",
        reference=f"before, {before.resident:.0f} MB",
        ratio=after.resident / before.resident,
        budget=ELSEWHERE["views"],
        against=(after.resident, growth),
        quoted=True,
    )


def _addresses(home: Path, reader: int) -> Iterator[tuple[str, str]]:
    """(tool, query string) of organisations of all levels and any month, in a reader's order."""
    db.configure(home)
    pairs = []
    for tool, dataset_id in TOOLS.items():
        snapshot = db.library().current(dataset_id)
        assert snapshot is not None
        codes = [code for level in snapshot.dataset.levels for code in snapshot.codes(level)]
        months = [f"{month:%Y-%m}" for month in snapshot.months]
        pairs += [(tool, code, months) for code in codes]
    chance = random.Random(reader)
    for turn in itertools.count():
        chance.shuffle(pairs)
        for tool, code, months in pairs[reader::READERS]:
            yield tool, f"?org={code}&month={months[-1 - turn % len(months)]}"


def _read(site: Served, views: list[Iterator[tuple[str, str]]], seconds: int) -> int:
    """Pages that were read whole."""
    end = time.monotonic() + seconds

    def work(addresses: Iterator[tuple[str, str]]) -> int:
        client, read = Client(site), 0
        while time.monotonic() < end:
            tool, search = next(addresses)
            page = DashPage(client.ask, f"/tools/{tool}/", f"{tool}-body")
            page.document(search)
            for section in left_for_later(page.first(search)):
                page.later(section)
            read += 1
        return read

    with ThreadPoolExecutor(READERS) as readers:
        return sum(readers.map(work, views))
