"""`make bench`: measure at both scales, write the table.

Demonstration data are made under `var/bench/` once and kept; `BENCH_HOMES` names another folder
that holds, or shall hold, the homes `small` and `england`.
"""

from __future__ import annotations

import os
import sys

from tests.bench import answers, homes, ingest, load, pages, report


def main() -> None:
    load_average, began = os.getloadavg()[0], report.Busy.now()
    sections: dict[str, list[report.Row]] = {"Loading data": []}
    for scale, title in (("small", "Demonstration scale"), ("england", "England scale")):
        at = homes.home(scale)
        sections[title] = [
            *homes.rows(at, "2,000 MB" if scale == "england" else ""),
            *answers.rows(at),
            *load.rows(at),
            *pages.rows(at),
        ]
    sections["Loading data"] = ingest.rows(homes.home("england"))
    cores = len(os.sched_getaffinity(0))
    sys.stdout.write(report.write(sections, cores=cores, load=load_average, began=began))


if __name__ == "__main__":
    main()
