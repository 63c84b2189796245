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


@dataclass(frozen=True, slots=True)
class Busy:
    """Ticks of processor time since the machine began: what it got, and what a host with several
    machines gave to others while this one wanted it.
    """

    got: int
    stolen: int

    @classmethod
    def now(cls) -> Busy:
        first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
        user, nice, system, _, _, irq, softirq, steal, *_ = map(int, first.split()[1:])
        return cls(user + nice + system + irq + softirq, steal)

    def share_stolen(self, before: Busy) -> float:
        """Of the time wanted since `before`, the share (%) that it did not get."""
        stolen = self.stolen - before.stolen
        wanted = stolen + self.got - before.got
        return 100 * stolen / wanted if wanted else 0.0


def write(sections: dict[str, list[Row]], *, cores: int, load: float, began: Busy) -> str:
    """Write `results.md` and the README's table; return what was written."""
    stolen = Busy.now().share_stolen(began)
    head = (
        f"Measured on {date.today():%d %B %Y} with `make bench`, {cores} cores, "
        f"Python {platform.python_version()}, load average at the start {load:.1f}; of the "
        f"processor time that the run wanted, {stolen:.0f}% went to other machines of the host. "
        "Times vary with that and between machines; ratios less.\n"
    )
    body = "\n".join(f"### {title}\n\n{table(rows)}" for title, rows in sections.items())
    text = f"{head}\n{body}"
    RESULTS.write_text(f"# Benchmark results\n\n{text}", encoding="utf-8")
    before = readme.README.read_text(encoding="utf-8")
    readme.README.write_text(readme.filled(before, "bench", text), encoding="utf-8")
    return text
