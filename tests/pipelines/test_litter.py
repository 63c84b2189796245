"""What killed processes leave is removed by the next ones, and nothing that is in use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from data.versions.landed import landed
from data.versions.litter import LONG_AGO
from pipelines.locking.locks import refresh_lock
from pipelines.schedule.refreshing import tidy
from tests.pipelines.desk import JANUARY, Desk
from tests.pipelines.test_uses import write
from tests.published_files import list_files, zipped

ROOT = Path(__file__).parents[2]
LISTS = "list-sizes"
KILLED = """
import os, sys
from pathlib import Path
from data.versions.store import store
from pipelines.fetch import landing
shelf = store(Path(sys.argv[1]), "real")
staged = shelf.stage("list-sizes")
(staged / "half.parquet").write_bytes(b"half")
os.replace = os.link = lambda *_: os._exit(9)
now = landing.datetime.now(landing.UTC)
landing.import_local(shelf.landing, "list-sizes", [Path(sys.argv[2])], now=now)
"""


def tree(folder: Path) -> set[str]:
    """Everything but the leases of locks, which are numbered."""
    paths = (path.relative_to(folder) for path in folder.rglob("*"))
    return {str(path) for path in paths if path.parts[0] != "locks"}


def age(path: Path, seconds: float = LONG_AGO + 60) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def test_a_killed_load_leaves_nothing_after_the_next_refresh(desk: Desk, tmp_path: Path) -> None:
    given = write(tmp_path / "given", list_files(JANUARY))
    assert desk.flask("refresh", LISTS, "--from", str(given)).exit_code == 0
    before = tree(desk.shelf.root)
    other = write(tmp_path / "other", {"other.zip": zipped({"a.csv": b"a,b\n1,2\n"})})
    command = [sys.executable, "-c", KILLED, str(desk.home), str(other / "other.zip")]
    assert subprocess.run(command, cwd=ROOT).returncode == 9
    assert len(tree(desk.shelf.root) - before) >= 4  # a folder and a part of each
    assert desk.flask("refresh", LISTS, "--from", str(given)).exit_code == 0
    assert tree(desk.shelf.root) == before


def test_what_somebody_may_still_want_stays(desk: Desk) -> None:
    folder = desk.shelf.landing / LISTS / "march-2026"
    folder.mkdir(parents=True)
    for name in ("big.zip.part", "big.zip.part.json"):  # a download that can be taken up again
        (folder / name).write_bytes(b"{}")
    (folder / "whole.csv").write_bytes(b"a\n")
    with refresh_lock(desk.shelf.root / "locks", f"{LISTS}-check"):
        tidy(desk.home)
    assert (folder / "whole.csv").exists()  # a living process may be writing its receipt
    tidy(desk.home)
    assert {path.name for path in folder.iterdir()} == {"big.zip.part", "big.zip.part.json"}
    for path in list(folder.iterdir()):
        age(path)
    tidy(desk.home)
    assert not folder.exists()


def test_folders_of_uploads_and_drafts_of_small_files_go_when_they_are_old(desk: Desk) -> None:
    upload = desk.home / "imports" / "0a"
    draft = desk.shelf.root / "status" / ".qof.json.999999"
    scratch = desk.shelf.root / ".publications-x"
    for folder in (upload, draft.parent, scratch):
        folder.mkdir(parents=True)
    (upload / "x.csv").write_bytes(b"a\n")
    draft.write_bytes(b"{")
    tidy(desk.home)
    assert upload.exists() and draft.exists() and scratch.exists()
    for path in (upload, draft, scratch):
        age(path)
    tidy(desk.home)
    assert not (upload.exists() or draft.exists() or scratch.exists())
    assert landed(desk.shelf.landing, LISTS) == ()
