"""Memory of the largest ingests: `python -m tests.bench.memory`. Takes minutes and 12 GB of disk.

A month as large as the publishers' day-and-time files (4 million rows) and a year of crosstabs (20
million rows), both in the publisher's format with counts that add up to a known total.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from data.versions.store import store
from pipelines.datasets.gp_appointments.series import SERIES
from pipelines.engine.runner import publish_landed
from pipelines.fetch.landing import land_copy
from tests.bench import crosstabs
from tests.bench.budgets import ELSEWHERE
from tests.bench.report import ROOT, Row, table
from tests.bench.steps import peak_memory

PRACTICES = 6_200
MONTH = (date(2026, 3, 1),)
YEAR = tuple(date(2025 + (m > 12), (m - 1) % 12 + 1, 1) for m in range(4, 16))
LOADS = {
    "a month of 4 million rows": (MONTH, 4_000_000),
    "a year of 20 million rows": (YEAR, 20_000_000),
}


def write_month(target: Path, month: date, rows: int) -> int:
    """A month's crosstab in a zip; returns its total of appointments."""
    csv = target.with_suffix(".csv")
    total = crosstabs.write_month(csv, month, practices=PRACTICES, rows=rows)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.write(csv, csv.name)
    csv.unlink()
    return total


def ingest(home: Path) -> None:
    """Read, check, add up, hash and publish all that is landed."""
    result = publish_landed(store(home, "real"), SERIES, memory_mb=1024)
    if result.outcome != "published":
        raise RuntimeError(result.message)


def measure(folder: Path, months: Sequence[date], rows: int) -> tuple[float, float]:
    """(seconds, peak megabytes) of a process that ingests the months; checks its totals."""
    home = folder / "home"
    shelf = store(home, "real")
    totals = {}
    for month in months:
        target = folder / f"Practice_Level_Crosstab_{month:%b_%y}.zip"
        totals[month] = write_month(target, month, rows // len(months))
        land_copy(shelf.landing, SERIES.dataset.id, target, release="bench", now=datetime.now(UTC))
        target.unlink()
    command = [sys.executable, "-m", "tests.bench.memory", str(home)]
    found = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    manifest = shelf.manifest(SERIES.dataset.id)
    if manifest is None or totals != {
        m: p.totals[SERIES.dataset.control] for m, p in manifest.periods.items()
    }:
        raise RuntimeError("the totals are not those of the files")
    seconds, megabytes = json.loads(found.stdout.splitlines()[-1])
    return seconds, megabytes


def main() -> None:
    rows = []
    for name, (months, count) in LOADS.items():
        folder = Path(tempfile.mkdtemp(dir=os.environ.get("TMPDIR")))
        try:
            seconds, megabytes = measure(folder, months, count)
        finally:
            shutil.rmtree(folder)
        rows.append(
            Row(
                what=f"peak memory of ingesting {name}, {seconds:.0f} s",
                measured=f"{megabytes:,.0f} MB",
                against=(megabytes,),
                budget=ELSEWHERE["publishing memory"],
            )
        )
        sys.stdout.write(table(rows[-1:]).splitlines()[-1] + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        started = time.perf_counter()
        ingest(Path(sys.argv[1]))
        sys.stdout.write(json.dumps([time.perf_counter() - started, peak_memory()]) + "\n")
    else:
        main()
