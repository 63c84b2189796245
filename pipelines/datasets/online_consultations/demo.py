"""Submissions via Online Consultation Systems: practice CSVs, workbook, day and time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import xlsxwriter
from numpy.typing import NDArray
from xlsxwriter.worksheet import Worksheet

from pipelines.datasets.online_consultations.demo_demand import BANDS, DAYS, OnlineDemand
from pipelines.demo import csv_text
from pipelines.demo.csv_text import line
from pipelines.demo.places import Place, places
from pipelines.demo.release import DemoRelease, Writing, last_thursday, month_slug
from pipelines.demo.world import World, add_months

_SERIES = "Submissions via OC Systems in General Practice"
_ENGLAND_SCALE = 1000  # practices; above it a month comes out once
_RESTATED = 19  # months in each release
_MONTHLY_RELEASES = 2
_NO_DATA = "No Data"
_NORTH = ("Y60", "Y62", "Y63")
_METRICS = (
    *("OC_CAPABILITY", "OC_PARTICIPATION", "OC_SYSTEM_USAGE", "OC_TOTAL_SUBMISSIONS"),
    *("OC_SUBMISSION_TYPE_CLINICAL", "OC_SUBMISSION_TYPE_ADMIN", "OC_SUBMISSION_TYPE_OTHER"),
    *("PATIENTS_REGISTERED", "OC_RATE_PER_1000_REGISTERED_PATIENTS"),
)
_AREAS = (
    *("PCN_CODE", "PCN_NAME", "SUB_ICB_LOCATION_CODE", "SUB_ICB_LOCATION_NAME", "ICB_CODE"),
    *("ICB_NAME", "REGION_CODE", "REGION_NAME"),
)
_PRACTICES = line("MONTH", "GP_CODE", "GP_NAME", *_AREAS, "SUPPLIER", "METRIC", "VALUE")
_TIMES = line(
    *("MONTH", "GP_CODE", "GP_NAME", *_AREAS[2:], *_AREAS[:2], "SUPPLIER", "WEEKDAY"),
    *("SUBMISSION_TIME", "VALUE"),
)
_SHEET = (
    *("Month [1]", "GP Code", "GP Name", "PCN Code [2, 3]", "PCN Name [3]", "Sub ICB Code"),
    *("Sub ICB Name", "ICB Code", "ICB Name", "Region Code", "Region Name", "Supplier [4, 5, 6]"),
    *("Submissions [7]", "Clinical Submissions [7]", "Administrative Submissions [7]"),
    *("Other/Unknown Type Submissions [7]", "Registered Patient Count [8]"),
    *("Rate per 1,000 Registered Patients [9, 10]", "Participation"),
)
_FIRST_ROW = 9  # of a sheet's title, from 0; headings come two rows below


def write(folder: Path, world: World) -> Writing:
    """Each release restates up to 19 months; the last four come out monthly."""
    demand = OnlineDemand(world)
    ends = _release_ends(len(world.months) - 1, len(world.practices))
    for done, end in enumerate(ends, start=1):
        month = world.months[end]
        slug = month_slug(month)
        named = f"{month:%B %Y}"
        home = folder / slug
        inside = range(max(0, end - _RESTATED + 1), end + 1)
        found = [demand.submissions(number, release=end) for number in inside]
        files = (
            csv_text.write_zip(
                home / f"{_SERIES} - {named}.zip", _halves(world, demand, inside, found)
            ),
            csv_text.write_zip(
                home / f"Submissions via OC Systems By Day and Time- {named}.zip",
                [
                    (
                        f"Submissions via OC Systems By Day and Time - {named}.csv",
                        _times(world, demand, end, found[-1]),
                    )
                ],
            ),
            _workbook(home / f"{_SERIES} - {named}.xlsx", world, demand, inside, found),
        )
        yield (
            DemoRelease(
                "online-consultations",
                slug,
                f"Submissions via Online Consultation Systems in General Practice, {named}",
                last_thursday(add_months(month, 1)),
                files,
            ),
            done / len(ends),
        )


def _release_ends(months: int, practices: int) -> list[int]:
    """Position of the last month of each release: every month is in at least one."""
    monthly = _MONTHLY_RELEASES if practices <= _ENGLAND_SCALE else 1
    ends = list(range(months - 1, max(-1, months - 1 - monthly), -1))
    while ends[-1] >= _RESTATED:
        ends.append(ends[-1] - _RESTATED)
    return sorted(ends)


def _halves(
    world: World, demand: OnlineDemand, inside: range, found: Sequence[NDArray[np.int64]]
) -> Iterator[tuple[str, csv_text.Chunks]]:
    """The CSV of the north and that of the south, where there are practices."""
    named = f"{world.months[inside[-1]]:%B %Y}"
    tables = [
        _metrics(world, demand, number, split, release=inside[-1])
        for number, split in zip(inside, found, strict=True)
    ]
    for half in (True, False):
        chunks = [
            csv_text.joined(
                csv_text.repeated(prefixes, np.repeat(rows, len(_METRICS))),
                csv_text.repeated(_METRICS, np.tile(np.arange(len(_METRICS)), len(rows))),
                csv_text.repeated(
                    [_plain(value) for value in values[rows].ravel()],
                    np.arange(len(rows) * len(_METRICS)),
                ),
            )
            for prefixes, north, listed, values in tables
            if len(rows := listed[north[listed] == half])
        ]
        if chunks:
            name = f"{_SERIES} - {named}_{'north' if half else 'south'}_regions.csv"
            yield name, [csv_text.text([_PRACTICES]), *chunks]


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.6f}"


def _metrics(
    world: World, demand: OnlineDemand, number: int, split: NDArray[np.int64], *, release: int
) -> tuple[list[str], NDArray[np.bool_], NDArray[np.int64], NDArray[np.float64]]:
    """Line beginnings, whether in the north, practices listed, and practices x metrics."""
    here = places(world, number)
    sends = demand.sends(number, release=release)
    prefixes = [
        line(world.months[number], *place.columns, _supplier(demand, practice, sends[practice]))
        for practice, place in enumerate(here)
    ]
    north = np.array([place.region in _NORTH for place in here])
    lists = world.history.registered(number)
    total = split.sum(axis=1)
    rate = np.round(1000 * total / np.maximum(lists, 1), 6)
    values = np.stack(
        [sends, demand.participating, total > 0, total, *split.T, lists, rate], axis=1
    ).astype(float)
    return prefixes, north, world.history.listed(number), values


def _supplier(demand: OnlineDemand, practice: int, sends: bool) -> str:
    return demand.suppliers[practice] if sends else _NO_DATA


def _times(
    world: World, demand: OnlineDemand, number: int, split: NDArray[np.int64]
) -> csv_text.Chunks:
    """One row for each supplier; the first of two suppliers has every row, which is allowed."""
    cells = demand.by_time(number, split.sum(axis=1))
    practice, day, band = np.nonzero(cells)
    prefixes = [
        line(
            *(world.months[number], place.code, place.name, *place.columns[4:]),
            *(place.pcn, place.pcn_name, demand.suppliers[position].partition(", ")[0]),
        )
        for position, place in enumerate(places(world, number))
    ]
    yield csv_text.text([_TIMES])
    yield csv_text.joined(
        csv_text.repeated(prefixes, practice),
        csv_text.repeated(DAYS, day),
        csv_text.repeated(BANDS, band),
        csv_text.numbers(cells[practice, day, band]),
    )


def _workbook(
    path: Path,
    world: World,
    demand: OnlineDemand,
    inside: range,
    found: Sequence[NDArray[np.int64]],
) -> Path:
    """The sheets of a workbook, titles and notes around the tables as the publisher has them."""
    month = world.months[inside[-1]]
    with xlsxwriter.Workbook(path, {"default_date_format": "mmm-yy"}) as book:
        published = last_thursday(add_months(month, 1))
        book.set_properties({"created": datetime.combine(published, time())})
        book.add_worksheet("Title sheet").write(1, 1, "Demonstration data: fictional practices")
        book.add_worksheet("Data Quality").write(1, 1, "These figures are fictional")
        _england(book.add_worksheet("Table 1"), world, inside, found)
        _practice_sheet(book.add_worksheet("Table 2"), world, demand, inside[-1], found[-1])
        cells = demand.by_time(inside[-1], found[-1].sum(axis=1))
        _averages(book.add_worksheet("Table 3"), month, cells.sum(axis=0))
    return path


def _england(
    sheet: Worksheet, world: World, inside: range, found: Sequence[NDArray[np.int64]]
) -> None:
    """Newest month first; the latest with the mark of a note, the others as dates."""
    sheet.write(_FIRST_ROW, 0, "Table 1: Summary of Online Consultation Systems, England")
    labels = (
        ("Coverage", "Open active practices"),
        ("", "Count of practices receiving submissions via Online Consultation Systems [1]"),
        ("Submissions", "Total submissions received by practices [1], of which:"),
        ("Submission type", "Clinical submissions"),
        ("", "Administrative submissions"),
        ("", "Other/unknown type submissions"),
    )
    head = _FIRST_ROW + 1
    for row, names in enumerate(labels, start=head + 1):
        sheet.write_row(row, 0, names)
    for column, (number, split) in enumerate(reversed(list(zip(inside, found, strict=True))), 2):
        month = world.months[number]
        if column == 2:
            sheet.write(head, column, f"{month:%b-%y} [2]")
        else:
            sheet.write_datetime(head, column, datetime.combine(month, time()))
        numbers = (
            len(world.history.listed(number)),
            int((split.sum(axis=1) > 0).sum()),
            int(split.sum()),
            *(int(count) for count in split.sum(axis=0)),
        )
        sheet.write_column(head + 1, column, numbers)
    notes = head + len(labels) + 2
    sheet.write_row(notes, 0, ("Notes:", "1 Suppliers may send updates for earlier weeks."))
    sheet.write(notes + 1, 1, "2 Some practices are not yet in this month and follow in the next.")


def _practice_sheet(
    sheet: Worksheet, world: World, demand: OnlineDemand, number: int, split: NDArray[np.int64]
) -> None:
    month = world.months[number]
    sheet.write(_FIRST_ROW, 0, f"Table 2: Submissions received by practices, {month:%B %Y}")
    sheet.write_row(_FIRST_ROW + 2, 0, _SHEET)
    here: list[Place] = places(world, number)
    lists = world.history.registered(number)
    sends = demand.sends(number, release=number)
    for row, practice in enumerate(world.history.listed(number), start=_FIRST_ROW + 3):
        counts = [int(count) for count in split[practice]]
        total, patients = sum(counts), int(lists[practice])
        sheet.write_datetime(row, 0, datetime.combine(month, time()))
        sheet.write_row(
            row,
            1,
            (
                *here[practice].columns,
                _supplier(demand, int(practice), bool(sends[practice])),
                *(total, *counts, patients, 1000 * total / patients),
                int(demand.participating[practice]),
            ),
        )


def _averages(sheet: Worksheet, month: date, cells: NDArray[np.int64]) -> None:
    """Days x times of day of England, each divided by how often the day is in the month."""
    sheet.write(7, 0, "Return to Contents")
    title = "Table 3: Average number of submissions via online consultation systems by submission"
    sheet.write(_FIRST_ROW, 0, f"{title} time, per weekday, England, {month:%B %Y}")
    sheet.write(_FIRST_ROW + 1, 1, "Submission time")
    sheet.write_row(_FIRST_ROW + 2, 0, ("Day", *BANDS))
    first, length = monthrange(month.year, month.month)
    for number, (day, counts) in enumerate(zip(DAYS, cells, strict=True)):
        times = len(range((number - first) % 7, length, 7))
        averages = [int(count) / times for count in counts]
        sheet.write_row(_FIRST_ROW + 3 + number, 0, (day, *averages))
    sheet.write(_FIRST_ROW + 11, 0, "Source: NHS England, fictional")
