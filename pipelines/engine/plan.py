"""Which tables make each month, and which months have to be built again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data.versions.manifest import PeriodRecord
from data.versions.snapshot import VersionFiles
from pipelines.engine import geography
from pipelines.engine.compose import compose, held_parts, missing_parts
from pipelines.engine.units import Series, Sources, Table

_REISSUE = re.compile(
    r"(_v\d{1,4}(\.\d{1,4})?|_\d{2}-\d{2}-\d{2}|_\d{4}){1,9}(?=\.)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """A month, what it would be built from, and a key that changes when any of that does.

    `issues` are what can be refused of it, newest first; a period that only the live version
    still holds has none.
    """

    sources: Sources
    release: str  # slug of the release that its headline kind comes from
    key: str
    files: tuple[str, ...] = ()  # SHA-256, without those of kinds that releases share
    parts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    shared: tuple[Table, ...] = ()  # of kinds that releases share, such as a map of practices

    @property
    def every_file(self) -> tuple[str, ...]:
        """SHA-256 of all that it is made of."""
        return tuple(sorted({*self.files, *(table.sha256 for table in self.shared)}))

    @property
    def newest_shared(self) -> str | None:
        """The issue of the shared table that came last."""
        return max(self.shared, key=lambda table: table.order[2]).issue if self.shared else None

    def headline_files(self, series: Series) -> tuple[str, ...]:
        """SHA-256 of those without which the month is nothing.

        Of several whole files that were given at once the first, which it is built from.
        """
        used: list[Table] = []
        for kind in series.headlines:
            tables = self.sources.tables.get(kind, ())
            used += tables if series.adds_up(kind) else tables[:1]
        return tuple(dict.fromkeys(table.sha256 for table in used))

    def described(self, record: PeriodRecord) -> PeriodRecord:
        """The record of a month that is taken over unchanged, with the files and parts of now."""
        return PeriodRecord(
            record.practices,
            record.totals,
            record.release,
            record.sources,
            record.key,
            self.files,
            self.parts,
            self.missing,
        )


def plan_months(
    series: Series,
    tables: Sequence[Table],
    *,
    needs: Mapping[str, VersionFiles],
) -> dict[date, MonthPlan]:
    """The newest tables of each month.

    Each kind of file comes from the newest release that has it for the month, so that a file that
    is issued later does not wait for the others to be issued again. The files of one kind come
    from one release, but for those that are gathered and those that are parts of the whole.
    """
    shared = {
        kind: tuple(table for table in tables if table.kind == kind) for kind in series.shared_kinds
    }
    months = {table.period for table in tables if table.kind in series.headlines and table.period}
    return {
        month: _plan(series, month, [t for t in tables if t.period == month], shared, needs)
        for month in sorted(months)
    }


def _plan(
    series: Series,
    month: date,
    tables: Sequence[Table],
    shared: Mapping[str, tuple[Table, ...]],
    needs: Mapping[str, VersionFiles],
) -> MonthPlan:
    own = _chosen(series, tables)
    headline = max(
        (own[kind][-1] for kind in series.headlines if kind in own), key=lambda t: t.order
    )
    files = tuple(
        sorted({t.sha256 for kind, used in own.items() for t in used if kind not in shared})
    )
    used = sorted((t for same in own.values() for t in same), key=lambda t: t.order, reverse=True)
    own |= {
        kind: same
        for kind, every in shared.items()
        if (same := tuple(t for t in every if t.release.slug == headline.release.slug))
        and kind not in own
    }
    sources = Sources(month, own, shared, needs, series.placed(month))
    return MonthPlan(
        sources,
        headline.release.slug,
        _key(series, sources),
        files,
        held_parts(series.parts, used),
        missing_parts(series.parts, used, sources),
        tuple(dict.fromkeys(table.issue for table in used)),
        _shared(series, sources),
    )


def _chosen(series: Series, tables: Sequence[Table]) -> dict[str, tuple[Table, ...]]:
    """The tables of each kind from which a month is made, in publication order."""
    own: dict[str, tuple[Table, ...]] = {}
    in_parts = series.parts.kinds if series.parts else frozenset()
    for kind in {table.kind for table in tables} - in_parts:
        found = [table for table in tables if table.kind == kind]
        newest = max(table.order for table in found)
        if kind not in series.gathered_kinds:
            found = [table for table in found if table.order == newest]
        own[kind] = _latest_issue(sorted(found, key=lambda table: table.order))
    for group in series.parts.groups if series.parts else ():
        for table in compose([t for t in tables if t.kind in group]):
            own[table.kind] = (*own.get(table.kind, ()), table)
    return own


def _latest_issue(tables: Sequence[Table]) -> tuple[Table, ...]:
    """One table for each name: a re-issued file replaces the one before it in publication order."""
    by_name: dict[str, Table] = {}
    for table in sorted(tables, key=lambda table: table.name):
        by_name[_REISSUE.sub("", table.name.rsplit(": ", 1)[-1])] = table
    return tuple(by_name.values())


def _shared(series: Series, sources: Sources) -> tuple[Table, ...]:
    """Tables of shared kinds that go into a month: its own, or the nearest."""
    used: list[Table] = []
    for kind in series.shared_kinds:
        if kind in series.own_kinds and kind in sources.tables:
            used += sources.tables[kind]  # another release's would make every month a new one
            continue
        nearest = geography.nearest(sources.nearby.get(kind, ()), sources.month)
        undated = [table for table in sources.nearby.get(kind, ()) if table.period is None]
        used += [nearest] if nearest else undated
    return tuple(used)


def _key(series: Series, sources: Sources) -> str:
    """A hash of everything that goes into a month's numbers."""
    digest = hashlib.sha256(f"{series.dataset.id} {series.transform} {sources.month}".encode())
    used = [table for tables in sources.tables.values() for table in tables]
    used += _shared(series, sources)
    for table in sorted(set(used), key=lambda table: (table.kind, table.sha256, table.name)):
        digest.update(f"{table.kind} {table.sha256} {table.name}".encode())
    for needed, snapshot in sorted(sources.needs.items()):
        held = geography.nearest_period(snapshot.months, sources.member_month)
        record = snapshot.manifest.periods[held] if held else None
        digest.update(f"{needed} {record.key if record else '-'}".encode())
    return digest.hexdigest()
