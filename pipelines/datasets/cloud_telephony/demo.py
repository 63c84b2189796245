"""Cloud Based Telephony: the Publication Summary, participation, and calls by day and time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import xlsxwriter
from numpy.typing import NDArray
from xlsxwriter.worksheet import Worksheet

from pipelines.datasets.cloud_telephony import demo_participation
from pipelines.datasets.cloud_telephony.demo_calls import BANDS, Calls, Counts, Telephones
from pipelines.datasets.gp_appointments.demo_activity import working_days
from pipelines.demo import csv_text
from pipelines.demo.csv_text import line
from pipelines.demo.places import Place, places
from pipelines.demo.release import DemoRelease, Writing, last_thursday, month_slug
from pipelines.demo.world import World, add_months

_FIRST_RELEASE = date(2025, 10, 1)
_WITH_CSVS = 2  # releases that come with CSVs: those files are large
_UNMAPPED = "Unmapped"
_HEAD = (
    *("Month [1]", "GP Practice \n(ODS_CODE)", "GP Name", "PCN Code", "PCN Name [2,3]"),
    *("Sub ICB Code [2]", "Sub ICB Name", "ICB Code  [2]", "ICB Name", "Region Code  [2]"),
    "Region Name",
)
_MINUTES = ("Less than 1 minute", "1 - 2 minutes", "2 - 5 minutes", "Longer than 5 minutes")
_SECONDS = ("0_60", "61_120", "121_300", ">300")
_CSV = ("Date", "REGION_CODE", "ICB_CODE", "SUB_ICB_LOCATION_CODE", "PCN_CODE", "PRACTICE_CODE")
_LEAST_MONTHS = 3
_PARTICIPATION = "CBT-participation-and-submission-breakdown-by-GP-Practice"
_NOT_GIVEN = 7  # row whose call backs are left blank where there are none


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a month's workbook: practices, then accounts that a PCN shares."""

    places: list[tuple[str, ...]]  # as `Place.columns`
    members: NDArray[np.int64]  # row of each practice of the world, -1 where it has no data

    def add_up(self, counts: Counts) -> Counts:
        """Practices of the world to rows."""
        shape = (len(self.places), *counts.shape[1:])
        found = np.zeros(shape, dtype=np.int64)
        there = self.members >= 0
        np.add.at(found, self.members[there], counts[there])
        return found


def write(folder: Path, world: World) -> Writing:
    """One release a month since the publication began, or of the last months of a short world."""
    telephones = Telephones(world)
    last = len(world.months) - 2
    first = next(n for n, month in enumerate(world.months) if month >= _FIRST_RELEASE)
    inside = range(max(0, min(first, last - _LEAST_MONTHS + 1)), last + 1)
    months: dict[int, Calls] = {}
    for done, number in enumerate(inside, start=1):
        months[number] = calls = telephones.calls(number)
        month = world.months[number]
        named, home = f"{month:%B %Y}", folder / month_slug(month)
        home.mkdir(parents=True, exist_ok=True)
        rows = _rows(world, telephones, number)
        book = home / f"Cloud Based Telephony Publication Summary {named}.xlsx"
        files = [_workbook(book, world, telephones, months, rows)]
        taking_part = home / f"{_PARTICIPATION} - {named}.xlsx"
        files.append(demo_participation.write(taking_part, world, telephones, number))
        if number > last - _WITH_CSVS:
            for title, column, pieces in (
                ("By Day and Time", "Time_Category", _by_time(world, telephones, number, rows)),
                ("By Durations", "Duration", _durations(month, rows, calls)),
            ):
                members = _members(title, named, line(*_CSV, "Indicator", column, "Value"), pieces)
                path = home / f"Cloud Based Telephony {title} - {named}.zip"
                files.append(csv_text.write_zip(path, members))
        yield (
            DemoRelease(
                "cloud-telephony",
                month_slug(month),
                f"Cloud Based Telephony Data in General Practice, {named}",
                last_thursday(add_months(month, 1)),
                tuple(files),
            ),
            done / len(inside),
        )


def _rows(world: World, telephones: Telephones, number: int) -> _Rows:
    here = places(world, number)
    covered, shared = telephones.covered(number), telephones.on_shared_account(number)
    members = np.full(len(here), -1, dtype=np.int64)
    alone = np.flatnonzero(covered & ~shared)
    members[alone] = np.arange(len(alone))
    found = [here[practice].columns for practice in alone]
    for pcn in telephones.shared_pcns:
        inside = np.flatnonzero(covered & (world.history.pcn[:, number] == pcn))
        if len(inside):
            members[inside] = len(found)
            found.append(_shared(here[inside[0]], anywhere=pcn == telephones.shared_pcns[0]))
    return _Rows(found, members)


def _shared(place: Place, *, anywhere: bool) -> tuple[str, ...]:
    """An account of one PCN, or one that crosses boundaries and has no areas at all."""
    areas = (_UNMAPPED,) * 8 if anywhere else place.columns[2:]
    return ("Unassigned", _UNMAPPED, *areas)


def _workbook(
    path: Path, world: World, telephones: Telephones, months: dict[int, Calls], rows: _Rows
) -> Path:
    number = max(months)
    month, calls = world.months[number], months[number]
    count = {name: rows.add_up(getattr(calls, name)) for name in Calls.__slots__}
    with xlsxwriter.Workbook(path, {"default_date_format": "mmm-yy"}) as book:
        published = last_thursday(add_months(month, 1))
        book.set_properties({"created": datetime.combine(published, time())})
        book.add_worksheet("Title sheet").write(1, 1, "Demonstration data: fictional practices")
        book.add_worksheet("Data Quality").write(1, 1, "These figures are fictional")
        _england(book.add_worksheet("Table 1"), world, telephones, months)
        _days(book.add_worksheet("Table 2"), telephones, number, calls, month)
        _outcomes(book.add_worksheet("Table 3"), month, rows, count)
        for name, whole, groups in (
            ("Table 4", "answered", {"Wait time": "waits", "Duration": "durations"}),
            ("Table 5", "missed", {"Wait time": "missed_waits"}),
        ):
            _bands(book.add_worksheet(name), month, rows, count, whole, groups)
    return path


def _england(
    sheet: Worksheet, world: World, telephones: Telephones, months: dict[int, Calls]
) -> None:
    labels = (
        "Open active practices",
        "Count of practices included",
        "Practice coverage [1]",
        "Registered patients at open active practices",
        "Registered patients at included practices [2]",
        "Number of working weekdays",
        "Total Inbound Calls ",
        "Calls answered [3]",
        "Calls ended during the IVR (Interactive Voice Response) stage of the call",
        "Calls resulting in a call back request [3]",
        "Call backs made",
        "Missed calls [3, 5]",
    )
    sheet.write(6, 0, "Table 1: Summary of Cloud based telephony data, England")
    sheet.write_column(9, 1, labels)
    for column, number in enumerate(sorted(months, reverse=True), start=2):
        calls, month = months[number], world.months[number]
        lists = world.history.registered(number)
        included = telephones.covered(number)
        sheet.write_datetime(7, column, datetime.combine(month, time()))
        counts = (
            calls.inbound,
            calls.answered,
            calls.menu,
            calls.call_backs,
            calls.made,
            calls.missed,
        )
        numbers = (
            int((lists > 0).sum()),
            int(included.sum()),
            round(float(included.sum() / (lists > 0).sum()), 3),
            int(lists.sum()),
            int(lists[included].sum()),
            working_days(month),
            *(int(c.sum()) for c in counts),
        )
        sheet.write_column(9, column, numbers)
    sheet.write(9 + len(labels) + 2, 0, "1 - Coverage grows as suppliers begin to send data")


def _days(sheet: Worksheet, telephones: Telephones, number: int, calls: Calls, month: date) -> None:
    """Each weekday's calls shared out evenly over its days of the month."""
    sheet.write(6, 0, "Table 2: Inbound Calls by day and time of day, England")
    sheet.write_row(8, 1, ("Date", "Total Count of Inbound Calls", "", *BANDS))
    by_day = telephones.by_time(number, calls.inbound, purpose=0).sum(axis=0)
    for row, (day, counts) in enumerate(_dated(month, by_day), start=10):
        sheet.write(row, 0, f"{day:%A}")
        sheet.write_datetime(row, 1, datetime.combine(day, time()))
        sheet.write_row(row, 2, (int(counts.sum()), "", *(int(count) for count in counts)))


def _dated(month: date, by_day: Counts) -> Iterator[tuple[date, Counts]]:
    """(day, counts by band) from counts by weekday (first axis but any before) and band."""
    days = [month + timedelta(days=n) for n in range((add_months(month, 1) - month).days)]
    for day in days:
        same = [other for other in days if other.weekday() == day.weekday()]
        whole = by_day[..., day.weekday(), :]
        share, left = np.divmod(whole, len(same))
        yield day, share + left * (day == same[0])


def _outcomes(sheet: Worksheet, month: date, rows: _Rows, count: dict[str, Counts]) -> None:
    sheet.write_row(0, 11, (25765191, "", 14323679))  # as in the real ones, left over above
    sheet.write(6, 0, f"Table 3: Summary of Cloud based telephony data, {month:%B %Y}")
    sheet.write(8, 13, "Count of Inbound Call Outcome")
    sheet.write_row(
        9,
        0,
        (
            *_HEAD,
            "Count of Inbound calls",
            "",
            "Answered",
            "",
            "Ended during the IVR Stage [4]",
            "",
            "Call back requested",
            "",
            "",
            "Missed [5]",
            "",
            "",
            "Call back made",
        ),
    )
    sheet.write_row(10, 11, ("Total", "", "Total", "%", "Total", "%", "Total", "%"))
    at = {"inbound": 11, "answered": 13, "menu": 15, "call_backs": 17, "missed": 20, "made": 23}
    sheet.write(12, 0, "Total")
    for name, column in at.items():
        sheet.write(12, column, int(count[name].sum()))
    for position, row in enumerate(_write_places(sheet, 14, month, rows)):
        for name, column in at.items():
            number = int(count[name][position])
            if number or (name, position) != ("call_backs", _NOT_GIVEN):
                sheet.write(row, column, number)


def _write_places(sheet: Worksheet, first: int, month: date, rows: _Rows) -> Iterator[int]:
    moment = datetime.combine(month, time())
    for row, columns in enumerate(rows.places, start=first):
        sheet.write_datetime(row, 0, moment)
        sheet.write_row(row, 1, columns)
        yield row


def _bands(
    sheet: Worksheet,
    month: date,
    rows: _Rows,
    count: dict[str, Counts],
    whole: str,
    groups: dict[str, str],
) -> None:
    sheet.write(6, 0, f"Summary of {whole} calls, {month:%B %Y}")
    sheet.write_row(9, 0, (*_HEAD, "Total Inbound calls", f"{whole.capitalize()} [4]"))
    sheet.write_row(11, 0, ("Total", "National"))
    starts = dict(zip(groups.values(), (15, 24), strict=False))
    for title, name in groups.items():
        sheet.write(8, starts[name], f"{whole.capitalize()} Calls - {title}")
        for band, minutes in enumerate(_MINUTES):
            sheet.write_row(9, starts[name] + 2 * band, (minutes, ""))
    for position, row in enumerate(_write_places(sheet, 13, month, rows)):
        sheet.write_row(row, 11, (int(count["inbound"][position]), int(count[whole][position])))
        for name, start in starts.items():
            for band, number in enumerate(count[name][position]):
                sheet.write(row, start + 2 * band, int(number))


_Piece = tuple[NDArray[np.int64], Sequence[str], Sequence[str], Counts]
"""Rows, line ends before the value, line beginnings by row, values: one block of a CSV."""


def _by_time(world: World, telephones: Telephones, number: int, rows: _Rows) -> list[_Piece]:
    calls = telephones.calls(number)
    cells = rows.add_up(telephones.by_time(number, calls.inbound, purpose=0))
    ends = [
        line("CBT001", band.replace(" - ", "-" if n == 3 else " - "))
        for n, band in enumerate(BANDS)
    ]
    return [_piece(rows, day, ends, counts) for day, counts in _dated(world.months[number], cells)]


def _durations(month: date, rows: _Rows, calls: Calls) -> list[_Piece]:
    """On the first day only, with the totals that the publisher adds."""
    pieces = []
    for indicator, counts in (
        ("CBT003", calls.waits),
        ("CBT004", calls.missed_waits),
        ("CBT007", calls.durations),
    ):
        here = rows.add_up(counts)
        ends = [line(indicator, bucket) for bucket in (*_SECONDS, "TOTAL")]
        values = np.hstack([here, here.sum(axis=1, keepdims=True)])
        pieces.append(_piece(rows, month, ends, values))
    return pieces


def _piece(rows: _Rows, day: date, ends: Sequence[str], values: Counts) -> _Piece:
    beginnings = [
        line(day, columns[8], columns[6], columns[4], columns[2], columns[0])
        for columns in rows.places
    ]
    return np.arange(len(rows.places)), ends, beginnings, values


def _members(
    title: str, named: str, head: str, pieces: Sequence[_Piece]
) -> Iterator[tuple[str, csv_text.Chunks]]:
    """One CSV for each region, and one for accounts without any."""
    regions = [beginning.split(",")[1] for beginning in pieces[0][2]]
    for region in sorted(set(regions)):
        here = np.flatnonzero(np.array(regions) == region)
        chunks = []
        for _, ends, beginnings, values in pieces:
            row, end = np.nonzero(values[here])
            if len(row):
                chunks.append(
                    csv_text.joined(
                        csv_text.repeated(beginnings, here[row]),
                        csv_text.repeated(ends, end),
                        csv_text.repeated(
                            [f"{number}.0" for number in values[here][row, end]],
                            np.arange(len(row)),
                        ),
                    )
                )
        if chunks:
            name = f"Cloud Based Telephony {title} - {named}_{region}.csv"
            yield name, [csv_text.text([head]), *chunks]
