"""A PostgreSQL cluster of our own in a temporary folder, from the system's packages."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.serving import free_port

USER = "haresign"
SYSTEM_USER = "postgres"  # PostgreSQL refuses to run as root


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest where there are several."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@dataclass(slots=True)
class Cluster:
    """A running server, and the address of its maintenance database."""

    address: str
    start: Callable[[], subprocess.Popen[bytes]]
    server: subprocess.Popen[bytes]

    def restart(self) -> None:
        """End it at once, as a crash would, and start it again over the same files."""
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait(timeout=30)
        self.server = self.start()
        _wait(self.address, self.server)


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster on loopback; yields the address of its maintenance database."""
    with restartable() as running:
        yield running.address


@contextmanager
def restartable() -> Iterator[Cluster]:
    """A cluster that a test may restart.

    Not below pytest's own folder: every run closes that to other users.
    """
    with TemporaryDirectory(prefix="haresign-postgres-") as folder:
        yield from _running(Path(folder))


def _running(folder: Path) -> Iterator[Cluster]:
    bin_folder = programs()
    assert bin_folder is not None
    data, port = folder / "data", free_port()
    data.mkdir(mode=0o700)
    password = folder / "password"
    password.write_text(secrets.token_hex(16))
    as_user = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(SYSTEM_USER)
        for path in (folder, data, password):
            os.chown(path, entry.pw_uid, entry.pw_gid)
        as_user = {"user": entry.pw_uid, "group": entry.pw_gid}

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(bin_folder / program), *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            timeout=120,
            **as_user,
        )

    run(
        "initdb",
        "-D",
        str(data),
        "-U",
        USER,
        "-A",
        "scram-sha-256",
        "--pwfile",
        str(password),
        "-E",
        "UTF8",
        "--no-locale",
        "--no-sync",
    )

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                str(bin_folder / "postgres"),
                "-D",
                str(data),
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-k",
                str(folder),
                "-c",
                "fsync=off",
                "-c",
                "max_connections=100",
            ],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_user,
        )

    address = f"postgresql://{USER}:{password.read_text()}@127.0.0.1:{port}/postgres"
    running = Cluster(address, start, start())
    try:
        _wait(address, running.server)
        yield running
    finally:
        running.server.send_signal(signal.SIGQUIT)
        running.server.wait(timeout=30)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(address).close()
            return
        except psycopg.OperationalError:
            assert server.poll() is None and time.monotonic() < deadline, "no PostgreSQL"
            time.sleep(0.1)


def fresh_database(maintenance: str) -> str:
    """The address of a new, empty database in the cluster."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{maintenance.rpartition('/')[0]}/{name}"
