import csv
import io

import pytest
from python_calamine import CalamineWorkbook

ENGLAND = {"Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63"}
SHEETS = ("PCNDetails", "PCN Core Partner Details")


def report(publications, name):
    release = publications.of("practices")[0]
    content = next(path for path in release.files if path.stem == name).read_text()
    return list(csv.reader(io.StringIO(content)))


def sheet(path, name):
    return CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()


def workbook(publications):
    release = publications.of("practices")[0]
    return next(path for path in release.files if path.name == "ePCN.xlsx")


def test_active_practices_are_those_with_a_list(spring):
    rows = report(spring, "epraccur")
    assert {len(row) for row in rows} == {27}
    active = {
        row[0]
        for row in rows
        if "RO76" in row[25].split("|") and row[12] == "ACTIVE" and row[2] in ENGLAND
    }
    listed = spring.rows("list-sizes", "june-2026", "gp-reg-pat-prac-all")
    assert active == {row["CODE"] for row in listed}


def test_report_has_the_other_kinds_of_row(spring):
    rows = report(spring, "epraccur")
    assert {row[12] for row in rows} == {"ACTIVE", "INACTIVE", "DORMANT"}
    assert {row[25] for row in rows} > {"RO76", "RO321", "RO87|RO80"}
    assert any(row[2] not in ENGLAND for row in rows)
    assert all(bool(row[11]) == (row[12] == "INACTIVE") for row in rows)


def test_current_icb_codes_agree_with_the_latest_map(spring):
    eccg = {row[0]: row[3] for row in report(spring, "eccg") if not row[11]}
    latest = spring.rows("list-sizes", "june-2026", "gp-reg-pat-prac-map")
    for row in latest:
        assert eccg[row["SUB_ICB_LOCATION_CODE"]] == row["ICB_CODE"]


def test_open_memberships_agree_with_the_latest_map(spring):
    commissioner = {row[0]: row[1] for row in report(spring, "epcmem") if not row[4]}
    current = {row[0]: row[4] for row in sheet(workbook(spring), SHEETS[1])[1:] if not row[9]}
    for row in spring.rows("list-sizes", "june-2026", "gp-reg-pat-prac-map"):
        assert commissioner[row["PRACTICE_CODE"]] == row["SUB_ICB_LOCATION_CODE"]
        assert current.get(row["PRACTICE_CODE"], "U") == row["PCN_CODE"]
    assert len(current) < len(commissioner)


def test_a_practice_that_changed_pcn_has_both_memberships(spring):
    slugs = ("december-2025", "june-2026")
    before, after = (
        {
            row["PRACTICE_CODE"]: row["PCN_CODE"]
            for row in spring.rows("list-sizes", slug, "gp-reg-pat-prac-map")
        }
        for slug in slugs
    )
    moved = [code for code in before if after.get(code, before[code]) != before[code]]
    assert moved
    rows = sheet(workbook(spring), SHEETS[1])[1:]
    for code in moved:
        mine = {row[4]: row[9] for row in rows if row[0] == code}
        assert mine[before[code]]
        assert not mine[after[code]]


@pytest.mark.real
def test_workbook_has_the_sheets_and_headings_of_the_real_one(spring, real_files):
    real = real_files / "ods" / "ePCN_2024-10.xlsx"
    assert CalamineWorkbook.from_path(workbook(spring)).sheet_names == list(SHEETS)
    for name in SHEETS:
        ours, published = sheet(workbook(spring), name), sheet(real, name)
        assert ours[0] == published[0]
        assert [type(cell) for cell in ours[1]] == [type(cell) for cell in published[1]]


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "real"),
    [
        ("epraccur", "epraccur_getReport_2026-10-02_sample.csv"),
        ("eccg", "eccg_getReport_2026-01.csv"),
    ],
)
def test_reports_are_quoted_like_the_real_ones(spring, real_files, name, real):
    ours = next(path for path in spring.of("practices")[0].files if path.stem == name)
    first, published = (
        path.read_bytes().splitlines(keepends=True)[0] for path in (ours, real_files / "ods" / real)
    )
    assert first.count(b'"') == published.count(b'"') == 54
    assert first[-2:] == published[-2:]
