"""Homes with demonstration data, made once and kept, and copies of them to publish into."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.report import ROOT, Row, not_measured

HOMES = Path(os.environ.get("BENCH_HOMES", ROOT / "var" / "bench"))
MADE = "made.json"  # seconds and peak megabytes of `flask data demo`, beside the data
LINKED = {".parquet", ".zip", ".csv", ".gz", ".xlsx", ".ods"}  # which are never written again


def home(scale: str) -> Path:
    """The home of a scale, made now if it is not there, brought to the present layout if it is."""
    folder = HOMES / scale
    if (folder / "demo" / "snapshots" / "gp-appointments" / "current.json").exists():
        _flask(folder, "data", "prepare")
        return folder
    command = [sys.executable, "-m", "tests.bench.homes", str(folder), scale]
    made = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    (folder / MADE).write_text(made.stdout.splitlines()[-1] + "\n", encoding="utf-8")
    return folder


def _flask(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "HARESIGN_HOME": str(folder)}
    flask = Path(sys.executable).parent / "flask"
    command = [str(flask), *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A copy of a home's data until the block ends, without its accounts.

    It shares large files with the home; whoever publishes puts others in their place.
    """
    with tempfile.TemporaryDirectory(dir=HOMES, prefix=".copy-") as scratch:
        for tree in ("demo", "cache"):
            if (folder / tree).exists():
                shutil.copytree(folder / tree, Path(scratch) / tree, copy_function=_copy)
        yield Path(scratch)


def _copy(source: str, target: str) -> None:
    if Path(source).suffix in LINKED:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def demonstration_made(folder: Path) -> Row:
    """What making the home took, when it was made."""
    what = "demonstration data made and loaded"
    path = folder / MADE
    if not path.exists():
        return not_measured(what, "the data were there already")
    made = json.loads(path.read_text(encoding="utf-8"))
    return Row(
        what=what, measured=f"{made['seconds']:.0f} s, peak memory {made['megabytes']:,.0f} MB"
    )


if __name__ == "__main__":
    started = time.perf_counter()
    _flask(Path(sys.argv[1]), "data", "demo", "--scale", sys.argv[2])
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": round(seconds, 1), "megabytes": round(peak)}) + "\n")
