"""`make run`: the site and the scheduler beside it, and nothing left when they are stopped."""

from __future__ import annotations

import os
import shutil
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
        assert any("pipelines.schedule.scheduler" in command for command in running.values())
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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The Makefile alone, with nothing to install, and a Python that is too old."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    old = tmp_path / "old"
    old.write_text(
        '#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.10.14" && exit\n'
        f'[ "$1" = -c ] && exec {sys.executable} -c "'
        'import sys; sys.version_info = (3, 10, 14); $2"\nexit 1\n'
    )
    old.chmod(0o755)
    return tmp_path


def set_up(project: Path, python: Path | str, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["make", *options, ".venv/.ready", f"PYTHON={python}"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)


def test_an_old_python_is_named_before_anything_is_made(project: Path) -> None:
    made = set_up(project, project / "old")
    assert made.returncode != 0
    assert "Haresign needs Python 3.11 or later" in made.stderr
    assert "Python 3.10.14" in made.stderr
    assert not (project / ".venv").exists()
    assert "Haresign needs Python 3.11" in set_up(project, "no-such-python").stderr


def test_an_environment_that_does_not_work_is_made_again(project: Path) -> None:
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    for broken in (project / "removed", project / "old"):
        python.unlink(missing_ok=True)
        python.symlink_to(broken)
        (project / ".venv" / ".ready").touch()  # as if it had been set up
        assert "-m venv --clear" in set_up(project, sys.executable, "--dry-run").stdout
    assert set_up(project, sys.executable).returncode == 0
    subprocess.run(
        [python, "-c", "import sys, pip; assert sys.version_info >= (3, 11)"], check=True
    )
    assert "up to date" in set_up(project, sys.executable).stdout
