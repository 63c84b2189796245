"""What was published can be taken back: rollbacks, withdrawals, and the right file afterwards."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.versions import changes, retention, undone
from data.versions.db import LiveVersions
from data.versions.landed import withdrawn
from data.versions.manifest import Manifest
from pipelines.cli import undoing
from pipelines.engine.series import series
from tests.pipelines.desk import ALL, FEBRUARY, JANUARY, MARCH, Desk, total
from tests.pipelines.test_uses import write, wrong
from tests.published_files import all_csv, crosstab_csv, list_files, listed, quin_csv, zipped

ROOT = Path(__file__).parents[2]
WHY = "The files of the wrong month."


def given(desk: Desk, folder: Path, files: dict[str, bytes], code: int = 0) -> Manifest:
    done = desk.flask("refresh", "list-sizes", "--from", str(write(folder, files)))
    assert done.exit_code == code, done.output
    return desk.manifest()


def shown(library: LiveVersions) -> tuple[str, tuple[date, ...]]:
    snapshot = library.current("list-sizes")
    assert snapshot is not None
    return snapshot.version, snapshot.months


def damage(desk: Desk, manifest: Manifest) -> None:
    """Put another file in the place of a version's newest; others may share the old one."""
    name = max(name for name in manifest.files if name.startswith("months/"))
    path = desk.shelf.version_folder("list-sizes", manifest.version) / name
    path.unlink()
    path.write_bytes(b"")


def patients(manifest: Manifest, month: date) -> object:
    return manifest.periods[month].totals["registered_patients"]


@pytest.fixture()
def undoable(desk: Desk, tmp_path: Path) -> tuple[Manifest, Manifest]:
    """A good version of January and one that adds wrong files of January and all of February."""
    first = given(desk, tmp_path / "first", list_files(JANUARY))
    files = {f"again-{name}": body for name, body in wrong(list_files(JANUARY)).items()}
    second = given(desk, tmp_path / "second", files | list_files(FEBRUARY))
    assert patients(second, JANUARY) == total(JANUARY) + 3 and FEBRUARY in second.periods
    return first, second


def test_a_rollback_is_seen_at_once_and_is_not_published_again(
    desk: Desk, undoable: tuple[Manifest, Manifest], tmp_path: Path
) -> None:
    first, second = undoable
    library = LiveVersions(desk.home)
    assert shown(library)[0] == second.version
    done = desk.flask("rollback", "list-sizes", first.version, "--why", WHY)
    assert done.exit_code == 0 and WHY in done.output
    time.sleep(0.05)
    assert shown(library) == (first.version, (JANUARY,))
    # What is landed is looked at again, and nothing comes back.
    again = desk.flask("refresh", "list-sizes", "--from", str(tmp_path / "first"))
    assert "Nothing new since the live version." in again.output
    assert desk.manifest().version == first.version
    # Handed in by name it is published, without what was not handed in.
    february = given(desk, tmp_path / "february", list_files(FEBRUARY))
    assert set(february.periods) == {JANUARY, FEBRUARY}
    assert patients(february, JANUARY) == total(JANUARY)
    found = changes.changes(desk.shelf, "list-sizes", february.version)
    assert found and found.previous == first.version
    listed_versions = desk.flask("versions", "list-sizes").output
    assert f"{february.version}  live" in listed_versions
    assert f"undone {date.today():%Y-%m-%d}" in listed_versions and WHY in listed_versions


def test_a_rollback_stands_in_the_changes_with_its_reason(
    desk: Desk, undoable: tuple[Manifest, Manifest]
) -> None:
    first, second = undoable
    assert desk.flask("rollback", "list-sizes", first.version, "--why", WHY).exit_code == 0
    newest, earlier, _ = changes.history(desk.shelf, "list-sizes")
    assert WHY in newest.why and newest.entry.endswith("-rollback")
    assert (newest.previous, newest.version) == (second.version, first.version)
    assert (newest.kinds("revised"), newest.kinds("withdrawn")) == ([JANUARY], [FEBRUARY])
    assert earlier.version == second.version and not earlier.why
    assert WHY in desk.flask("changes", "list-sizes").output


def test_a_rollback_can_itself_be_taken_back(
    desk: Desk, undoable: tuple[Manifest, Manifest]
) -> None:
    first, second = undoable
    for target in (first, second, first, second):
        done = desk.flask("rollback", "list-sizes", target.version, "--why", WHY)
        assert done.exit_code == 0, done.output
        assert desk.shelf.current_version("list-sizes") == target.version
    assert withdrawn(desk.shelf.landing, "list-sizes") == ()
    again = desk.flask("rollback", "list-sizes", second.version, "--why", WHY)
    assert again.exit_code == 1 and "is the live version" in again.output


def test_what_the_publisher_still_offers_stays_rolled_back_until_it_is_issued_anew(
    desk: Desk,
) -> None:
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    first = desk.manifest().version
    desk.publish_lists(MARCH)
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    assert desk.flask("rollback", "list-sizes", first, "--why", WHY).exit_code == 0
    for _ in range(2):
        done = desk.flask("refresh", "list-sizes", "--releases", "3")
        assert done.exit_code == 0 and desk.manifest().version == first, done.output
    people = listed(MARCH, 5)
    every = all_csv(MARCH).replace(b",%d\n" % people, b",%d\n" % (people + 3))
    ages = quin_csv(MARCH).replace(b"A81005,,TS1 1AA,MALE,95+,7", b"A81005,,TS1 1AA,MALE,95+,10")
    desk.publish_lists(
        MARCH,
        {
            "gp-reg-pat-prac-all_v2.zip": zipped({"gp-reg-pat-prac-all_v2.csv": every}),
            "gp-reg-pat-prac-quin-age_v2.zip": zipped({"gp-reg-pat-prac-quin-age_v2.csv": ages}),
        },
    )
    assert desk.flask("refresh", "list-sizes", "--releases", "3").exit_code == 0
    assert patients(desk.manifest(), MARCH) == total(MARCH) + 3


def test_a_withdrawn_file_gives_way_to_the_one_before_it(
    desk: Desk, undoable: tuple[Manifest, Manifest], tmp_path: Path
) -> None:
    names = (f"again-{ALL}", "again-gp-reg-pat-prac-quin-age.zip")
    done = desk.flask("withdraw", *names, "--why", WHY)
    assert done.exit_code == 0 and "was refused" not in done.output
    now = desk.manifest()
    assert patients(now, JANUARY) == total(JANUARY) and FEBRUARY in now.periods
    assert len(list((desk.shelf.landing / "list-sizes").glob(f"*/again-{ALL}"))) == 1
    newest = changes.recent(desk.shelf, "list-sizes", 1)[0]
    assert newest.version == now.version and WHY in newest.why
    assert desk.flask("refresh", "list-sizes", "--from", str(tmp_path / "first")).exit_code == 0
    assert patients(desk.manifest(), JANUARY) == total(JANUARY)
    back = desk.flask("withdraw", f"again-{ALL}", "--undo", "--why", "It was right.")
    assert "is used again: It was right." in back.output


def test_a_month_that_only_a_withdrawn_file_gave_goes_with_it(
    desk: Desk, undoable: tuple[Manifest, Manifest]
) -> None:
    done = desk.flask("withdraw", ALL, "--why", WHY)
    assert done.exit_code == 1 and "may mean several files" in done.output
    sha = re.findall(rf"([0-9a-f]{{12}}) {re.escape(ALL)}", done.output)
    february = next(r for r in desk.manifest().releases if r.slug.endswith("2026-02"))
    hashes = [file.sha256[:12] for file in february.files]
    assert set(hashes) & set(sha)
    done = desk.flask("withdraw", *hashes, "--why", WHY)
    assert done.exit_code == 0 and set(desk.manifest().periods) == {JANUARY}, done.output
    newest = changes.recent(desk.shelf, "list-sizes", 1)[0]
    assert newest.kinds("withdrawn") == [FEBRUARY]
    # The version that was made of it is not what is served in an emergency.
    damage(desk, desk.manifest())
    assert shown(LiveVersions(desk.home))[1] == (JANUARY,)


def test_the_last_file_is_not_withdrawn_in_silence(desk: Desk, tmp_path: Path) -> None:
    before = given(desk, tmp_path / "first", list_files(JANUARY))
    done = desk.flask("withdraw", *list_files(JANUARY), "--why", WHY)
    assert done.exit_code == 1
    assert "would have nothing left" in done.output and "Load the right file first" in done.output
    assert desk.manifest().version == before.version
    assert withdrawn(desk.shelf.landing, "list-sizes") == ()
    assert undone.history(desk.shelf, "list-sizes") == ()


def test_a_month_that_cannot_be_built_any_more_is_again_what_it_was_before(
    desk: Desk, undoable: tuple[Manifest, Manifest]
) -> None:
    """The wrong ages, which were not withdrawn, do not add up to the right totals."""
    first, _ = undoable
    done = desk.flask("withdraw", f"again-{ALL}", "--why", WHY)
    assert done.exit_code == 0 and "age bands" in done.output
    now = desk.manifest()
    assert now.periods[JANUARY] == first.periods[JANUARY] and FEBRUARY in now.periods
    assert desk.flask("verify").exit_code == 0


def test_where_nothing_can_be_built_it_goes_back_to_the_version_before(
    desk: Desk, undoable: tuple[Manifest, Manifest]
) -> None:
    first, _ = undoable
    chosen = undoing.choose(desk.shelf, f"again-{ALL}")
    done = undoing.withdraw(desk.shelf, series("list-sizes"), chosen, why=WHY, by="me", memory_mb=1)
    assert "OutOfMemory" in done.message
    assert desk.manifest().version == first.version
    assert WHY in changes.recent(desk.shelf, "list-sizes", 1)[0].why


def test_a_file_that_cannot_be_used_is_discarded(desk: Desk, tmp_path: Path) -> None:
    before = given(desk, tmp_path / "first", list_files(JANUARY))
    bad = {"gp-reg-pat-prac-all-bad.csv": b"A,B\n1,2\n"}
    given(desk, tmp_path / "bad", bad, code=1)
    assert desk.flask("refresh", "list-sizes", "--from", str(tmp_path / "first")).exit_code == 1
    done = desk.flask("withdraw", "gp-reg-pat-prac-all-bad.csv", "--why", "It is no list.")
    assert done.exit_code == 0, done.output
    assert desk.manifest().version == before.version
    assert "It is no list. " in changes.recent(desk.shelf, "list-sizes", 1)[0].why
    assert desk.flask("refresh", "list-sizes", "--from", str(tmp_path / "first")).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rollback", "list-sizes", "2020", "--why", WHY), "is not one of the versions"),
        (("rollback", "list-sizes", "2", "--why", WHY), "begins 2 of them"),
        (("rollback", "lists", "2020", "--why", WHY), "No dataset is called"),
        (("rollback", "list-sizes", "2020", "--why", "  "), "Say why"),
        (("withdraw", "agian-gp-reg-pat-prac-all.zip", "--why", WHY), f"again-{ALL}"),
        (("withdraw", "nothing like it", "--why", WHY), "No landed file has the name"),
        (("withdraw", f"again-{ALL}", "--undo", "--why", WHY), "is not withdrawn"),
    ],
)
def test_what_cannot_be_undone_is_explained(
    desk: Desk, undoable: tuple[Manifest, Manifest], arguments: tuple[str, ...], words: str
) -> None:
    done = desk.flask(*arguments)
    assert done.exit_code != 0 and words in done.output
    assert desk.manifest().version == undoable[1].version


def test_a_damaged_version_is_not_returned_to(
    desk: Desk, undoable: tuple[Manifest, Manifest]
) -> None:
    damage(desk, undoable[0])
    done = desk.flask("rollback", "list-sizes", undoable[0].version, "--why", WHY)
    assert done.exit_code == 1 and "is damaged" in done.output


def test_rates_that_rest_on_a_dataset_follow_it(
    desk: Desk, undoable: tuple[Manifest, Manifest], tmp_path: Path
) -> None:
    first, _ = undoable
    folder = write(tmp_path / "x", {"Practice_Level_Crosstab_Jan_26.csv": crosstab_csv(JANUARY)})
    assert desk.flask("refresh", "gp-appointments", "--from", str(folder)).exit_code == 0
    done = desk.flask("rollback", "list-sizes", first.version, "--why", WHY)
    assert "gp-appointments: Published" in done.output
    assert desk.manifest("gp-appointments").inputs == {"list-sizes": first.version}
    assert desk.manifest("gp-appointments").inputs["list-sizes"] == first.version


def test_the_version_returned_to_is_kept_and_stays_for_readers_when_it_is_replaced(
    desk: Desk, undoable: tuple[Manifest, Manifest], tmp_path: Path
) -> None:
    first, second = undoable
    assert desk.flask("rollback", "list-sizes", first.version, "--why", WHY).exit_code == 0
    later = undone.history(desk.shelf, "list-sizes")[-1].at + timedelta(days=900)
    assert retention.collectable(desk.shelf, "list-sizes", keep=1, days=0, now=later) == []
    third = given(desk, tmp_path / "march", list_files(MARCH))
    soon = third.made_at + timedelta(minutes=5)
    gone = retention.collectable(desk.shelf, "list-sizes", keep=1, days=0, now=soon)
    assert first.version not in gone
    much_later = third.made_at + timedelta(days=1)
    gone = retention.collectable(desk.shelf, "list-sizes", keep=1, days=0, now=much_later)
    assert gone == [first.version, second.version]


STOPPED = """
import os, sys
from pathlib import Path
from data.versions import store as stores, undone
from data.versions.store import Store, store
from pipelines.cli import undoing

calls = 0
real = stores.write_atomically
def stop(*arguments):
    global calls
    calls += 1
    if calls > int(sys.argv[3]):
        os._exit(9)
    real(*arguments)
stores.write_atomically = undone.write_atomically = stop
import data.versions.landed
data.versions.landed.write_atomically = stop
undoing.roll_back(store(Path(sys.argv[1]), "real"), "list-sizes", sys.argv[2], why="x", by="me")
"""


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_a_rollback_that_was_cut_short_is_whole_or_finished_by_the_next_refresh(
    desk: Desk, undoable: tuple[Manifest, Manifest], tmp_path: Path, writes: int
) -> None:
    """The note, the marks of withdrawn files, the pointer and the record are written in turn."""
    first, second = undoable
    command = [sys.executable, "-c", STOPPED, str(desk.home), first.version, str(writes)]
    assert subprocess.run(command, cwd=ROOT).returncode == 9
    assert shown(LiveVersions(desk.home))[0] == (second.version if writes < 3 else first.version)
    done = desk.flask("refresh", "list-sizes", "--from", str(tmp_path / "first"))
    assert done.exit_code == 0, done.output
    # Without a note nothing was begun; January was handed in again and the rest is as it was.
    assert FEBRUARY in desk.manifest().periods if writes == 0 else True
    if writes:
        assert desk.manifest().version == first.version


BACK_AND_FORTH = """
import sys
from pathlib import Path
from data.versions.store import store
from pipelines.cli import undoing
shelf = store(Path(sys.argv[1]), "real")
print("ready", flush=True)
for turn in range(10_000):
    undoing.roll_back(shelf, "list-sizes", sys.argv[2 + turn % 2], why="x", by="me")
"""


def test_killed_at_random_moments_readers_see_one_version_or_the_other(
    desk: Desk, undoable: tuple[Manifest, Manifest]
) -> None:
    first, second = undoable
    months = {first.version: (JANUARY,), second.version: (JANUARY, FEBRUARY)}
    rng = random.Random(7)
    for _ in range(4):
        live = desk.shelf.current_version("list-sizes")
        turns = [v for v in (first.version, second.version) if v != live] + [str(live)]
        command = [sys.executable, "-c", BACK_AND_FORTH, str(desk.home), *turns]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout and process.stdout.readline()
        library, seen = LiveVersions(desk.home), set()
        deadline = time.monotonic() + rng.uniform(0.2, 0.6)
        while time.monotonic() < deadline:
            version, held = shown(library)
            assert held == months[version]
            seen.add(version)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert shown(LiveVersions(desk.home))[0] in months
    done = desk.flask("versions", "list-sizes")
    assert done.exit_code == 0 and done.output.count("  live") == 1
