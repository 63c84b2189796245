"""The scheduler: real processes against a publisher on loopback, with short intervals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from data.versions import schedule
from data.versions.store import Store, store
from tests import worlds
from tests.moving_clock import Clock
from tests.publication_site import Fault, PublicationSite
from tests.published_files import SERIES, list_files

ROOT = Path(__file__).parents[2]
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
LISTS = "list-sizes"


@dataclass(frozen=True)
class Keeper:
    """A scheduler in a process of its own and what it has logged."""

    process: subprocess.Popen[bytes]
    log: Path

    def events(self, name: str, dataset: str = LISTS) -> list[dict[str, object]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [e for e in lines if e["event"] == name and e.get("dataset", dataset) == dataset]


@dataclass
class Service:
    """A home, its publisher, and schedulers over it."""

    site: PublicationSite
    home: Path
    started: int = 0
    clock: Clock | None = None

    @property
    def shelf(self) -> Store:
        return store(self.home, "real")

    @contextmanager
    def keeper(self, *arguments: str) -> Iterator[Keeper]:
        self.started += 1
        log = self.home.parent / f"keeper-{self.started}.log"
        environment = {
            **os.environ,
            **self.site.urls.environment(),
            "HARESIGN_HOME": str(self.home),
            "HARESIGN_LOG": "json",
            **(self.clock.environment if self.clock else {}),
        }
        command = [sys.executable, "-m", "pipelines.schedule.scheduler", LISTS, *arguments]
        with log.open("wb") as stream:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=stream)
        try:
            yield Keeper(process, log)
        finally:
            process.kill()
            process.wait()

    def publish(self, month: date) -> None:
        self.site.add_release(
            SERIES,
            f"{month:%B-%Y}".lower(),
            f"Patients Registered, {month:%B %Y}",
            published=month.replace(day=12),
            files=list_files(month),
        )


@pytest.fixture()
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(PublicationSite(slow_chunk=200, slow_pause=0.2), tmp_path / "home")
    service.publish(JANUARY)
    with service.site.running():
        yield service


def until(found: Callable[[], object], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def latest(service: Service) -> date | None:
    manifest = service.shelf.manifest(LISTS)
    return manifest.latest if manifest else None


def failures(service: Service) -> int:
    plan = schedule.read(service.shelf, LISTS)
    return plan.failures if plan else 0


def children(pid: int) -> list[int]:
    """Of every thread of the process."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in listed for child in thread.read_text().split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_new_releases_are_found_without_anybody_asking(service: Service) -> None:
    with service.keeper("--every", "1") as keeper:
        until(lambda: latest(service) == JANUARY)
        service.publish(FEBRUARY)
        until(lambda: latest(service) == FEBRUARY)
        keeper.process.send_signal(signal.SIGTERM)
        assert keeper.process.wait(timeout=20) == 0
    plan = schedule.read(service.shelf, LISTS)
    assert plan is not None and plan.failures == 0
    assert not (schedule.folder(service.shelf) / schedule.ALIVE).exists()


def test_failures_wait_longer_each_time_and_success_forgets_them(service: Service) -> None:
    service.site.fault(SERIES, Fault.GONE)
    with service.keeper("--every", "1") as keeper:
        until(lambda: failures(service) >= 3)
        status = service.shelf.status(LISTS)
        assert status is not None and status.outcome == "failed"
        service.site.heal(SERIES)
        until(lambda: latest(service) == JANUARY)
        until(lambda: failures(service) == 0)
        begun = [moment(e) for e in keeper.events("check-started")]
        ended = [moment(e) for e in keeper.events("check-ended")]
    waits = [later - end for end, later in zip(ended, begun[1:], strict=False)]
    assert waits[0] >= 0.9 and waits[1] >= 1.9 and waits[2] >= 3.9


def moment(event: dict[str, object]) -> float:
    return time.mktime(time.strptime(str(event["at"])[:19], "%Y-%m-%dT%H:%M:%S")) + float(
        str(event["at"])[19:23]
    )


def test_two_schedulers_never_work_at_once_and_the_second_follows_the_first(
    service: Service,
) -> None:
    with service.keeper("--every", "1") as first:
        until(lambda: first.events("scheduler-started"))
        with service.keeper("--every", "1") as second:
            until(lambda: second.events("scheduler-stands-by"))
            until(lambda: first.events("check-ended"))
            assert second.events("check-started") == []
            first.process.kill()
            first.process.wait()
            until(lambda: second.events("check-ended"))


def test_a_killed_scheduler_takes_its_check_with_it_and_the_next_one_resumes(
    service: Service,
) -> None:
    service.site.fault("gp-reg-pat-prac-all.zip", Fault.SLOW)
    with service.keeper("--every", "1") as first:
        until(lambda: service.site.asked("gp-reg-pat-prac-all.zip"))
        checks = children(first.process.pid)
        assert checks
        first.process.kill()
        first.process.wait()
        until(lambda: not any(map(alive, checks)), seconds=20)
    cut = schedule.read(service.shelf, LISTS)
    assert cut is not None and cut.cut_short
    service.site.heal("gp-reg-pat-prac-all.zip")
    with service.keeper("--every", "1") as second:
        until(lambda: latest(service) == JANUARY)
        assert second.events("check-was-cut-short")[0]["failures"] == 1


def test_stopping_ends_a_running_check_within_seconds(service: Service) -> None:
    service.site.fault("gp-reg-pat-prac-all.zip", Fault.SLOW)
    with service.keeper("--every", "1") as keeper:
        until(lambda: service.site.asked("gp-reg-pat-prac-all.zip"))
        checks = children(keeper.process.pid)
        began = time.monotonic()
        keeper.process.send_signal(signal.SIGINT)
        assert keeper.process.wait(timeout=20) == 0
        assert time.monotonic() - began < 10
        assert not any(map(alive, checks))
    plan = schedule.read(service.shelf, LISTS)
    assert plan is not None and not plan.cut_short and plan.failures == 0


def test_a_check_killed_from_outside_is_told_and_tried_again(service: Service) -> None:
    service.site.fault("gp-reg-pat-prac-all.zip", Fault.SLOW)
    with service.keeper("--every", "1") as keeper:
        until(lambda: service.site.asked("gp-reg-pat-prac-all.zip"))
        for child in children(keeper.process.pid):
            os.kill(child, signal.SIGKILL)
        service.site.heal("gp-reg-pat-prac-all.zip")
        until(lambda: service.shelf.status(LISTS))
        status = service.shelf.status(LISTS)
        assert status is not None and "ended suddenly (signal 9)" in status.message
        until(lambda: latest(service) == JANUARY)


def test_it_ends_with_the_process_it_stands_beside(service: Service) -> None:
    site = subprocess.Popen(["sleep", "60"])
    with service.keeper("--every", "60", "--beside", str(site.pid)) as keeper:
        until(lambda: keeper.events("scheduler-started"))
        site.kill()
        site.wait()
        assert keeper.process.wait(timeout=20) == 0


def test_demonstration_data_stay_until_real_data_are_loaded_once(service: Service) -> None:
    worlds.build(service.home, realm="demo")
    with service.keeper("--every", "0.5") as keeper:
        until(lambda: keeper.events("scheduler-started"))
        time.sleep(2.5)
        assert service.site.requests == []
        assert schedule.read(service.shelf, LISTS) is None
