"""Fixtures for every test: a fictional England, the publishers' own files, no outside network."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from auth.email import postman
from data.settings import Settings
from data.versions.db import LiveVersions
from data.versions.store import store
from pipelines.demo.load import load_demonstration
from pipelines.engine.runner import quiet
from tests import built, logged
from tests.browser import chromium_path

ROOT = Path(__file__).parents[1]
DEMO_PRACTICES, DEMO_MONTHS, DEMO_SEED = 80, 14, 7
JOURNEYS = "tests/e2e/promises/"  # of one server, whose members go on from test to test
PATIENCE_MS = 30_000  # with a page on a busy machine; what never comes still fails


_leaks: list[str] = []


def pytest_configure() -> None:
    logged.begin()


class Journeys(LoadScopeScheduling):
    """Tests of a journey go to one worker, in their order; all others wherever there is room.

    Marks cannot say so: xdist 3.8 writes their groups where pytest 9.2 does not read them.
    """

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return Journeys(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of a run in parallel has ended; it says what it found in its logs."""
    _leaks.extend(getattr(node, "workeroutput", {}).get("leaks", []))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Nothing personal and nothing secret is in any log that the tests made."""
    _leaks.extend(logged.leaks())
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["leaks"] = _leaks
    elif _leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _leaks:
        terminalreporter.section("LOGS HOLD WHAT NO LOG MAY HOLD", red=True)
        for line in _leaks[:50]:
            terminalreporter.line(line)


class OutsideNetwork(AssertionError):
    """A test tried to reach a host other than this machine."""


def _refuse_outside(address: Any) -> None:
    if not isinstance(address, tuple):
        return  # a Unix socket
    host = str(address[0])
    if host == "localhost":
        return
    try:
        outside = not ip_address(host).is_loopback
    except ValueError:
        outside = True
    if outside:
        raise OutsideNetwork(f"tests must not connect to {address}")


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Connections that leave this machine fail, whoever makes them in the test process."""
    patch = pytest.MonkeyPatch()
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        _refuse_outside(address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _refuse_outside(address)
        return connect_ex(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def prompt_mail() -> Iterator[None]:
    """E-mails leave at once: hundreds of tests wait for one."""
    patch = pytest.MonkeyPatch()
    patch.setattr(postman, "SETTLING", (0.0, 0.0))
    yield
    patch.undo()


def build_demo_home(home: Path) -> None:
    """Publish the fictional England below `home`, through the ordinary landing and pipelines."""
    results = load_demonstration(
        store(home, "demo"),
        Settings(home=home, pipeline_memory_mb=256),
        practices=DEMO_PRACTICES,
        months=DEMO_MONTHS,
        seed=DEMO_SEED,
        progress=quiet,
    )
    assert {result.outcome for result in results} == {"published"}, results


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with every dataset published from fictional files. Read only: copy it to change it.

    Workers of one run share it, and so do later runs of the same sources: the first one builds it
    while the others wait. Each run reads links of its own.
    """
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    home = shared / "demo-home"
    with (shared / "demo-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            built.link(built.once("demo-home", build_demo_home), home)
    return home


@pytest.fixture(scope="session")
def library(demo_home: Path) -> LiveVersions:
    return LiveVersions(demo_home)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The publishers' own files, in `shared/data` beside the project or in `REAL_DATA_DIR`."""
    folder = Path(os.environ.get("REAL_DATA_DIR", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the publishers' files are not at {folder}; set REAL_DATA_DIR")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser. Tests that use it carry the mark `browser`."""
    path = chromium_path()
    if path is None:
        pytest.skip("BROWSER TEST SKIPPED: no Chromium is installed")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
