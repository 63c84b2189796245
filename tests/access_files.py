"""Online consultations and telephony in miniature: twelve practices, six north and six south."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import xlsxwriter

from tests.published_files import SITES, text, zipped

ONLINE = "submissions-via-online-consultation-systems-in-general-practice"
TELEPHONY = "cloud-based-telephony-data-in-general-practice"
ONLINE_HEADER = (
    "MONTH,GP_CODE,GP_NAME,PCN_CODE,PCN_NAME,SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,ICB_CODE,"
    "ICB_NAME,REGION_CODE,REGION_NAME,SUPPLIER,METRIC,VALUE"
)
TIMES_HEADER = (
    "MONTH,GP_CODE,GP_NAME,SUB_ICB_LOCATION_CODE,SUB_ICB_LOCATION_NAME,ICB_CODE,ICB_NAME,"
    "REGION_CODE,REGION_NAME,PCN_CODE,PCN_NAME,SUPPLIER,WEEKDAY,SUBMISSION_TIME,VALUE"
)
CALLS_HEADER = (
    "Date,REGION_CODE,ICB_CODE,SUB_ICB_LOCATION_CODE,PCN_CODE,PRACTICE_CODE,Indicator,"
    "Time_Category,Value"
)
SILENT = 3  # the third practice has no supplier data
_HALVES = {"north": ("Y63", range(6)), "south": ("Y58", range(6, 12))}
_MINUTES = ("Less than 1 minute", "1 - 2 minutes", "2 - 5 minutes", "Longer than 5 minutes")
Change = Callable[[bytes], bytes]


def _region(n: int) -> str:
    return "Y63" if n < 6 else "Y58"


def _areas(n: int) -> tuple[str, ...]:
    site = SITES[n]
    names = (site.pcn, f"{site.pcn} PCN", site.sub_icb, f"SUB {site.sub_icb}", site.icb)
    return (*names, f"ICB {site.icb}", _region(n), f"REGION {_region(n)}")


def submissions(month: date, n: int) -> int:
    return 0 if n + 1 == SILENT else 100 * (n + 1) + month.month


def online_total(month: date) -> int:
    return sum(submissions(month, n) for n in range(len(SITES)))


def online_csv(months: Iterable[date], half: str, *, form: str = "%Y-%m-%d") -> bytes:
    lines = [ONLINE_HEADER]
    for month in months:
        for n in _HALVES[half][1]:
            total = submissions(month, n)
            supplier = '"TPP, ACCURX LIMITED"' if total else "No Data"
            metrics = {
                "OC_CAPABILITY": int(total > 0),
                "OC_PARTICIPATION": 1,
                "OC_SYSTEM_USAGE": int(total > 0),
                "OC_TOTAL_SUBMISSIONS": total,
                "OC_SUBMISSION_TYPE_CLINICAL": total - total // 4,
                "OC_SUBMISSION_TYPE_ADMIN": total // 4,
                "OC_SUBMISSION_TYPE_OTHER": 0,
                "PATIENTS_REGISTERED": 5000,
                "OC_RATE_PER_1000_REGISTERED_PATIENTS": total / 5,
            }
            site = SITES[n]
            lines += [
                f"{month:{form}},{site.code},THE {site.code} SURGERY,{','.join(_areas(n))},"
                f"{supplier},{metric},{value}"
                for metric, value in metrics.items()
            ]
    return text(lines)


def times_csv(month: date) -> bytes:
    """All of a practice's submissions on a Monday morning but ten on a Sunday night."""
    lines = [TIMES_HEADER]
    for n, site in enumerate(SITES):
        total, (pcn, pcn_name, *rest) = submissions(month, n), _areas(n)
        for day, band, count in (
            ("Monday", "08:00 - 09:59", total - 10),
            ("Sunday", "18:00 - 23:59", 10),
        ):
            if total:
                lines.append(
                    f"{month},{site.code},THE {site.code} SURGERY,{','.join(rest)},{pcn},"
                    f"{pcn_name},TPP,{day},{band},{count}"
                )
    return text(lines)


def online_files(
    month: date, months: Iterable[date], change: Change = lambda csv: csv, **halves: bytes
) -> dict[str, bytes]:
    """A release: a zip of two CSVs and one by day and time. `change` spoils the north."""
    named = f"{month:%B %Y}"
    stem = f"Submissions via OC Systems in General Practice - {named}"
    kept = tuple(months)
    members = {
        f"{stem}_{half}_regions.csv": change(online_csv(kept, half))
        if half == "north"
        else online_csv(kept, half)
        for half in halves or ("north", "south")
    }
    times = f"Submissions via OC Systems By Day and Time - {named}.csv"
    return {
        f"{stem}.zip": zipped(members),
        f"Submissions via OC Systems By Day and Time- {named}.zip": zipped(
            {times: times_csv(month)}
        ),
    }


def inbound(month: date, n: int) -> int:
    return 1000 * (n + 1) + month.month


def calls_total(month: date) -> int:
    """Practices and one shared account of 500 calls."""
    return sum(inbound(month, n) for n in range(len(SITES))) + 500


def calls_csv(month: date) -> bytes:
    """Every call on the first Monday between 08:00 and 10:00; codes only."""
    monday = month + timedelta(days=-month.weekday() % 7)
    lines = [CALLS_HEADER]
    for n, site in enumerate(SITES):
        lines.append(
            f"{monday},{_region(n)},{site.icb},{site.sub_icb},{site.pcn},{site.code},CBT001,"
            f"08:00-09:59,{inbound(month, n)}.0"
        )
    lines.append(f"{monday},Y63,QHM,Unmapped,Unmapped,Unassigned,CBT001,08:00 - 09:59,500.0")
    return text(lines)


def calls_files(
    month: date, *, book: Mapping[str, Any] | None = None, csv: Change = lambda csv: csv
) -> dict[str, bytes]:
    named = f"{month:%B %Y}"
    member = f"Cloud Based Telephony By Day and Time - {named}_Y63.csv"
    return {
        f"Cloud Based Telephony Publication Summary {named}.xlsx": calls_book(
            month, **(book or {})
        ),
        f"Cloud Based Telephony By Day and Time - {named}.zip": zipped(
            {member: csv(calls_csv(month))}
        ),
    }


def calls_book(
    month: date,
    *,
    total: int | None = None,
    answered: str = "Answered",
    lost_month: bool = False,
    practices: int = len(SITES),
    split: bool = False,
) -> bytes:
    """A summary workbook; the arguments are ways in which it can be wrong or different."""
    packed = io.BytesIO()
    moment = datetime.combine(month, datetime.min.time())
    rows: list[tuple[Any, ...]] = [
        (SITES[n].code, f"THE {SITES[n].code} SURGERY", *_areas(n), inbound(month, n))
        for n in range(practices)
    ]
    shared = ("QHM", "ICB QHM", "Y63", "REGION Y63")
    rows.append(("Unassigned", "Unmapped", *("Unmapped",) * 4, *shared, 500))
    head = (
        "Month [1]",
        "GP Practice \n(ODS_CODE)",
        "GP Name",
        "PCN Code",
        "PCN Name [2,3]",
        "Sub ICB Code [2]",
        "Sub ICB Name",
        "ICB Code  [2]",
        "ICB Name",
        "Region Code  [2]",
        "Region Name",
    )
    with xlsxwriter.Workbook(packed, {"in_memory": True, "default_date_format": "mmm-yy"}) as book:
        book.add_worksheet("Title sheet").write(1, 1, "Cloud Based Telephony")
        england = book.add_worksheet("Table 1")
        england.write_datetime(7, 2, moment)
        england.write_datetime(7, 3, datetime(2024, 10, 31))
        summed = sum(row[-1] for row in rows) if total is None else total
        for row, (label, number) in enumerate(
            {
                "Open active practices": 15,
                "Count of practices included": 13,
                "Registered patients at open active practices": 75_000,
                "Registered patients at included practices [2]": 65_000,
                "Total Inbound Calls ": summed,
            }.items(),
            start=9,
        ):
            england.write_row(row, 1, (label, number, 1))
        summary = book.add_worksheet("Table 3")
        summary.write_row(0, 11, (25765191, "", 14323679))
        summary.write_row(
            9,
            0,
            (
                *head,
                "Count of Inbound calls",
                "",
                answered,
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
        for position, (*about, calls) in enumerate(rows):
            line = 14 + position
            if lost_month and position == 4:
                summary.write(line, 0, "Copyright © 2026 NHS England ")
            else:
                summary.write_datetime(line, 0, moment)
            summary.write_row(line, 1, about)
            counts = {11: calls, 13: calls // 2, 15: calls // 4}
            for column, number in (counts | dict.fromkeys((17, 20, 23), calls // 8)).items():
                summary.write(line, column, number)
        titles = ("Wait time", "Duration")
        sheets = {"Table 4a": titles[:1], "Table 4b": titles[1:]} if split else {"Table 4": titles}
        for name, groups in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(9, 0, (*head, "Total Inbound calls", "Answered [4]"))
            for number, title in enumerate(groups):
                sheet.write(8, 15 + 9 * number, f"Answered Calls - {title}")
                for band, minutes in enumerate(_MINUTES):
                    sheet.write_row(9, 15 + 9 * number + 2 * band, (minutes, ""))
            for position, (*about, calls) in enumerate(rows):
                sheet.write_datetime(13 + position, 0, moment)
                sheet.write_row(13 + position, 1, (*about, calls, calls // 2))
                for number, title in enumerate(groups):
                    first = calls // 2 if title == "Wait time" else calls // 2 - 7
                    for band, part in enumerate((first, calls // 2 - first, 0, 0)):
                        sheet.write(13 + position, 15 + 9 * number + 2 * band, part)
    return packed.getvalue()
