"""Registers that are blank, in decimals, of other ages or out of all proportion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb
import pytest

from data.datasets.qof import DATASET
from data.datasets.vocabulary.qof import REGISTERS
from tests.pipelines.shelf import Shelf

Y2014, Y2024 = date(2014, 4, 1), date(2024, 4, 1)
HEADINGS = "PRACTICE_CODE,GROUP_CODE,REGISTER,PATIENT_LIST_TYPE,PRACTICE_LIST_SIZE"
ACHIEVED = "REGION_ODS_CODE,REGION_ONS_CODE,REGION_NAME,PRACTICE_CODE,INDICATOR_CODE,MEASURE,VALUE"
HOMES = (
    "REGION_ODS_CODE,REGION_NAME,ICB_ODS_CODE,ICB_NAME,SUB_ICB_ODS_CODE,SUB_ICB_NAME,PCN_ODS_CODE,"
    "PCN_NAME,PRACTICE_CODE,PRACTICE_NAME"
)


def text(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def homes(codes: Sequence[str]) -> bytes:
    return text(HOMES, *(f"Y60,R,QZZ,I,99Z,S,U90001,P,{code},PRACTICE" for code in codes))


FOUR = ("Y90001", "Y90002", "Y90003", "Y90004")


def test_a_practice_without_a_register_is_in_neither_side(shelf: Shelf) -> None:
    rows = [f"{code},HYP,{'1500' if code[-1] in '14' else ''},TOTAL,10000" for code in FOUR]
    shelf.loaded(
        "qof",
        {
            "PREVALENCE_2425.csv": text(HEADINGS, *rows),
            "MAPPING_NHS_GEOGRAPHIES_2425.csv": homes(FOUR),
        },
    )
    snapshot, measure = shelf.snapshot("qof"), DATASET.measure("hyp_prevalence")
    for level, code in (("england", "ENG"), ("icb", "QZZ"), ("pcn", "U90001")):
        assert snapshot.at(measure, level, code, month=Y2024)[0] == 15  # type: ignore[arg-type]
    assert shelf.england("qof", "list_size", Y2024) == 40_000
    (note,) = (n for n in shelf.manifest("qof").notes if "neither side" in n)
    assert note == (
        "2024/25: practices without the register of a condition are in neither side of its "
        "prevalence; they are 2, with 2 such gaps (Y90002, Y90003)."
    )


def test_an_indicator_with_one_side_only_is_in_no_rate(shelf: Shelf) -> None:
    sides = {
        "Y90001": {"NUMERATOR": 80, "DENOMINATOR": 100, "PCAS": 10},
        "Y90002": {"DENOMINATOR": 100, "PCAS": 10},
        "Y90003": {"NUMERATOR": 5},
        "Y90004": {"NUMERATOR": 50, "DENOMINATOR": 100},
    }
    rows = [
        f"Y60,E40,MIDLANDS,{code},AF008,{side},{value}"
        for code, found in sides.items()
        for side, value in found.items()
    ]
    shelf.loaded(
        "qof",
        {
            "PREVALENCE_2425.csv": text(HEADINGS, *(f"{c},AF,10,TOTAL,500" for c in FOUR)),
            "ACHIEVEMENT_MIDLANDS_2425.csv": text(ACHIEVED, *rows),
        },
    )
    parts = shelf.snapshot("qof").parts_at("england", "ENG", month=Y2024)
    assert (parts["af008_num"], parts["af008_den"], parts["af008_pcas"]) == (80, 100, 10)
    assert (parts["numerators"], parts["denominators"], parts["pcas"]) == (80, 100, 10)
    assert any("only some sides" in n and "they are 3" in n for n in shelf.manifest("qof").notes)


def test_decimals_are_kept_and_ages_that_are_not_stated_are_not_stated(shelf: Shelf) -> None:
    old = "PRACTICE_CODE,PRACTICE_NAME,INDICATOR_GROUP_CODE,REGISTER_SIZE,PRACTICE_LIST_SIZE"
    rows = [
        f"{code},ST JOHN\x92S SURGERY,{group}"
        for code in ("Y90001", "Y90002")
        for group in ("AF,100,5700.75", "EP,33,5611.84", "OST,20,1765.5")
    ]
    body = text(old, *rows).decode().encode("cp1252", "replace").replace(b"?", b"\x92")
    shelf.loaded("qof", {"PREVALENCE_BY_PRAC_v2_1415.csv": body})
    parts = shelf.snapshot("qof").parts_at("practice", "Y90001", month=Y2014)
    assert (parts["ep_list"], parts["ost_list"], parts["list_size"]) == (5611.84, 1765.5, 5700.75)
    path = shelf.snapshot("qof").fact_path(Y2014, "prevalence")
    types = duckdb.execute("SELECT DISTINCT list_type FROM read_parquet(?)", [path]).fetchall()
    assert types == [("NOT STATED",)]
    notes = shelf.manifest("qof").notes
    assert "2014/15: the file does not say of which ages its lists are." in notes
    assert any("Windows-1252" in note for note in notes)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Y90005,HYP,NULL,TOTAL,10000", "row 6, column REGISTER, Y90005: 'NULL' is not a whole"),
        ("Y90005,HYP,10.5,TOTAL,10000", "row 6, column REGISTER, Y90005: '10.5' is not a whole"),
        ("Y90005,HYP,10,TOTAL,ten", "column PRACTICE_LIST_SIZE, Y90005: 'ten' is not a number"),
        ("ENGLAND,HYP,41,TOTAL,40000", "gives 41 for ENGLAND, and its practices add up to 40"),
        ("QZZ,HYP,40,TOTAL,40000", "row 6, column PRACTICE_CODE: 'QZZ' is not the code"),
    ],
)
def test_bad_rows_of_registers_are_named(shelf: Shelf, row: str, reason: str) -> None:
    rows = [f"{code},HYP,10,TOTAL,10000" for code in FOUR]
    shelf.refused("qof", {"PREVALENCE_2425.csv": text(HEADINGS, *rows, row)}, reason)


def test_a_change_of_ages_is_a_break_and_is_in_the_words_of_the_measure() -> None:
    asthma, epilepsy, depression = (
        DATASET.measure(f"{group}_prevalence") for group in ("ast", "ep", "dep")
    )
    assert [one.period for one in asthma.breaks] == [date(2020, 4, 1)]
    assert "all ages, aged 6 and over since 2020/21" in asthma.what
    assert epilepsy.breaks == () and "(aged 18 and over)" in epilepsy.what
    assert [one.period for one in depression.breaks] == [date(2023, 4, 1)]
    assert REGISTERS["AST"].base_in(date(2019, 4, 1)) == "TOTAL"
    assert REGISTERS["AST"].base_in(Y2014) == ""
