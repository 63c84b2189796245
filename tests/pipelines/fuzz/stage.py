"""A small England in which one file at a time is made odd, and what may come of it."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb

from data import periods
from data.versions.manifest import Manifest
from data.versions.snapshot import month_folder
from data.versions.store import Store, store
from pipelines.demo.publications import DEFAULT_END, generate
from pipelines.demo.release import DemoRelease
from pipelines.engine.runner import publish_landed
from pipelines.engine.series import series
from pipelines.fetch.landing import land_copy

PRACTICES, SEED = 80, 1
SHORT, LONG = 4, 26  # months of a world; yearly releases need the long one
_EVERY = 3  # of the long world's lists each third is enough
LISTS = "list-sizes"
_EPOCH = time(9, 30)
SHARED = ("real/landing", "real/snapshots", "cache/real")  # where the lists lie in every home


@dataclass(frozen=True, slots=True)
class Plan:
    """Releases of a dataset: loaded before, the one that is made odd, and one that comes after."""

    dataset: str
    before: tuple[DemoRelease, ...]
    target: DemoRelease
    after: tuple[DemoRelease, ...]


@dataclass(frozen=True, slots=True)
class Right:
    """Periods as the right files make them, and the notes that they have."""

    digests: dict[date, str]
    notes: frozenset[str]


@dataclass(slots=True)
class Stage:
    """Homes from which every case starts; that of a dataset is built when it is first wanted."""

    folder: Path
    worlds: dict[int, dict[str, list[DemoRelease]]] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    _right: dict[str, Right] = field(default_factory=dict)
    _later: dict[str, dict[date, str]] = field(default_factory=dict)

    def home(self, dataset_id: str) -> Store:
        return store(self.folder / "base" / dataset_id, "real")

    def prepare(self, name: str) -> None:
        """Publish what comes before the odd file, once."""
        if name in self.plans:
            return
        months = LONG if _is_long(name) else SHORT
        world = World(self.folder / f"{months}-months", months)
        if months not in self.worlds:
            self.worlds[months] = world.build()
        if LISTS in series(name).dataset.needs:
            for part in SHARED:
                place = self.folder / "base" / name / part / LISTS
                place.parent.mkdir(parents=True)
                place.symlink_to(world.folder / "lists" / part / LISTS)
        self.begin(_plan(name, self.worlds[months][name]))

    def begin(self, plan: Plan) -> None:
        """Publish what comes before in the dataset's home."""
        name, base = plan.dataset, self.home(plan.dataset)
        self.plans[name] = plan
        base.root.mkdir(parents=True, exist_ok=True)
        for release in plan.before:
            land(base, release, release.files)
        if plan.before:
            _publish(base, name)

    def right(self, name: str) -> Right:
        """What the good files of the release make; they are published when first asked for."""
        if name not in self._right:
            good = case_home(self, name, self.folder / "good" / name)
            land(good, self.plans[name].target, self.plans[name].target.files)
            manifest = _publish(good, name)
            found = {month: digest(good, manifest, month) for month in manifest.periods}
            self._right[name] = Right(found, frozenset(manifest.notes))
        return self._right[name]

    def later(self, name: str) -> dict[date, str]:
        """Digests of the periods once the good file that comes next has been loaded too."""
        after = self.plans[name].after
        if name not in self._later:
            self._later[name] = self.right(name).digests
            # A copy: cases begin with what `right` left, whichever of them runs first.
            right = store(self.folder / "good" / name, "real")
            good = copied(right, self.folder / "later" / name)
            for release in after:
                land(good, release, release.files)
            if after:
                manifest = _publish(good, name)
                self._later[name] = {m: digest(good, manifest, m) for m in manifest.periods}
        return self._later[name]


def build(folder: Path) -> Stage:
    """A stage on which nothing stands yet."""
    return Stage(folder)


@dataclass(frozen=True, slots=True)
class World:
    """A fictional England of so many months, with its releases and the lists that serve them."""

    folder: Path
    months: int

    @property
    def lists(self) -> Store:
        return store(self.folder / "lists", "real")

    def build(self) -> dict[str, list[DemoRelease]]:
        """Write the publications; publish the lists, on which the other datasets rest."""
        releases: dict[str, list[DemoRelease]] = {}
        made = generate(
            self.folder / "publications",
            practices=PRACTICES,
            months=self.months,
            end=DEFAULT_END,
            seed=SEED,
            progress=lambda *_: None,
        )
        for release in made:
            releases.setdefault(release.dataset, []).append(release)
        for release in releases[LISTS][-1 :: -_EVERY if self.months > SHORT else -1]:
            land(self.lists, release, release.files)
        _publish(self.lists, LISTS)
        return releases


def _publish(shelf: Store, name: str) -> Manifest:
    """Good files are published: a stage on which they are not tells nothing."""
    refresh = publish_landed(shelf, series(name), memory_mb=256)
    manifest = shelf.manifest(name)
    if refresh.outcome == "failed" or manifest is None:
        raise AssertionError(refresh)
    return manifest


def _is_long(name: str) -> bool:
    kind = series(name).dataset.period
    return periods.is_annual(kind) or name in ("gp-contract", "fingertips")


def _plan(name: str, releases: Sequence[DemoRelease]) -> Plan:
    """The last release but one is made odd; where there are only two, the last."""
    if name == "practices":  # one state of the register: the same, a month apart
        only = releases[-1]
        releases = [
            replace(only, slug=f"2026-{month:02}-02", published=date(2026, month, 2))
            for month in (8, 9, 10)
        ]
    if name == "gp-contract":  # each file is a release of its own; the newest come as one here
        core = [release for release in releases if "core" in release.slug]
        rest = [release for release in releases if "core" not in release.slug]
        files = tuple(path for release in (core[-1], *rest) for path in release.files)
        releases = [core[-2], replace(core[-1], files=files)]
    if name == "cloud-telephony":  # in so small an England its last two months do not fit
        releases = releases[:-1][-2:]
    if len(releases) >= 3:
        return Plan(name, (releases[-3],), releases[-2], (releases[-1],))
    return Plan(name, tuple(releases[:-1]), releases[-1], ())


def case_home(stage: Stage, name: str, folder: Path) -> Store:
    return copied(stage.home(name), folder)


def copied(shelf: Store, folder: Path) -> Store:
    """The whole home of a store under another folder; both share their files on the disk."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(shelf.root.parent, folder, symlinks=True, copy_function=os.link)
    return store(folder, "real")


def land(shelf: Store, release: DemoRelease, files: Sequence[Path], *, later: int = 0) -> None:
    moment = datetime.combine(release.published, _EPOCH, UTC) + timedelta(minutes=later)
    for path in files:
        land_copy(
            shelf.landing,
            release.dataset,
            path,
            release=release.slug,
            title=release.title,
            published=release.published,
            now=moment,
        )


def digest(shelf: Store, manifest: Manifest, month: date) -> str:
    """What a period's figures are, whatever the order of rows."""
    folder = month_folder(shelf.version_folder(manifest.dataset, manifest.version), month)
    running = hashlib.sha256()
    for name in ("parts.parquet", "published.parquet"):
        if (folder / name).exists():
            rows = duckdb.execute(f"FROM '{folder / name}' ORDER BY ALL").fetchall()
            columns = duckdb.execute(f"DESCRIBE FROM '{folder / name}'").fetchall()
            running.update(repr((columns, [tuple(map(_value, row)) for row in rows])).encode())
    return running.hexdigest()


def _value(cell: object) -> object:
    return round(cell, 6) if isinstance(cell, float) else cell


def moment_of(release: DemoRelease) -> datetime:
    """When a release came out."""
    return datetime.combine(release.published, _EPOCH, UTC)
