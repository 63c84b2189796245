"""Throughput and memory of the served site under load from wrk on loopback."""

from __future__ import annotations

import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app import create_app
from auth import keys
from data import db
from data.settings import Settings
from tests.bench.report import Row
from tests.serving import Served, on, served, served_application

ROUNDS, ROUND_SECONDS = 3, 5
LOAD_SECONDS = 30
SERVING, ASKING = (sorted(os.sched_getaffinity(0))[at] for at in (0, -1))  # cores
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
    """Start, memory, API with one practice and with any."""
    app = create_app(Settings(home=home))
    with app.app_context():
        key = keys.issue("bench over http")
    snapshot = db.library().current("gp-appointments")
    if snapshot is None:
        raise RuntimeError("gp-appointments is not published")
    codes = snapshot.codes("practice")
    with served(home) as site, tempfile.TemporaryDirectory() as scratch:
        started = Row("worker start to first answer", f"{site.started:.1f} s", budget="5 s")
        if shutil.which("wrk") is None:
            return [started, Row("API under load", "not measured: wrk is not installed")]
        script, trend = Path(scratch) / "any.lua", Path(scratch) / "trend.lua"
        listed = ", ".join(f'"{code}"' for code in random.Random(3).sample(codes, len(codes)))
        script.write_text(_LUA % (listed, ""), encoding="ascii")
        trend.write_text(_LUA % (listed, TREND), encoding="ascii")
        one = f"/api/v1/gp-appointments/?practice={codes[0]}{TREND}"
        under_load = _memory_row(site, key, script)
        with (
            served_application("tests.bench.bare:app", core=SERVING) as bare,
            served(home, core=SERVING) as site,
        ):
            floor, same, trends, whole = _rounds(
                key,
                [(bare, "/", None), (site, one, None), (site, "/", trend), (site, "/", script)],
            )
    smallest = f"an empty Flask application, {floor}"
    wanted = "2,500 req/s, p99 10 ms, 0 errors"
    return [
        started,
        Row(
            "API on one core, a practice's trend of one rate, 8 connections",
            str(same), smallest, same.rate / floor.rate, wanted,
        ),
        Row(
            "API on one core, the same of any practice, most of them for the first time",
            str(trends), smallest, trends.rate / floor.rate, wanted,
        ),
        Row(
            "API on one core, whole rows of any practice",
            str(whole), smallest, whole.rate / floor.rate, "p99 10 ms, 0 errors",
        ),
        under_load,
    ]  # fmt: skip


def _memory_row(site: Served, key: str, script: Path) -> Row:
    before = site.memory_mb()
    _wrk(site, "/", key, script, seconds=LOAD_SECONDS)
    after = site.memory_mb()
    _wrk(site, "/", key, script, seconds=LOAD_SECONDS)
    at_last = site.memory_mb()
    return Row(
        "web worker memory under load",
        f"{after.resident:.0f} MB, {LOAD_SECONDS} s later {at_last.resident:.0f} MB; "
        f"of these its own {after.own:.0f} MB, later {at_last.own:.0f} MB, the rest is files "
        "shared by workers",
        f"before, {before.resident:.0f} MB",
        at_last.resident / before.resident,
        "350 MB, flat",
    )


@dataclass(frozen=True, slots=True)
class _Load:
    """What a server stood: requests a second, p99 in milliseconds, errors."""

    rate: float
    slow: float
    errors: int

    def __str__(self) -> str:
        return f"{self.rate:,.0f} req/s, p99 {self.slow:.1f} ms, {self.errors} errors"


Target = tuple[Served, str, Path | None]


def _rounds(key: str, targets: Sequence[Target]) -> list[_Load]:
    """Each target's medians over rounds in which they take turns, and all of its errors.

    A machine that is busy for some seconds then slows one round of all of them and no more.
    """
    taken: list[list[_Load]] = [[] for _ in targets]
    for _ in range(ROUNDS):
        for found, (site, path, script) in zip(taken, targets, strict=True):
            found.append(_wrk(site, path, key, script, seconds=ROUND_SECONDS))
    return [
        _Load(
            statistics.median(one.rate for one in found),
            statistics.median(one.slow for one in found),
            sum(one.errors for one in found),
        )
        for found in taken
    ]


def _wrk(site: Served, path: str, key: str, script: Path | None, *, seconds: int) -> _Load:
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", "-H",
               f"Authorization: Bearer {key}", f"{site.url}{path}"]  # fmt: skip
    if script is not None:
        command += ["-s", str(script)]
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, preexec_fn=on(ASKING)
    ).stdout
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
    return _Load(float(rate[1]), float(slow[1]) * _UNITS[slow[2]], errors)
