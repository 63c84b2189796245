"""Rows of the results, and where they are written: all of them, and ten in the README."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests import readme
from tests.bench.budgets import Budget

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results.md"
MOST_QUOTED = 10  # rows in the README
MISSED = "**missed**"


@dataclass(frozen=True, slots=True)
class Spread:
    """What several runs took, in one unit."""

    runs: tuple[float, ...]
    unit: str = "ms"

    @classmethod
    def of(cls, runs: Iterable[float], unit: str = "ms") -> Spread:
        return cls(tuple(runs), unit)

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    def __str__(self) -> str:
        """The least, the median and the most."""
        numbers = " / ".join(_short(n) for n in (min(self.runs), self.median, max(self.runs)))
        return f"{numbers} {self.unit}".strip()


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A measurement. Its budget limits the numbers `against`; `ratio` is to `reference`."""

    what: str
    measured: Spread | str
    reference: str = ""
    ratio: float | None = None
    budget: Budget | None = None
    against: tuple[float, ...] = ()
    quoted: bool = False  # in the README

    @property
    def verdict(self) -> str:
        if self.budget is None or not self.against:
            return ""
        missed = self.budget.missed(self.against)
        return f"{MISSED}: {', '.join(map(str, missed))}" if missed else "met"


def not_measured(what: str, why: str, *, quoted: bool = False) -> Row:
    return Row(what=what, measured=f"not measured: {why}", quoted=quoted)


def table(rows: Iterable[Row]) -> str:
    return readme.table(
        ("What", "Measured", "Reference of the same run", "Ratio", "Budget", "Verdict"),
        [
            (
                row.what,
                str(row.measured),
                row.reference,
                "" if row.ratio is None else f"{row.ratio:,.2f}",
                "" if row.budget is None else f"{row.budget} ({row.budget.line})",
                row.verdict,
            )
            for row in rows
        ],
    )


def quotation(rows: Sequence[Row]) -> str:
    """The README's table, and every budget that is missed, in the table or not."""
    shown = [row for row in rows if row.quoted]
    if len(shown) > MOST_QUOTED:
        raise ValueError(f"the README quotes at most {MOST_QUOTED} rows, not {len(shown)}")
    judged = [row for row in rows if row.verdict]
    missed = [row.what for row in judged if row.verdict.startswith(MISSED)]
    told = f"Of {len(judged)} budgets {len(missed)} {'is' if len(missed) == 1 else 'are'} missed"
    return f"{table(shown)}\n{told}{': ' + '; '.join(missed) if missed else ''}.\n"


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


def heading(*, scale: str, cores: int, load: float, minutes: float, busy: Busy) -> str:
    stolen = Busy.now().share_stolen(busy)
    return (
        f"Measured on {date.today():%d %B %Y} in {minutes:.0f} minutes with `make bench`, "
        f"{scale} scale, {cores} cores, "
        f"Python {platform.python_version()}, load average at the start {load:.1f}; of the "
        f"processor time that the run wanted, {stolen:.0f}% went to other machines of the host. "
        "Three numbers are the least, the median and the most of repeated runs. Times vary "
        "between machines; ratios less.\n"
    )


def whole(head: str, sections: dict[str, list[Row]]) -> str:
    """All rows as Markdown."""
    body = "\n".join(f"### {title}\n\n{table(rows)}" for title, rows in sections.items())
    return f"{head}\n{body}"


def write(head: str, sections: dict[str, list[Row]]) -> None:
    """Write `results.md`, and the README's block."""
    RESULTS.write_text(f"# Benchmark results\n\n{whole(head, sections)}", encoding="utf-8")
    before = readme.README.read_text(encoding="utf-8")
    rows = [row for found in sections.values() for row in found]
    text = f"{head}\n{quotation(rows)}"
    readme.README.write_text(readme.filled(before, "bench", text), encoding="utf-8")
