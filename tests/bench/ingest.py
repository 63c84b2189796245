"""A month of the appointments crosstab, against DuckDB copying the same CSV to Parquet."""

from __future__ import annotations

import csv
import gzip
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from data.store import Store
from pipelines.gp_appointments import SERIES
from pipelines.landing import land_copy, landed
from pipelines.runner import publish_landed
from tests.bench.report import ROOT, Row

RUNS = 3
MEMORY_MB = 1024


def biggest_month(home: Path, scratch: Path) -> Path:
    """The newest month of the demonstration England as one CSV, unpacked from its release."""
    store = Store(home / "demo", demo=True)
    newest = max(
        (f for f in landed(store.landing, "gp-appointments") if f.path.suffix == ".zip"),
        key=lambda file: file.receipt.published or datetime.min.date(),
    )
    with zipfile.ZipFile(newest.path) as archive:
        names = [name for name in archive.namelist() if "Crosstab" in name]
        member = max(names, key=lambda name: archive.getinfo(name).file_size)
        target = scratch / Path(member).name
        with archive.open(member) as packed, target.open("wb") as out:
            while chunk := packed.read(1 << 20):
                out.write(chunk)
    return target


def raw_copy(source: Path) -> None:
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        f"COPY (SELECT * FROM read_csv('{source}', all_varchar = true)) "
        f"TO '{source.with_suffix('.parquet')}' (FORMAT parquet, COMPRESSION zstd)"
    )


def ingest(source: Path) -> None:
    """Land, read, check, add up, hash and publish the month into an empty store."""
    with tempfile.TemporaryDirectory(dir=source.parent) as root:
        store = Store(Path(root), demo=True)
        land_copy(store.landing, "gp-appointments", source, release="bench", now=datetime.now(UTC))
        result = publish_landed(store, SERIES, memory_mb=MEMORY_MB)
        if result.outcome != "published":
            raise RuntimeError(result.message)


def _measured(step: str, source: Path) -> tuple[float, float]:
    """(seconds, peak megabytes) of a step in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.ingest", step, str(source)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, megabytes = json.loads(found.stdout.splitlines()[-1])
    return seconds, megabytes


def real_month(scratch: Path) -> Path | None:
    """The publisher's own crosstab of London, East and South, unpacked; None if it is not here."""
    folder = Path(os.environ.get("REAL_DATA_DIR", ROOT.parent / "shared" / "data"))
    found = sorted((folder / "gpad").glob("Practice_Level_Crosstab_*.csv.gz"))
    if not found:
        return None
    target = scratch / found[-1].stem
    with gzip.open(found[-1]) as packed, target.open("wb") as out:
        shutil.copyfileobj(packed, out)
    return target


def rows(home: Path) -> list[Row]:
    """The month of the demonstration England, and the publisher's own file where it is here."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        found += _rows("a month of crosstab, fictional England", biggest_month(home, Path(scratch)))
        real = real_month(Path(scratch))
        if real is not None:
            found += _rows("the published London, East and South crosstab", real)
    return found


def _rows(what: str, source: Path) -> list[Row]:
    with source.open(encoding="utf-8", newline="") as text:
        lines = sum(1 for _ in csv.reader(text)) - 1
    size = source.stat().st_size / 1e6
    pairs = [(_measured("ingest", source), _measured("raw_copy", source)) for _ in range(RUNS)]
    ours = statistics.median(ours[0] for ours, _ in pairs)
    raw = statistics.median(raw[0] for _, raw in pairs)
    peak, raw_peak = (max(pair[side][1] for pair in pairs) for side in (0, 1))
    return [
        Row(
            f"{what} ({lines:,} rows, {size:.0f} MB): landed, checked, published",
            f"{ours:.2f} s",
            f"raw DuckDB copy of the same file, {raw:.2f} s",
            statistics.median(ours[0] / raw[0] for ours, raw in pairs),
            "3×",
        ),
        Row(
            "its peak memory",
            f"{peak:.0f} MB",
            f"raw copy, {raw_peak:.0f} MB",
            peak / raw_peak,
            "2,000 MB",
        ),
    ]


STEPS: dict[str, Callable[[Path], None]] = {"ingest": ingest, "raw_copy": raw_copy}

if __name__ == "__main__":
    started = time.perf_counter()
    STEPS[sys.argv[1]](Path(sys.argv[2]))
    elapsed = time.perf_counter() - started
    peak_kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps([elapsed, peak_kilobytes / 1024]) + "\n")
