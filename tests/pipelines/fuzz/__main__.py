"""Many odd files of every dataset: `python -m tests.pipelines.fuzz --count N --seed S`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from pipelines.engine.series import all_series
from tests.pipelines.fuzz import cases, stage


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60, help="odd files of each dataset")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dataset", action="append", help="only this one; may be repeated")
    parser.add_argument("--only", default="", help="only changes whose name has this text")
    given = parser.parse_args()
    say = sys.stdout.write
    faults = 0
    with tempfile.TemporaryDirectory(prefix="odd-files-") as folder:
        built = stage.build(Path(folder))
        say(f"{'dataset':<24}{'published equal':>16}{'refused':>9}{'faults':>8}\n")
        for name in given.dataset or [one.dataset.id for one in all_series()]:
            counts: Counter[str] = Counter()
            for outcome in cases.outcomes(built, name, given.count, given.seed, only=given.only):
                counts[outcome.verdict] += 1
                if outcome.verdict == "fault":
                    say(f"  {outcome}\n")
            faults += counts["fault"]
            say(f"{name:<24}{counts['equal']:>16}{counts['refused']:>9}{counts['fault']:>8}\n")
            sys.stdout.flush()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
