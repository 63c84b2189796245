"""A version of invented months and the memory that one more of them takes.

    python -m tests.pipelines.grown <folder> <months>

writes the bytes that the process took at most while it assembled the version, beyond what it had
before.
"""

from __future__ import annotations

import os
import shutil
import sys
from datetime import date
from pathlib import Path

import duckdb

from data.periods import add_months
from data.spec import Dataset, Measure, Part
from pipelines.engine import geography
from pipelines.engine.assemble import assemble, month_of
from pipelines.engine.folder import write_table

PRACTICES, PARTS = 3_000, 60
FIRST = date(2024, 1, 1)
NAMES = tuple(f"n{number:02}" for number in range(PARTS))
DECLARED = Dataset(
    id="grown",
    title="Grown",
    publisher="Nobody",
    series="Grown",
    source_url="https://example.org",
    cadence="monthly",
    publication_lag="never",
    dims=(),
    headline="n00",
    control="n00",
    parts=tuple(Part(name, name, f"sum({name})") for name in NAMES),
    measures=tuple(
        Measure(name, name, num=name, den=NAMES[0], unit="percent")
        if name != NAMES[0]
        else Measure(name, name, num=name, rollup="sum")
        for name in NAMES
    ),
    breakdowns=(),
    caveats=("Invented.",),
)


def month_at(number: int) -> date:
    return add_months(FIRST, number)


def write_month(con: duckdb.DuckDBPyConnection, staged: Path, number: int) -> None:
    """A month in which one practice is of another PCN than in the month before."""
    month = month_at(number)
    folder = month_of(staged, month)
    practices = f"FROM range({PRACTICES}) t(i)"
    numbers = ", ".join(
        f"(i + {n} * {number + 1})::BIGINT AS {name}" for n, name in enumerate(NAMES)
    )
    write_table(
        con,
        f"SELECT 'P' || i AS practice, DATE '{month}' AS month, {numbers} {practices}",
        folder / "parts.parquet",
    )
    homes = f"""SELECT DATE '{month}' AS month, 'P' || i AS practice, 'Practice' AS practice_name,
        '' AS postcode, 'U' || (if(i = {number}, i + 6, i) // 6) AS pcn, 'PCN' AS pcn_name,
        'S' || (i // 60) AS sub_icb, 'Sub-ICB' AS sub_icb_name, 'I' || (i // 120) AS icb,
        'ICB' AS icb_name, 'R' || (i // 600) AS region, 'Region' AS region_name, 'EMIS' AS supplier
        {practices}"""
    geography.write(con, homes, str(folder / "geography.parquet"))


def connect() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        ":memory:",
        config={"threads": 1, "memory_limit": "512MB", "preserve_insertion_order": False},
    )


def grow(before: Path | None, staged: Path, months: range) -> None:
    """Assemble a version: the months of the one before as links, and new ones."""
    if before is not None:
        shutil.copytree(before / "months", staged / "months", copy_function=os.link)
    with connect() as con:
        for number in months:
            write_month(con, staged, number)
        assemble(con, staged, DECLARED)


def _most() -> int:
    """The bytes that the process took at most; `getrusage` would tell of its parent too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    told = next(line for line in lines if line.startswith("VmHWM:"))
    return int(told.split()[1]) * 1024


if __name__ == "__main__":
    folder, held = Path(sys.argv[1]), int(sys.argv[2])
    start = _most()
    grow(folder / f"held-{held}", folder / f"more-{held}", range(held, held + 1))
    sys.stdout.write(f"{_most() - start}\n")
