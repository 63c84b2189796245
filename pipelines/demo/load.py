"""Demonstration data: fictional publications, loaded through the ordinary pipelines."""

from __future__ import annotations

import os
import tempfile
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context, parent_process
from pathlib import Path

import pyarrow as pa

from data import logs
from data.settings import Settings
from data.spec import Dataset
from data.versions.running import running
from data.versions.store import Store
from pipelines.demo.publications import DEFAULT_END, writer
from pipelines.demo.world import World, build_world
from pipelines.engine.runner import Refresh, publish_landed, quiet
from pipelines.engine.series import all_series, series
from pipelines.engine.units import Progress
from pipelines.fetch.landing import land_copy
from pipelines.locking.locks import AlreadyRunning
from pipelines.schedule.reporting import reported

_AT_ONCE = min(2, os.cpu_count() or 1)  # processes
_LOOK_SECONDS = 0.5  # how often the progress of the processes is read
_WRITING = 0.4  # share of a dataset's work; the rest is publishing
_ENDED = "Not loaded: a process was ended from outside. There may not be enough memory."


@dataclass(frozen=True, slots=True)
class _Load:
    """What a process does for a dataset, and all that its files depend on."""

    store: Store
    practices: int
    months: int
    seed: int
    memory_mb: int

    def write(self, dataset_id: str) -> None:
        """Write a dataset's fictional releases and land them in publication order."""
        world = _world(self.practices, self.months, self.seed)
        with (
            reported(self.store, dataset_id, quiet) as told,
            tempfile.TemporaryDirectory(dir=self.store.root, prefix=".publications-") as scratch,
        ):
            for release, done in writer(dataset_id)(Path(scratch), world):
                for path in release.files:
                    land_copy(
                        self.store.landing,
                        dataset_id,
                        path,
                        release=release.slug,
                        title=release.title,
                        published=release.published,
                        now=datetime.combine(release.published, datetime.min.time(), UTC),
                    )
                told("writing", _WRITING * done)
        pa.default_memory_pool().release_unused()

    def publish(self, dataset_id: str) -> Refresh:
        with reported(self.store, dataset_id, quiet) as told:
            try:
                return publish_landed(
                    self.store,
                    series(dataset_id),
                    memory_mb=self.memory_mb,
                    progress=_within(told, start=_WRITING, share=1 - _WRITING),
                )
            except AlreadyRunning as error:
                return Refresh(dataset_id, "failed", str(error))


@lru_cache(maxsize=1)
def _world(practices: int, months: int, seed: int) -> World:
    return build_world(practices=practices, months=months, end=DEFAULT_END, seed=seed)


@dataclass(slots=True)
class _Queue:
    """What is still to be done: a dataset is published once it and those it needs are there."""

    unwritten: list[Dataset]
    written: list[Dataset] = field(default_factory=list)
    under_way: dict[Future[Refresh | None], Dataset] = field(default_factory=dict)
    results: dict[str, Refresh] = field(default_factory=dict)
    shown: float = 0.0  # share done, which never falls

    def begin(self, pool: ProcessPoolExecutor, load: _Load) -> None:
        """Give every idle process something to publish, else something to write."""
        while len(self.under_way) < _AT_ONCE:
            ready = (one for one in self.written if self.results.keys() >= set(one.needs))
            if one := next(ready, None):
                self.written.remove(one)
                self.under_way[pool.submit(load.publish, one.id)] = one
            elif self.unwritten:
                one = self.unwritten.pop(0)
                self.under_way[pool.submit(load.write, one.id)] = one
            else:
                return

    def end(self, future: Future[Refresh | None]) -> None:
        one = self.under_way.pop(future)
        if result := future.result():
            self.results[one.id] = result
        else:
            self.written.append(one)

    def show(self, store: Store, progress: Progress) -> None:
        busy = {one.id for one in self.under_way.values()}
        told = [one for one in running(store) if one.dataset in busy]
        whole = len(self.results) + _WRITING * len(self.written) + sum(one.done for one in told)
        self.shown = max(self.shown, whole / len(all_series()))
        progress("; ".join(f"{one.dataset}: {one.step}" for one in told), self.shown)


def load_demonstration(
    store: Store,
    settings: Settings,
    *,
    practices: int,
    months: int,
    seed: int,
    progress: Progress,
) -> list[Refresh]:
    """Write, land and publish every dataset, two at once, each after those that it needs."""
    store.root.mkdir(parents=True, exist_ok=True)
    load = _Load(store, practices, months, seed, settings.pipeline_memory_mb)
    queue = _Queue([one.dataset for one in all_series()])
    with ProcessPoolExecutor(
        _AT_ONCE, get_context("spawn"), initializer=_begin_process, initargs=(settings.log,)
    ) as pool:
        try:
            queue.begin(pool, load)
            while queue.under_way:
                for future in wait(queue.under_way, _LOOK_SECONDS, FIRST_COMPLETED).done:
                    queue.end(future)
                queue.begin(pool, load)
                queue.show(store, progress)
        except BrokenProcessPool:
            progress("ended", queue.shown)
    names = [one.dataset.id for one in all_series()]
    return [queue.results.get(name) or Refresh(name, "failed", _ENDED) for name in names]


def _begin_process(style: logs.Style) -> None:
    """Log as the parent does, and end when it has ended without a word."""
    logs.configure(style)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _within(progress: Progress, *, start: float, share: float) -> Progress:
    """Progress of one step of a longer piece of work."""

    def shown(step: str, done: float, *, rows: int | None = None, size: int | None = None) -> None:
        progress(step, start + share * done, rows=rows, size=size)

    return shown
