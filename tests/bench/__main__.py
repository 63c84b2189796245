"""`make bench`: measure, write all rows to `results.md` and ten of them into the README.

Demonstration data are made under `var/bench/` once and kept; `BENCH_HOMES` names another folder
that holds, or shall hold, them. `--try` runs everything a few times on little data and only prints:
it shows that the benchmark works, and nothing else.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import answers, api, homes, pages, publishing, report, stall, worker
from tests.bench.counts import FULL, QUICK, Counts

SECTIONS: dict[str, Callable[[Path, Counts], list[report.Row]]] = {
    "API": api.rows,
    "Pages in a browser": pages.rows,
    "Server time of callbacks and searches": answers.rows,
    "A web worker": worker.rows,
    "Publishing": publishing.rows,
    "While a version is published": stall.rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--try", action="store_true", dest="is_trial", help="only try it out")
    is_trial = parser.parse_args().is_trial
    scale, counts = ("small", QUICK) if is_trial else ("england", FULL)
    home = homes.home(scale)
    publishing.prepare(counts)
    load, busy, began = os.getloadavg()[0], report.Busy.now(), time.monotonic()
    sections = {"Making the data": [homes.demonstration_made(home)]}
    for title, measure in SECTIONS.items():
        started = time.monotonic()
        sections[title] = measure(home, counts)
        sys.stderr.write(f"{title}: {time.monotonic() - started:.0f} s\n")
    head = report.heading(
        scale=scale,
        cores=len(os.sched_getaffinity(0)),
        load=load,
        minutes=(time.monotonic() - began) / 60,
        busy=busy,
    )
    sys.stdout.write(report.whole(head, sections))
    if is_trial:
        quoted = report.quotation([row for rows in sections.values() for row in rows])
        sys.stdout.write(f"\nThe README would quote:\n\n{quoted}")
        sys.stdout.write("\nThis was a trial: nothing was written, and its numbers say little.\n")
    else:
        report.write(head, sections)


if __name__ == "__main__":
    main()
