"""Which versions are collected, and that a collection may be killed at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.versions.manifest import Manifest
from data.versions.retention import UnknownVersion, cite, collect, collectable
from data.versions.snapshot import LAYOUT
from data.versions.store import Store, describe_files, new_version, store

ROOT = Path(__file__).parents[2]
LISTS = "list-sizes"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def is_sound(shelf: Store, version: str) -> bool:
    manifest = shelf.manifest(LISTS, version)
    return manifest is not None and shelf.damage(manifest) is None


def publish(
    shelf: Store,
    *,
    dataset: str = LISTS,
    age: int = 0,
    files: int = 2,
    inputs: dict[str, str] | None = None,
    linked_to: str | None = None,
) -> str:
    """A version made `age` days before `NOW`; its month may be linked to an earlier one's."""
    staged = shelf.stage(dataset)
    month = staged / "months" / "2026-01"
    month.mkdir(parents=True)
    for number in range(files):
        target = month / f"{number}.parquet"
        if linked_to is None:
            target.write_bytes(os.urandom(2_000))
        else:
            os.link(shelf.version_folder(dataset, linked_to) / target.relative_to(staged), target)
    (staged / "cube.npy").write_bytes(os.urandom(2_000))
    manifest = Manifest(
        dataset=dataset,
        version=new_version("0123456789"),
        made_at=NOW - timedelta(days=age),
        demo=False,
        transform=1,
        layout=LAYOUT,
        releases=(),
        inputs=inputs or {},
        periods={},
        checks=(),
        notes=(),
        files=describe_files(staged, {}),
    )
    shelf.publish(staged, manifest)
    return manifest.version


@pytest.fixture()
def shelf(tmp_path: Path) -> Store:
    return store(tmp_path, "real")


def test_the_newest_and_the_young_stay_and_the_rest_goes(shelf: Store) -> None:
    versions = [publish(shelf, age=age) for age in (90, 60, 40, 20, 0)]
    assert collectable(shelf, LISTS, keep=2, days=0, now=NOW) == versions[:3]
    assert collectable(shelf, LISTS, keep=4, days=0, now=NOW) == versions[:1]
    # What counts is how long ago a version was replaced, not when it was made.
    assert collectable(shelf, LISTS, keep=1, days=50, now=NOW) == versions[:1]
    assert collect(shelf, LISTS, keep=2, days=0, now=NOW) == versions[:3]
    assert shelf.versions(LISTS) == (versions[4], versions[3])


def test_the_live_version_stays_even_where_a_newer_one_is_not_live(shelf: Store) -> None:
    live = publish(shelf, age=90)
    pointer = shelf.pointer(LISTS).read_text()
    publish(shelf, age=60)
    publish(shelf, age=30)
    shelf.pointer(LISTS).write_text(pointer)
    assert collect(shelf, LISTS, keep=1, days=0, now=NOW) == []
    assert shelf.current_version(LISTS) == live


def test_a_version_replaced_a_moment_ago_stays_for_its_readers(shelf: Store) -> None:
    publish(shelf, age=90)
    publish(shelf, age=0)
    assert collect(shelf, LISTS, keep=1, days=0, now=NOW + timedelta(minutes=5)) == []
    assert len(collect(shelf, LISTS, keep=1, days=0, now=NOW + timedelta(hours=2))) == 1


def test_what_a_report_cites_stays_until_no_report_does(shelf: Store) -> None:
    cited = publish(shelf, age=90)
    publish(shelf, age=0)
    for report in ("report/1", "report/2"):
        cite(shelf, LISTS, cited, by=report)
    assert shelf.citations(LISTS, cited) == ("report/1", "report/2")
    assert collect(shelf, LISTS, keep=1, days=0, now=NOW + timedelta(days=1)) == []
    shelf.uncite(LISTS, cited, by="report/1")
    assert collect(shelf, LISTS, keep=1, days=0, now=NOW + timedelta(days=1)) == []
    shelf.uncite(LISTS, cited, by="report/2")
    assert collect(shelf, LISTS, keep=1, days=0, now=NOW + timedelta(days=1)) == [cited]
    with pytest.raises(UnknownVersion):
        cite(shelf, LISTS, cited, by="report/3")
    assert shelf.citations(LISTS, cited) == ()


def test_what_another_live_dataset_was_worked_out_with_stays(shelf: Store) -> None:
    used = publish(shelf, age=90)
    publish(shelf, age=0)
    publish(shelf, dataset="gp-appointments", inputs={LISTS: used})
    assert collect(shelf, LISTS, keep=1, days=0, now=NOW + timedelta(days=1)) == []


def test_months_shared_with_a_collected_version_stay_whole(shelf: Store) -> None:
    old = publish(shelf, age=90)
    new = publish(shelf, age=0, linked_to=old)
    assert collect(shelf, LISTS, keep=1, days=0, now=NOW + timedelta(days=1)) == [old]
    assert is_sound(shelf, new)
    month = shelf.version_folder(LISTS, new) / "months" / "2026-01" / "0.parquet"
    assert month.stat().st_nlink == 1


COLLECT = """
import sys, time
from datetime import datetime, timedelta
from pathlib import Path
from data.versions.retention import collect
from data.versions.store import store
print("ready", flush=True)
sys.stdin.readline()
shelf = store(Path(sys.argv[1]), "real")
collect(shelf, "list-sizes", keep=1, days=0, now=datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 4, 8, 16])
def test_killed_while_collecting_every_version_is_whole_or_gone(
    shelf: Store, tmp_path: Path, milliseconds: int
) -> None:
    versions = [publish(shelf, age=90 - number, files=150) for number in range(12)]
    later = NOW + timedelta(days=1)
    process = subprocess.Popen(
        [sys.executable, "-c", COLLECT, str(tmp_path), later.isoformat()],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin and process.stdout and process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()
    deadline = time.monotonic() + 10
    while versions[0] in shelf.versions(LISTS) and time.monotonic() < deadline:
        time.sleep(0.0001)
    time.sleep(milliseconds / 1000)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = shelf.versions(LISTS)
    assert versions[-1] in left and versions[0] not in left
    assert all(is_sound(shelf, version) for version in left)
    collect(shelf, LISTS, keep=1, days=0, now=later)
    assert [p.name for p in sorted(shelf.folder(LISTS).iterdir())] == [
        versions[-1],
        shelf.pointer(LISTS).name,
    ]


CITE = """
import sys
from pathlib import Path
from data.versions.retention import UnknownVersion, cite
from data.versions.store import store
print("ready", flush=True)
sys.stdin.readline()
shelf = store(Path(sys.argv[1]), "real")
for version in sys.argv[2:]:
    try:
        cite(shelf, "list-sizes", version, by="report/1")
    except UnknownVersion:
        continue
    print(version, flush=True)
"""


def test_a_version_cited_while_it_is_collected_is_kept_or_refused(
    shelf: Store, tmp_path: Path
) -> None:
    versions = [publish(shelf, age=90 - number, files=30) for number in range(12)]
    later = NOW + timedelta(days=1)
    commands = (
        [sys.executable, "-c", COLLECT, str(tmp_path), later.isoformat()],
        [sys.executable, "-c", CITE, str(tmp_path), *reversed(versions[:-1])],
    )
    processes = [
        subprocess.Popen(c, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for c in commands
    ]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    collected, cited = (process.communicate(timeout=60)[0] for process in processes)
    assert collected == ""
    left = set(shelf.versions(LISTS))
    assert set(cited.split()) <= left
    assert all(is_sound(shelf, version) for version in left)
