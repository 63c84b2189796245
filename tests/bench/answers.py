"""Server time of a dashboard body, a key press and an API call, against the bare query."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import brotli
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from auth import keys
from data import db
from data.settings import Settings
from data.snapshot import Snapshot
from data.spec import LEVEL_NAMES, Level
from pages.support import screens
from tests.bench.report import Row

ASKED = 80
TOOLS = {"list-size": "list-sizes", "gp-appointments": "gp-appointments"}
MEASURED_LEVELS: tuple[Level, ...] = ("practice", "pcn", "icb", "england")
TYPED = ("m", "mi", "mil", "mill", "millb", "surgery", "ha", "har", "pcn", "st anne", "ts1")
MISSPELT = ("milbrok", "hartly raod", "rivrside practise", "st anes surgry")


def _milliseconds(action: Callable[[str], object], subjects: Sequence[str]) -> list[float]:
    taken = []
    for subject in subjects:
        started = time.perf_counter()
        action(subject)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def _percentile(numbers: Sequence[float], share: float) -> float:
    return sorted(numbers)[min(len(numbers) - 1, int(share * len(numbers)))]


def _said(taken: Sequence[float]) -> str:
    return f"p95 {_percentile(taken, 0.95):.1f} ms, median {statistics.median(taken):.1f}"


class _Page:
    """The callbacks of a tool's page, asked as the browser asks them."""

    def __init__(self, client: FlaskClient, tool: str) -> None:
        self._client, self._body = client, f"{tool}-body"
        client.get(f"/tools/{tool}/")

    def first(self, search: str) -> bytes:
        """The page for a query string, up to the end of its first screen."""
        return self._ask(self._body, "url", "search", search)

    def rest(self, asked: str) -> bytes:
        """What the first answer says to ask for."""
        return self._ask(
            screens.place(self._body), screens.asking(self._body), "data", json.loads(asked)
        )

    def _ask(self, output: str, source: str, part: str, value: object) -> bytes:
        answer = self._client.post(
            "/_dash-update-component",
            data=json.dumps(
                {
                    "output": f"{output}.children",
                    "outputs": {"id": output, "property": "children"},
                    "inputs": [{"id": source, "property": part, "value": value}],
                    "changedPropIds": [f"{source}.{part}"],
                    "state": [],
                }
            ),
            content_type="application/json",
            headers={"Accept-Encoding": "br"},
        )
        if answer.status_code != 200:
            raise RuntimeError(f"{output} answered {answer.status_code} for {value}")
        return answer.data


def _asking(answer: bytes) -> str:
    """What a first answer says to ask for the rest with."""
    waiting = [json.loads(brotli.decompress(answer))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and "data-asked" in node:
            return str(node["data-asked"])
        if isinstance(node, dict | list):
            waiting += node.values() if isinstance(node, dict) else node
    raise RuntimeError("the page leaves nothing for later")


def rows(home: Path) -> list[Row]:
    """Times without the network, in this process."""
    app = create_app(Settings(home=home))
    client = app.test_client()
    found = []
    for tool, dataset_id in TOOLS.items():
        snapshot = db.library().current(dataset_id)
        if snapshot is None:
            raise RuntimeError(f"{dataset_id} is not published in {home}")
        page = _Page(client, tool)
        for level in MEASURED_LEVELS:
            found += _body_rows(tool, snapshot, level, page)
        found.append(_again_row(tool, snapshot, page.first))
    found += [_search_row("search per key press", client, TYPED)]
    found += [_search_row("search, misspelt names", client, MISSPELT)]
    found.append(_api_row(app))
    return found


def _body_rows(tool: str, snapshot: Snapshot, level: Level, page: _Page) -> list[Row]:
    """Pages that nobody has asked for before: other organisations, or other months of one."""
    months = [f"{month:%Y-%m}" for month in snapshot.months]
    codes = list(snapshot.codes(level))
    chosen = [(code, months[-1]) for code in codes]
    if len(codes) < ASKED // 2:
        chosen = [(code, month) for month in reversed(months) for code in codes]
    asked = random.Random(1948).sample(chosen, min(ASKED, len(chosen)))
    searches = [f"?org={code}&month={month}" for code, month in asked]
    _milliseconds(lambda search: page.rest(_asking(page.first(search))), searches[:8])
    first = _milliseconds(page.first, searches[8:])
    left = [_asking(page.first(search)) for search in searches[8:]]
    rest = _milliseconds(page.rest, left)
    headline = snapshot.dataset.measure(snapshot.dataset.headline)
    bare = _milliseconds(lambda code: snapshot.trend(headline, level, code), [c for c, _ in asked])
    return [
        Row(
            f"{tool} dashboard, {part}, {LEVEL_NAMES[level][0]}, drawn for the first time",
            _said(taken),
            f"one bare trend, {statistics.median(bare) * 1000:.0f} µs",
            statistics.median(taken) / statistics.median(bare),
            "p95 25 ms",
        )
        for part, taken in (("first screen", first), ("the rest", rest))
    ]


def _again_row(tool: str, snapshot: Snapshot, ask: Callable[[str], object]) -> Row:
    searches = [f"?org={code}" for code in random.Random(7).sample(snapshot.codes("practice"), 20)]
    first = _milliseconds(ask, searches)
    again = _milliseconds(ask, searches)
    return Row(
        f"{tool} dashboard, first screen, practice, asked for again",
        _said(again),
        f"the first time, {statistics.median(first):.1f} ms",
        statistics.median(again) / statistics.median(first),
        "p95 25 ms",
    )


def _search_row(what: str, client: FlaskClient, words: Sequence[str]) -> Row:
    directory = db.library().directory()
    typed = list(words) * 8
    _milliseconds(directory.search, typed)
    alone = _milliseconds(directory.search, typed)
    whole = _milliseconds(lambda text: client.get("/search/", query_string={"q": text}), typed)
    return Row(
        what,
        f"median {statistics.median(whole):.2f} ms, p95 {_percentile(whole, 0.95):.2f}",
        f"the look-up alone, {statistics.median(alone):.2f} ms",
        statistics.median(whole) / statistics.median(alone),
        "2 ms",
    )


def _api_row(app: Flask) -> Row:
    snapshot = db.library().current("gp-appointments")
    if snapshot is None:
        raise RuntimeError("gp-appointments is not published")
    with app.app_context():
        headers = {"Authorization": f"Bearer {keys.issue('bench')}"}
    client = app.test_client()
    codes = random.Random(7).sample(snapshot.codes("practice"), 80)
    headline = snapshot.dataset.measure("per_1000")

    def ask(code: str) -> object:
        return client.get(f"/api/v1/gp-appointments/?practice={code}", headers=headers)

    def sql(code: str) -> object:
        with db.library().cursor() as cursor:
            return cursor.execute(
                "SELECT * FROM read_parquet(?) WHERE level = 'practice' AND code = ? "
                "ORDER BY month",
                [snapshot.path("cube.parquet"), code],
            ).fetchall()

    _milliseconds(ask, codes[:8])
    calls = _milliseconds(ask, codes)
    bare = _milliseconds(sql, codes)
    array = _milliseconds(lambda code: snapshot.trend(headline, "practice", code), codes)
    return Row(
        "API call, a practice's whole rows, in process",
        f"median {statistics.median(calls):.2f} ms, p95 {_percentile(calls, 0.95):.2f}",
        f"the same rows from the cube by SQL, {statistics.median(bare):.2f} ms; "
        f"one trend from the array, {statistics.median(array) * 1000:.0f} µs",
        statistics.median(calls) / statistics.median(bare),
    )
