"""CQC files in miniature: three practices, a branch, a private clinic and a dentist."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from pipelines.demo.open_document import write_sheets

HEADINGS = (
    "Location ID",
    "Location HSCA start date",
    "Dormant (Y/N)",
    "Location Name",
    "Location ODS Code",
    "Registered manager",
    "Location Primary Inspection Category",
    "Location Latest Overall Rating",
    "Publication Date",
    "Inherited Rating (Y/N)",
    "Location Region",
    "Location Local Authority",
    "Location Postal Code",
    "Provider ID",
    "Provider Name",
)
RATING_HEADINGS = (
    "Location ID",
    "Location ODS Code",
    "Location Name",
    "Location Post Code",
    "Service / Population Group",
    "Domain",
    "Latest Rating",
    "Publication Date",
    "Report Type",
    "Inherited Rating (Y/N)",
)
DIRECTORY_HEADINGS = (
    "Name,Also known as,Address,Postcode,Phone number,Service's website (if available),"
    "Service types,Date of latest check,Specialisms/services,Provider name,Local authority,Region,"
    "Location URL,CQC Location ID (for office use only),CQC Provider ID (for office use only)"
)
Row = tuple[str, ...]


def place(
    number: int,
    name: str,
    code: str,
    rating: str = "",
    day: str = "",
    *,
    category: str = "GP Practices",
    postcode: str = "TS1 1AA",
    dormant: str = "N",
) -> Row:
    return (
        f"1-{number:09d}",
        "01/04/2013",
        dormant,
        name,
        code,
        "A Name Not Kept",
        category,
        rating,
        day,
        "N",
        "North East",
        "Hartlepool",
        postcode,
        f"1-8{number:08d}",
        f"{name} Partners",
    )


PLACES: tuple[Row, ...] = (
    place(1, "The A81001 Surgery", "A81001", "Good", "03/02/2021"),
    place(2, "The A81002 Surgery", "a81002 ", "requires improvement", "04/12/2023"),
    place(3, "The A81003 Surgery", "A81003"),
    place(4, "The A81001 Branch", "A81001001", "Inadequate", "05/06/2016"),
    place(5, "A Private Clinic", "", "Outstanding", "06/07/2024"),
    place(6, "A Dentist", "V12345", category="Dentists"),
)
KEY_QUESTIONS = ("Safe", "Effective", "Caring", "Responsive", "Well led")
RATINGS: tuple[Row, ...] = tuple(
    (f"1-{number:09d}", "", "", "", "Overall", domain, rating, day, "Location", "N")
    for number, rating, day in (
        (1, "Good", "03/02/2021"),
        (2, "Inadequate", "04/12/2023"),
        (5, "Outstanding", "06/07/2024"),
    )
    for domain in KEY_QUESTIONS
)


def workbook(
    day: date,
    rows: Sequence[Row] = PLACES,
    *,
    headings: Sequence[str] = HEADINGS,
    readme: str | None = None,
) -> bytes:
    packed = io.BytesIO()
    said = f"CQC database as at {day:%d %B %Y}" if readme is None else readme
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        book.add_worksheet("README").write_column(0, 0, ["Care directory with filters", said])
        sheet = book.add_worksheet("HSCA_Active_Locations")
        for number, row in enumerate((headings, *rows)):
            sheet.write_row(number, 0, row)
        book.add_worksheet("Dual_Registration_Locations").write_row(0, 0, headings)
    return packed.getvalue()


def open_document(folder: Path, name: str, sheet: str, day: date, rows: Sequence[Row]) -> bytes:
    """The same as an OpenDocument workbook."""
    path = folder / name
    write_sheets(path, {"README": [(f"CQC database as at {day:%d %B %Y}",)], sheet: rows})
    body = path.read_bytes()
    path.unlink()
    return body


def directory(day: date, rows: Sequence[str] = ()) -> bytes:
    lines = (
        "CQC Locations data" + "," * 14,
        "," * 14,
        f"This data was produced on {day.day} {day:%B %Y}" + "," * 14,
        "," * 14,
        DIRECTORY_HEADINGS,
        *rows,
        "",
    )
    return "\n".join(lines).encode()
