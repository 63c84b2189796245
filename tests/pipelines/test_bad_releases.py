"""`flask data refresh` against a publisher on loopback: faults, wrong files, harmless changes."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable

import pytest

from data.versions.db import LiveVersions
from tests.pipelines.desk import (
    ALL,
    FEBRUARY,
    MARCH,
    QUIN,
    Desk,
    changed,
    total,
    twice,
    without_half,
)
from tests.pipelines.shelf import Shelf
from tests.publication_site import Fault
from tests.published_files import SERIES, list_files


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
    snapshot = LiveVersions(desk.home).current("list-sizes")
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
)
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
        (ALL, with_separators, "NUMBER_OF_PATIENTS, A81001: '1,015' is not a whole"),
        (ALL, unquoted_separators, "gp-reg-pat-prac-all.zip, .*Columns: 10 Found: 11"),
        (ALL, renamed(b",ALL,ALL,", b",ALL,ALL,-"), "A81001: '-1015' is not a whole number"),
        (ALL, renamed(b"2026-03-01", b"the first"), "'the first', which is not a date"),
        (ALL, lambda csv: csv.replace(b"2026-03-01", b"2026-01-01"), "should reach March 2026"),
        (ALL, lambda csv: csv.replace(b"2026-03-01", b"2099-03-01"), "period is not in the future"),
        (ALL, lambda csv: csv.splitlines(keepends=True)[0], "has headings but no rows"),
        (ALL, lambda csv: b"", "empty file"),
        (
            ALL,
            lambda csv: csv.replace(b"A8100", b"B9900").replace(b"A8101", b"B9901"),
            "98% known practices",
        ),
    ],
)
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
        lambda csv: csv.replace(b"TS1 1AA", b"TS1\xff1AA"),
        lambda csv: csv.replace(b"SUB_ICB_LOCATION_CODE", b"CCG_CODE"),
        lambda csv: csv.replace(b"EXTRACT_DATE", b'" Extract_Date "', 1),
    ],
    ids=[
        "bom",
        "crlf",
        "extra",
        "reordered",
        "01MAR2026",
        "01-Mar-26",
        "utf16",
        "cp1252",
        "ccg",
        "case",
    ],
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


def test_what_was_refused_is_reported_once_and_listed_until_it_is_mended(desk: Desk) -> None:
    """A timer is not told of the same bad file for ever, and of another one at once."""
    desk.flask("refresh", "list-sizes")
    desk.publish_lists(MARCH, changed(MARCH, renamed(b"NUMBER_OF_PATIENTS", b"PATIENTS")))
    assert desk.flask("refresh", "list-sizes").exit_code == 1
    desk.site.fault(SERIES, Fault.ERROR)
    assert desk.flask("refresh", "list-sizes").exit_code == 1, "the publisher is away again"
    desk.site.heal(SERIES)
    again = desk.flask("refresh", "list-sizes")
    assert again.exit_code == 0, again.output
    assert "gp-reg-pat-prac-all.csv has headings" in again.output
    status = desk.shelf.status("list-sizes")
    assert status is not None and status.outcome == "failed"
    assert "gp-reg-pat-prac-all.csv has headings" in status.message
    desk.publish_lists(MARCH, changed(MARCH, renamed(b"AGE_GROUP_5", b"AGE_BAND"), QUIN))
    assert desk.flask("refresh", "list-sizes").exit_code == 1, "of a new fault it is told"


def test_who_hands_a_bad_file_in_again_is_told_again(shelf: Shelf) -> None:
    shelf.loaded("list-sizes", list_files(FEBRUARY))
    for _ in range(2):
        shelf.refused("list-sizes", {"gp-reg-pat-prac-all.csv": b"A,B\n1,2\n"}, "has headings")
