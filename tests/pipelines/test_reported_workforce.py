"""Cells, total rows and dates of the workforce, payments and register files, as people met them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow.parquet as pq
import pytest

from tests.pipelines.shelf import Shelf

SEPTEMBER, YEAR = date(2026, 9, 1), date(2015, 4, 1)
DETAILED = "1 General Practice – September 2026 Practice Level - Detailed.csv"
PRACTICES = ("A81001", "A81002", "A81003")
STAFF = (
    "TOTAL_PATIENTS",
    "TOTAL_GP_HC",
    "TOTAL_GP_FTE",
    "TOTAL_NURSES_FTE",
    "TOTAL_DPC_FTE",
    "TOTAL_ADMIN_FTE",
)
PAYMENTS = "nhspaymentsgp-15-16-prac-csv.csv"


def table(headings: Sequence[str], *rows: Sequence[object]) -> bytes:
    return "".join(",".join(map(str, row)) + "\n" for row in (headings, *rows)).encode()


def staff(*more: Sequence[object], **changed: object) -> bytes:
    """Three practices of 1,000 patients each; `changed` are cells of the second."""
    own = dict(zip(STAFF, (1000, 4, 3.25, 1.5, 2, 6), strict=True))
    rows = [(code, *(own | changed if code == "A81002" else own).values()) for code in PRACTICES]
    return table(("PRAC_CODE", *STAFF), *rows, *more)


def test_a_total_row_of_the_workforce_is_left_out(shelf: Shelf) -> None:
    shelf.loaded("nwrs", {DETAILED: staff(("England", 3000, 999, "", "", "", ""))})
    assert shelf.manifest("nwrs").periods[SEPTEMBER].practices == 3
    assert shelf.england("nwrs", "gp_fte", SEPTEMBER) == 9.75
    assert any("'England' of the whole country" in note for note in shelf.manifest("nwrs").notes)


def test_a_total_of_patients_that_is_not_the_sum_refuses_the_workforce(shelf: Shelf) -> None:
    body = staff(("England", 3001, 999, "", "", "", ""))
    shelf.refused(
        "nwrs", {DETAILED: body}, "gives 3,001 for England, and its practices add up to 3"
    )


@pytest.mark.parametrize(
    ("cell", "text", "kind"),
    [
        ("TOTAL_GP_FTE", "NULL", "a number"),
        ("TOTAL_GP_HC", "4.5", "a whole number"),
        ("TOTAL_PATIENTS", "1234.7", "a whole number"),
    ],
)
def test_a_bad_cell_of_the_workforce_is_named(
    shelf: Shelf, cell: str, text: str, kind: str
) -> None:
    where = f"{DETAILED}, row 3, column {cell}, A81002: '{text}' is not {kind}"
    shelf.refused("nwrs", {DETAILED: staff(**{cell: text})}, where)


LOCAL = (
    "LocalEnhancedServices_NHAIS_",
    "LocalEnhancedServices_ISFE_",
    "Total Local Enhanced Services",
)
PAID = (
    "Practice Code",
    "CCG Code",
    "CCG NAME",
    "Number of Registered Patients (Last Known Figure)",
    "Number of Weighted Patients (Last Known Figure)",
    "Global Sum",
)
END = "Total NHS Payments to General Practice"


def payments(*more: Sequence[object], summed: object = 10_000, local: object = 4_000) -> bytes:
    rows = [
        (code, "99Z", "TEST", 1000, 1000, 100_000, local, 6_000, summed, 110_000)
        for code in PRACTICES
    ]
    return table((*PAID, *LOCAL, END), *rows, *more)


def test_parts_and_their_total_are_counted_once(shelf: Shelf) -> None:
    shelf.loaded("nhs-payments", {PAYMENTS: payments()})
    parts = ("total_payments", "local_nhais", "local_isfe", "group_enhanced", "local_incentive")
    shown = [shelf.england("nhs-payments", part, YEAR) for part in parts]
    assert shown == [330_000, 12_000, 18_000, 30_000, None]


def test_a_total_that_is_not_the_sum_of_its_parts_refuses_the_year(shelf: Shelf) -> None:
    body = payments(summed=9_000)
    shelf.refused("nhs-payments", {PAYMENTS: body}, "total local enhanced services is the sum of")


@pytest.mark.parametrize(
    ("code", "total", "reason"),
    [
        ("ENGLAND", 330_001.5, "gives 330,001.50 for ENGLAND, and its practices add up to 330,000"),
        ("Somerset", 5, "'SOMERSET' is not the code of a practice"),
        ("", 330_000, "'' is not the code of a practice"),
    ],
)
def test_rows_of_no_practice_are_no_payments(
    shelf: Shelf, code: str, total: float, reason: str
) -> None:
    row = (code, "", "", 0, 0, total, 0, 0, 0, total)
    shelf.refused("nhs-payments", {PAYMENTS: payments(row)}, reason)


def test_a_right_total_row_of_payments_counts_once(shelf: Shelf) -> None:
    row = ("England", "", "", 3000, 3000, 300_000, 12_000, 18_000, 30_000, 330_000)
    shelf.loaded("nhs-payments", {PAYMENTS: payments(row)})
    assert shelf.england("nhs-payments", "total_payments", YEAR) == 330_000
    assert shelf.manifest("nhs-payments").periods[YEAR].practices == 3


def test_a_bad_amount_is_named(shelf: Shelf) -> None:
    where = (
        f"{PAYMENTS}, row 2, column LOCALENHANCEDSERVICES_NHAIS_, A81001: 'NULL' is not a number"
    )
    shelf.refused("nhs-payments", {PAYMENTS: payments(local="NULL")}, where)


def register(opened: str, code: str = "A81002") -> bytes:
    rows = (("A81001", "19740401"), (code, opened))
    return "".join(
        f'"{one}","{one} SURGERY","Y60","QZZ","1 HIGH ST","","","TOWN","","ZZ1 1AA","{day}","",'
        '"A","B","99Z","20130401","","","","","","","","","","4",""\n'
        for one, day in rows
    ).encode()


def test_a_day_in_another_form_is_no_missing_day(shelf: Shelf) -> None:
    name = "epraccur-2026-03-20.csv"
    reason = f"{name}, A81002: '12/01/2025' is not a day like 20250112"
    shelf.refused("practices", {name: register("12/01/2025")}, reason)
    shelf.refused("practices", {name: register("20250112", "ENGLAND")}, "'ENGLAND' is not the code")
    shelf.load("practices", {name: register("20250112")})
    fact = pq.read_table(shelf.snapshot("practices").fact_path(date(2026, 3, 1))).to_pylist()
    assert {row["practice"]: row["opened"] for row in fact}["A81002"] == date(2025, 1, 12)
