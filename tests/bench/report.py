"""Rows of the results table, and where it is written."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests import readme

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results.md"


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement. `reference` and `ratio` are in words and numbers, empty where none applies."""

    what: str
    measured: str
    reference: str = ""
    ratio: float | None = None
    budget: str = ""


def table(rows: Iterable[Row]) -> str:
    return readme.table(
        ("What", "Measured", "Reference", "Ratio", "Budget"),
        [
            (
                row.what,
                row.measured,
                row.reference,
                "" if row.ratio is None else f"{row.ratio:,.2f}",
                row.budget,
            )
            for row in rows
        ],
    )


def write(sections: dict[str, list[Row]], *, cores: int, load: float) -> str:
    """Write `results.md` and the README's table; return what was written."""
    head = (
        f"Measured on {date.today():%d %B %Y} with `make bench`, {cores} cores, "
        f"Python {platform.python_version()}, load average at the start {load:.1f}. "
        "Times vary between machines and with what else they do; ratios less.\n"
    )
    body = "\n".join(f"### {title}\n\n{table(rows)}" for title, rows in sections.items())
    text = f"{head}\n{body}"
    RESULTS.write_text(f"# Benchmark results\n\n{text}", encoding="utf-8")
    before = readme.README.read_text(encoding="utf-8")
    readme.README.write_text(readme.filled(before, "bench", text), encoding="utf-8")
    return text
