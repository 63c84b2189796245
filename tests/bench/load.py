"""Throughput and memory of the served site under load from wrk on loopback."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from app import create_app
from auth import keys
from data import db
from data.settings import Settings
from tests.bench.report import Row
from tests.serving import Served, served, served_application

LOAD_SECONDS = 10
TREND = "&fields=month,rates.per_1000"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}
_LUA = """
local codes, more = {%s}, "%s"
request = function()
  local code = codes[math.random(#codes)]
  return wrk.format("GET", "/api/v1/gp-appointments/?practice=" .. code .. more)
end
"""


def rows(home: Path) -> list[Row]:
    """Start, API with one practice and with any, memory."""
    app = create_app(Settings(home=home))
    with app.app_context():
        key = keys.issue("bench over http")
    snapshot = db.library().current("gp-appointments")
    if snapshot is None:
        raise RuntimeError("gp-appointments is not published")
    codes = snapshot.codes("practice")
    with served(home) as site, tempfile.TemporaryDirectory() as scratch:
        found = [Row("worker start to first answer", f"{site.started:.1f} s", budget="5 s")]
        if shutil.which("wrk") is None:
            return [*found, Row("API under load", "not measured: wrk is not installed")]
        script, trend = Path(scratch) / "any.lua", Path(scratch) / "trend.lua"
        listed = ", ".join(f'"{code}"' for code in random.Random(3).sample(codes, len(codes)))
        script.write_text(_LUA % (listed, ""), encoding="ascii")
        trend.write_text(_LUA % (listed, TREND), encoding="ascii")
        with served_application("tests.bench.bare:app") as bare:
            floor = _wrk(bare, "/", key)
        same = _wrk(site, f"/api/v1/gp-appointments/?practice={codes[0]}{TREND}", key)
        trends = _wrk(site, "/api/v1/", key, trend)
        before = site.memory_mb()
        others = _wrk(site, "/api/v1/", key, script)
        after = site.memory_mb()
        _wrk(site, "/api/v1/", key, script)
        at_last = site.memory_mb()
    smallest = f"an empty Flask application, {_said(floor)}"
    return [
        *found,
        Row(
            "API, a practice's trend of one rate, 8 connections",
            _said(same), smallest, same[0] / floor[0], "2,500 req/s, p99 10 ms, 0 errors",
        ),
        Row(
            "API, the same of any practice, most of them for the first time",
            _said(trends), smallest, trends[0] / floor[0], "2,500 req/s, p99 10 ms, 0 errors",
        ),
        Row(
            "API, whole rows of any practice",
            _said(others), smallest, others[0] / floor[0], "p99 10 ms, 0 errors",
        ),
        Row(
            "web worker memory under load",
            f"{after.resident:.0f} MB, {LOAD_SECONDS} s later {at_last.resident:.0f} MB; "
            f"of these its own {after.own:.0f} MB, later {at_last.own:.0f} MB, the rest is files "
            "shared by workers",
            f"before, {before.resident:.0f} MB",
            at_last.resident / before.resident,
            "350 MB, flat",
        ),
    ]  # fmt: skip


def _said(load: tuple[float, float, int]) -> str:
    return f"{load[0]:,.0f} req/s, p99 {load[1]:.1f} ms, {load[2]} errors"


def _wrk(site: Served, path: str, key: str, script: Path | None = None) -> tuple[float, float, int]:
    """(requests a second, p99 in milliseconds, errors)."""
    command = ["wrk", "-t1", "-c8", f"-d{LOAD_SECONDS}s", "--latency", "-H",
               f"Authorization: Bearer {key}", f"{site.url}{path}"]  # fmt: skip
    if script is not None:
        command += ["-s", str(script)]
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
