"""Every dataset looked at on its publisher's rhythm: `python -m pipelines.schedule.scheduler`.

One scheduler works at a time on a shared folder; others stand by and follow it when it ends. Plans
are files, so that they outlast restarts: a check that was due meanwhile is made up for, and one
that was cut short counts as a failure and waits like one. When the clock has been set, plans are
taken up as at a start. Checks run one after another, each in a process of its own.
"""

from __future__ import annotations

import argparse
import logging
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from data import home, logs
from data.registry import UnknownDataset, all_datasets, dataset
from data.settings import Settings, SettingsError
from data.spec import Dataset
from data.versions import rhythm, schedule
from data.versions.schedule import Plan
from data.versions.store import Store, active_store, store
from pipelines.locking.locks import AlreadyRunning, refresh_lock
from pipelines.schedule.checking import BUSY
from pipelines.schedule.processes import is_running
from pipelines.schedule.refreshing import tidy

log = logging.getLogger("pipelines.schedule.scheduler")  # also when it is run as a program

ROOT = Path(__file__).parents[2]
LOCK = "scheduler"
LATEST = 600.0  # seconds that a check may come after its moment, so that sites do not queue
SOON = 20.0  # seconds within which checks that are due at the start begin
SHARE_LATE = 0.1  # of a fixed interval
LONGEST_CHECK = 6 * 60 * 60  # seconds
STOPPING = 10.0  # seconds that a check has to end
LOOK_AROUND = 0.25  # seconds between looks at what the scheduler itself depends on
MARK = 30.0
CLOCK_SET = 60.0  # seconds by which the time of day may part from time gone by


@dataclass(slots=True)
class Scheduler:
    """The checks of one home. `every` seconds replace the publishers' rhythms where given."""

    settings: Settings
    datasets: tuple[Dataset, ...]
    every: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    _jobs: BackgroundScheduler = field(init=False, repr=False)

    @property
    def real(self) -> Store:
        return store(self.settings.home, "real")

    def run(self, *, beside: int | None = None) -> None:
        """Work until `stop`, or until the process `beside` ends."""
        told = False
        while not self._should_stop(beside):
            try:
                with refresh_lock(self.real.root / "locks", LOCK):
                    logs.event(log, "scheduler-started", home=self.settings.home)
                    tidy(self.settings.home)
                    self._work(beside)
                    logs.event(log, "scheduler-stopped")
            except AlreadyRunning as error:
                if not told:
                    logs.event(log, "scheduler-stands-by", behind=error.pid, host=error.host)
                told = True
                self.stop.wait(LOOK_AROUND)

    def _should_stop(self, beside: int | None) -> bool:
        if beside is not None and not is_running(beside):
            self.stop.set()
        return self.stop.is_set()

    def _work(self, beside: int | None) -> None:
        self._jobs = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._jobs.start()
        planned, marked, ahead = False, 0.0, _ahead()
        try:
            while not self._should_stop(beside):
                if not planned and (planned := self._has_work()):
                    self._take_up()
                if abs(_ahead() - ahead) > CLOCK_SET:
                    ahead = _ahead()
                    if planned:  # after the check that is at work: no other touches its plan
                        self._jobs.add_job(self._take_up, id="clock", replace_existing=True)
                if planned and time.monotonic() - marked > MARK:
                    schedule.mark_alive(self.real)
                    marked = time.monotonic()
                self.stop.wait(LOOK_AROUND)
        finally:
            self.stop.set()
            self._jobs.shutdown(wait=True)
            schedule.mark_gone(self.real)

    def _has_work(self) -> bool:
        """A site that shows demonstration data goes on doing so until real data are loaded once."""
        shown = active_store(self.settings.home)
        return not (shown.demo and shown.published())

    def _take_up(self) -> None:
        for number, declared in enumerate(self.datasets):
            self._plan_first(declared, number)

    def _plan_first(self, declared: Dataset, number: int) -> None:
        """Take up the plan of a dataset where it was left, as far as the clock is still right."""
        now = datetime.now(UTC)
        plan = schedule.read(self.real, declared.id)
        if plan is None:
            plan = Plan(declared.id, now + self._soon(number))
        elif plan.cut_short and plan.started_at is not None:
            wait = self._back_off(plan.failures + 1)
            logs.event(log, "check-was-cut-short", dataset=declared.id, failures=plan.failures + 1)
            plan = schedule.ended(plan, failed=True, next_check=plan.started_at + wait)
        latest = now + self._back_off(plan.failures) if plan.failures else self._next(declared)
        plan = replace(plan, next_check=min(plan.next_check, latest))
        if plan.next_check < now:
            plan = replace(plan, next_check=now + self._soon(number))
        self._arm(declared, plan)

    def _arm(self, declared: Dataset, plan: Plan) -> None:
        schedule.write(self.real, plan)
        logs.event(
            log,
            "check-planned",
            dataset=declared.id,
            failures=plan.failures or None,
            at=plan.next_check.isoformat(timespec="seconds"),
        )
        if not self.stop.is_set():
            self._jobs.add_job(
                self._check,
                "date",
                run_date=plan.next_check,
                args=[declared],
                id=declared.id,
                replace_existing=True,
            )

    def _check(self, declared: Dataset) -> None:
        """Look at one dataset now, and plan the next look by how it went."""
        if self.stop.is_set():
            return
        plan = schedule.read(self.real, declared.id) or Plan(declared.id, datetime.now(UTC))
        plan = schedule.started(plan)
        schedule.write(self.real, plan)
        logs.event(log, "check-started", dataset=declared.id)
        began = time.monotonic()
        code = self._in_a_process(declared)
        if self.stop.is_set() and code != 0:
            # Stopped from outside, which says nothing about the publisher: again at once.
            schedule.write(self.real, schedule.put_off(plan, datetime.now(UTC)))
            return
        logs.event(
            log,
            "check-ended",
            dataset=declared.id,
            code=code,
            seconds=round(time.monotonic() - began, 1),
        )
        if code == BUSY:
            plan = schedule.put_off(plan, self._next(declared))
        elif code == 0:
            plan = schedule.ended(plan, failed=False, next_check=self._next(declared))
        else:
            wait = self._back_off(plan.failures + 1)
            plan = schedule.ended(plan, failed=True, next_check=datetime.now(UTC) + wait)
        if code not in (0, 1, BUSY):
            self._record_sudden_end(declared, code)
        self._arm(declared, plan)

    def _in_a_process(self, declared: Dataset) -> int:
        """Exit code of the check; it is ended when the scheduler stops or it takes too long."""
        command = [sys.executable, "-m", "pipelines.schedule.checking", declared.id]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C reaches the scheduler alone, which then ends it
        )
        deadline = time.monotonic() + LONGEST_CHECK
        while process.poll() is None:
            if self.stop.wait(0.2) or time.monotonic() > deadline:
                process.terminate()
                try:
                    process.wait(STOPPING)
                except subprocess.TimeoutExpired:
                    process.kill()
        return process.wait()

    def _record_sudden_end(self, declared: Dataset, code: int) -> None:
        """A check that was killed could not record why: memory, time, or somebody's hand."""
        how = f"signal {-code}" if code < 0 else f"code {code}"
        message = f"The check ended suddenly ({how}). The log may say more; it is tried again."
        self.real.record_status(declared.id, "failed", message=message)

    def _next(self, declared: Dataset) -> datetime:
        now = datetime.now(UTC)
        if self.every is not None:
            return now + timedelta(seconds=self._wait_every())
        late = timedelta(seconds=random.uniform(0, LATEST))
        return rhythm.next_check(declared, now) + late

    def _wait_every(self) -> float:
        return (self.every or 0.0) * random.uniform(1, 1 + SHARE_LATE)

    def _soon(self, number: int) -> timedelta:
        """The order of the datasets is that in which they need one another."""
        if self.every is not None:
            return timedelta(seconds=self.every * (number + random.random()) / 10)
        return timedelta(seconds=(number + random.random()) * SOON / len(self.datasets))

    def _back_off(self, failures: int) -> timedelta:
        first = self.every if self.every is not None else schedule.FIRST_WAIT
        return timedelta(seconds=schedule.back_off(failures, first) * random.uniform(1, 1.1))


def _ahead() -> float:
    """Seconds of the time of day before those that go by whatever is done to the clock.

    It changes when the clock is set, and when the machine has slept.
    """
    return time.time() - time.monotonic()


def serve(
    settings: Settings, names: Sequence[str], *, every: float | None, beside: int | None
) -> None:
    """Run the scheduler until a signal, Ctrl+C, or the end of the process it stands beside.

    Raises `UnknownDataset` for a name that none has; without names it looks at all of them.
    """
    chosen = tuple(dataset(name) for name in names) or all_datasets()
    scheduler = Scheduler(settings, chosen, every)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: scheduler.stop.set())
    scheduler.run(beside=beside)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.schedule.scheduler", description=__doc__
    )
    parser.add_argument("datasets", nargs="*", help="all of them without a name")
    parser.add_argument("--every", type=float, help="seconds, instead of the publishers' rhythms")
    parser.add_argument("--beside", type=int, help="stop when the process with this number ends")
    chosen = parser.parse_args()
    try:
        settings = Settings.from_environment()
        home.prepare(settings.home)
    except SettingsError as error:
        raise SystemExit(f"Haresign cannot start: {error}") from None
    logs.configure(settings.log)
    try:
        serve(settings, chosen.datasets, every=chosen.every, beside=chosen.beside)
    except UnknownDataset as error:
        parser.error(str(error.args[0]))


if __name__ == "__main__":
    main()
