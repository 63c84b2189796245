"""`flask data demo`: processes give what one process gives, and end when they have to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.digests import sha256_of
from data.versions.store import store
from pipelines.demo import load
from pipelines.demo.publications import DEFAULT_END, writer
from pipelines.demo.world import build_world
from pipelines.fetch.landing import landed
from tests.conftest import DEMO_MONTHS, DEMO_PRACTICES, DEMO_SEED

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("dataset", ["list-sizes", "cloud-telephony", "qof"])
def test_processes_land_what_the_writers_write(
    demo_home: Path, tmp_path: Path, dataset: str
) -> None:
    world = build_world(
        practices=DEMO_PRACTICES, months=DEMO_MONTHS, end=DEFAULT_END, seed=DEMO_SEED
    )
    written = [
        (release.slug, path.name, sha256_of(path))
        for release, _ in writer(dataset)(tmp_path, world)
        for path in release.files
    ]
    landing = store(demo_home, "demo").landing
    held = [(f.release, f.path.name, f.receipt.sha256) for f in landed(landing, dataset)]
    assert sorted(held) == sorted(written)


def test_nothing_is_left_of_the_publications(demo_home: Path) -> None:
    root = store(demo_home, "demo").root
    assert not list(root.glob(".publications-*"))
    assert not list((root / "running").iterdir())


def _start(home: Path) -> tuple[subprocess.Popen[str], set[int]]:
    """The command, and its processes once two of them have said what they do."""
    environment = {**os.environ, "HARESIGN_HOME": str(home)}
    command = subprocess.Popen(
        [sys.executable, "-m", "flask", "data", "demo"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline, found = time.monotonic() + 60, set[int]()
    while time.monotonic() < deadline and len(found) < load._AT_ONCE:
        notes = (home / "demo" / "running").glob("[!.]*.json")
        found |= {json.loads(note.read_text())["pid"] for note in notes}
        time.sleep(0.02)
    assert found, "no process began"
    return command, found


def _gone(pids: set[int]) -> bool:
    deadline = time.monotonic() + 20
    while left := [
        pid
        for pid in pids
        if Path(f"/proc/{pid}/cmdline").exists()
        and b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]:
        if time.monotonic() > deadline:
            return not left
        time.sleep(0.1)
    return True


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at the processes of Linux")
def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    command, pids = _start(tmp_path)
    command.kill()
    command.communicate()
    assert _gone(pids)


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at the processes of Linux")
def test_a_process_that_is_killed_is_told_in_words(tmp_path: Path) -> None:
    command, pids = _start(tmp_path)
    os.kill(min(pids), signal.SIGKILL)
    said, _ = command.communicate(timeout=60)
    assert command.returncode == 1
    assert "qof: Not loaded: a process was ended from outside." in said
    assert "Traceback" not in said
    assert _gone(pids)
