"""Servers in processes of their own, on free ports of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests import logged

ROOT = Path(__file__).parents[1]
SERVER = [sys.executable, "-m", "data.server"]
UNLIMITED = {"HARESIGN_API_HOURLY_LIMIT": "100000000", "HARESIGN_API_DAILY_LIMIT": "1000000000"}


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of a process: its own, and of files that it reads through memory.

    The latter are shared by all workers, and the system takes them back when it needs the room.
    """

    own: float
    files: float

    @property
    def resident(self) -> float:
        return self.own + self.files


@dataclass(frozen=True, slots=True)
class Served:
    """A running server. `started` is seconds from the command to the first answer."""

    port: int
    pid: int
    started: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [int(child) for child in listed.split()]

    def memory_mb(self) -> Memory:
        """Of the largest worker process."""
        found = [_memory(pid) for pid in (self.pid, *self.workers())]
        return max(found, key=lambda one: one.resident)


def _memory(pid: int) -> Memory:
    told = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    kilobytes = {
        name: int(rest.split()[0])
        for name, _, rest in (line.partition(":") for line in told)
        if name in ("RssAnon", "RssFile", "RssShmem")
    }
    own = kilobytes["RssAnon"] + kilobytes["RssShmem"]
    return Memory(own / 1024, kilobytes["RssFile"] / 1024)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_of(home: Path, port: int) -> dict[str, str]:
    """Variables of a site on a home and a port, where limits of the API do not matter."""
    return {**UNLIMITED, "HARESIGN_HOME": str(home), "HARESIGN_PORT": str(port)}


@contextmanager
def served(home: Path, *, core: int | None = None, **environment: str) -> Iterator[Served]:
    """Serve the site over a home, as `make run` does, until the block ends.

    It runs on one `core`, or on all of them.
    """
    port = free_port()
    environment = {**environment_of(home, port), **environment}
    with _running(SERVER, port, environment, core) as site:
        yield site


@contextmanager
def served_application(
    target: str, *, core: int | None = None, interface: str = "wsgi", **environment: str
) -> Iterator[Served]:
    """Serve another application, as `module:name`, by Granian alone."""
    granian = str(Path(sys.executable).parent / "granian")
    threads = ["--blocking-threads", "4"] if interface == "wsgi" else []
    with served_command(
        lambda port: [
            granian,
            "--interface",
            interface,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--workers",
            "1",
            *threads,
            "--no-ws",
            "--log-level",
            "warning",
            "--workers-kill-timeout",
            "10",
            target,
        ],
        core=core,
        **environment,
    ) as site:
        yield site


@contextmanager
def served_command(
    command: Callable[[int], list[str]], *, core: int | None = None, **environment: str
) -> Iterator[Served]:
    """Run a server whose command is made for the port that it gets, until the block ends."""
    port = free_port()
    with _running(command(port), port, environment, core) as site:
        yield site


@contextmanager
def served_module(module: str) -> Iterator[Served]:
    """Run `python -m MODULE PORT` until the block ends."""
    port = free_port()
    with _running([sys.executable, "-m", module, str(port)], port, {}) as site:
        yield site


def on(core: int | None) -> Callable[[], None] | None:
    """What keeps a process that is about to begin, and all that it begins, on one core."""
    return None if core is None else lambda: os.sched_setaffinity(0, {core})


@contextmanager
def _running(
    command: list[str], port: int, environment: dict[str, str], core: int | None = None
) -> Iterator[Served]:
    began = time.perf_counter()
    with logged.of_server().open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            preexec_fn=on(core),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Served(port, process.pid, _wait(port, process) - began)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> float:
    deadline = time.perf_counter() + 60
    while time.perf_counter() < deadline and process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            if connection.getresponse().status == 200:
                return time.perf_counter()
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing answered on port {port}")
