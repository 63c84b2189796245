"""The live versions, opened for reading, and one locked DuckDB for what arrays cannot answer."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from data.registry import all_datasets
from data.versions import array_cache, revisions
from data.versions.orgs import Organisations, read_organisations
from data.versions.snapshot import LAYOUT, Snapshot
from data.versions.store import DamagedVersion, Store, store
from data.versions.watch import Watch, Watched, WatchedMemory, read_again

log = logging.getLogger(__name__)

WEB_MEMORY_LIMIT = "256MB"
LOOK_SECONDS = 0.02
WATCH_SECONDS, WATCH_PAUSE = 2.0, 0.5  # of reading files again, and of rest
EARLIER = 4  # versions that are not live, open in each process
RESTING = 30.0  # seconds for the thread to end
AT_ONCE = float("inf")  # bytes a second
GARBAGE = 20_000  # objects; a page makes about as many


@dataclass(slots=True)
class _Look:
    """Which tree was read at a moment, and the live versions that somebody asked for since."""

    moment: float  # monotonic
    shelf: Store
    found: dict[str, Snapshot | None] = field(default_factory=dict)
    live: tuple[Snapshot, ...] | None = None


class LiveVersions:
    """What one process reads: opens each live version once and notices when it is replaced.

    A caller takes a `Snapshot` once and asks it everything, so that one page or response never
    mixes two versions. What is live is known as of at most `LOOK_SECONDS` ago: each look at a file
    lets other threads in, and with several of them that costs more than the rest of an answer.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self._lock = threading.Lock()
        self._open: dict[str, Snapshot] = {}
        self._refused: set[tuple[str, str]] = set()
        self._lost: set[str] = set()  # datasets of which the open version was closed for its files
        self._watches: dict[str, tuple[Snapshot, Watch]] = {}
        self._earlier: OrderedDict[tuple[bool, str, str], tuple[Snapshot, Watch]] = OrderedDict()
        self._faults: dict[str, str] = {}
        self._dropped = 0  # versions that were closed because a file of theirs had changed
        self._directories: tuple[tuple[tuple[Snapshot, ...], Organisations], ...] = ()
        self._threads: list[threading.Thread] = []  # that open and look after versions
        self._resting = threading.Event()  # they are to end
        self._wanted = threading.Event()  # a version is live that is not open
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._real, self._demo = store(self.home, "real"), store(self.home, "demo")
        self._ids = [declared.id for declared in all_datasets()]
        self._pointer_paths = {
            (shelf.demo, dataset_id): str(shelf.pointer(dataset_id))
            for shelf in (self._real, self._demo)
            for dataset_id in self._ids
        }
        self._real_pointers = [self._pointer_paths[False, dataset_id] for dataset_id in self._ids]
        self._look = _Look(time.monotonic() - LOOK_SECONDS, self._demo)
        self._pointers: dict[tuple[bool, str], tuple[tuple[int, int], str | None]] = {}

    @property
    def store(self) -> Store:
        """The real tree once anything real is published, else the demonstration tree."""
        return self._looked().shelf

    def _looked(self) -> _Look:
        """The last look, or a new one."""
        moment = time.monotonic()
        look = self._look
        if moment - look.moment >= LOOK_SECONDS:
            look = self._look = _Look(moment, self._shelf())
        return look

    def _shelf(self) -> Store:
        if os.path.exists(self._real.root) and any(map(os.path.exists, self._real_pointers)):
            return self._real
        return self._demo

    def _live_version(self, shelf: Store, dataset_id: str) -> str | None:
        """The version that a pointer names; read again only when the pointer was replaced."""
        try:
            found = os.stat(self._pointer_paths[shelf.demo, dataset_id])
        except FileNotFoundError:
            return None
        stamp = (found.st_ino, found.st_mtime_ns)
        known = self._pointers.get((shelf.demo, dataset_id))
        if known is None or known[0] != stamp:
            known = (stamp, shelf.current_version(dataset_id))
            self._pointers[shelf.demo, dataset_id] = known
        return known[1]

    def current(self, dataset_id: str) -> Snapshot | None:
        """The live version of a dataset; None where nothing is published."""
        return self._found(self._looked(), dataset_id)

    def _found(self, look: _Look, dataset_id: str) -> Snapshot | None:
        if dataset_id not in look.found:
            look.found[dataset_id] = self._current(look.shelf, dataset_id)
        return look.found[dataset_id]

    def _current(self, shelf: Store, dataset_id: str) -> Snapshot | None:
        version = self._live_version(shelf, dataset_id)
        if version is None:
            return None
        snapshot = self._open.get(dataset_id)
        if snapshot is not None and self._is(snapshot, shelf, version):
            return snapshot
        if snapshot is not None and (dataset_id, version) in self._refused:
            return snapshot
        if self._may_wait(dataset_id, snapshot, shelf):
            self._wanted.set()
            return snapshot
        with self._lock:
            snapshot = self._open.get(dataset_id)
            if snapshot is None or not self._is(snapshot, shelf, version):
                opened = self._open_newest_sound(shelf, dataset_id, version)
                if opened is None:
                    return snapshot
                self._take(dataset_id, opened)
                return opened
        return snapshot

    def _may_wait(self, dataset_id: str, snapshot: Snapshot | None, shelf: Store) -> bool:
        """Whether a new version may be opened by the thread for it, while others are answered.

        Not where one was closed for its files, and never from demonstration to real data.
        """
        if not self._threads:
            return False
        if snapshot is None:
            return dataset_id not in self._lost
        return snapshot.manifest.demo == shelf.demo

    def _drop(self, snapshot: Snapshot, file: Watched | WatchedMemory) -> None:
        """Close a version of which a file is not what it was."""
        dataset_id, what = snapshot.manifest.dataset, f"{file.path.name} has changed"
        with self._lock:
            for key, (earlier, _) in [*self._earlier.items()]:
                if earlier is snapshot:
                    del self._earlier[key]
            if self._open.get(dataset_id) is snapshot:
                del self._open[dataset_id], self._watches[dataset_id]
                self._lost.add(dataset_id)
                if not file.cached:
                    self._refused.add((dataset_id, snapshot.version))
                    self._faults[dataset_id] = f"{what}, so version {snapshot.version} is not shown"
            self._dropped += 1
            log.error("%s %s is closed: %s", dataset_id, snapshot.version, what)
        self._look = _Look(time.monotonic() - LOOK_SECONDS, self._demo)

    @property
    def dropped(self) -> int:
        """How often a version was closed for its files: answers from before are not kept."""
        return self._dropped

    def fault(self, dataset_id: str) -> str | None:
        """What is wrong with the files of the live version, where it is not shown for that."""
        return self._faults.get(dataset_id)

    def look_after(self, *, seconds: float = 0.0) -> None:
        """Look at the files of all open versions once, and read those that look different.

        For so many seconds files that look the same are read too, in turn.
        """
        with self._lock:
            looked_at = [*self._watches.values(), *self._earlier.values()]
        changed = [(snapshot, f) for snapshot, watch in looked_at if (f := watch.changed())]
        if not changed and seconds:
            file = read_again([watch for _, watch in looked_at], seconds=seconds)
            changed = [(s, file) for s, watch in looked_at if file and file in watch.files]
        for snapshot, file in changed:
            if not self._is_made_again(snapshot, file):
                self._drop(snapshot, file)

    @staticmethod
    def _is_made_again(snapshot: Snapshot, file: Watched | WatchedMemory) -> bool:
        """Make a file of the cache again, of which nothing is read; False for any other."""
        if not file.cached:
            return False
        if isinstance(file, WatchedMemory):
            array_cache.forget(snapshot.folder)
            return False
        log.error("%s is made again: it is not what it was", file.path)
        try:
            array_cache.prepare(snapshot.folder, snapshot.folder, snapshot.manifest)
        except (DamagedVersion, duckdb.Error) as error:
            log.error("%s cannot be made again: %s", file.path, error)
            return False
        return file.is_right(rate=AT_ONCE)

    def keep_watch(self) -> None:
        """Open new versions and look after the files for as long as the process lives.

        Both in threads of their own: until a new version is ready, the one before is read.
        """
        for name, work in (("watch", self._watch), ("open", self._keep_up)):
            self._threads.append(threading.Thread(target=work, daemon=True, name=name))
            self._threads[-1].start()
        atexit.register(self.rest)

    def rest(self) -> None:
        """End what `keep_watch` began. DuckDB ends a process that ends while it is at work."""
        self._resting.set()
        self._wanted.set()
        for thread in self._threads:
            thread.join(RESTING)
        self._threads.clear()

    def _watch(self) -> None:
        while not self._resting.wait(WATCH_PAUSE):
            try:
                self.look_after(seconds=WATCH_SECONDS)
            except OSError as error:
                log.error("the files of versions could not be looked at: %s", error)

    def _keep_up(self) -> None:
        while not self._resting.is_set():
            try:
                self.catch_up()
            except (OSError, duckdb.Error) as error:
                log.error("new versions could not be opened: %s", error)
            self._wanted.wait(WATCH_PAUSE)
            self._wanted.clear()
            self._directories = self._directories[:1]

    def catch_up(self) -> None:
        """Open the versions that have become live, make all ready, then change over at once."""
        shelf, fresh = self._shelf(), {}
        for dataset_id in self._ids:
            version, snapshot = self._live_version(shelf, dataset_id), self._open.get(dataset_id)
            if version is None or (dataset_id, version) in self._refused:
                continue
            if snapshot is not None and self._is(snapshot, shelf, version):
                continue
            opened = self._open_newest_sound(shelf, dataset_id, version)
            if opened is not None and not (snapshot and self._is(snapshot, shelf, opened.version)):
                fresh[dataset_id] = opened
        if not fresh:
            return
        every = {**self._open, **fresh}
        live = [every[name] for name in self._ids if name in every]
        ready = tuple(snapshot for snapshot in live if snapshot.manifest.demo == shelf.demo)
        directory = self._make_directory(ready)
        with self._lock:
            for dataset_id, snapshot in fresh.items():
                self._take(dataset_id, snapshot)
            # Whoever has looked just before asks for the one before once more.
            self._directories = ((ready, directory), *self._directories[:1])
            self._look = _Look(time.monotonic() - LOOK_SECONDS, self._demo)

    def _take(self, dataset_id: str, snapshot: Snapshot) -> None:
        """Read a version from now on."""
        self._open[dataset_id] = snapshot
        self._watches[dataset_id] = snapshot, snapshot.watch()
        self._lost.discard(dataset_id)
        if snapshot.version == self._live_version(self._shelf(), dataset_id):
            self._faults.pop(dataset_id, None)

    @staticmethod
    def _is(snapshot: Snapshot, store: Store, version: str) -> bool:
        return snapshot.version == version and snapshot.manifest.demo == store.demo

    def _open_newest_sound(self, store: Store, dataset_id: str, live: str) -> Snapshot | None:
        """The live version, or the newest older one whose files are what they should be."""
        undone = store.undone(dataset_id)
        older = [
            version
            for version in store.versions(dataset_id)
            if version < live and version not in undone
        ]
        for version in (live, *older):
            if (dataset_id, version) in self._refused:
                continue
            snapshot = self._opened(store, dataset_id, version)
            if snapshot is not None:
                return snapshot
            self._refused.add((dataset_id, version))
            if version == live:
                self._faults[dataset_id] = f"version {live} cannot be read, so it is not shown"
        return None

    @staticmethod
    def _opened(store: Store, dataset_id: str, version: str) -> Snapshot | None:
        """A version of this layout whose files are sound and can be read; else None, logged."""
        manifest = store.manifest(dataset_id, version)
        if manifest is None:
            log.error("%s %s has no manifest and is not served", dataset_id, version)
            return None
        if manifest.layout != LAYOUT:
            log.error("%s %s has another layout: run `flask data prepare`", dataset_id, version)
            return None
        folder = store.version_folder(dataset_id, version)
        try:
            if damage := array_cache.damage(folder, manifest):
                log.error("%s %s is damaged and is not served: %s", dataset_id, version, damage)
                return None
            return Snapshot(folder, manifest)
        except (OSError, DamagedVersion, duckdb.Error) as error:
            log.error(
                "%s %s cannot be made ready and is not served: %s", dataset_id, version, error
            )
            return None

    def version(self, dataset_id: str, version: str) -> Snapshot | None:
        """A version by name, for "as it was published"; None if it is not kept or not sound.

        The live one, or an earlier one, of which the last that were asked for stay open.
        """
        shelf = self.store
        if version not in shelf.versions(dataset_id):
            return None
        live = self._current(shelf, dataset_id)
        if live is not None and live.version == version:
            return live
        key = (shelf.demo, dataset_id, version)
        with self._lock:
            if key in self._earlier:
                self._earlier.move_to_end(key)
                return self._earlier[key][0]
            snapshot = self._opened(shelf, dataset_id, version)
            if snapshot is not None:
                own = (
                    f for f in snapshot.watch().files if not isinstance(f, Watched) or not f.cached
                )
                self._earlier[key] = snapshot, Watch(tuple(own))
                while len(self._earlier) > EARLIER:
                    self._earlier.popitem(last=False)
            return snapshot

    def as_of(self, dataset_id: str, day: date) -> Snapshot | None:
        """What had been published by a day: the newest version of which no release is later.

        None where no such version is kept, or its files are not sound.
        """
        shelf = self.store
        undone = shelf.undone(dataset_id)
        for version in shelf.versions(dataset_id):
            if version in undone:
                continue
            manifest = revisions.kept(shelf, dataset_id, version)
            if manifest is None or manifest.known_on > day:
                continue
            return self.version(dataset_id, version)
        return None

    def live(self) -> tuple[Snapshot, ...]:
        """The live version of every dataset that has one, in the order of the registry."""
        look = self._looked()
        if look.live is None:
            each = (self._found(look, dataset_id) for dataset_id in self._ids)
            look.live = tuple(snapshot for snapshot in each if snapshot is not None)
        return look.live

    def state(self) -> Hashable:
        """Equal for as long as the live versions and the outcomes of the last refreshes are."""
        shelf = self.store
        try:
            noted = os.stat(shelf.statuses).st_mtime_ns  # outcomes replace each other's files
        except FileNotFoundError:
            noted = 0
        versions = tuple(snapshot.version for snapshot in self.live())
        return (str(self.home), shelf.demo, versions, noted, self._dropped)

    def directory(self) -> Organisations:
        """All organisations that any live version knows."""
        return self._directory_of(self.live())

    def _directory_of(self, snapshots: tuple[Snapshot, ...]) -> Organisations:
        for known, directory in self._directories:
            if known == snapshots:
                return directory
        directory = self._make_directory(snapshots)
        self._directories = ((snapshots, directory),)
        return directory

    def _make_directory(self, snapshots: tuple[Snapshot, ...]) -> Organisations:
        with self.cursor() as cursor:
            directory = Organisations(read_organisations(cursor, snapshots), snapshots)
        directory.prepare()
        # What lives as long as a version is left out of garbage collection, which would
        # otherwise walk through all of it, for 100 ms, in the middle of a page. What an answer
        # leaves behind is looked through after several answers, not several times in each.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE)
        return directory

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor on the process's one database, which can read snapshots and nothing else."""
        if self._connection is None:
            with self._lock:
                if self._connection is None:
                    self._connection = self._connect()
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(
            ":memory:", config={"threads": 1, "memory_limit": WEB_MEMORY_LIMIT}
        )
        connection.execute("SET allowed_directories = ?", [[str(self.home)]])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection


_library: LiveVersions | None = None


def configure(home: Path) -> LiveVersions:
    """Choose the folder this process reads. Called once by `create_app` and by each test."""
    global _library
    _library = LiveVersions(home)
    return _library


def library() -> LiveVersions:
    if _library is None:
        raise RuntimeError("data.versions.db.configure(home) has not been called")
    return _library
