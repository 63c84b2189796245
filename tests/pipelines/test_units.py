"""CSVs as text, exactly as published, and dates in every form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engine.units import BadRelease, Preview, csv_scan, headings, periods_in, read_date


def rows(*bodies: bytes, folder: Path, columns: str = "*") -> list[tuple[str, ...]]:
    paths = []
    for number, body in enumerate(bodies):
        path = folder / f"{number}.csv"
        path.write_bytes(body)
        paths.append(path)
    query = f"SELECT {columns} FROM {csv_scan(paths)} ORDER BY ALL"
    return duckdb.sql(query).fetchall()


@pytest.mark.parametrize(
    "body",
    [
        b'A,B\n1,x\n2,"y, z"\n',
        b'A,B\r\n1,x\r\n2,"y, z"\r\n',
        b'\xef\xbb\xbfA,B\n1,x\n2,"y, z"',
        b'A,B\n1,x\n\n2,"y, z"\n',
        b'" a ",b\n1,x\n2,"y, z"\n',
    ],
)
def test_harmless_forms_are_read_alike(tmp_path: Path, body: bytes) -> None:
    assert rows(body, folder=tmp_path, columns="A, B") == [("1", "x"), ("2", "y, z")]


@pytest.mark.parametrize("row", [b"2,3,4", b"2", b"2,x,"])
def test_a_row_of_another_length_is_an_error_and_is_not_dropped(tmp_path: Path, row: bytes) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="Expected Number of Columns"):
        rows(b"A,B\n1,x\n" + row + b"\n", folder=tmp_path)


@pytest.mark.parametrize("within", [b"\n", b"\r\n"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_break_in_a_heading_loses_no_row(tmp_path: Path, within: bytes, end: bytes) -> None:
    body = end.join([b'A,"long' + within + b'name",B', b"1,2,x", b'2,"3,0",y', b""])
    found = rows(body, folder=tmp_path, columns='A, "LONG NAME", B')
    assert found == [("1", "2", "x"), ("2", "3,0", "y")]


def test_nothing_means_missing(tmp_path: Path) -> None:
    found = rows(b"A,B\nU,NA\nnull,\nNULL,NaN\n", folder=tmp_path)
    assert found == [("NULL", "NaN"), ("U", "NA"), ("null", "")]


def test_files_with_their_columns_in_another_order_are_joined_by_name(tmp_path: Path) -> None:
    found = rows(b"A,B\n1,x\n", b"B,A,C\ny,2,z\n", folder=tmp_path, columns="A, B")
    assert found == [("1", "x"), ("2", "y")]


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRelease, match="the column A more than once"):
        rows(b"A,B,a\n1,2,3\n", folder=tmp_path)


def test_headings_are_in_capitals_with_single_spaces(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('"Partner\nOrganisation\nCode",,Flag \n1,2,3\n', encoding="utf-8")
    assert headings(path) == ("PARTNER ORGANISATION CODE", "UNNAMED 2", "FLAG")


def test_a_file_without_rows_is_refused_by_name(tmp_path: Path) -> None:
    preview = Preview("empty.csv", tmp_path / "empty.csv", ["A"], [], None)
    with pytest.raises(BadRelease, match="empty.csv has headings but no rows"):
        preview.cell("A")
    short = Preview("short.csv", tmp_path / "short.csv", ["A", "B"], ["1"], None)
    assert (short.cell("A"), short.cell("B"), short.cell("C")) == ("1", "", "")


@given(st.dates(date(2000, 1, 1), date(2068, 12, 31)))
def test_every_published_form_of_a_date_is_read(day: date) -> None:
    forms = ("%Y-%m-%d", "%d%b%Y", "%d-%b-%y", "%Y%m%d", "%d/%m/%Y", "%Y-%m-%d 00:00:00")
    for form in forms:
        assert read_date(day.strftime(form)) == day
        assert read_date(f" {day.strftime(form).upper()} ") == day


@pytest.mark.parametrize("text", ["", "the first", "2026-13-01", "31Feb2026", "01Mars2026x"])
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_date(text)


def test_periods_of_a_file_that_was_cut_off_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_bytes(b"MONTH,VALUE\n2026-03-01,1\n2026-0")
    preview = Preview("cut.csv", path, ["MONTH", "VALUE"], ["2026-03-01", "1"], None)
    with pytest.raises(BadRelease, match=r"cut\.csv cannot be read as CSV"):
        periods_in(preview, "MONTH", "month")
