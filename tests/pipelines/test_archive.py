"""Reading archives, CSVs and workbooks that may be broken or hostile."""

from __future__ import annotations

import gzip
import io
import os
import resource
import struct
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.files.archive import (
    Caps,
    csv_members,
    is_workbook,
    read_header,
    sheet_names,
    workbook_members,
    xlsx_rows,
)
from pipelines.files.errors import RefusedFile
from tests.publication_site import zip_bomb

CSV = b"CODE,NAME\nA1,One\nB2,Two\n"
ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("REAL_DATA_DIR", ROOT.parent / "shared" / "data"))


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def workbook(path: Path) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("PCNDetails")
    sheet.write_row(1, 0, ["PCN Code", "Open\nDate", "Count"])
    sheet.write_row(2, 0, ["U00001", "", 7])
    sheet.write_datetime(2, 1, date(2024, 4, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.add_worksheet("Other")
    book.close()
    return path


def write(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


def unpacked(path: Path, scratch: Path, *, caps: Caps | None = None) -> dict[str, bytes]:
    members = csv_members(path, scratch, caps=caps) if caps else csv_members(path, scratch)
    return {name: local.read_bytes() for name, local in members}


def refusal(path: Path, scratch: Path, *, caps: Caps | None = None) -> str:
    with pytest.raises(RefusedFile) as refused:
        unpacked(path, scratch, caps=caps)
    assert refused.value.advice
    return str(refused.value)


def left_in(scratch: Path) -> list[str]:
    return sorted(path.name for path in scratch.iterdir()) if scratch.exists() else []


def test_a_plain_csv_is_read_where_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, "all.csv", CSV)
    assert list(csv_members(path, tmp_path / "scratch")) == [("all.csv", path)]
    assert left_in(tmp_path / "scratch") == []


def test_a_gzipped_csv_is_unpacked(tmp_path: Path) -> None:
    path = write(tmp_path, "all.csv.gz", gzipped(CSV))
    assert unpacked(path, tmp_path / "scratch") == {"all.csv": CSV}


def test_a_zip_gives_each_of_its_csvs(tmp_path: Path) -> None:
    parts = {
        "Practice_Level_Crosstab_Nov_25.csv": CSV,
        "folder/Mapping.CSV": b"GP_CODE\nA1\n",
        "folder/": b"",
        "Read me.pdf": b"%PDF-1.4",
        "__MACOSX/._Mapping.csv": b"\0\0",
    }
    path = write(tmp_path, "crosstab.zip", zipped(parts))
    assert unpacked(path, tmp_path / "scratch") == {
        "Practice_Level_Crosstab_Nov_25.csv": CSV,
        "Mapping.CSV": b"GP_CODE\nA1\n",
    }


def test_a_report_without_an_ending_is_what_its_bytes_say(tmp_path: Path) -> None:
    path = write(tmp_path, "epraccur", zipped({"epraccur.csv": CSV}))
    assert unpacked(path, tmp_path / "scratch") == {"epraccur.csv": CSV}


def test_names_in_an_archive_never_become_paths(tmp_path: Path) -> None:
    hostile = {
        "../../outside.csv": b"a,b\n1,2\n",
        "/etc/absolute.csv": b"a,b\n3,4\n",
        "..\\..\\windows.csv": b"a,b\n5,6\n",
        "line\nfeed\x1b[31m.csv": b"a,b\n7,8\n",
    }
    path = write(tmp_path, "hostile.zip", zipped(hostile))
    scratch = tmp_path / "inner" / "scratch"
    assert unpacked(path, scratch) == {
        "outside.csv": b"a,b\n1,2\n",
        "absolute.csv": b"a,b\n3,4\n",
        "windows.csv": b"a,b\n5,6\n",
        "line?feed?[31m.csv": b"a,b\n7,8\n",
    }
    assert left_in(scratch) == [f"member-{n:04d}.csv" for n in range(4)]
    assert left_in(tmp_path) == ["hostile.zip", "inner"]


def test_several_archives_may_share_a_scratch_folder(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    first = list(csv_members(write(tmp_path, "1.zip", zipped({"a.csv": b"a\n1\n"})), scratch))
    second = list(csv_members(write(tmp_path, "2.zip", zipped({"a.csv": b"a\n2\n"})), scratch))
    assert [first[0][1].read_bytes(), second[0][1].read_bytes()] == [b"a\n1\n", b"a\n2\n"]


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = write(tmp_path, "bomb.zip", zip_bomb())
    assert "zip bomb" in refusal(path, tmp_path / "scratch")
    assert left_in(tmp_path / "scratch") == []


def test_a_gzip_bomb_is_stopped_and_removed(tmp_path: Path) -> None:
    path = write(tmp_path, "bomb.csv.gz", gzipped(bytes(60_000_000)))
    assert "zip bomb" in refusal(path, tmp_path / "scratch")
    assert left_in(tmp_path / "scratch") == []


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    body = bytearray(zip_bomb(30))
    directory = body.rindex(b"PK\x01\x02")
    body[directory + 24 : directory + 28] = struct.pack("<L", 1000)
    path = write(tmp_path, "liar.zip", bytes(body))
    assert "damaged or incomplete" in refusal(path, tmp_path / "scratch")
    assert left_in(tmp_path / "scratch") == []


def test_a_workbook_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    body = bytearray(workbook(tmp_path / "book.xlsx").read_bytes())
    directory = body.index(b"PK\x01\x02")
    body[directory + 24 : directory + 28] = struct.pack("<L", 10)
    path = write(tmp_path, "liar.xlsx", bytes(body))
    with pytest.raises(RefusedFile, match="damaged or incomplete"):
        sheet_names(path)


def test_a_workbook_bomb_is_refused(tmp_path: Path) -> None:
    body = zipped({"xl/workbook.xml": b"<x/>", "xl/sheet1.xml": bytes(60_000_000)})
    with pytest.raises(RefusedFile, match="zip bomb"):
        sheet_names(write(tmp_path, "bomb.xlsx", body))


def test_caps_hold_for_members_and_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, "many.zip", zipped({f"{n}.csv": CSV for n in range(6)}))
    told = refusal(path, tmp_path / "scratch", caps=Caps(members=5))
    assert "6 members, more than 5" in told
    told = refusal(path, tmp_path / "scratch", caps=Caps(unpacked=100))
    assert "more than 100 bytes" in told
    assert len(unpacked(path, tmp_path / "scratch", caps=Caps(members=6))) == 6


def test_a_huge_list_of_members_is_refused_without_reading_it(tmp_path: Path) -> None:
    """Three hundred thousand empty members: reading the list alone would take 150 MB."""
    path = tmp_path / "many.zip"
    entries = 300_000
    with path.open("wb") as out:
        out.write(b"PK\x03\x04" + bytes(26))
        begin = out.tell()
        head = b"PK\x01\x02" + bytes(24) + struct.pack("<HHH", 8, 0, 0) + bytes(12)
        out.write(b"".join(head + b"%08d" % n for n in range(entries)))
        size = out.tell() - begin
        out.write(b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 0xFFFF, 0xFFFF, size, begin, 0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "lists far more than 500 members" in refusal(path, tmp_path / "scratch")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes


@pytest.mark.parametrize("name", ["inner.zip", "inner.csv.gz", "INNER.7Z"])
def test_an_archive_in_an_archive_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, "outer.zip", zipped({"a.csv": CSV, name: zipped({"b.csv": CSV})}))
    assert f"another archive, {name}" in refusal(path, tmp_path / "scratch")


def test_an_archive_named_as_a_csv_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "outer.zip", zipped({"inner.csv": zipped({"b.csv": CSV})}))
    assert "inner.csv: expected a CSV file but found a ZIP" in refusal(path, tmp_path / "scratch")


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    body = bytearray(zipped({"a.csv": CSV}))
    body[6] |= 1
    body[body.rindex(b"PK\x01\x02") + 8] |= 1
    path = write(tmp_path, "secret.zip", bytes(body))
    assert "it is encrypted" in refusal(path, tmp_path / "scratch")


@pytest.mark.parametrize(
    ("name", "body", "found"),
    [
        ("all.csv", b"", "an empty file"),
        ("all.csv", b" \r\n\n", "an empty file"),
        ("all.csv", b"<!DOCTYPE html><html><title>Sorry</title>", "a web page"),
        ("all.csv", b"%PDF-1.7", "a PDF document"),
        ("all.csv", b"a,b\n1,\x00\x01\n", "binary data"),
        ("all.csv.gz", gzipped(b"<html>"), "a web page"),
        ("all.csv.gz", gzipped(b""), "an empty file"),
        ("all.zip", zipped({"a.csv": b"<html>"}), "a web page"),
        ("all.zip", zipped({"a.txt": CSV}), "it holds no .csv file"),
        ("all.zip", zipped({}), "it holds no .csv file"),
        ("all.zip", zipped({"a.csv": CSV})[:60], "not a complete ZIP archive"),
        ("all.csv.gz", gzipped(CSV * 5000)[:200], "damaged or incomplete"),
        ("all.csv.gz", b"\x1f\x8b nothing", "damaged or incomplete"),
        ("all.xlsx", zipped({"xl/workbook.xml": b"<x/>"}), "an Excel workbook"),
        ("all.csv", zipped({"a.csv": CSV}), "not what its name says but a ZIP archive"),
        ("all.zip", CSV, "not what its name says but plain text"),
        ("all.csv", b"PK damaged\x03\x04", "binary data"),
    ],
)
def test_what_is_not_a_csv_is_named(tmp_path: Path, name: str, body: bytes, found: str) -> None:
    assert found in refusal(write(tmp_path, name, body), tmp_path / "scratch")


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    rows = os.urandom(3000).hex().encode()
    body = bytearray(zipped({"a.csv": b"CODE,NAME\n" + rows}))
    body[len(body) // 2] ^= 0x10
    told = refusal(write(tmp_path, "all.zip", bytes(body)), tmp_path / "scratch")
    assert "damaged or incomplete" in told
    assert left_in(tmp_path / "scratch") == []


def test_an_unknown_compression_is_refused(tmp_path: Path) -> None:
    body = bytearray(zipped({"a.csv": CSV}))
    body[8] = 97
    body[body.rindex(b"PK\x01\x02") + 10] = 97
    told = refusal(write(tmp_path, "all.zip", bytes(body)), tmp_path / "scratch")
    assert "damaged or incomplete" in told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_becomes_utf_8(tmp_path: Path, encoding: str) -> None:
    text = "CODE,NAME\nA1,Ynys Môn – 💊\n" * 50_000
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    path = write(tmp_path, "all.csv", mark + text.encode(encoding))
    assert unpacked(path, tmp_path / "scratch") == {"all.csv": text.encode()}


def test_broken_utf_16_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "all.csv", "a,b\n".encode("utf-16") + b"\x00\xd8")
    assert "not" in refusal(path, tmp_path / "scratch")


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (CSV, ("CODE", "NAME")),
        (b"\xef\xbb\xbfCODE,NAME\r\nA1,x\r\n", ("CODE", "NAME")),
        (b'"CODE"," NAME ","A, B"\n', ("CODE", "NAME", "A, B")),
        (b'"Partner\nCode",NAME\nx,y\n', ("Partner\nCode", "NAME")),
        (b"CODE", ("CODE",)),
        (b"", ()),
    ],
)
def test_a_header_is_read(tmp_path: Path, body: bytes, header: tuple[str, ...]) -> None:
    assert read_header(write(tmp_path, "a.csv", body)) == header


def test_a_header_that_never_ends_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="its first row is not CSV"):
        read_header(write(tmp_path, "a.csv", b"x" * 1_000_000))
    with pytest.raises(RefusedFile, match="its first row is not CSV"):
        read_header(write(tmp_path, "a.csv", b'"' + b"x\n" * 1_000_000))


def test_a_header_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="not UTF-8"):
        read_header(write(tmp_path, "a.csv", "CODE,DÉBUT\n".encode("cp1252")))


def test_a_sheet_is_read_with_its_empty_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "ePCN.xlsx")
    assert sheet_names(path) == ("PCNDetails", "Other")
    assert [list(row) for row in xlsx_rows(path, "PCNDetails")] == [
        ["", "", ""],
        ["PCN Code", "Open\nDate", "Count"],
        ["U00001", date(2024, 4, 1), 7.0],
    ]


def test_a_missing_sheet_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="no sheet 'PCN', only PCNDetails, Other"):
        list(xlsx_rows(workbook(tmp_path / "ePCN.xlsx"), "PCN"))


@pytest.mark.parametrize(
    "body",
    [
        CSV,
        b"",
        zipped({"a.csv": CSV}),
        zipped({"xl/workbook.xml": b"<broken"}),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 password protected",
    ],
)
def test_what_is_not_a_workbook_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(RefusedFile):
        sheet_names(write(tmp_path, "book.xlsx", body))


def test_a_workbook_is_found_alone_or_in_a_zip(tmp_path: Path) -> None:
    alone = workbook(tmp_path / "ePCN.xlsx")
    assert is_workbook(alone)
    assert list(workbook_members(alone, tmp_path / "scratch")) == [("ePCN.xlsx", alone)]
    packed = write(tmp_path, "epcn.zip", zipped({"ePCN.xlsx": alone.read_bytes()}))
    assert not is_workbook(packed)
    ((name, local),) = workbook_members(packed, tmp_path / "scratch")
    assert (name, local.read_bytes()) == ("ePCN.xlsx", alone.read_bytes())


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever bytes change, the answer is the true content or a `RefusedFile`."""
    folder = tmp_path_factory.mktemp("damage")
    name, whole = data.draw(st.sampled_from(["a.zip", "a.csv.gz"])), CSV * 20
    body = bytearray(zipped({"a.csv": whole}) if name == "a.zip" else gzipped(whole))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    path = write(folder, name, bytes(body[: data.draw(st.integers(4, len(body)))]))
    try:
        contents = list(unpacked(path, folder / "scratch").values())
    except RefusedFile:
        return
    assert contents == [whole]


def test_an_england_sized_archive_is_unpacked_in_little_memory(tmp_path: Path) -> None:
    packed = tmp_path / "big.zip"
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("crosstab.csv", "w") as member,
    ):
        block = b"CODE,NAME\n" + os.urandom(500_000).hex("\n", 40).encode()
        for _ in range(100):
            member.write(block)
    script = (
        "import resource, sys; from pathlib import Path;"
        "from pipelines.files.archive import csv_members;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "[*csv_members(Path(sys.argv[1]), Path(sys.argv[2]))];"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    command = [sys.executable, "-c", script, str(packed), str(tmp_path / "scratch")]
    told = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True)
    assert int(told.stdout) < 30_000  # kilobytes, for 100 MB unpacked


@pytest.mark.real
@pytest.mark.skipif(not REAL.exists(), reason=f"no published files at {REAL}")
def test_the_publishers_own_files_open(tmp_path: Path) -> None:
    patients = REAL / "patients_registered"
    for path in sorted([*patients.glob("*.csv"), *patients.glob("*.csv.gz")]):
        ((_, local),) = csv_members(path, tmp_path / "scratch")
        assert read_header(local)[0] in ("PUBLICATION", "EXTRACT_DATE")
    for path in sorted((REAL / "ods").glob("ePCN*.xlsx")):
        assert sheet_names(path)[0] == "PCNDetails"
        rows = list(xlsx_rows(path, "PCNDetails"))
        assert rows[0][0] == "PCN Code"
        assert len(rows) > 1000
