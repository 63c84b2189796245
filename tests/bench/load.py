"""Load from wrk on loopback: the server on one core, what asks it on another."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.counts import Counts
from tests.serving import Served, on

CONNECTIONS = 8
SERVING, ASKING = (sorted(os.sched_getaffinity(0))[at] for at in (0, -1))  # cores
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}
_NEW = """
local codes, at = {%s}, %d
request = function()
  local code, turn = codes[at %% #codes + 1], math.floor(at / #codes)
  at = at + 1
  if turn >= %d then error("every address was asked for") end
  return wrk.format("GET", string.format("%s", code, %d + turn))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server stood: requests a second, p99 in milliseconds, errors."""

    rate: float
    slow: float
    errors: int
    requests: int

    def __str__(self) -> str:
        return f"{self.rate:,.0f} req/s, p99 {self.slow:.1f} ms, {self.errors} errors"


@dataclass(frozen=True, slots=True)
class Target:
    """One address of a server, again and again."""

    site: Served
    path: str
    key: str = ""

    def ask(self, seconds: int) -> Load:
        return _wrk(f"{self.site.url}{self.path}", self.key, None, seconds=seconds)


@dataclass(slots=True)
class NeverAsked:
    """Addresses of a server of which none is asked for twice, so that no cache can answer.

    `path` has a place for a code and one for a number, of which `numbers` are allowed and make
    no difference to the answer. Every code is asked for before any is asked for again.
    """

    site: Served
    path: str
    codes: Sequence[str]
    numbers: range
    scratch: Path
    key: str = ""
    begin: int = field(default=0, init=False)

    def ask(self, seconds: int) -> Load:
        listed = ", ".join(f'"{code}"' for code in self.codes)
        script = self.scratch / f"new-{self.site.port}.lua"
        script.write_text(
            _NEW % (listed, self.begin, len(self.numbers), self.path, self.numbers.start),
            encoding="ascii",
        )
        load = _wrk(self.site.url, self.key, script, seconds=seconds)
        self.begin += load.requests + 2 * CONNECTIONS  # those on their way at the end
        return load


@dataclass(frozen=True, slots=True)
class Loads:
    """A target's rounds."""

    rounds: tuple[Load, ...]

    @property
    def rate(self) -> float:
        return statistics.median(load.rate for load in self.rounds)

    @property
    def slow(self) -> float:
        return statistics.median(load.slow for load in self.rounds)

    @property
    def errors(self) -> int:
        return sum(load.errors for load in self.rounds)

    @property
    def against(self) -> tuple[float, float, float]:
        """What the budget of the API limits."""
        return self.rate, self.slow, self.errors

    def __str__(self) -> str:
        rates = [load.rate for load in self.rounds]
        return (
            f"{min(rates):,.0f} / {self.rate:,.0f} / {max(rates):,.0f} req/s, "
            f"p99 {self.slow:.1f} ms, {self.errors} errors"
        )


def in_turn(targets: Sequence[Target | NeverAsked], counts: Counts) -> list[Loads]:
    """Rounds in which the targets take turns.

    A machine that is busy for some seconds then slows one round of all of them and no more.
    """
    taken: list[list[Load]] = [[] for _ in targets]
    for _ in range(counts.rounds):
        for loads, target in zip(taken, targets, strict=True):
            loads.append(target.ask(counts.seconds))
    return [Loads(tuple(loads)) for loads in taken]


def _wrk(url: str, key: str, script: Path | None, *, seconds: int) -> Load:
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--latency",
        "-H",
        f"Authorization: Bearer {key}",
        url,
    ]
    if script is not None:
        command += ["-s", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=on(ASKING))
    text = done.stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    slow = re.search(r"^\s+99%\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE)
    asked = re.search(r"(\d+) requests in", text)
    if rate is None or slow is None or asked is None or "error" in done.stderr:
        raise RuntimeError(f"wrk ended with: {text} {done.stderr}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text
    )
    errors = int(refused[1]) if refused else 0
    errors += sum(map(int, broken.groups())) if broken else 0
    return Load(float(rate[1]), float(slow[1]) * _UNITS[slow[2]], errors, int(asked[1]))
