"""Steps that are measured in processes of their own: `python -m tests.bench.steps STEP PATH`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from data.versions.store import store
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import series
from pipelines.fetch.landing import land_copy, landed
from tests.bench.report import ROOT

MEMORY_MB = 1024
DATASET = "gp-appointments"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one step: seconds of its own work, and the peak memory of its process."""

    seconds: float
    megabytes: float


def measured(step: str, *paths: Path) -> Cost:
    command = [sys.executable, "-m", "tests.bench.steps", step, *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{step} failed: {done.stderr[-2000:]}")
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def started(step: str, *paths: Path, core: Callable[[], None] | None) -> subprocess.Popen[bytes]:
    """The same, going on while something else is measured."""
    command = [sys.executable, "-m", "tests.bench.steps", step, *map(str, paths)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, preexec_fn=core)


def land(home: Path, source: Path) -> None:
    """As of a release that is newer than all others."""
    landing = store(home, "demo").landing
    dates = [file.receipt.published for file in landed(landing, DATASET)]
    newest = max((day for day in dates if day), default=datetime.now(UTC).date())
    land_copy(
        landing,
        DATASET,
        source,
        release="bench",
        published=newest + timedelta(days=1),
        now=datetime.now(UTC),
    )


def publish(home: Path, source: Path) -> None:
    """Land, read, check, add up, hash and publish a month."""
    land(home, source)
    publish_all(home)


def publish_all(home: Path) -> None:
    """The same of everything that is landed."""
    result = publish_landed(store(home, "demo"), series(DATASET), memory_mb=MEMORY_MB)
    if result.outcome != "published":
        raise RuntimeError(f"{result.outcome}: {result.message}")


def raw_copy(source: Path) -> None:
    """What any publishing must do at least: the same CSV as Parquet, by DuckDB."""
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        f"COPY (SELECT * FROM read_csv('{source}', all_varchar = true)) "
        f"TO '{source.with_suffix('.parquet')}' (FORMAT parquet, COMPRESSION zstd)"
    )


def peak_memory() -> float:
    """Megabytes of this process. What `getrusage` says holds those of the one that began it too."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s+(\d+) kB", told)
    assert peak is not None
    return int(peak[1]) / 1024


STEPS: dict[str, Callable[..., None]] = {
    "publish": publish,
    "publish_all": publish_all,
    "raw_copy": raw_copy,
}

if __name__ == "__main__":
    began = time.perf_counter()
    STEPS[sys.argv[1]](*map(Path, sys.argv[2:]))
    elapsed = time.perf_counter() - began
    sys.stdout.write(json.dumps([elapsed, peak_memory()]) + "\n")
