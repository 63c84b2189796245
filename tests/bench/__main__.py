"""`make bench`: build the demonstration data at both scales, measure, write the table."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.bench import answers, ingest, pages, report

HOMES = Path(os.environ.get("BENCH_HOMES", report.ROOT / "var" / "bench"))


def home(scale: str) -> Path:
    """A home with demonstration data of a scale, built once and kept."""
    folder = HOMES / scale
    if not (folder / "demo" / "snapshots" / "gp-appointments" / "current.json").exists():
        environment = {**os.environ, "HARESIGN_HOME": str(folder)}
        flask = Path(sys.executable).parent / "flask"
        subprocess.run(
            [str(flask), "data", "demo", "--scale", scale],
            cwd=report.ROOT, env=environment, check=True,
        )  # fmt: skip
    return folder


def main() -> None:
    sections: dict[str, list[report.Row]] = {}
    for scale, title in (("small", "Demonstration scale"), ("england", "England scale")):
        at = home(scale)
        sections[title] = [
            *(ingest.rows(at) if scale == "england" else []),
            *answers.in_process(at),
            *answers.over_http(at),
            *pages.rows(at),
        ]
    sys.stdout.write(report.write(sections, cores=len(os.sched_getaffinity(0))))


if __name__ == "__main__":
    main()
