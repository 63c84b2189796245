"""Faults that people who do this work met in publishers' files, each in its smallest form."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.pipelines.shelf import MARCH, Shelf
from tests.published_files import (
    SITES,
    all_csv,
    appointments_of,
    crosstab_csv,
    listed,
    map_csv,
    quin_csv,
    zipped,
)

LISTED = sum(listed(MARCH, n) for n in range(1, len(SITES) + 1))
ALL, MAP, QUIN = (f"gp-reg-pat-prac-{kind}.csv" for kind in ("all", "map", "quin-age"))
CROSSTAB = "Practice_Level_Crosstab_Mar_26.csv"


def lists(change: Callable[[bytes], bytes] = bytes, *, name: str = ALL) -> dict[str, bytes]:
    files = {ALL: all_csv(MARCH), MAP: map_csv(MARCH), QUIN: quin_csv(MARCH)}
    return files | {name: change(files[name])}


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        assert old.encode() in body
        return body.replace(old.encode(), new.encode(), 1)

    return change


def with_row(row: str) -> Callable[[bytes], bytes]:
    return lambda body: body + row.encode() + b"\n"


# Total rows


def total_list(patients: int, code: str = "ENGLAND") -> Callable[[bytes], bytes]:
    return with_row(f"GP_PRAC_PAT_LIST,2026-03-01,GP,16C,E38,{code},TS1 1AA,ALL,ALL,{patients}")


def test_a_total_row_of_lists_is_left_out_and_is_a_control(shelf: Shelf) -> None:
    shelf.loaded("list-sizes", lists(total_list(LISTED)))
    manifest = shelf.manifest("list-sizes")
    assert manifest.periods[MARCH].totals == {"registered_patients": LISTED}
    assert manifest.periods[MARCH].practices == len(SITES)
    assert shelf.england("list-sizes", "registered") == LISTED
    assert any("'ENGLAND' of the whole country is left out" in note for note in manifest.notes)
    assert any(f"gives {LISTED:,} for ENGLAND" in check.found for check in manifest.checks)


def test_a_total_that_is_not_the_sum_of_the_practices_refuses_the_file(shelf: Shelf) -> None:
    shelf.refused(
        "list-sizes",
        lists(total_list(LISTED + 1)),
        f"gives {LISTED + 1:,} for ENGLAND, and its practices add up to {LISTED:,}",
    )


@pytest.mark.parametrize("code", ["", "A8100", "Somerset", "a81001"])
def test_a_code_that_is_of_nobody_refuses_the_file_by_name(shelf: Shelf, code: str) -> None:
    shelf.refused(
        "list-sizes",
        lists(total_list(900, code)),
        rf"row 14, column CODE: '{code}' is not the code",
    )


def test_a_total_row_of_appointments_is_left_out_and_is_a_control(shelf: Shelf) -> None:
    total = appointments_of(MARCH)
    row = "01MAR2026,ENGLAND,England,,,,,,GP,Telephone,Unmapped,Same Day,{},Attended"
    wrong = with_row(row.format(total + 1))(crosstab_csv(MARCH))
    reason = f"gives {total + 1:,} for ENGLAND, and its practices add up to {total:,}"
    shelf.refused("gp-appointments", {CROSSTAB: wrong}, reason)


def test_a_right_total_row_of_appointments_counts_once(shelf: Shelf) -> None:
    total = appointments_of(MARCH)
    row = f"01MAR2026,ENGLAND,England,,,,,,GP,Telephone,Unmapped,Same Day,{total},Attended"
    shelf.loaded("gp-appointments", {CROSSTAB: with_row(row)(crosstab_csv(MARCH))})
    assert shelf.england("gp-appointments", "appointments") == total
    assert shelf.manifest("gp-appointments").periods[MARCH].practices == len(SITES)


# Dates, counts and labels


@pytest.mark.parametrize("name", [ALL, QUIN])
def test_one_file_is_one_month(shelf: Shelf, name: str) -> None:
    def change(body: bytes) -> bytes:
        start, _, end = body.rpartition(b"2026-03-01")
        return start + b"2026-02-01" + end

    where = rf"{name}, row \d+: EXTRACT_DATE is '2026-02-01', while the file begins with March 2026"
    shelf.refused("list-sizes", lists(change, name=name), where)


def test_a_month_and_a_day_that_changed_places_are_not_another_month(shelf: Shelf) -> None:
    shelf.refused(
        "list-sizes",
        {ALL: all_csv(MARCH).replace(b"2026-03-01", b"03/12/2025")},
        r"EXTRACT_DATE is '03/12/2025', 3 December 2025, and not the first day of a month",
    )


@pytest.mark.parametrize("name", [ALL, QUIN])
@pytest.mark.parametrize("cell", ["1234.7", "NULL", "12e", "-4", ""])
def test_what_is_no_count_is_refused_where_it_stands(shelf: Shelf, name: str, cell: str) -> None:
    body = lists()[name]
    row = body.decode().splitlines()[2]
    code = next(site.code for site in SITES if f",{site.code}," in row)
    changed = f"{row.rpartition(',')[0]},{cell}"
    where = rf"{name}, row \d+, column NUMBER_OF_PATIENTS, {code}: '{cell}' is not a whole number"
    shelf.refused("list-sizes", lists(replaced(row, changed), name=name), where)


def test_a_count_written_with_a_point_and_zeros_is_a_count(shelf: Shelf) -> None:
    first = f",{listed(MARCH, 1)}\n"
    shelf.loaded("list-sizes", lists(replaced(first, f"{first.rstrip()}.0\n")))
    assert shelf.england("list-sizes", "registered") == LISTED


def test_labels_are_read_in_either_case(shelf: Shelf) -> None:
    shelf.loaded("list-sizes", lists(lambda body: body.replace(b",ALL,ALL,", b",All,All,")))
    assert shelf.england("list-sizes", "registered") == LISTED


def test_a_file_without_any_total_is_refused_and_stops_nothing_after_it(shelf: Shelf) -> None:
    odd = {ALL: all_csv(MARCH).replace(b",ALL,ALL,", b",Everyone,ALL,")}
    shelf.refused("list-sizes", odd, "no row has a figure from which registered_patients could be")
    february = date(2026, 2, 1)
    shelf.load("list-sizes", {ALL: all_csv(february), MAP: map_csv(february)})
    assert list(shelf.manifest("list-sizes").periods) == [february]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("01MAR2026,A81002", "01APR2026,A81002", r"row 6: .* '01APR2026', while .* March 2026"),
        ("01MAR2026", "03/12/2026", "'03/12/2026', 3 December 2026, and not the first day"),
        (",20,DNA", ",20.5,DNA", "row 3, column COUNT_OF_APPOINTMENTS, A81001: '20.5' is not a wh"),
        (",A81012,", ",Somerset,", r"row 46, column GP_CODE: 'Somerset' is not the code"),
    ],
)
def test_bad_cells_of_appointments_are_refused_where_they_stand(
    shelf: Shelf, old: str, new: str, reason: str
) -> None:
    body = crosstab_csv(MARCH)
    shelf.refused("gp-appointments", {CROSSTAB: replaced(old, new)(body)}, reason)


# Encodings


def test_a_name_in_windows_1252_loses_nothing_and_is_noted(shelf: Shelf) -> None:
    change = replaced("THE A81001 SURGERY", "ST ANDRÉ & PETER’S SURGERY")
    shelf.loaded(
        "list-sizes",
        lists(lambda body: change(body).decode().encode("cp1252"), name=MAP),
    )
    snapshot = shelf.snapshot("list-sizes")
    named = pq.read_table(snapshot.folder / "organisations.parquet").to_pylist()
    assert {row["name"] for row in named if row["code"] == "A81001"} == {
        "ST ANDRÉ & PETER’S SURGERY"
    }
    assert snapshot.parts_at("icb", "QHM", month=MARCH)["registered"]
    wanted = f"March 2026: {MAP} is not in UTF-8; it was read as Windows-1252."
    assert wanted in shelf.manifest("list-sizes").notes


def test_appointments_in_windows_1252_are_read(shelf: Shelf) -> None:
    change = replaced("THE A81001 SURGERY", "ST ANDRÉ & PETER’S SURGERY")
    body = change(crosstab_csv(MARCH)).decode().encode("cp1252")
    shelf.loaded("gp-appointments", {CROSSTAB: body})
    assert shelf.england("gp-appointments", "appointments") == appointments_of(MARCH)
    assert any("Windows-1252" in note for note in shelf.manifest("gp-appointments").notes)


# Workbooks

REGISTER = "".join(
    f'"{code}","{code} SURGERY","Y60","QZZ","1 HIGH ST","","","TOWN","","ZZ1 1AA","19740401","",'
    '"A","B","99Z","20130401","","","","","","","","","","4",""\n'
    for code in ("Y90001", "Y90002", "Y90003")
).encode()
PARTNERS = (
    "Partner Organisation Code",
    "PCN Code",
    "PCN Name",
    "Practice to PCN Relationship Start Date",
    "Practice to PCN Relationship End Date",
)
MOVES = (
    ("Y90001", "U90001", date(2019, 7, 1), date(2026, 3, 31)),
    ("Y90001", "U90002", date(2026, 4, 1), None),
    ("Y90002", "U90001", date(2019, 7, 1), date(2026, 1, 31)),
    ("Y90002", "U90002", date(2026, 2, 1), None),
)
DAYS: dict[str, Callable[[date], object]] = {
    "text": lambda day: f"{day:%Y%m%d}",
    "number": lambda day: int(f"{day:%Y%m%d}"),
    "date": lambda day: day,
    "days": lambda day: (day - date(1899, 12, 30)).days,
}


def networks(day: Callable[[date], object]) -> bytes:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"default_date_format": "dd/mm/yyyy"}) as book:
        book.add_worksheet("PCNDetails").write_row(0, 0, ["PCN Code", "PCN Name"])
        sheet = book.add_worksheet("PCN Core Partner Details")
        sheet.write_row(0, 0, PARTNERS)
        for row, (practice, pcn, start, end) in enumerate(MOVES, 1):
            sheet.write_row(row, 0, [practice, pcn, f"{pcn} PCN", day(start)])
            sheet.write(row, 4, day(end) if end else "")
    return packed.getvalue()


@pytest.mark.parametrize("form", DAYS)
@pytest.mark.parametrize("packed", [False, True])
def test_a_practice_is_in_the_pcn_of_the_month(shelf: Shelf, form: str, packed: bool) -> None:
    book = networks(DAYS[form])
    name, body = "ePCN.xlsx", book
    if packed:
        name, body = "epcn.zip", zipped({"ePCN.xlsx": book, "ePCN Specification.pdf": b"%PDF-1"})
    shelf.loaded("practices", {"epraccur-2026-03-20.csv": REGISTER, name: body})
    fact = pq.read_table(shelf.snapshot("practices").fact_path(MARCH)).to_pylist()
    assert {row["practice"]: row["pcn"] for row in fact} == {
        "Y90001": "U90001",
        "Y90002": "U90002",
        "Y90003": "",
    }


def test_of_two_members_of_one_name_none_is_dropped_in_silence(shelf: Shelf) -> None:
    body = zipped({f"a/{ALL}": all_csv(MARCH), f"b/{ALL}": all_csv(MARCH)})
    shelf.refused("list-sizes", {"gp-reg-pat-prac-all.zip": body}, f"two files called {ALL}")
