"""The web server as a process: workers, the port, and clients that are slow."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from data.server.answers import LARGE
from tests import worlds
from tests.data.server import slow
from tests.serving import ROOT, SERVER, Served, environment_of, served

SCHEDULER = [sys.executable, "-m", "pipelines.schedule.scheduler"]
pytestmark = [
    pytest.mark.xdist_group("server"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("served")
    worlds.build(home, realm="demo")
    return home


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[Served]:
    with served(home) as site:
        yield site


def until(what: Callable[[], bool], *, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answers(port: int) -> bool:
    try:
        return slow.status(port) == 200
    except OSError:
        return False


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def start_in_vain(home: Path, port: int, command: list[str] = SERVER) -> str:
    """What a start that must fail says, on standard error."""
    environment = {**os.environ, **environment_of(home, port)}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_second_start_on_a_port_in_use_says_so(site: Served, home: Path) -> None:
    told = start_in_vain(home, site.port)
    assert told == (
        f"Haresign cannot start: port {site.port} of 127.0.0.1 is in use, perhaps by another "
        "Haresign. Stop that one, or set HARESIGN_PORT to another port.\n"
    )
    assert slow.status(site.port) == 200


@pytest.mark.parametrize("home", [Path("/proc/haresign"), Path("/dev/null/haresign"), Path("/sys")])
@pytest.mark.parametrize("command", [SERVER, SCHEDULER], ids=["site", "scheduler"])
def test_a_home_where_nothing_can_be_written_says_so(home: Path, command: list[str]) -> None:
    told = start_in_vain(home, 1, command)
    assert told.startswith(f"Haresign cannot start: HARESIGN_HOME is '{home}', where nothing can")


def test_slow_clients_do_not_keep_others_waiting(site: Served) -> None:
    """200 sockets of each kind at once; each is ended in time, and ordinary ones are answered."""
    with ExitStack() as stack:
        opened = [
            stack.enter_context(slow.sockets(site.port, begin, 200))
            for begin in slow.KINDS.values()
        ]
        for _ in range(20):
            assert slow.status(site.port) == 200
        for connection in [connection for kind in opened for connection in kind]:
            connection.settimeout(60)
            answer = connection.recv(100)
            assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")
        assert slow.status(site.port) == 200


def test_clients_that_do_not_read_hold_no_thread(site: Served) -> None:
    begin = b"GET /tools/gp-appointments/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20
    with slow.sockets(site.port, begin, 100):
        for _ in range(10):
            assert slow.status(site.port, patience=60) == 200


def test_large_answers_that_nobody_takes_wait_outside_of_memory(site: Served) -> None:
    path = "/assets/vendor/redoc/redoc.standalone.js"
    whole = urlopen(site.url + path).read()
    with slow.sockets(site.port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), 20):
        time.sleep(1)
    before = site.memory_mb().own
    with slow.sockets(site.port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), 150):
        until(lambda: slow.status(site.port) == 200)
        time.sleep(2)
        assert site.memory_mb().own - before < 150 * len(whole) / 2**20 / 3
    assert urlopen(site.url + path).read() == whole
    assert len(whole) > LARGE


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_are_started_again_and_end_with_their_parent(home: Path, workers: int) -> None:
    with served(home, HARESIGN_WORKERS=str(workers)) as site:
        assert len(site.workers()) == workers
        for _ in range(2):  # the second time soon after the first
            alive = site.workers()
            os.kill(alive[0], signal.SIGKILL)
            until(lambda: answers(site.port))
        until(lambda: len(site.workers()) == workers)
        os.kill(site.pid, signal.SIGKILL)
        until(lambda: is_free(site.port), seconds=5)
