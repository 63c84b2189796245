"""The arrays of a version are a cache: made of its Parquet, shared, and made again when wrong."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from data import checked, month_block
from data.versions import array_cache
from data.versions.snapshot import Snapshot
from data.versions.store import DamagedVersion
from tests import worlds
from tests.data.test_changes import lists

ROOT = Path(__file__).parents[2]


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
        snapshot.england(measure, snapshot.latest),
        snapshot.home("C82004", snapshot.latest),
        snapshot.area_homes.above("pcn", "U22222", snapshot.latest),
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


def months(folder: Path) -> list[Path]:
    """The files of the blocks of months in the cache."""
    return sorted(array_cache.place(folder).glob("*.*.*"))


def note(folder: Path) -> Path:
    return array_cache.place(folder) / f"{folder.name}.json"


def inodes(paths: list[Path]) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in paths}


def test_months_are_made_when_they_are_missing_and_kept_when_they_are_right(version: Path) -> None:
    cache = array_cache.place(version)
    assert cache == version.parents[3] / "cache" / "real" / "list-sizes"
    before = answers(opened(version))
    kept = inodes(months(version))
    twice = [f"{month:%Y-%m}" for month in worlds.MONTHS for _ in month_block.BLOCKS]
    assert [name.split(".")[0] for name in kept] == twice
    assert {path.name for path in cache.iterdir()} == {*kept, note(version).name, array_cache.LOCK}
    assert answers(opened(version)) == before
    assert inodes(months(version)) == kept
    shutil.rmtree(cache)
    assert answers(opened(version)) == before and len(months(version)) == len(kept)


@pytest.mark.parametrize("place", ["month", "note"])
@pytest.mark.parametrize("damage", ["flip", "truncate", "delete", "empty", "null"])
def test_damaged_files_of_the_cache_are_made_again(version: Path, place: str, damage: str) -> None:
    before = answers(opened(version))
    names = [path.name for path in months(version)]
    path = months(version)[1] if place == "month" else note(version)
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 0x10
    if damage == "delete":
        path.unlink()
    else:
        damaged = {"flip": body, "truncate": body[:-7], "empty": b"", "null": b"null"}[damage]
        path.write_bytes(damaged)
    assert answers(opened(version)) == before
    assert [path.name for path in months(version)] == names
    for path in months(version):
        assert path.name.endswith(hashlib.sha256(path.read_bytes()).hexdigest())


def test_damaged_parquet_fills_no_array(version: Path) -> None:
    """What the manifest does not vouch for is not read, also where nobody has looked before."""
    shutil.rmtree(array_cache.place(version))
    cube = version / "months" / "2026-03" / "cube.parquet"
    body = bytearray(cube.read_bytes())
    body[100] ^= 0x10
    cube.write_bytes(body)
    with pytest.raises(DamagedVersion, match=r"cube\.parquet"):
        opened(version)


def test_two_processes_that_open_a_version_at_once_share_one_file(version: Path) -> None:
    shutil.rmtree(array_cache.place(version))
    code = (
        "import sys; from pathlib import Path; from tests.data.test_array_cache import opened;"
        "snapshot = opened(Path(sys.argv[1]));"
        "print(*snapshot._shared.identity, flush=True); sys.stdin.read()"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(version)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = {process.stdout.readline() for process in both if process.stdout}
    mine = opened(version)
    assert told == {" ".join(map(str, mine._shared.identity)) + "\n"}
    assert len(json.loads(note(version).read_text(encoding="utf-8"))["holders"]) == 3
    for process in both:
        process.communicate("", timeout=60)
    before = answers(mine)
    again = opened(version)  # from this process, which has it open still
    assert again._shared.identity == mine._shared.identity and answers(again) == before
    del mine, again
    assert answers(opened(version)) == before  # put together anew: nobody has it open
    assert len(json.loads(note(version).read_text(encoding="utf-8"))["holders"]) == 1


def test_a_new_month_costs_the_new_month(tmp_path: Path) -> None:
    """Of what versions have in common nothing is made again, also where a practice is in another
    area since, as in April 2026.
    """
    dates = [date(2026, n, 1) for n in (1, 3, 4)]
    first = lists(tmp_path, (dates[0],), seed=5)
    kept, values = inodes(months(first.folder)), answers(first)
    costs = []
    for held in (2, 3):
        snapshot = lists(tmp_path, tuple(dates[:held]), seed=5)
        now = inodes(months(snapshot.folder))
        assert {name: now[name] for name in kept} == kept
        costs.append(sorted(name.split(".")[0] for name in now.keys() - kept.keys()))
        kept = now
        measure = snapshot.dataset.measure("registered_patients")
        assert snapshot.england(measure, dates[0]) == first.england(measure, dates[0])
    assert costs == [["2026-03"] * 2, ["2026-04"] * 2]
    assert answers(first) == values  # the version before still reads what it has


def test_some_months_cost_those_months(version: Path) -> None:
    """What a version changed is worked out of the months that changed, however many are held."""
    whole = opened(version)
    part = Snapshot(version, whole.manifest, months=worlds.MONTHS[2:3])
    measure = whole.dataset.measure("registered_patients")
    assert part.months == worlds.MONTHS[2:3]
    for code in whole.codes("practice"):
        for month in part.months:
            answers = [one.at(measure, "practice", code, month=month) for one in (whole, part)]
            assert repr(answers[0]) == repr(answers[1])
    sizes = [one._shared.identity[2] for one in (part, whole)]
    assert sizes[0] < sizes[1] / 2  # of four months
    again = opened(version)
    assert again._shared.identity == whole._shared.identity  # nothing was changed for others


def test_litter_and_versions_that_are_gone_leave(version: Path) -> None:
    opened(version)
    cache = array_cache.place(version)
    (cache / ".making-1").write_bytes(b"half")
    (cache / "20200101T000000Z-of-an-earlier-form").mkdir()
    (cache / f"2019-01.{'0' * 32}.{'1' * 64}").write_bytes(b"of no version")
    others = [version.with_name(f"2020010{n}T000000Z-old") for n in range(1, 5)]
    for age, other in enumerate(others, 1):  # still published, and read some time ago
        other.mkdir()
        shutil.copy(note(version), note(other))
        os.utime(note(other), (time.time() - age, time.time() - age))
    kept = [path.name for path in months(version) if not path.name.startswith("2019")]
    opened(version)
    left = {path.name for path in cache.iterdir()}
    notes = {note(folder).name for folder in (version, *others[:2])}
    assert left == {*kept, *notes, array_cache.LOCK}


def test_files_are_read_once_on_a_host_and_again_when_they_look_different(
    version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = worlds.store(version.parents[3], "real").manifest("list-sizes")
    assert manifest is not None and array_cache.damage(version, manifest) is None
    read: list[Path] = []

    def counted(path: Path) -> str:
        read.append(path)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    monkeypatch.setattr(checked, "sha256_of", counted)
    assert array_cache.damage(version, manifest) is None and not read
    file = version / "organisations.parquet"
    os.link(file, version.parent / "another-name")  # as a version that shares the file does
    assert array_cache.damage(version, manifest) is None and not read
    body = bytearray(file.read_bytes())
    body[50] ^= 1
    then = file.stat()
    with file.open("r+b") as stream:
        stream.write(body)
    os.utime(file, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert "organisations.parquet" in str(array_cache.damage(version, manifest))
    assert read == [file]


def test_months_of_a_version_are_those_of_its_manifest(version: Path) -> None:
    assert opened(version).months == tuple(date(m.year, m.month, 1) for m in worlds.MONTHS)
