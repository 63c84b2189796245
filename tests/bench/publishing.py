"""Publishing a month: into an empty store, and where 36 and 120 months are held."""

from __future__ import annotations

import csv
import shutil
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from data.versions.store import store
from pipelines.fetch.landing import land_copy
from tests.bench import crosstabs, homes
from tests.bench.budgets import ELSEWHERE
from tests.bench.counts import Counts
from tests.bench.report import Row, Spread
from tests.bench.steps import DATASET, Cost, measured

HELD = (0, 36, 120)
ROWS_EACH = 20  # of a practice in a month
NEXT = date(2026, 10, 1)  # the month that is published


def prepare(counts: Counts) -> None:
    """Make the homes where months are held, if they are not there."""
    for months in HELD:
        _held(months, counts.practices)


def rows(home: Path, counts: Counts) -> list[Row]:
    with tempfile.TemporaryDirectory(dir=homes.HOMES) as folder:
        scratch = Path(folder)
        result = _beside_raw_copy(
            "a month of crosstab of the demonstration",
            crosstabs.newest_month(home, scratch),
            counts,
        )
        published = crosstabs.published_month(scratch)
        if published is not None:
            what = "the published crosstab of London, East and South"
            result += _beside_raw_copy(what, published, counts)
        return [*result, *_where_months_are_held(scratch, counts)]


def _beside_raw_copy(what: str, source: Path, counts: Counts) -> list[Row]:
    with source.open(encoding="utf-8", newline="") as text:
        lines = sum(1 for _ in csv.reader(text)) - 1
    runs = []
    for _ in range(counts.publications):
        with tempfile.TemporaryDirectory(dir=source.parent) as empty:
            runs.append((measured("publish", Path(empty), source), measured("raw_copy", source)))
    ratio = statistics.median(ours.seconds / raw.seconds for ours, raw in runs)
    peak, raw_peak = (max(pair[side].megabytes for pair in runs) for side in (0, 1))
    return [
        Row(
            what=f"{what} ({lines:,} rows, {source.stat().st_size / 1e6:.0f} MB) "
            "landed, checked and published, nothing held",
            measured=_seconds(ours for ours, _ in runs),
            reference=f"raw DuckDB copy of the same file, {_seconds(raw for _, raw in runs)}",
            ratio=ratio,
            budget=ELSEWHERE["publishing"],
            against=(ratio,),
        ),
        Row(
            what="its peak memory",
            measured=f"{peak:.0f} MB",
            reference=f"raw copy, {raw_peak:.0f} MB",
            ratio=peak / raw_peak,
            budget=ELSEWHERE["publishing memory"],
            against=(peak,),
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Refreshed:
    """A month published where so many were held. `bytes` are what it added to the disk."""

    held: int
    cost: Cost
    bytes: int


def _where_months_are_held(scratch: Path, counts: Counts) -> list[Row]:
    """The same month of the same practices; the stores take turns."""
    folders = {held: _held(held, counts.practices) for held in HELD}
    source = scratch / _name(NEXT)
    _write(source, NEXT, counts.practices)
    taken: dict[int, list[_Refreshed]] = {held: [] for held in HELD}
    copies: list[Cost] = []
    for _ in range(counts.publications):
        copies.append(measured("raw_copy", source))
        for held, folder in folders.items():
            with homes.copied(folder) as home:
                before = _bytes(home)
                cost = measured("publish", home, source)
                taken[held].append(_Refreshed(held, cost, _bytes(home) - before))
    raw = source.with_suffix(".parquet").stat().st_size
    result = [_cost_of_month(held, taken[held], copies) for held in HELD]
    result += [_against_fewer(taken[36], taken[120]), _memory_against_fewer(taken[36], taken[120])]
    return [*result, *(_disk(taken[held], raw) for held in HELD[1:])]


def _held(months: int, practices: int) -> Path:
    """A home with so many months before `NEXT`, made once and kept."""
    folder = homes.HOMES / f"held-{months}-{practices}"
    if folder.exists():
        return folder
    with tempfile.TemporaryDirectory(dir=homes.HOMES) as scratch:
        made = Path(scratch) / "home"
        (made / "demo").mkdir(parents=True)
        for back in range(months, 0, -1):
            at = NEXT.year * 12 + NEXT.month - 1 - back
            month = date(at // 12, at % 12 + 1, 1)
            source = Path(scratch) / _name(month)
            _write(source, month, practices)
            land_copy(
                store(made, "demo").landing,
                DATASET,
                source,
                release=f"{month:%Y-%m}",
                published=month,
                now=datetime.now(UTC),
            )
            source.unlink()
        if months:
            measured("publish_all", made)
        shutil.move(made, folder)
    return folder


def _name(month: date) -> str:
    return f"Practice_Level_Crosstab_{month:%b_%y}.csv"


def _write(target: Path, month: date, practices: int) -> None:
    crosstabs.write_month(target, month, practices=practices, rows=ROWS_EACH * practices)


def _bytes(home: Path) -> int:
    """Of all versions on the disk, where a file of several is there once."""
    files = {}
    for path in store(home, "demo").snapshots.rglob("*"):
        told = path.lstat()
        files[told.st_ino] = told.st_size if path.is_file() else 0
    return sum(files.values())


def _seconds(costs: Iterable[Cost]) -> Spread:
    return Spread.of((cost.seconds for cost in costs), "s")


def _cost_of_month(held: int, taken: Sequence[_Refreshed], copies: Sequence[Cost]) -> Row:
    spread = _seconds(one.cost for one in taken)
    raw = _seconds(copies)
    peak = max(one.cost.megabytes for one in taken)
    return Row(
        what=f"one month more where {held} are held",
        measured=f"{spread}, peak memory {peak:.0f} MB",
        reference=f"raw DuckDB copy of the same file, {raw}, peak memory "
        f"{max(cost.megabytes for cost in copies):.0f} MB",
        ratio=spread.median / raw.median,
        budget=ELSEWHERE["publishing memory"],
        against=(peak,),
    )


def _against_fewer(fewer: Sequence[_Refreshed], more: Sequence[_Refreshed]) -> Row:
    few, many = (_seconds(one.cost for one in runs) for runs in (fewer, more))
    ratio = many.median / few.median
    return Row(
        what="time of a month more where 120 are held, against where 36 are",
        measured=many,
        reference=f"36 held, {few}",
        ratio=ratio,
        budget=ELSEWHERE["months held"],
        against=(ratio,),
        quoted=True,
    )


def _memory_against_fewer(fewer: Sequence[_Refreshed], more: Sequence[_Refreshed]) -> Row:
    few, many = (max(one.cost.megabytes for one in runs) for runs in (fewer, more))
    return Row(
        what="peak memory of a month more where 120 are held, against where 36 are",
        measured=f"{many:.0f} MB",
        reference=f"36 held, {few:.0f} MB",
        ratio=many / few,
        budget=ELSEWHERE["months held"],
        against=(many / few,),
        quoted=True,
    )


def _disk(taken: Sequence[_Refreshed], raw: int) -> Row:
    added = Spread.of((one.bytes / 1e6 for one in taken), "MB")
    return Row(
        what=f"disk that a month more takes as a version, {taken[0].held} held",
        measured=added,
        reference=f"raw DuckDB copy as Parquet, {raw / 1e6:.1f} MB",
        ratio=added.median * 1e6 / raw,
    )
