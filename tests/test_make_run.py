"""`make run`: the site and the scheduler beside it, and nothing left when they are stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests import worlds

ROOT = Path(__file__).parents[1]


def in_session(session: int) -> dict[int, str]:
    """Living processes of a session, by their number."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found[int(folder.name)] = command
    return found


def answers(port: int) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/status/")
        return connection.getresponse().status == 200
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopping_leaves_no_process_behind(tmp_path: Path, stop: signal.Signals) -> None:
    """Ctrl+C reaches all, a service manager's signal make alone, a killed site nobody else."""
    worlds.build(tmp_path, realm="demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "HARESIGN_HOME": str(tmp_path), "HARESIGN_PORT": str(port)}
    command = ["make", "run", f"BIN={binaries}", f"READY={sys.executable}"]
    make = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while not answers(port):
            assert time.monotonic() < deadline and make.poll() is None
            time.sleep(0.1)
        running = in_session(make.pid)
        assert any("pipelines.scheduler" in command for command in running.values())
        if stop == signal.SIGINT:
            os.killpg(make.pid, stop)
        elif stop == signal.SIGTERM:
            make.send_signal(stop)
        else:
            for pid in [pid for pid, command in running.items() if "data.server" in command]:
                os.kill(pid, stop)
        make.wait(timeout=30)
        deadline = time.monotonic() + 15
        while left := in_session(make.pid):
            assert time.monotonic() < deadline, left
            time.sleep(0.1)
    finally:
        for pid in in_session(make.pid):
            os.kill(pid, signal.SIGKILL)
        make.wait()
