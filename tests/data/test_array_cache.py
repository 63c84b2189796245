"""The arrays of a version are a cache: made of its Parquet, shared, and made again when wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from data import array_cache
from data.arrays import ARRAYS, INDEX
from data.snapshot import Snapshot
from tests import worlds

ROOT = Path(__file__).parents[2]
MARCH = worlds.MONTHS[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("cache")
    worlds.build(home)
    return home


@pytest.fixture()
def version(made: Path, tmp_path: Path) -> Path:
    """The folder of a published version of list sizes, of which a copy can be damaged."""
    shutil.copytree(made, tmp_path / "home")
    (folder,) = (tmp_path / "home" / "real" / "snapshots" / "list-sizes").glob("2*")
    return folder


def answers(snapshot: Snapshot) -> list[object]:
    """Something of every array."""
    measure = snapshot.dataset.measure("registered_patients")
    return [
        snapshot.england(measure, MARCH),
        snapshot.home("C82004", MARCH),
        snapshot.area_homes.above("pcn", "U22222", MARCH),
        repr(snapshot.spread_of(measure, "practice", "ENG")),
        snapshot.months,
    ]


def opened(folder: Path) -> Snapshot:
    manifest = worlds.store(folder.parents[3], "real").manifest("list-sizes")
    assert manifest is not None
    return Snapshot(folder, manifest)


def test_a_version_is_parquet_and_a_manifest(version: Path) -> None:
    kinds = {path.suffix for path in version.rglob("*") if path.is_file()}
    assert kinds == {".parquet", ".json"}
    assert [path.name for path in version.glob("*.json")] == ["manifest.json"]


def test_arrays_are_made_when_they_are_missing_and_kept_when_they_are_right(version: Path) -> None:
    cache = array_cache.place(version)
    assert cache == version.parents[3] / "cache" / "real" / "list-sizes" / version.name
    before = answers(opened(version))
    kept = {path.name: path.stat().st_ino for path in cache.iterdir()}
    assert set(kept) == {*ARRAYS, INDEX, array_cache.NOTE}
    assert answers(opened(version)) == before
    assert {path.name: path.stat().st_ino for path in cache.iterdir()} == kept
    shutil.rmtree(cache)
    assert answers(opened(version)) == before and cache.exists()


@pytest.mark.parametrize("name", [*ARRAYS, INDEX, array_cache.NOTE])
@pytest.mark.parametrize("damage", ["flip", "truncate", "delete", "empty", "null"])
def test_damaged_arrays_are_made_again(version: Path, name: str, damage: str) -> None:
    before = answers(opened(version))
    path = array_cache.place(version) / name
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 0x10
    path.unlink()  # those who have it mapped keep it
    if damage != "delete":
        path.write_bytes(
            {"flip": body, "truncate": body[:-7], "empty": b"", "null": b"null"}[damage]
        )
    assert answers(opened(version)) == before


def test_arrays_of_other_parquet_are_not_believed(version: Path) -> None:
    """The same name of a version says nothing of what was in it."""
    before = answers(opened(version))
    cache = array_cache.place(version)
    note = (cache / array_cache.NOTE).read_text(encoding="utf-8")
    key = note.split('"key": "')[1][:64]
    (cache / array_cache.NOTE).write_text(note.replace(key, "0" * 64), encoding="utf-8")
    inode = (cache / INDEX).stat().st_ino
    (cache / "kept").touch()
    assert answers(opened(version)) == before
    assert not (cache / "kept").exists(), inode


def test_two_processes_that_open_a_version_at_once_make_it_once(version: Path) -> None:
    shutil.rmtree(array_cache.place(version).parent)
    code = (
        "import sys; from pathlib import Path; from tests.data.test_array_cache import opened;"
        "snapshot = opened(Path(sys.argv[1]));"
        "sys.stdout.write(str(array_cache.place(snapshot.folder).stat().st_ino))"
    ).replace("array_cache.", "__import__('data.array_cache').array_cache.")
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(version)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    told = {process.communicate(timeout=120)[0] for process in both}
    assert told == {str(array_cache.place(version).stat().st_ino)}
    assert [path.name for path in array_cache.place(version).parent.glob("[!.]*")] == [version.name]


def test_litter_and_versions_that_are_gone_leave(version: Path) -> None:
    opened(version)
    folder = array_cache.place(version).parent
    for name in (".making-1-1", "20200101T000000Z-gone"):
        (folder / name).mkdir()
    others = [version.with_name(f"2020010{n}T000000Z-old") for n in range(1, 5)]
    for age, other in enumerate(others, 1):  # still published, and read some time ago
        other.mkdir()
        (folder / other.name).mkdir()
        os.utime(folder / other.name, (time.time() - age, time.time() - age))
    shutil.rmtree(folder / version.name)
    opened(version)
    left = {path.name for path in folder.iterdir() if path.is_dir()}
    assert left == {version.name, others[0].name, others[1].name}


def test_months_of_a_version_are_those_of_its_manifest(version: Path) -> None:
    assert opened(version).months == tuple(date(m.year, m.month, 1) for m in worlds.MONTHS)
