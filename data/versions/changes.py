"""What each published version changed against the one before it, kept after both are gone.

Derived at publish: `<root>/changes/<dataset>/<version>.json` holds the periods that are new,
revised, reissued or withdrawn with their rows and the largest movements; `<version>.totals.json`,
which may be long, every measure of England and of each ICB in those periods, before and now. A
record that is missing is derived again as long as both versions are kept.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from data.registry import dataset
from data.remembered import remembered
from data.spec import Level, Measure
from data.versions import revisions, undone
from data.versions.manifest import Manifest, plain
from data.versions.revisions import Kind
from data.versions.snapshot import LAYOUT, Snapshot
from data.versions.store import Store, write_atomically

MOST_MOVEMENTS = 10  # of each kind
FORM = 1  # of the record; raise it when its members change their meaning
_LEVELS: tuple[Level, ...] = ("england", "icb")


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """A period that differs; totals are the dataset's control total. None where it is not held."""

    period: date
    kind: Kind
    total_before: float | None
    total_now: float | None
    practices_before: int | None
    practices_now: int | None
    rows_before: int | None
    rows_now: int | None


@dataclass(frozen=True, slots=True)
class Movement:
    """A measure of one organisation in one period, before and now, in the measure's unit."""

    period: date
    measure: str
    level: Level
    code: str
    before: float | None
    now: float | None

    @property
    def absolute(self) -> float:
        """How far it moved; a value that came or went moved by all of itself."""
        return abs((self.now or 0.0) - (self.before or 0.0))

    @property
    def percent(self) -> float | None:
        if self.before is None or self.now is None or not self.before:
            return None
        return 100 * (self.now - self.before) / self.before


@dataclass(frozen=True, slots=True)
class Changes:
    """What one version changed. `previous` is None for the first version held."""

    dataset: str
    version: str
    previous: str | None
    made_at: datetime
    demo: bool
    release: str
    release_url: str
    published: date | None
    reread: bool  # the files were read in another way than for the version before
    periods: tuple[PeriodChange, ...]  # newest first
    largest: tuple[Movement, ...]  # practices by the headline measure, ICBs by any
    entry: str = ""  # name of the record: the version's, or that of a rollback or withdrawal
    why: str = ""  # a sentence, where something was rolled back or withdrawn

    def kinds(self, kind: Kind) -> list[date]:
        """The periods of a kind, oldest first."""
        return sorted(change.period for change in self.periods if change.kind == kind)


def path(store: Store, dataset_id: str, version: str) -> Path:
    return store.root / "changes" / dataset_id / f"{version}.json"


def totals_path(store: Store, dataset_id: str, version: str) -> Path:
    return path(store, dataset_id, version).with_suffix(".totals.json")


def record(store: Store, dataset_id: str, version: str) -> Changes | None:
    """Derive what a version changed and keep it, unless that was done while both were held.

    The name of a rollback or withdrawal may be given for that of a version.
    """
    if path(store, dataset_id, version).exists():
        return changes(store, dataset_id, version)
    derived = _derive(store, dataset_id, version)
    if derived is None:
        return None
    found, moved = derived
    rows = [[one.period, one.measure, one.level, one.code, one.before, one.now] for one in moved]
    _write(totals_path(store, dataset_id, version), {"form": FORM, "totals": plain(rows)})
    _write(path(store, dataset_id, version), {"form": FORM, **plain(found)})
    return found


def _write(file: Path, told: dict[str, Any]) -> None:
    write_atomically(file, json.dumps(told, separators=(",", ":")))


def history(store: Store, dataset_id: str) -> Iterator[Changes]:
    """What every version changed, newest first, also of versions that are no longer kept."""
    folder = path(store, dataset_id, "").parent
    recorded = {file.stem for file in folder.glob("[!.]*.json") if "." not in file.stem}
    undoings = {undo.name for undo in undone.history(store, dataset_id) if undo.after is not None}
    for version in sorted(recorded | undoings | set(store.versions(dataset_id)), reverse=True):
        found = changes(store, dataset_id, version)
        if found is not None:
            yield found


@remembered
def changes(store: Store, dataset_id: str, version: str) -> Changes | None:
    """What a version changed, as recorded or derived now. Versions never change."""
    try:
        return _read(path(store, dataset_id, version))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        derived = _derive(store, dataset_id, version)
        return derived[0] if derived else None


def totals(store: Store, dataset_id: str, version: str) -> list[Movement]:
    """Every measure of England, and of each ICB where there is a version before, that differs."""
    try:
        raw = json.loads(totals_path(store, dataset_id, version).read_text(encoding="utf-8"))
        return [Movement(date.fromisoformat(period), *rest) for period, *rest in raw["totals"]]
    except (OSError, ValueError, KeyError, TypeError):
        derived = _derive(store, dataset_id, version)
        return derived[1] if derived else []


def recent(store: Store, dataset_id: str, count: int) -> list[Changes]:
    return list(islice(history(store, dataset_id), count))


def _derive(store: Store, dataset_id: str, name: str) -> tuple[Changes, list[Movement]] | None:
    """Compare a version with the one that it replaced; None where it is not kept."""
    if name in store.versions(dataset_id):
        now = store.manifest(dataset_id, name)
        if now is None or not now.periods:
            return None
        before = revisions.previous(store, now)
        return _compare(store, now, before, _Act(name, now.made_at, now.because))
    for undo in undone.history(store, dataset_id):
        if undo.name == name and undo.after is not None and undo.before is not None:
            target = store.manifest(dataset_id, undo.after)
            left = store.manifest(dataset_id, undo.before)
            if target is not None and left is not None:
                sound = store.damage(left) is None  # else it may have been left for that
                act = _Act(name, undo.at, undo.words)
                return _compare(store, target, left, act, sound=sound)
    return None


@dataclass(frozen=True, slots=True)
class _Act:
    """What made a version live: its publication, or a rollback to it."""

    entry: str
    at: datetime
    why: str


def _compare(
    store: Store, now: Manifest, before: Manifest | None, act: _Act, *, sound: bool = True
) -> tuple[Changes, list[Movement]]:
    periods = _periods(now, before) if before else _first(now)
    touched = [change for change in periods if change.kind != "withdrawn"]
    later = _opened(store, now, touched)
    earlier = _opened(store, before, touched) if sound else None
    moved: list[Movement] = []
    largest: list[Movement] = []
    if later is not None:
        levels = _LEVELS if before else _LEVELS[:1]
        for change in touched:
            for measure in later.dataset.measures:
                for level in levels:
                    moved += _moved(later, earlier, measure, level, change.period)
        if earlier is not None:
            restated = [c.period for c in touched if c.kind != "new"]
            largest = _largest(later, earlier, restated, moved)
    release = now.release
    found = Changes(
        dataset=now.dataset,
        version=now.version,
        previous=before.version if before else None,
        made_at=act.at,
        demo=now.demo,
        release=release.title,
        release_url=release.url,
        published=release.published,
        reread=before is not None and before.transform != now.transform,
        periods=tuple(periods),
        largest=tuple(largest),
        entry=act.entry,
        why=act.why,
    )
    return found, moved


def _opened(
    store: Store, manifest: Manifest | None, touched: Sequence[PeriodChange]
) -> Snapshot | None:
    """The touched periods of a version whose layout this code reads; None where it has none."""
    if manifest is None or manifest.layout != LAYOUT:
        return None
    months = {change.period for change in touched} & manifest.periods.keys()
    if not months:
        return None
    folder = store.version_folder(manifest.dataset, manifest.version)
    return Snapshot(folder, manifest, months=months)


def _rows(manifest: Manifest, period: date) -> int | None:
    file = manifest.files.get(f"months/{period:%Y-%m}/fact.parquet")
    return file.rows if file else None


def _periods(now: Manifest, before: Manifest) -> list[PeriodChange]:
    control = _control(now)
    return [
        PeriodChange(
            one.period,
            one.kind,
            one.before,
            one.now,
            one.practices_before,
            one.practices_now,
            _rows(before, one.period),
            _rows(now, one.period),
        )
        for one in revisions.revisions(now, before, control=control)
    ]


def _first(now: Manifest) -> list[PeriodChange]:
    control = _control(now)
    return [
        PeriodChange(
            period,
            "new",
            None,
            held.totals.get(control),
            None,
            held.practices,
            None,
            _rows(now, period),
        )
        for period, held in sorted(now.periods.items(), reverse=True)
    ]


def _control(manifest: Manifest) -> str:

    return dataset(manifest.dataset).control


def _values(
    snapshot: Snapshot | None, measure: Measure, level: Level, period: date
) -> dict[str, float]:
    if snapshot is None or period not in snapshot.months:
        return {}
    if measure.id not in {known.id for known in snapshot.dataset.measures}:
        return {}
    values = snapshot.distribution(measure, level, period)
    pairs = zip(snapshot.codes(level), values.tolist(), strict=True)
    return {code: value for code, value in pairs if not math.isnan(value)}


def _moved(
    later: Snapshot, earlier: Snapshot | None, measure: Measure, level: Level, period: date
) -> list[Movement]:
    """The organisations of a level whose value differs, by code."""
    now = _values(later, measure, level, period)
    before = _values(earlier, measure, level, period)
    return [
        Movement(period, measure.id, level, code, before.get(code), now.get(code))
        for code in sorted(now.keys() | before.keys())
        if now.get(code) != before.get(code)
    ]


def _largest(
    later: Snapshot, earlier: Snapshot, restated: Sequence[date], totals: Sequence[Movement]
) -> list[Movement]:
    headline = later.dataset.measure(later.dataset.headline)
    practices = [
        moved
        for period in restated
        for moved in _moved(later, earlier, headline, "practice", period)
    ]
    areas = [one for one in totals if one.level == "icb" and one.percent is not None]
    practices.sort(key=lambda one: (-one.absolute, one.code, one.period))
    areas.sort(key=lambda one: (-abs(one.percent or 0.0), one.code, one.measure, one.period))
    return [*practices[:MOST_MOVEMENTS], *areas[:MOST_MOVEMENTS]]


def _read(file: Path) -> Changes:
    raw = json.loads(file.read_text(encoding="utf-8"))
    if raw.pop("form") != FORM:
        raise ValueError("another form of record")
    published = raw["published"]
    return Changes(
        **{"entry": raw["version"]}
        | raw
        | {
            "made_at": datetime.fromisoformat(raw["made_at"]),
            "published": date.fromisoformat(published) if published else None,
            "periods": tuple(PeriodChange(**_dated(one)) for one in raw["periods"]),
            "largest": tuple(Movement(**_dated(one)) for one in raw["largest"]),
        }
    )


def _dated(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "period": date.fromisoformat(raw["period"])}
