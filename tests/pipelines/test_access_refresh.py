"""Online consultations and telephony from a publisher on loopback, good releases and bad."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from data.versions.db import LiveVersions
from data.versions.manifest import Manifest
from data.versions.snapshot import Snapshot
from data.versions.store import store
from tests.access_files import (
    ONLINE,
    TELEPHONY,
    calls_files,
    calls_total,
    online_csv,
    online_files,
    online_total,
    submissions,
)
from tests.pipelines.terminal import data_command
from tests.publication_site import Fault, PublicationSite
from tests.published_files import zipped

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
Files = dict[str, bytes]


@dataclass
class Desk:
    """Somebody at a terminal who refreshes one dataset from the publisher's pages."""

    site: PublicationSite
    home: Path
    dataset: str
    series: str

    def flask(self, *arguments: str) -> Result:
        return data_command(self.site.urls.settings(self.home), *arguments)

    def refresh(self, *arguments: str) -> Result:
        return self.flask("refresh", self.dataset, *arguments)

    def publish(self, month: date, files: Files) -> None:
        self.site.add_release(
            self.series,
            f"{month:%B-%Y}".lower(),
            f"{self.series}, {month:%B %Y}",
            published=month.replace(day=26),
            files=files,
        )

    def manifest(self) -> Manifest:
        found = store(self.home, "real").manifest(self.dataset)
        assert found is not None
        return found

    def snapshot(self) -> Snapshot:
        found = LiveVersions(self.home).current(self.dataset)
        assert found is not None
        return found

    def refused(self, reason: str) -> None:
        """March is refused with the reason; February stays as it was."""
        before = self.manifest()
        done = self.refresh()
        assert done.exit_code == 1, done.output
        assert re.search(reason, done.output), done.output
        now = self.manifest()
        assert now.latest == before.latest == FEBRUARY
        assert {m: r.totals for m, r in now.periods.items()} == {
            m: r.totals for m, r in before.periods.items()
        }
        status = json.loads(self.flask("status", "--json").stdout)[self.dataset]
        assert status["last_refresh"]["outcome"] == "failed"
        assert re.search(reason, status["last_refresh"]["message"])


def running(tmp_path: Path, dataset: str, series: str) -> Iterator[Desk]:
    desk = Desk(PublicationSite(), tmp_path / "home", dataset, series)
    desk.site.add_upcoming(series, "march-2026", "March 2026", due=date(2026, 3, 26))
    with desk.site.running():
        yield desk


@pytest.fixture()
def online(tmp_path: Path) -> Iterator[Desk]:
    for desk in running(tmp_path, "online-consultations", ONLINE):
        desk.publish(FEBRUARY, online_files(FEBRUARY, [JANUARY, FEBRUARY]))
        assert desk.refresh().exit_code == 0
        yield desk


@pytest.fixture()
def telephony(tmp_path: Path) -> Iterator[Desk]:
    for desk in running(tmp_path, "cloud-telephony", TELEPHONY):
        desk.publish(FEBRUARY, calls_files(FEBRUARY))
        assert desk.refresh().exit_code == 0
        yield desk


def test_online_releases_are_found_and_restate_earlier_months(online: Desk) -> None:
    assert {m: r.totals["submissions"] for m, r in online.manifest().periods.items()} == {
        month: online_total(month) for month in (JANUARY, FEBRUARY)
    }
    silent = online.snapshot().parts_at("practice", "A81003", month=FEBRUARY)
    assert (silent["submissions"], silent["registered"], silent["receiving"]) == (None, 5000, 0)
    timed = online.snapshot().parts_at("england", "ENG", month=FEBRUARY)
    assert (timed["timed"], timed["outside_core"]) == (online_total(FEBRUARY), 110)
    online.publish(
        MARCH,
        online_files(
            MARCH,
            [FEBRUARY, MARCH],
            lambda csv: csv.replace(b"2026-02-01,A81001,", b"01/02/2026,A81001,"),
        ),
    )
    done = online.refresh()
    assert done.exit_code == 0, done.output
    records = online.manifest().periods
    assert set(records) == {JANUARY, FEBRUARY, MARCH}
    assert records[FEBRUARY].release == "march-2026"
    assert online.snapshot().home("A81001", MARCH)["supplier"] == "ACCURX LIMITED, TPP"
    assert online.flask("verify").exit_code == 0


def _spoilt(change: Callable[[bytes], bytes]) -> Files:
    return online_files(MARCH, [FEBRUARY, MARCH], change)


def _swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(csv: bytes) -> bytes:
        assert old in csv
        return csv.replace(old, new)

    return change


NORTH_TOTAL = b"OC_TOTAL_SUBMISSIONS,103"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (online_files(MARCH, [FEBRUARY, MARCH], north=b""), "the north; missing the south"),
        (_spoilt(_swap(b"METRIC", b"INDICATOR")), "has headings .* has not used: .*INDICATOR"),
        (_spoilt(_swap(b"PCN_CODE", b"NETWORK")), "has no column PCN_CODE"),
        (_spoilt(_swap(NORTH_TOTAL, b"OC_TOTAL_SUBMISSIONS,104")), "types of request of A81001"),
        (_spoilt(_swap(NORTH_TOTAL, b"OC_TOTAL_SUBMISSIONS,many")), "is many, which is no number"),
        (_spoilt(_swap(NORTH_TOTAL, b"OC_TOTAL_SUBMISSIONS,-103")), "A81001 has -103 as OC_TOTAL"),
        (_spoilt(_swap(NORTH_TOTAL, b"OC_TOTAL_SUBMISSIONS,*")), "lack one of OC_TOTAL"),
        (_spoilt(lambda csv: csv + csv.splitlines(keepends=True)[-1]), "more than once"),
        (_spoilt(lambda csv: csv.splitlines(keepends=True)[0]), "has headings but no rows"),
        (_spoilt(lambda csv: b"<!DOCTYPE html><html></html>"), "found a web page"),
        (_spoilt(_swap(b"2026-03-01", b"March")), "'March' is not a date"),
        (online_files(MARCH, [FEBRUARY]), "should reach March 2026"),
    ],
    ids=[
        "half",
        "renamed",
        "lost",
        "types",
        "words",
        "negative",
        "hidden",
        "twice",
        "empty",
        "html",
        "month",
        "old",
    ],
)
def test_a_bad_online_release_keeps_the_last_good_version(
    online: Desk, files: Files, reason: str
) -> None:
    online.publish(MARCH, files)
    online.refused(reason)


def test_a_metric_that_is_new_is_kept_and_named(online: Desk) -> None:
    line = online_csv([MARCH], "north").splitlines(keepends=True)[1]
    new = line.replace(b"OC_CAPABILITY,1", b"OC_AI_TRIAGE,7")
    online.publish(MARCH, _spoilt(lambda csv: csv + new))
    done = online.refresh()
    assert done.exit_code == 0, done.output
    assert any("OC_AI_TRIAGE" in note for note in online.manifest().notes)


def test_a_reissued_online_file_leaves_both_versions(online: Desk) -> None:
    first = online.manifest().version
    files = online_files(
        FEBRUARY,
        [JANUARY, FEBRUARY],
        lambda csv: csv.replace(b"OC_TOTAL_SUBMISSIONS,102", b"OC_TOTAL_SUBMISSIONS,103").replace(
            b"OC_SUBMISSION_TYPE_CLINICAL,77", b"OC_SUBMISSION_TYPE_CLINICAL,78"
        ),
    )
    online.publish(FEBRUARY, {n.replace(" 2026.zip", " 2026_v2.zip"): b for n, b in files.items()})
    assert online.refresh().exit_code == 0
    kept = LiveVersions(online.home).version("online-consultations", first)
    measure = online.snapshot().dataset.measure("submissions")
    assert kept is not None
    assert kept.at(measure, "practice", "A81001", month=FEBRUARY)[0] == submissions(FEBRUARY, 0)
    now = online.snapshot().at(measure, "practice", "A81001", month=FEBRUARY)[0]
    assert now == submissions(FEBRUARY, 0) + 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.TRUNCATED, "The connection to .* failed"),
        (Fault.HTML_AS_FILE, "found a web page"),
        (Fault.GONE, "answered 404"),
        (Fault.BOMB, "zip bomb"),
    ],
)
def test_a_fault_of_the_files_host_keeps_the_last_good_version(
    telephony: Desk, fault: Fault, reason: str
) -> None:
    files = calls_files(MARCH)
    telephony.publish(MARCH, files)
    telephony.site.fault(list(files)[-1], fault)
    telephony.refused(reason)
    telephony.site.heal(list(files)[-1])


def test_telephony_releases_are_found_and_shared_accounts_count_in_areas(telephony: Desk) -> None:
    assert telephony.manifest().periods[FEBRUARY].totals == {"inbound": calls_total(FEBRUARY)}
    assert telephony.manifest().periods[FEBRUARY].practices == 12
    snapshot = telephony.snapshot()
    inbound = snapshot.dataset.measure("inbound")
    north = sum(1000 * n + 2 for n in range(1, 7)) + 500
    assert snapshot.at(inbound, "region", "Y63", month=FEBRUARY)[0] == north
    assert snapshot.at(inbound, "icb", "QHM", month=FEBRUARY)[0] == north
    england = snapshot.parts_at("england", "ENG", month=FEBRUARY)
    assert england["unassigned"] == 500
    assert england["band_08_10"] == england["day_monday"] == calls_total(FEBRUARY)
    assert (england["included_practices"], england["open_practices"]) == (13, 15)
    assert telephony.flask("verify").exit_code == 0


@pytest.mark.parametrize("book", [{"lost_month": True}, {"split": True}], ids=["copyright", "4ab"])
def test_a_harmless_difference_is_accepted(telephony: Desk, book: dict[str, bool]) -> None:
    telephony.publish(MARCH, calls_files(MARCH, book=book))
    done = telephony.refresh()
    assert done.exit_code == 0, done.output
    parts = telephony.snapshot().parts_at("practice", "A81002", month=MARCH)
    assert parts["inbound"] == 2003
    assert (parts["wait_under_1"], parts["duration_under_1"]) == (1001, 994)
    assert telephony.manifest().periods[MARCH].totals == {"inbound": calls_total(MARCH)}
    assert telephony.flask("verify").exit_code == 0


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (calls_files(MARCH, book={"total": 1}), "England is given as 1, rows add up to"),
        (calls_files(MARCH, book={"answered": "Picked up"}), "not used: .*PICKED UP"),
        (calls_files(MARCH, book={"practices": 6}), "calls by practice, day and time"),
        (calls_files(MARCH, csv=_swap(b"CBT001", b"CBT042")), "not in the .* Indicator 'CBT042'"),
        (calls_files(MARCH, csv=_swap(b"08:00-09:59", b"08:00-08:59")), "times '08:00 - 08:59'"),
        (calls_files(MARCH, csv=_swap(b"Value", b"Number")), "has no column VALUE"),
        (calls_files(MARCH, csv=_swap(b"Time_Category", b"Hour")), "has headings .*Hour"),
        (calls_files(MARCH, csv=_swap(b",1003.0", b",-1003.0")), "A81001 has -1003"),
        (calls_files(FEBRUARY), "should reach March 2026"),
    ],
    ids=["total", "renamed", "half", "indicator", "band", "column", "heading", "negative", "old"],
)
def test_a_bad_telephony_release_keeps_the_last_good_version(
    telephony: Desk, files: Files, reason: str
) -> None:
    telephony.publish(MARCH, files)
    telephony.refused(reason)


def test_half_a_telephony_release_waits_for_the_rest(telephony: Desk) -> None:
    """A zip without its workbook makes no month; the month comes with the workbook."""
    files = calls_files(MARCH)
    book, packed = files
    telephony.publish(MARCH, {packed: files[packed]})
    assert telephony.refresh().exit_code == 0
    assert telephony.manifest().latest == FEBRUARY
    telephony.publish(MARCH, files)
    assert telephony.refresh().exit_code == 0
    assert telephony.manifest().latest == MARCH


def test_an_empty_archive_is_named(online: Desk) -> None:
    files = online_files(MARCH, [FEBRUARY, MARCH])
    online.publish(MARCH, {name: zipped({}) for name in files})
    online.refused("holds no .csv|no CSV|holds no")
