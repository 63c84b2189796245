"""What became of each file that was handed in: a sentence for the person who did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data import periods
from data.versions.manifest import Check
from pipelines.engine import geography
from pipelines.engine.plan import MonthPlan
from pipelines.engine.tables import Tables
from pipelines.engine.units import Series, Table
from pipelines.fetch.landing import Given

MOST_NAMED = 4  # periods in a sentence


@dataclass(frozen=True, slots=True)
class Reading:
    """What a build read, which months it made of what, and which releases failed a check."""

    series: Series
    tables: Tables
    plans: Mapping[date, MonthPlan]
    failed: Sequence[tuple[str, Check]]  # what was left out: a release, or files given at once


def sentences(given: Iterable[Given], reading: Reading) -> tuple[str, ...]:
    """One line for each file, in the order given."""
    return tuple(_sentence(one, reading) for one in given)


def _sentence(given: Given, reading: Reading) -> str:
    sha256, name = given.landed.identity
    own = [
        table
        for table in reading.tables.all
        if table.sha256 == sha256 and _file(table.name) == name
    ]
    same = f" It has the same bytes as {given.same_as}." if given.same_as else ""
    return f"{name}: {_fate(name, own, reading, same_as=given.same_as)}.{same}"


def _fate(name: str, own: Sequence[Table], reading: Reading, *, same_as: str | None) -> str:
    series = reading.series
    used = sorted(_used(own, reading))
    rest = _unused(own, reading)
    if used:
        words = f"used for {_periods(series, used)}"
        return f"{words}; {'; '.join(rest)}" if rest else words
    if reason := dict(reading.tables.refused).get(name):
        return f"not used: {reason.rstrip('.')}"
    if own and all(table.period is None for table in own) and rest:
        return "; ".join(rest)
    if own:
        return f"not used: {'; '.join(rest) or 'no period was made of it'}"
    if same_as:
        return "not used: the same bytes are taken from a name that says more of them"
    return f"not recognised as a file of {series.dataset.series}"


def _used(own: Sequence[Table], reading: Reading) -> Iterator[date]:
    """The periods that are made of any of the tables."""
    for month, plan in reading.plans.items():
        if any(table in mine for table in own for mine in plan.sources.tables.values()):
            yield month
            continue
        shared = [plan.sources.nearby.get(kind, ()) for kind in reading.series.shared_kinds]
        beside = [table for tables in shared for table in _only_undated(tables)]
        beside += [near for tables in shared if (near := geography.nearest(tables, month))]
        if any(table in own for table in beside):
            yield month


def _only_undated(tables: Sequence[Table]) -> Sequence[Table]:
    """The table that stands beside every period; none where several may do so."""
    undated = [table for table in tables if table.period is None]
    return undated if len(undated) == 1 else ()


def _unused(own: Sequence[Table], reading: Reading) -> list[str]:
    """Why the other tables are not used, each reason once."""
    series, reasons = reading.series, dict[str, None]()
    failed: dict[str, list[Check]] = {}
    for issue, check in reading.failed:
        failed.setdefault(issue, []).append(check)
    for table in own:
        if table.period is None:
            reasons |= dict.fromkeys(_beside_others(table, reading))
            continue
        plan = reading.plans.get(table.period)
        now = plan.sources.tables.get(table.kind, ()) if plan else ()
        if table in now:
            continue
        period = series.named(table.period)
        if bad := failed.get(table.issue) or failed.get(table.release.slug):
            own_reason = f"{period}: "
            check = next((c for c in bad if c.found.startswith(own_reason)), bad[0])
            found = check.found.removeprefix(own_reason).rstrip(".")
            reasons[f"{period} failed the check “{check.name}”: {found}"] = None
        elif table.release.slug in reading.tables.incomplete:
            reasons[f"{period}: another file of its release was refused"] = None
        elif now:
            names = ", ".join(sorted({_file(other.name) for other in now}))
            reasons[f"{period} is taken from {names}, which is newer"] = None
        elif table.kind not in series.headlines and table.kind not in series.shared_kinds:
            reasons[
                f"it holds {_kind(series, table.kind)} of {period} without the "
                f"{_kind(series, series.headline_kind)} of that "
                f"{periods.NOUNS[series.dataset.period][0]}, and waits for them"
            ] = None
    return list(reasons)


def _beside_others(table: Table, reading: Reading) -> Iterator[str]:
    """That it is one of several files that stand beside every period."""
    same = {
        _file(other.name)
        for other in reading.tables.all
        if other.kind == table.kind and other.period is None
    }
    if len(same) > 1 and table.kind in reading.series.shared_kinds:
        others = ", ".join(sorted(same - {_file(table.name)}))
        yield f"it stands beside every period, as {others} does; where they differ the newer counts"


def _periods(series: Series, used: Sequence[date]) -> str:
    names = [series.named(period) for period in used]
    if len(names) > MOST_NAMED:
        return f"{len(names)} periods, {names[0]} to {names[-1]}"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _kind(series: Series, kind: str) -> str:
    return series.kind_names.get(kind, f"“{kind}”")


def _file(name: str) -> str:
    """The landed file of a table's name."""
    return name.partition(": ")[0]
