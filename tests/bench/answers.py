"""Server time of a dashboard body, a key press and an API call, against the bare query."""

from __future__ import annotations

import json
import random
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from auth import keys
from data import db
from data.settings import Settings
from tests.bench.report import Row
from tests.serving import Served, served

ASKED = 80
TOOLS = {"list-size": "list-sizes", "gp-appointments": "gp-appointments"}
LOAD_SECONDS = 10


def _milliseconds(action: Callable[[str], object], subjects: Sequence[str]) -> list[float]:
    taken = []
    for subject in subjects:
        started = time.perf_counter()
        action(subject)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def _percentile(numbers: Sequence[float], share: float) -> float:
    return sorted(numbers)[min(len(numbers) - 1, int(share * len(numbers)))]


def _body_callback(client: FlaskClient, tool: str) -> Callable[[str], object]:
    """The one callback of a tool's page, called as the browser calls it."""
    client.get(f"/tools/{tool}/")
    declared = client.get("/_dash-dependencies").get_json()
    own = [
        callback
        for callback in declared
        if callback["output"].startswith(f"{tool}-")
        and [i["property"] for i in callback["inputs"]] == ["search"]
    ]
    output = own[0]["output"]
    name, part = output.rsplit(".", 1)

    def ask(code: str) -> object:
        answer = client.post(
            "/_dash-update-component",
            data=json.dumps(
                {
                    "output": output,
                    "outputs": {"id": name, "property": part},
                    "inputs": [{"id": "url", "property": "search", "value": f"?org={code}"}],
                    "changedPropIds": ["url.search"],
                    "state": [],
                }
            ),
            content_type="application/json",
        )
        if answer.status_code != 200:
            raise RuntimeError(f"{tool} answered {answer.status_code} for {code}")
        return answer

    return ask


def in_process(home: Path) -> list[Row]:
    """Times without the network, in this process."""
    app = create_app(Settings(home=home))
    client = app.test_client()
    rows = []
    chooser = random.Random(1948)
    for tool, dataset_id in TOOLS.items():
        snapshot = db.library().current(dataset_id)
        if snapshot is None:
            raise RuntimeError(f"{dataset_id} is not published in {home}")
        headline = snapshot.dataset.measure(snapshot.dataset.headline)
        codes = chooser.sample(snapshot.codes("practice"), min(ASKED, 80))
        ask = _body_callback(client, tool)
        _milliseconds(ask, codes[:8])
        bodies = _milliseconds(ask, codes)
        queries = _milliseconds(lambda c, s=snapshot, h=headline: s.trend(h, "practice", c), codes)
        rows.append(
            Row(
                f"{tool} dashboard body, server time p95",
                f"{_percentile(bodies, 0.95):.1f} ms (median {statistics.median(bodies):.1f})",
                f"one bare trend, {statistics.median(queries) * 1000:.0f} µs",
                statistics.median(bodies) / statistics.median(queries),
                "25 ms",
            )
        )
    rows.append(_search_row(client))
    rows.append(_api_row(app, home))
    return rows


def _search_row(client: FlaskClient) -> Row:
    directory = db.library().directory()
    typed = ["m", "mi", "mil", "mill", "millb", "surgery", "ha", "har", "pcn", "zz1", "st anne"] * 5
    _milliseconds(directory.search, typed)
    alone = _milliseconds(directory.search, typed)
    whole = _milliseconds(lambda text: client.get(f"/search/?q={text}"), typed)
    return Row(
        "search per key press",
        f"{statistics.median(whole):.2f} ms (p95 {_percentile(whole, 0.95):.2f})",
        f"the look-up alone, {statistics.median(alone):.2f} ms",
        statistics.median(whole) / statistics.median(alone),
        "2 ms",
    )


def _api_row(app: Flask, home: Path) -> Row:
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
        "API call, practice trend with every field, in process",
        f"{statistics.median(calls):.2f} ms (p95 {_percentile(calls, 0.95):.2f})",
        f"the same rows from the cube by SQL, {statistics.median(bare):.2f} ms; "
        f"one trend from the array, {statistics.median(array) * 1000:.0f} µs",
        statistics.median(calls) / statistics.median(bare),
    )


def over_http(home: Path) -> list[Row]:
    """Throughput and memory of the served site under load from wrk on loopback."""
    app = create_app(Settings(home=home))
    with app.app_context():
        key = keys.issue("bench over http")
    snapshot = db.library().current("gp-appointments")
    if snapshot is None:
        raise RuntimeError("gp-appointments is not published")
    code = snapshot.codes("practice")[0]
    with served(home) as site:
        rows = [Row("worker start to first answer", f"{site.started:.1f} s", "", None, "5 s")]
        if shutil.which("wrk") is None:
            return [*rows, Row("API under load", "not measured: wrk is not installed")]
        path = f"/api/v1/gp-appointments/?practice={code}"
        floor = _wrk(site, "/api/v1/", key)
        before = site.memory_mb()
        load = _wrk(site, path, key)
        after = site.memory_mb()
    return [
        *rows,
        Row(
            "API practice trend, 8 connections",
            f"{load[0]:,.0f} req/s, p99 {load[1]:.1f} ms, {load[2]} errors",
            f"the same server's smallest answer, {floor[0]:,.0f} req/s",
            load[0] / floor[0],
            "2,500 req/s, p99 10 ms, 0 errors",
        ),
        Row(
            "web worker memory after load",
            f"{after:.0f} MB",
            f"before, {before:.0f} MB",
            after / before,
            "350 MB, flat",
        ),
    ]


_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


def _wrk(site: Served, path: str, key: str) -> tuple[float, float, int]:
    """(requests a second, p99 in milliseconds, errors)."""
    command = ["wrk", "-t1", "-c8", f"-d{LOAD_SECONDS}s", "--latency", "-H",
               f"Authorization: Bearer {key}", f"{site.url}{path}"]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s|m)", said)
    if rate is None or slow is None:
        raise RuntimeError(f"wrk said: {said}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said
    )
    errors = int(refused[1]) if refused else 0
    errors += sum(map(int, broken.groups())) if broken else 0
    return float(rate[1]), float(slow[1]) * _UNITS[slow[2]], errors
