"""`flask data refresh` against a publisher on loopback, good releases and bad ones."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

import pipelines.acquire
from data.db import Library
from data.manifest import Manifest
from data.store import Store, store
from pipelines.cli import data as data_commands
from pipelines.http import Client, Manners
from tests.publication_site import Fault, PublicationSite
from tests.published_files import (
    APPOINTMENTS,
    SERIES,
    SITES,
    all_csv,
    appointment_files,
    appointments_of,
    list_files,
    listed,
    map_csv,
    quin_csv,
    zipped,
)

ROOT = Path(__file__).parents[2]
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
ALL, QUIN = "gp-reg-pat-prac-all.zip", "gp-reg-pat-prac-quin-age.zip"
CROSSTAB = "Practice_Level_Crosstab_Mar_26"
Files = dict[str, bytes]


@dataclass
class Desk:
    """Somebody at a terminal, and the publisher whose pages they refresh from."""

    site: PublicationSite
    home: Path

    def flask(self, *arguments: str) -> Result:
        app = Flask("haresign")
        app.config["SETTINGS"] = self.site.urls.settings(self.home)
        app.cli.add_command(data_commands)
        return app.test_cli_runner().invoke(args=["data", *arguments])

    @property
    def shelf(self) -> Store:
        return store(self.home, "real")

    def manifest(self, dataset: str = "list-sizes") -> Manifest:
        found = self.shelf.manifest(dataset)
        assert found is not None
        return found

    def publish_lists(self, month: date, files: Files | None = None) -> None:
        slug = f"{month:%B-%Y}".lower()
        self.site.add_release(
            SERIES, slug, f"Patients Registered, {month:%B %Y}", published=month.replace(day=12),
            files=files or list_files(month),
        )  # fmt: skip

    def publish_appointments(self, month: date, files: Files) -> None:
        self.site.add_release(
            APPOINTMENTS, f"{month:%B-%Y}".lower(), f"Appointments, {month:%B %Y}",
            published=month.replace(day=26), files=files,
        )  # fmt: skip


@pytest.fixture()
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A publisher with releases of January and February 2026, and one announced for March."""
    quick = Manners(gap=0, attempts=3, first_wait=0.01, longest_wait=0.02, timeout=5)
    monkeypatch.setattr(pipelines.acquire, "Client", partial(Client, manners=quick))
    desk = Desk(PublicationSite(slow_chunk=500, slow_pause=0.01), tmp_path / "home")
    desk.site.add_upcoming(SERIES, "march-2026", "Patients, March 2026", due=date(2026, 3, 12))
    desk.publish_lists(JANUARY)
    desk.publish_lists(FEBRUARY)
    with desk.site.running():
        yield desk


def total(month: date) -> int:
    return sum(listed(month, n) for n in range(1, len(SITES) + 1))


def changed(month: date, change: Callable[[bytes], bytes], name: str = ALL) -> Files:
    """A release with one CSV changed."""
    stem = name.removesuffix(".zip")
    csvs = {ALL: all_csv(month), QUIN: quin_csv(month), "gp-reg-pat-prac-map.zip": map_csv(month)}
    return list_files(month) | {name: zipped({f"{stem}.csv": change(csvs[name])})}


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


def test_a_new_release_is_added_and_read_without_a_restart(desk: Desk) -> None:
    desk.flask("refresh", "list-sizes")
    library = Library(desk.home)
    old = library.current("list-sizes")
    desk.publish_lists(MARCH)
    assert desk.flask("refresh", "list-sizes").exit_code == 0
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


@pytest.mark.parametrize(
    "fault", [Fault.SLOW, Fault.ERROR, Fault.TRUNCATED, Fault.RESET, Fault.BUSY]
)
def test_a_fault_that_passes_is_overcome(desk: Desk, fault: Fault) -> None:
    desk.flask("refresh", "list-sizes")
    desk.publish_lists(MARCH)
    desk.site.fault(ALL, fault, times=None if fault is Fault.SLOW else 1)
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    assert desk.manifest().latest == MARCH


def refused(desk: Desk, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    """The March release is refused for the reason, and everything else stays as it was."""
    before = desk.manifest()
    with caplog.at_level(logging.INFO):
        done = desk.flask("refresh", "list-sizes")
    assert done.exit_code == 1, done.output
    assert re.search(reason, done.output), done.output
    now = desk.manifest()
    assert {m: r.totals for m, r in now.periods.items()} == {
        m: r.totals for m, r in before.periods.items()
    }
    snapshot = Library(desk.home).current("list-sizes")
    assert snapshot is not None and snapshot.latest == FEBRUARY
    described = json.loads(desk.flask("status", "--json").stdout)["list-sizes"]
    assert described["last_refresh"]["outcome"] == "failed"
    assert re.search(reason, described["last_refresh"]["message"])
    assert described["last_refresh"]["succeeded_at"] is not None
    assert re.search(reason, desk.flask("status").output)
    assert any("outcome=failed" in r.getMessage() for r in caplog.records)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.ERROR, "answered 500 Internal Server Error"),
        (Fault.GONE, "answered 404"),
        (Fault.TRUNCATED, "The connection to .* failed"),
        (Fault.HTML, "Expected a data file at .* but found text/html titled “Service unav"),
        (Fault.HTML_AS_FILE, "Expected a data file at .* but found a web page"),
        (Fault.BOMB, "gp-reg-pat-prac-all.zip.*zip bomb"),
        (Fault.REDIRECT_AWAY, "downloads.example.org.* is not one of the publishers"),
        (Fault.RENAMED_COLUMN, "gp-reg-pat-prac-all.csv has headings .* has not used: .*RENAMED_"),
    ],
)  # fmt: skip
def test_a_fault_that_stays_keeps_the_last_good_version_and_heals(
    desk: Desk, fault: Fault, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk.flask("refresh", "list-sizes")
    desk.publish_lists(MARCH)
    desk.site.fault(ALL, fault)
    refused(desk, reason, caplog)
    desk.site.heal(ALL)
    # The publisher mends the file under a new address; what was refused before is forgotten.
    mended = changed(MARCH, lambda csv: csv.replace(b"TS1 1AA", b"TS1 2AA"))
    desk.publish_lists(MARCH, mended)
    healed = desk.flask("refresh", "list-sizes")
    assert healed.exit_code == 0, healed.output
    assert desk.manifest().latest == MARCH


def without_half(csv: bytes) -> bytes:
    lines = csv.splitlines(keepends=True)
    return b"".join(lines[: len(lines) // 2 + 1])


def twice(csv: bytes) -> bytes:
    return csv + csv.splitlines(keepends=True)[-1]


def renamed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(csv: bytes) -> bytes:
        assert old in csv
        return csv.replace(old, new, 1)

    return change


def with_separators(csv: bytes) -> bytes:
    return re.sub(rb",(\d+)(\d{3})\n", rb',"\1,\2"\n', csv)


def unquoted_separators(csv: bytes) -> bytes:
    return re.sub(rb",(\d+)(\d{3})\n", rb",\1,\2\n", csv)


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        (ALL, renamed(b"NUMBER_OF_PATIENTS", b"PATIENTS"), "has headings .*PATIENTS"),
        (ALL, renamed(b",CODE,", b",ORG,"), "has headings .*ORG"),
        (QUIN, renamed(b"AGE_GROUP_5", b"AGE_BAND"), "has headings .*AGE_BAND"),
        (QUIN, renamed(b",ORG_CODE", b",ORGANISATION"), "has no column ORG_CODE"),
        (QUIN, renamed(b",MALE,95+,7", b",MALE,95+,8"), "age bands of A81001 add up to"),
        (QUIN, renamed(b",MALE,30_34,", b",MALE,30_39,"), "30_39"),
        (QUIN, without_half, "age bands of A81.* practices differ"),
        (ALL, twice, "lists A81012 more than once"),
        (ALL, without_half, "registered_patients within 1% a month"),
        (ALL, with_separators, "gp-reg-pat-prac-all.zip, .*Could not convert string '1,015'"),
        (ALL, unquoted_separators, "gp-reg-pat-prac-all.zip, .*Columns: 10 Found: 11"),
        (ALL, renamed(b",ALL,ALL,", b",ALL,ALL,-"), "A81001 has -1,015 patients"),
        (ALL, renamed(b"2026-03-01", b"the first"), "'the first' is not a date"),
        (ALL, lambda csv: csv.replace(b"2026-03-01", b"2026-01-01"), "should reach March 2026"),
        (ALL, lambda csv: csv.replace(b"2026-03-01", b"2099-03-01"), "period is not in the future"),
        (ALL, lambda csv: csv.splitlines(keepends=True)[0], "has headings but no rows"),
        (ALL, lambda csv: b"", "empty file"),
        (ALL, lambda csv: csv.replace(b"TS1 1AA", b"TS1\xff1AA"), "not CSV in UTF-8"),
        (ALL, lambda csv: csv.replace(b"A8100", b"B9900").replace(b"A8101", b"B9901"),
         "98% known practices"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_by_name_and_reason(
    desk: Desk,
    name: str,
    change: Callable[[bytes], bytes],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk.flask("refresh", "list-sizes")
    files = changed(MARCH, change, name)
    if "98%" in reason or "month" in reason or "more than once" in reason:
        del files[QUIN]  # whose own check would speak first
    desk.publish_lists(MARCH, files)
    refused(desk, reason, caplog)


def reordered(csv: bytes) -> bytes:
    lines = [line.split(b",") for line in csv.splitlines()]
    return b"".join(b",".join(reversed(cells)) + b"\n" for cells in lines)


@pytest.mark.parametrize(
    "change",
    [
        lambda csv: b"\xef\xbb\xbf" + csv,
        lambda csv: csv.replace(b"\n", b"\r\n"),
        lambda csv: csv.replace(b"\n", b",extra\n").replace(b",extra\n", b",EXTRA\n", 1),
        reordered,
        lambda csv: csv.replace(b"2026-03-01", b"01MAR2026"),
        lambda csv: csv.replace(b"2026-03-01", b"01-Mar-26"),
        lambda csv: csv.decode().encode("utf-16"),
        lambda csv: csv.replace(b"SUB_ICB_LOCATION_CODE", b"CCG_CODE"),
        lambda csv: csv.replace(b"EXTRACT_DATE", b'" Extract_Date "', 1),
    ],
    ids=["bom", "crlf", "extra", "reordered", "01MAR2026", "01-Mar-26", "utf16", "ccg", "case"],
)
def test_a_harmless_difference_is_accepted(desk: Desk, change: Callable[[bytes], bytes]) -> None:
    desk.flask("refresh", "list-sizes")
    desk.publish_lists(MARCH, changed(MARCH, change))
    done = desk.flask("refresh", "list-sizes")
    assert done.exit_code == 0, done.output
    assert desk.manifest().periods[MARCH].totals == {"registered_patients": total(MARCH)}


def test_a_series_page_that_lists_nothing_says_so(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.flask("refresh", "list-sizes")
    desk.site.fault(SERIES, Fault.HTML)
    refused(desk, "lists no releases", caplog)


def crosstab(desk: Desk, change: Callable[[bytes], bytes]) -> Result:
    """Refresh appointments of January and February, then of March with its crosstab changed."""
    desk.publish_appointments(FEBRUARY, appointment_files(FEBRUARY, [FEBRUARY, JANUARY]))
    first = desk.flask("refresh", "gp-appointments")
    assert first.exit_code == 0, first.output
    (packed,) = appointment_files(MARCH, [MARCH, FEBRUARY]).values()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[f"{CROSSTAB}.csv"] = change(members[f"{CROSSTAB}.csv"])
    desk.publish_appointments(MARCH, {f"{CROSSTAB}.zip": zipped(members)})
    return desk.flask("refresh", "gp-appointments")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Video Conference/Online", b"Video/Online"),
        (b"8  to 14 Days", b"8 to 14 Days"),
        (b"8  to 14 Days", b"8   to  14  days"),
        (b"Unknown / Data Issue", b"Unknown / Data Quality"),
        (b"Face-to-Face", b"Face to Face"),
    ],
)
def test_labels_that_drift_mean_the_same(desk: Desk, old: bytes, new: bytes) -> None:
    done = crosstab(desk, lambda csv: csv.replace(old, new))
    assert done.exit_code == 0, done.output
    snapshot = Library(desk.home).current("gp-appointments")
    assert snapshot is not None
    parts = snapshot.parts_at("england", "ENG", month=MARCH)
    assert parts["appointments"] == appointments_of(MARCH)
    assert (parts["mode_online"], parts["wait_8_to_14"], parts["wait_unknown"]) == (120, 480, 120)
    assert parts["mode_face_to_face"] == 300 * 12 + 78
    assert desk.flask("verify").exit_code == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda csv: csv.replace(b",Telephone,", b",Hologram,"), "APPT_MODE 'Hologram'"),
        (lambda csv: csv.replace(b"GP_CODE", b"PRACTICE_CODE"), "has headings .*PRACTICE_CODE"),
        (lambda csv: csv.replace(b"APPT_STATUS", b"STATUS"), "has no column APPT_STATUS"),
        (twice, "the same combination more than once"),
        (without_half, "appointments within 35% a month"),
        (lambda csv: csv.replace(b"01MAR2026,A81012", b"01FEB2026,A81012"), "one month in the"),
        (lambda csv: csv.replace(b",20,DNA", b",,DNA"), "Could not convert string ''"),
        (lambda csv: csv.replace(b",20,DNA", b',"2,000",DNA'), "Could not convert string '2,000'"),
        (lambda csv: csv.replace(b",20,DNA", b",-20,DNA"), "A81001 has -20 appointments"),
    ],
)  # fmt: skip
def test_a_bad_crosstab_is_refused_whole(
    desk: Desk, change: Callable[[bytes], bytes], reason: str
) -> None:
    done = crosstab(desk, change)
    assert done.exit_code == 1
    assert re.search(reason, done.output), done.output
    manifest = desk.manifest("gp-appointments")
    assert manifest.latest == FEBRUARY
    assert {record.release for record in manifest.periods.values()} == {"february-2026"}
    assert json.loads(desk.flask("status", "--json").stdout)["gp-appointments"]["last_refresh"][
        "message"
    ] in done.output.replace("gp-appointments: ", "")


def test_list_sizes_that_come_late_give_the_rates(desk: Desk) -> None:
    desk.publish_appointments(FEBRUARY, appointment_files(FEBRUARY, [FEBRUARY, JANUARY]))
    assert desk.flask("refresh", "gp-appointments").exit_code == 0
    library = Library(desk.home)
    before = library.current("gp-appointments")
    assert before is not None
    rate = before.dataset.measure("per_1000")
    assert str(before.england(rate, FEBRUARY)) == "nan"
    done = desk.flask("refresh", "list-sizes")
    assert done.exit_code == 0
    assert "gp-appointments: Published up to February 2026." in done.output
    after = library.current("gp-appointments")
    assert after is not None
    expected = 1000 * appointments_of(FEBRUARY) / total(FEBRUARY)
    assert after.england(rate, FEBRUARY) == pytest.approx(expected, rel=1e-12)
    assert after.manifest.inputs == {"list-sizes": desk.manifest().version}


def test_old_and_new_icb_codes_both_find_their_practices(desk: Desk) -> None:
    april = date(2026, 4, 1)
    desk.publish_lists(MARCH)
    files = list_files(april)
    name = "gp-reg-pat-prac-map"
    merged = map_csv(april, {"QHM": "S1Y5D", "QK1": "S1Y5D"})
    desk.publish_lists(april, files | {f"{name}.zip": zipped({f"{name}.csv": merged})})
    assert desk.flask("refresh", "list-sizes", "--releases", "4").exit_code == 0
    snapshot = Library(desk.home).current("list-sizes")
    assert snapshot is not None
    every = [site.code for site in SITES]
    old = [site.code for site in SITES if site.icb == "QHM"]
    for month in (JANUARY, MARCH, april):
        assert snapshot.practices_in("icb", "QHM", month) == old
        assert snapshot.practices_in("icb", "S1Y5D", month) == every
    assert snapshot.practices_in("icb", "S1Y5D", MARCH, membership="current") == every
    registered = snapshot.dataset.measure("registered_patients")
    north = sum(listed(MARCH, n) for n in range(1, 7))
    assert snapshot.at(registered, "icb", "QHM", month=MARCH)[0] == north
    assert str(snapshot.at(registered, "icb", "S1Y5D", month=MARCH)[0]) == "nan"
    current = snapshot.at(registered, "icb", "S1Y5D", month=MARCH, membership="current")
    assert current[0] == total(MARCH)


def test_practices_outside_pcns_stay_in_every_other_total(desk: Desk) -> None:
    desk.flask("refresh", "list-sizes")
    snapshot = Library(desk.home).current("list-sizes")
    assert snapshot is not None
    registered = snapshot.dataset.measure("registered_patients")

    def everyone(level: str) -> float:
        return float(snapshot.distribution(registered, level, FEBRUARY).sum())  # type: ignore[arg-type]

    outside = sum(listed(FEBRUARY, n) for n, site in enumerate(SITES, 1) if site.pcn == "U")
    assert outside > 0
    assert "U" not in snapshot.codes("pcn")
    assert everyone("pcn") == total(FEBRUARY) - outside
    for level in ("practice", "sub_icb", "icb", "region", "england"):
        assert everyone(level) == total(FEBRUARY)


def test_a_practice_that_the_mapping_lists_twice_counts_once(desk: Desk) -> None:
    """The real Mapping.csv of August 2025 lists 28 practices under two suppliers."""
    (packed,) = appointment_files(MARCH, [MARCH]).values()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    again = members["Mapping.csv"].splitlines(keepends=True)[1].replace(b"EMIS", b"TPP")
    members["Mapping.csv"] += again
    desk.publish_appointments(MARCH, {f"{CROSSTAB}.zip": zipped(members)})
    done = desk.flask("refresh", "gp-appointments")
    assert done.exit_code == 0, done.output
    snapshot = Library(desk.home).current("gp-appointments")
    assert snapshot is not None
    total_of = snapshot.dataset.measure("appointments")
    for level in ("practice", "sub_icb", "icb", "region", "england"):
        values = snapshot.distribution(total_of, level, MARCH)  # type: ignore[arg-type]
        assert values.sum() == appointments_of(MARCH), level


def test_a_landed_file_that_breaks_later_is_named_and_nothing_is_lost(desk: Desk) -> None:
    desk.flask("refresh", "list-sizes")
    before = desk.manifest()
    desk.publish_lists(MARCH)
    assert desk.flask("refresh", "list-sizes").exit_code == 0
    packed = desk.shelf.landing / "list-sizes/march-2026" / ALL
    body = bytearray(packed.read_bytes())
    body[len(body) // 3] ^= 0xFF
    packed.write_bytes(body)
    shutil.rmtree(desk.shelf.folder("list-sizes"))  # every version gone: all is built again
    done = desk.flask("refresh", "list-sizes", "--from", str(desk.home / "real/landing"))
    assert done.exit_code == 1
    assert "gp-reg-pat-prac-all.zip" in done.output and "damaged" in done.output
    assert set(desk.manifest().periods) == set(before.periods)
