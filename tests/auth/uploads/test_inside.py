"""What stands inside other files, or where few people look, is read like all else."""

from __future__ import annotations

import pytest

from auth.uploads.check import examine
from auth.uploads.kinds import CSV, WORD
from auth.uploads.refusal import RefusedFile
from tests.auth.uploads import made

NHS = "9434765919"


def inside(name: str, content: bytes | str) -> bytes:
    return made.word("x", more={name: content})


def nested(depth: int) -> bytes:
    """A workbook with a number in it, in so many Word files one inside the other."""
    body = made.excel([["id", int(NHS)]])
    for _ in range(depth):
        body = inside(f"word/embeddings/a.{'docx' if body.find(b'word/') > 0 else 'xlsx'}", body)
    return body


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_files_inside_files_are_read_however_deep(depth: int) -> None:
    with pytest.raises(RefusedFile, match="NHS numbers"):
        examine("x.docx", nested(depth))


def test_what_stands_too_deep_or_is_of_another_kind_is_not_kept() -> None:
    with pytest.raises(RefusedFile, match="inside each other"):
        examine("x.docx", nested(4))
    for name, content in {
        "word/embeddings/a.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "word/media/image1.emf": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "word/embeddings/a.pdf": made.pdf(),
        "word/embeddings/a.txt": b"notes",
    }.items():
        with pytest.raises(RefusedFile, match="inside that cannot be checked"):
            examine("x.docx", inside(name, content))


@pytest.mark.parametrize("name", ["word/embeddings/a.xlsm", "word/media/a.dat", "custom/a"])
def test_office_files_inside_are_known_by_content(name: str) -> None:
    with pytest.raises(RefusedFile, match="NHS numbers"):
        examine("x.docx", inside(name, made.excel([["id", int(NHS)]])))
    assert examine("x.docx", inside(name, made.excel([["Month", 3]]))) is WORD


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["customXml/item1.xml", "word/header.dat", "parts/a"])
def test_markup_is_read_wherever_it_is(name: str, encoding: str) -> None:
    text = f"<data><patient><id>{NHS}</id></patient></data>"
    with pytest.raises(RefusedFile, match="NHS numbers"):
        examine("x.docx", inside(name, text.encode(encoding)))
    chunk = "<d><altChunk/></d>".encode(encoding)
    with pytest.raises(RefusedFile, match="takes in another file"):
        examine("x.docx", inside(name, chunk))


def test_values_kept_for_a_pivot_table_are_read() -> None:
    def cache(*fields: str) -> bytes:
        drawn = "".join(fields)
        return inside(
            "xl/pivotCache/pivotCacheDefinition1.xml",
            f"<p:a xmlns:p='p'><p:cacheFields>{drawn}</p:cacheFields></p:a>",
        )

    column = "<p:cacheField name='{}'><p:sharedItems><p:s v='{}'/></p:sharedItems></p:cacheField>"
    with pytest.raises(RefusedFile, match="NHS numbers"):
        examine("x.docx", cache(column.format("id", NHS)))
    with pytest.raises(RefusedFile, match="dates of birth beside names"):
        examine("x.docx", cache(column.format("DOB", "x"), column.format("Surname", "Li")))
    assert examine("x.docx", cache(column.format("Month", "x"), column.format("n", "3"))) is WORD


def test_births_in_short_cells_and_children_are_found() -> None:
    said = "Dear Agnes Whitcombe (dob 12/12/1940) call us"
    with pytest.raises(RefusedFile, match="date of birth beside a name"):
        examine("x.csv", made.csv("mobile,message", f"07700900321,{said}"))
    with pytest.raises(RefusedFile, match="those of single persons"):
        examine("x.csv", made.csv("Child,Sex,Age,Vaccine", "Lily Ahmed,F,3,MMR1"))


def test_old_dates_of_training_are_no_births() -> None:
    rows = ["Jane Carter,Fire safety,12/01/2015", "Tom Rhodes,Fire safety,13/01/2015"]
    assert examine("x.csv", made.csv("Colleague,Subject,Completed", *rows, rows[0])) is CSV
