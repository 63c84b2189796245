"""`flask data refresh` against a publisher on loopback: new, late and re-issued releases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.versions import array_cache
from data.versions.db import LiveVersions
from tests.pipelines.desk import ALL, FEBRUARY, JANUARY, MARCH, QUIN, Desk, total
from tests.published_files import (
    all_csv,
    list_files,
    listed,
    quin_csv,
    zipped,
)

ROOT = Path(__file__).parents[2]


def test_the_real_command_finds_the_newest_releases(desk: Desk) -> None:
    command = [sys.executable, "-m", "flask", "--app", "app", "data"]
    environment = {**os.environ, **desk.site.urls.environment(), "HARESIGN_HOME": str(desk.home)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments], cwd=ROOT, env=environment, text=True, capture_output=True
        )

    done = run("refresh", "list-sizes", "--releases", "1")
    assert (done.returncode, done.stdout) == (0, "list-sizes: Published up to February 2026.\n")
    assert "march-2026: Listed but not yet published (due 2026-03-12)." in done.stderr
    assert "refresh dataset=list-sizes outcome=published" in done.stderr
    status = json.loads(run("status", "--json").stdout)
    assert status["list-sizes"]["periods"] == {
        "2026-02-01": {
            "practices": 12,
            "registered_patients": total(FEBRUARY),
            "release": "february-2026",
        }
    }
    assert run("verify").returncode == 0


def test_a_second_refresh_downloads_nothing_and_changes_nothing(desk: Desk) -> None:
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    version = desk.manifest().version
    assert set(desk.manifest().periods) == {JANUARY, FEBRUARY}
    before = len(desk.site.requests)
    again = desk.flask("refresh", "list-sizes")
    assert again.exit_code == 0
    assert "Nothing new since the live version." in again.output
    assert desk.manifest().version == version
    asked = desk.site.requests[before:]
    assert {r.status for r in asked if r.path.endswith(".zip")} == {304}
    assert not any("january" in r.path for r in asked)  # older releases are not looked at


def test_a_month_that_a_disk_has_changed_is_read_anew_and_not_vouched_for(desk: Desk) -> None:
    """A link to the damaged file with a fresh digest would make a wrong figure look right."""
    desk.flask("refresh", "list-sizes")
    folder = desk.shelf.version_folder("list-sizes", desk.manifest().version)
    name = "months/2026-01/fact.parquet"
    right = (folder / name).read_bytes()
    flipped = bytearray(right)
    flipped[len(right) // 2] ^= 0x10
    (folder / name).write_bytes(flipped)
    desk.publish_lists(MARCH)
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    manifest = desk.manifest()
    healed = desk.shelf.version_folder("list-sizes", manifest.version)
    assert (healed / name).read_bytes() == right and healed != folder
    assert desk.shelf.damage(manifest) is None
    now = LiveVersions(desk.home).current("list-sizes")
    assert now is not None and now.version == manifest.version
    assert manifest.periods[JANUARY].totals == {"registered_patients": total(JANUARY)}
    february = "months/2026-02/fact.parquet"
    assert os.stat(folder / february).st_ino == os.stat(healed / february).st_ino


def test_a_new_release_is_added_and_read_without_a_restart(desk: Desk) -> None:
    desk.flask("refresh", "list-sizes")
    library = LiveVersions(desk.home)
    old = library.current("list-sizes")
    desk.publish_lists(MARCH)
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    folder = desk.shelf.version_folder("list-sizes", desk.manifest().version)
    assert (array_cache.place(folder) / f"{folder.name}.json").exists()  # no reader waits for it
    new = library.current("list-sizes")
    assert old and new and (old.latest, new.latest) == (FEBRUARY, MARCH)
    january = "months/2026-01/fact.parquet"
    assert os.stat(old.path(january)).st_ino == os.stat(new.path(january)).st_ino
    record = desk.manifest().periods[MARCH]
    assert record.totals == {"registered_patients": total(MARCH)}
    assert desk.manifest().release.url.endswith("/march-2026")


@pytest.mark.parametrize("suffix", ["_v2", "_14-05-26_0526", ""])
def test_a_reissued_file_replaces_the_first(desk: Desk, suffix: str) -> None:
    desk.flask("refresh", "list-sizes")
    people = listed(FEBRUARY, 5)
    all_again = all_csv(FEBRUARY).replace(b",%d\n" % people, b",%d\n" % (people + 3))
    quin_again = quin_csv(FEBRUARY).replace(
        b"A81005,,TS1 1AA,MALE,95+,7", b"A81005,,TS1 1AA,MALE,95+,10"
    )
    files = list_files(FEBRUARY)
    for name, body in ((ALL, all_again), (QUIN, quin_again)):
        stem = name.removesuffix(".zip")
        del files[name]
        files[f"{stem}{suffix}.zip"] = zipped({f"{stem}.csv": body})
    desk.publish_lists(FEBRUARY, files)
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    totals = {
        month: r.totals["registered_patients"] for month, r in desk.manifest().periods.items()
    }
    assert totals == {JANUARY: total(JANUARY), FEBRUARY: total(FEBRUARY) + 3}
    assert len(desk.shelf.versions("list-sizes")) == 2
    assert desk.flask("verify").exit_code == 0


def test_an_older_release_after_a_newer_one_does_not_go_backwards(
    desk: Desk, tmp_path: Path
) -> None:
    desk.publish_lists(MARCH)
    assert desk.flask("refresh", "list-sizes", "--releases", "1").exit_code == 0
    older = tmp_path / "older"
    older.mkdir()
    for name, body in list_files(JANUARY).items():
        (older / name).write_bytes(body)
    assert desk.flask("refresh", "list-sizes", "--from", str(older)).exit_code == 0
    assert set(desk.manifest().periods) == {JANUARY, MARCH}
    assert desk.manifest().latest == MARCH
    assert desk.manifest().periods[MARCH].totals == {"registered_patients": total(MARCH)}


def test_loading_the_same_files_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    for name, body in list_files(JANUARY).items():
        (folder / name).write_bytes(body)
    assert desk.flask("refresh", "list-sizes", "--from", str(folder)).exit_code == 0
    version = desk.manifest().version
    again = desk.flask("refresh", "list-sizes", "--from", str(folder))
    assert (again.exit_code, desk.manifest().version) == (0, version)
    assert len(list((desk.shelf.landing / "list-sizes").glob("*/*.zip"))) == 3
