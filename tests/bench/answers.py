"""Server time of a dashboard body, a key press and an API call, against the bare query."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import brotli
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from auth import keys
from data import db
from data.settings import Settings
from data.snapshot import Snapshot
from data.spec import LEVEL_NAMES, Level
from pages.dashboard import steps
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
        output = {"id": self._body, "property": "children"}
        return self._ask(f"{self._body}.children", output, "url", "search", search)

    def later(self, told: str) -> bytes:
        """A section, as `_later` says to ask for it."""
        data = json.loads(told)
        which = data["section"], "any view"
        pattern = steps.place(self._body) | {"section": ["MATCH"], "view": ["MATCH"]}
        output = {"id": steps.place(self._body, *which), "property": "children"}
        asking = steps.asking(self._body, *which)
        return self._ask(f"{_written(pattern)}.children", output, asking, "data", data)

    def _ask(
        self, name: str, output: dict[str, Any], source: Any, part: str, value: object
    ) -> bytes:
        changed = source if isinstance(source, str) else _written(source)
        answer = self._client.post(
            "/_dash-update-component",
            data=json.dumps(
                {
                    "output": name,
                    "outputs": output,
                    "inputs": [{"id": source, "property": part, "value": value}],
                    "changedPropIds": [f"{changed}.{part}"],
                    "state": [],
                }
            ),
            content_type="application/json",
            headers={"Accept-Encoding": "br"},
        )
        if answer.status_code != 200:
            raise RuntimeError(f"{name} answered {answer.status_code} for {value}")
        return answer.data


def _written(id_of: dict[str, Any]) -> str:
    return json.dumps(id_of, sort_keys=True, separators=(",", ":"))


def _later(answer: bytes) -> list[str]:
    """What a first answer says to ask for each other section with."""
    waiting = [json.loads(brotli.decompress(answer))]
    told: dict[str, Any] = {}
    sections = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            told = json.loads(node["data-asked"]) if "data-asked" in node else told
            sections += [node["data-section"]] if "data-section" in node else []
        if isinstance(node, dict | list):
            waiting += node.values() if isinstance(node, dict) else node
    if not sections:
        raise RuntimeError("the page leaves nothing for later")
    return [json.dumps(told | {"section": section}) for section in sorted(sections)]


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
    for search in searches[:8]:
        _milliseconds(page.later, _later(page.first(search)))
    first = _milliseconds(page.first, searches[8:])
    later: dict[str, list[float]] = defaultdict(list)
    for search in searches[8:]:
        for told in _later(page.first(search)):
            later[json.loads(told)["section"]] += _milliseconds(page.later, [told])
    slowest = max(later, key=lambda section: _percentile(later[section], 0.95))
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
        for part, taken in (
            ("first screen", first),
            (f"slowest of the {len(later)} later sections ({slowest})", later[slowest]),
        )
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
                [snapshot.cubes(), code],
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
