"""The telephony participation list: found by its headings, read as answered, refused if unlike."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from data.datasets.cloud_telephony import DATASET
from data.spec import Part
from data.versions.snapshot import Snapshot
from tests.access_files import TELEPHONY, calls_files, calls_total
from tests.pipelines.test_access_refresh import FEBRUARY, MARCH, Desk, running
from tests.published_files import SITES

HEADS = (
    *("Month [1]", "GP Code", "GP Name", "PCN Code", "PCN Name", "Sub ICB Code", "Sub ICB Name"),
    *("ICB Code", "ICB Name", "Region Code", "Region Name", "Agreed to Participate"),
    *("Data received / Passed checks [2]", "Practice Code has been unassigned"),
    "List of open and actice practices",
)
AREAS = ("U00001", "PCN", "16C", "SUB", "QHM", "ICB", "Y63", "REGION")
RECEIVED, SHARED = HEADS[12], HEADS[13]
OWN, NOBODY = ("Yes", "Yes", "No", ""), ("No", "No", "No", "")
ANSWERS: dict[str, tuple[str, ...]] = {
    **{site.code: OWN for site in SITES},
    "A81013": ("YES", "yes", "Y", "a81013,A81090"),
    "A81014": ("Yes", "No", "No", ""),
    "A81015": NOBODY,
}


def participation(
    month: date,
    *,
    renamed: Mapping[str, str] | None = None,
    answers: Mapping[str, tuple[str, ...]] = ANSWERS,
    first_row: int = 6,
    written: str = "",
) -> dict[str, bytes]:
    """The publisher's workbook, with headings renamed and rows of other answers."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "default_date_format": "mmm-yy"}) as book:
        notes = book.add_worksheet("Title sheet")
        notes.write_row(3, 0, ("Agreed to Participate", "Whether the practice agreed"))
        sheet = book.add_worksheet("Table 1")
        sheet.write_row(first_row - 3, 0, ("Table 1", "Participation"))
        sheet.write_row(first_row, 0, [(renamed or {}).get(head, head) for head in HEADS])
        for row, (code, said) in enumerate(answers.items(), start=first_row + 2):
            if written:
                sheet.write(row, 0, written)
            else:
                sheet.write_datetime(row, 0, datetime.combine(month, datetime.min.time()))
            sheet.write_row(row, 1, (code, f"THE {code} SURGERY", *AREAS, *said))
        sheet.write(first_row + len(answers) + 4, 0, "1 - Data received are those of the month")
    stem = "CBT-participation-and-submission-breakdown-by-GP-Practice"
    return {f"{stem} - {month:%B %Y}.xlsx": packed.getvalue()}


@pytest.fixture()
def telephony(tmp_path: Path) -> Iterator[Desk]:
    for desk in running(tmp_path, "cloud-telephony", TELEPHONY):
        desk.publish(FEBRUARY, calls_files(FEBRUARY))
        assert desk.refresh().exit_code == 0
        yield desk


def parts(desk: Desk, code: str, *, month: date = MARCH) -> dict[str, float | None]:
    level = "england" if code == "ENG" else "practice"
    return desk.snapshot().parts_at(level, code, month=month)  # type: ignore[arg-type]


def test_a_list_says_why_a_practice_has_no_calls(telephony: Desk) -> None:
    telephony.publish(MARCH, calls_files(MARCH) | participation(MARCH))
    done = telephony.refresh()
    assert done.exit_code == 0, done.output
    england = parts(telephony, "ENG")
    assert (england["practices"], england["inbound"]) == (12, calls_total(MARCH))
    assert [england[name] for name in ("agreed", "received", "sharing")] == [14, 13, 1]
    assert [england[f"{name}_known"] for name in ("agreed", "received", "sharing")] == [15] * 3
    reasons = ("own_account", "shared_account", "agreed_without_data", "not_agreed")
    for code, reason in zip(("A81001", "A81013", "A81014", "A81015"), reasons, strict=True):
        shown = parts(telephony, code)
        assert {name: shown[name] for name in reasons} == {n: int(n == reason) for n in reasons}
        assert (shown["inbound"] is None) == (shown["practices"] is None) == (code > "A81012")
    snapshot = telephony.snapshot()
    assert snapshot.england(DATASET.measure("received_share"), MARCH) == pytest.approx(1300 / 15)
    assert not any("participation list" in note for note in telephony.manifest().notes)
    assert telephony.flask("verify").exit_code == 0


def test_a_month_without_a_list_has_those_parts_missing(telephony: Desk) -> None:
    telephony.publish(MARCH, calls_files(MARCH) | participation(MARCH))
    assert telephony.refresh().exit_code == 0
    for code in ("ENG", "A81001"):
        shown = parts(telephony, code, month=FEBRUARY)
        assert shown["inbound"]
        listed = [part.id for part in DATASET.parts if part.table == "participation"]
        assert {shown[part] for part in listed} == {None}
    assert telephony.manifest().periods[FEBRUARY].practices == 12


@pytest.mark.parametrize(
    "files",
    [
        participation(MARCH, renamed={RECEIVED: ""}),
        participation(MARCH, renamed={SHARED: "Whether the account is shared"}),
        participation(MARCH, renamed={"GP Code": "GP Practice (ODS_CODE)"}, first_row=20),
        participation(MARCH, renamed={SHARED: f"{SHARED} as data received are of several"}),
        participation(MARCH, written="Mar-26"),
    ],
    ids=["blank", "shared", "elsewhere", "words", "month"],
)
def test_headings_that_drift_are_understood(telephony: Desk, files: dict[str, bytes]) -> None:
    telephony.publish(MARCH, calls_files(MARCH) | files)
    done = telephony.refresh()
    assert done.exit_code == 0, done.output
    england = parts(telephony, "ENG")
    assert [england[name] for name in ("agreed", "received", "sharing")] == [14, 13, 1]
    assert telephony.flask("verify").exit_code == 0


def test_other_answers_are_missing_and_kept_as_published(telephony: Desk) -> None:
    answers = ANSWERS | {"A81014": ("Yes", "TBC", "", ""), "A81015": ("", "No", "No", "")}
    telephony.publish(MARCH, calls_files(MARCH) | participation(MARCH, answers=answers))
    done = telephony.refresh()
    assert done.exit_code == 0, done.output
    unsure, silent = parts(telephony, "A81014"), parts(telephony, "A81015")
    assert (unsure["agreed"], unsure["received"], unsure["received_known"]) == (1, None, None)
    assert (silent["agreed"], silent["received"], silent["not_agreed"]) == (None, 0, None)
    assert [parts(telephony, "ENG")[f"{n}_known"] for n in ("agreed", "received")] == [14, 14]
    (note,) = (note for note in telephony.manifest().notes if "to received" in note)
    assert "1 of its practices, such as 'TBC'" in note
    assert telephony.flask("verify").exit_code == 0


def test_practices_that_the_list_and_the_summary_disagree_on_are_noted(telephony: Desk) -> None:
    answers = ANSWERS | {"A81001": NOBODY, "A81014": OWN, "A81016": OWN}
    telephony.publish(MARCH, calls_files(MARCH) | participation(MARCH, answers=answers))
    assert telephony.refresh().exit_code == 0
    notes = " ".join(telephony.manifest().notes)
    assert "2 (A81014, A81016) practices have no calls although" in notes
    assert "and 1 (A81001) have calls although" in notes
    assert "has 16 practices, 14 of them with data; the summary for England has 15 and 13." in notes


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (participation(MARCH, renamed={RECEIVED: "Sent"}), "It has: MONTH, .*SENT"),
        (participation(MARCH, renamed={RECEIVED: "", SHARED: ""}), "It has: MONTH"),
        (participation(MARCH, renamed={"GP Code": "Surgery"}), "It has: MONTH, SURGERY"),
        (participation(MARCH, renamed={"Month [1]": "When"}), "It has: WHEN, GP CODE"),
        (participation(MARCH, renamed={"ICB Code": "Board"}), "no column ICB CODE"),
        (participation(MARCH, written="Feb-26"), "named after March 2026, .* of February 2026"),
        (participation(MARCH, written="soon"), "should be of one month.*soon"),
        (participation(MARCH, answers=ANSWERS | {"a81001": OWN}), "16 rows of 15 practices"),
        (participation(MARCH, answers=ANSWERS | {"Total": OWN}), "'TOTAL' is no practice code"),
        (
            participation(MARCH, answers={c: ("1", *a[1:]) for c, a in ANSWERS.items()}),
            "no answer is Yes or No; there is '1'",
        ),
    ],
    ids=["received", "blanks", "code", "month", "area", "old", "date", "twice", "total", "answers"],
)
def test_an_unlike_list_keeps_the_last_good_version(
    telephony: Desk, files: dict[str, bytes], reason: str
) -> None:
    telephony.publish(MARCH, calls_files(MARCH) | files)
    telephony.refused(reason)


def test_a_version_from_before_parts_were_declared_has_them_missing(telephony: Desk) -> None:
    held = telephony.snapshot()
    later = Part("later", "Declared later", "NULL", table="participation")
    measure = replace(DATASET.measure("agreed_share"), id="later_share", num="later")
    declared = replace(
        DATASET, parts=(*DATASET.parts, later), measures=(*DATASET.measures, measure)
    )
    again = Snapshot(held.folder, held.manifest, declared=declared)
    shown = again.parts_at("england", "ENG", month=FEBRUARY)
    assert (shown["later"], shown["inbound"]) == (None, calls_total(FEBRUARY))
    value = again.england(measure, FEBRUARY)
    assert value != value
    assert again.spread_of(measure, "practice", "ENG") is None
