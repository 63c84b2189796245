"""What a version changed against the one before it, by period and control total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

from data import periods
from data.registry import dataset
from data.remembered import remembered
from data.versions import undone
from data.versions.manifest import Check, Manifest
from data.versions.store import Store

Kind = Literal["new", "revised", "reissued", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Revision:
    """One period that differs: its control total and number of practices, before and now.

    `reissued` periods were read from other files and came out with the same totals.
    """

    period: date
    kind: Kind
    before: float | None
    now: float | None
    practices_before: int | None
    practices_now: int | None

    @property
    def percent(self) -> float | None:
        if self.before is None or self.now is None or not self.before:
            return None
        return 100 * (self.now - self.before) / self.before


def revisions(now: Manifest, before: Manifest, *, control: str) -> list[Revision]:
    """Periods that are new, gone or different, newest first. `control` names the total."""
    found = []
    for period in sorted(now.periods.keys() | before.periods.keys(), reverse=True):
        new, old = now.periods.get(period), before.periods.get(period)
        total = new.totals.get(control) if new else None
        earlier = old.totals.get(control) if old else None
        if new and old and new.key == old.key:
            continue
        kind: Kind
        if new is None:
            kind = "withdrawn"
        elif old is None:
            kind = "new"
        elif total == earlier and new.practices == old.practices:
            kind = "reissued"
        else:
            kind = "revised"
        practices = old.practices if old else None
        found.append(
            Revision(period, kind, earlier, total, practices, new.practices if new else None)
        )
    return found


@remembered
def kept(store: Store, dataset_id: str, version: str) -> Manifest | None:
    """The manifest of a kept version. Versions never change, so it is read once."""
    return store.manifest(dataset_id, version)


def previous(store: Store, now: Manifest) -> Manifest | None:
    """The version that this one replaced, or the newest kept one on the way to it."""
    step = undone.parents(store, now.dataset).get(now.version)
    return kept(store, now.dataset, step) if step is not None else None


@remembered
def checks(store: Store, dataset_id: str, live: str) -> tuple[Check, ...]:
    """The checks that each period of a version passed when it was built, newest period first.

    A version records only those of the periods it built; the others were checked when an earlier
    version, that is kept, built them from the same files.
    """
    now = kept(store, dataset_id, live)
    found: list[tuple[date, Check]] = []
    name = partial(periods.label, dataset(dataset_id).period)
    missing = {name(period): period for period in now.periods} if now else {}
    for version in store.versions(dataset_id):
        manifest = kept(store, dataset_id, version) if version <= live else None
        if now is None or manifest is None or not missing:
            continue
        seen = set()
        for check in manifest.checks:
            period = missing.get(check.found.split(":", 1)[0])
            record = manifest.periods.get(period) if period else None
            if period and record and record.key == now.periods[period].key:
                found.append((period, check))
                seen.add(name(period))
        missing = {words: period for words, period in missing.items() if words not in seen}
    found.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(check for _, check in found)
