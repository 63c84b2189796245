"""Homes with demonstration data of both scales, made once and kept, and what making them took."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.report import ROOT, Row

HOMES = Path(os.environ.get("BENCH_HOMES", ROOT / "var" / "bench"))
MADE = "made.json"  # seconds and peak megabytes of `flask data demo`, beside the data


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


def rows(folder: Path, budget: str = "") -> list[Row]:
    """What making the data took, when it was made."""
    what = "demonstration data made and loaded"
    path = folder / MADE
    if not path.exists():
        return [Row(what, "not measured: the data were there already")]
    made = json.loads(path.read_text(encoding="utf-8"))
    return [
        Row(
            what, f"{made['seconds']:.0f} s, peak memory {made['megabytes']:,.0f} MB", budget=budget
        )
    ]


if __name__ == "__main__":
    started = time.perf_counter()
    _flask(Path(sys.argv[1]), "data", "demo", "--scale", sys.argv[2])
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": round(seconds, 1), "megabytes": round(peak)}) + "\n")
