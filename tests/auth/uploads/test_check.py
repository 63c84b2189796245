"""What is kept and what is refused, kind by kind."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.uploads import archive, nhs_numbers, patients
from auth.uploads.check import examine
from auth.uploads.kinds import CSV, PDF, identify
from auth.uploads.refusal import RefusedFile
from tests.auth.uploads import made

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("name", made.SOUND)
def test_sound_files_are_kept(name: str) -> None:
    kind = examine(name, made.SOUND[name])
    assert name.rpartition(".")[2].casefold() in {one.strip(".") for one in kind.endings}


@pytest.mark.parametrize("name", made.SOUND)
@pytest.mark.parametrize("ending", [".html", ".svg", ".exe", ".pdf.html", "", ".pdf", ".csv"])
def test_the_name_is_never_believed(name: str, ending: str) -> None:
    body = made.SOUND[name]
    own = name.rpartition(".")[2].casefold()
    if ending == f".{own}":
        return
    with pytest.raises(RefusedFile):
        examine(f"file{ending}", body)


@pytest.mark.parametrize(
    "body",
    [
        SVG,
        b'<?xml version="1.0"?>' + SVG,
        b"\xef\xbb\xbf  " + SVG,
        b"a,b\n" + SVG,
        "<SVG/onload=alert(1)>".encode("utf-16"),
        b"<html><body>x</body></html>",
        b"<!DOCTYPE html>",
        b"a,<iframe src=x>",
        b"MZ\x90\x00\x03" + bytes(60),
        b"\x7fELF" + bytes(60),
        b"PK\x03\x04" + bytes(60),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        b"",
        bytes(100),
    ],
)
@pytest.mark.parametrize("name", ["x.csv", "x.svg", "x.png", "x.docx", "x.pdf"])
def test_programs_pages_and_scripts_are_refused(name: str, body: bytes) -> None:
    with pytest.raises(RefusedFile):
        examine(name, body)


@pytest.mark.parametrize("name", [n for n in made.SOUND if n != "table.csv"])
@pytest.mark.parametrize(
    "other",
    [SVG, b"<script>alert(1)</script>", made.zipped({"a.txt": "x"}), b"%PDF-1.4\n", b"\0" * 9],
    ids=["svg", "script", "zip", "pdf", "zeros"],
)
def test_polyglots_are_refused(name: str, other: bytes) -> None:
    """A file of one kind with another before or behind it."""
    body = made.SOUND[name]
    if other.startswith(b"%PDF") and name.endswith(".pdf"):
        return  # a PDF with one more line
    for joined in (body + other, other + body):
        with pytest.raises(RefusedFile):
            examine(name, joined)


@pytest.mark.parametrize("name", ["chart.png", "photo.jpg", "dot.gif", "report.pdf", "letter.docx"])
def test_damaged_files_are_refused(name: str) -> None:
    body = made.SOUND[name]
    for cut in (len(body) // 2, len(body) - 2, 8):
        with pytest.raises(RefusedFile):
            examine(name, body[:cut])


def test_zip_bombs_are_refused_before_they_unpack() -> None:
    zeros = bytes(30_000_000)
    flat = made.word("x", more={"word/media/a.bin": zeros})
    assert len(flat) < 40_000
    many = made.word("x", more={f"word/{n}.xml": zeros[:200_000] for n in range(120)})
    for bomb in (flat, many):
        with pytest.raises(RefusedFile, match="unpacks to far more"):
            examine("x.docx", bomb)
    crowd = made.word("x", more={f"word/media/{n}.png": b"" for n in range(archive.MEMBERS)})
    with pytest.raises(RefusedFile):
        examine("x.docx", crowd)


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    body = bytearray(made.word("x", more={"word/big.xml": bytes(1_000_000)}))
    size = (1_000_000).to_bytes(4, "little")
    assert body.count(size) == 2
    lying = bytes(body.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(RefusedFile):
        examine("x.docx", lying)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..\\..\\x",
        "C:\\x",
        "word/../../x",
        "word/vbaProject.bin",
        "word/embeddings/oleObject1.bin",
        "word/activeX/activeX1.xml",
    ],
)
def test_members_that_leave_the_archive_or_run_are_refused(name: str) -> None:
    with pytest.raises(RefusedFile):
        examine("x.docx", made.word("x", more={name: b"x"}))


def test_plain_archives_and_mixed_ones_are_refused() -> None:
    with pytest.raises(RefusedFile, match="ZIP archives are not kept"):
        examine("x.docx", made.zipped({"a.txt": "x"}))
    both = made.word("x", more={"xl/workbook.xml": "<workbook/>"})
    for name in ("x.docx", "x.xlsx"):
        with pytest.raises(RefusedFile):
            examine(name, both)
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as written, pytest.warns(UserWarning):
        for content in ("a", "b"):
            written.writestr("word/document.xml", content)
    with pytest.raises(RefusedFile):
        examine("x.docx", twice.getvalue())


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "cccccccccc">]><w:document>&b;</w:document>'
    with pytest.raises(RefusedFile, match="entities"):
        examine("x.docx", made.word("x", more={"word/footer1.xml": bomb}))


def test_pdfs_with_scripts_files_or_passwords_are_refused() -> None:
    for body, why in (
        (made.pdf(script="app.alert(1)"), "scripts"),
        (made.pdf(file=b"hello"), "attached"),
        (made.pdf(password="x"), "password"),
        (b"%PDF-1.7\nnothing\n%%EOF\n", "could not be read"),
    ):
        with pytest.raises(RefusedFile, match=why):
            examine("x.pdf", body)


@pytest.mark.parametrize("number", made.VALID)
def test_nhs_numbers_are_found_in_every_kind(number: str) -> None:
    text = f"Seen on Monday: {number}."
    files = {
        "x.csv": made.csv("Note,Count", f"{number},3"),
        "x.docx": made.word("First", text),
        "x.xlsx": made.excel([["Note"], [text]]),
        "x.pptx": made.powerpoint(text),
        "x.pdf": made.pdf(text),
    }
    for name, body in files.items():
        with pytest.raises(RefusedFile, match="could be NHS numbers"):
            examine(name, body)


def test_nhs_numbers_hide_nowhere_in_a_workbook() -> None:
    inner = made.excel([["9434765919"]])
    hidden = {
        "a number": made.excel([[9434765919]]),
        "a comment": made.excel([["x"]], comment="943 476 5919"),
        "an embedded workbook": None,
    }
    for body in (one for one in hidden.values() if one):
        with pytest.raises(RefusedFile, match="NHS numbers"):
            examine("x.xlsx", body)
    for outer in (
        made.word("x", more={"word/embeddings/Sheet1.xlsx": inner}),
        made.powerpoint("x", {"ppt/embeddings/Sheet1.xlsx": inner}),
    ):
        with pytest.raises(RefusedFile, match="NHS numbers"):
            examine("x.docx" if b"word/" in outer else "x.pptx", outer)


@pytest.mark.parametrize("number", made.INVALID)
def test_other_numbers_are_not_taken_for_nhs_numbers(number: str) -> None:
    assert examine("x.csv", made.csv("Note,Count", f"{number},3")) is CSV


@pytest.mark.parametrize(
    "text", ["0113 496 0000", "07700 900123", "3.9434765919", "+449434765919", "2026-10-01T10:00"]
)
def test_telephones_decimals_and_times_are_left_alone(text: str) -> None:
    assert patients.objection(f"a {text} b", []) is None


@given(st.integers(0, 999_999_999))
def test_one_check_digit_at_most_makes_an_nhs_number(first: int) -> None:
    """Against the rule as it is written: weights 10 to 2, remainder from 11, 11 stands for 0 and 10
    is not used.
    """
    nine = f"{first:09d}"
    found = [n for n in range(10) if nhs_numbers.is_nhs_number(f"{nine}{n}")]
    remainder = 11 - sum(int(d) * (10 - at) for at, d in enumerate(nine)) % 11
    expected = [] if remainder == 10 else [0 if remainder == 11 else remainder]
    if expected and len(set(f"{nine}{expected[0]}")) == 1:
        expected = []
    assert found == expected


BORN = (
    ("Patient name", "Date of birth"),
    ("Surname", "Forename", "DOB"),
    ("NAME", "d.o.b."),
    ("First_Name", "Birth date"),
)


@pytest.mark.parametrize("heads", BORN)
def test_dates_of_birth_beside_names_are_found_by_their_headings(heads: tuple[str, ...]) -> None:
    row = ["x"] * len(heads)
    files = {
        "x.csv": made.csv("Report", ",".join(heads), ",".join(row)),
        "semicolons.csv": made.csv(";".join(heads), ";".join(row)),
        "x.xlsx": made.excel([heads, row]),
        "x.docx": made.word_table([heads, row]),
    }
    for name, body in files.items():
        with pytest.raises(RefusedFile, match="dates of birth beside names"):
            examine(name, body)


def test_dates_of_birth_beside_names_are_found_without_headings() -> None:
    people = [
        ["Jane Smith", date(1951, 3, 2)],
        ["Tom Brown", date(1988, 12, 1)],
        ["Ann Green", date(1940, 1, 9)],
    ]
    lines = [f"{name},{born:%d/%m/%Y}" for name, born in people]
    for name, body in {"x.csv": made.csv(*lines), "x.xlsx": made.excel(people)}.items():
        with pytest.raises(RefusedFile, match="rows hold what looks like a name"):
            examine(name, body)


@pytest.mark.parametrize(
    "text",
    [
        "Mrs Jane Smith, DOB 02/03/1951, was seen",
        "DOB: 2 March 1951 Patient: Jane Smith",
        "Smith, Jane date of birth 1951-03-02",
    ],
)
def test_dates_of_birth_beside_names_are_found_in_sentences(text: str) -> None:
    for name, body in {"x.docx": made.word(text), "x.pdf": made.pdf(text)}.items():
        with pytest.raises(RefusedFile, match="date of birth beside a name"):
            examine(name, body)


@pytest.mark.parametrize(
    "lines",
    [
        ("Name,Role,Start date", "Jane Smith,Practice nurse,02/03/2024"),
        ("Month,Patients", "2026-10-01,8412"),
        ("Clinician,Sessions", "Dr Jane Smith,6"),
        ("Practice,Opened", "Millbrook Surgery,01/04/1974"),
        ("Age band,Born,Count", "65 to 74,1951 to 1960,312"),
    ],
)
def test_ordinary_tables_are_kept(lines: tuple[str, ...]) -> None:
    assert examine("x.csv", made.csv(*lines)) is CSV


def test_the_refusal_explains_itself() -> None:
    with pytest.raises(RefusedFile) as refused:
        examine("x.csv", made.csv("NHS No,Visits", "x,3"))
    said = str(refused.value)
    assert "“NHS No” looks like NHS numbers" in said
    assert "Nothing was kept" in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_tables_as_spreadsheets_write_them_are_read(encoding: str) -> None:
    assert examine("x.csv", made.csv("Café,£", "a,1", encoding=encoding)) is CSV


@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(body: bytes) -> None:
    for name in ("x.csv", "x.png", "x.docx"):
        try:
            identify(name, body)
        except RefusedFile as refused:
            assert str(refused)


def test_a_pdf_is_a_pdf() -> None:
    assert identify("report.PDF", made.pdf()) is PDF
