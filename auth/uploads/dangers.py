"""What a file would fetch, start or send when somebody opens it; none of it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from auth.uploads.refusal import RefusedFile

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEFORE_MARKUP = b"\xef\xbb\xbf\xfe\xff\0 \t\r\n"  # byte order marks and space
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_RUNS = re.compile(r"(?:^|/)(?:macrosheets|dialogsheets|customui|webextensions)/", re.I)
_FIELD = re.compile(r"\s*(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT)\b", re.I)
_FORMULA = re.compile(
    r"\b(?:WEBSERVICE|CALL|REGISTER|EXEC|FILTERXML|RTD|IMAGE|IMPORT(?:XML|DATA|HTML|FEED|RANGE))"
    r"\s{0,3}\(|\|[^|!]{0,200}!",
    re.I,
)
_ACTION = re.compile(r"ppaction://(?:program|macro|ole)", re.I)  # of a shape that is clicked
_TRUE = ("1", "true", "on")
_LONGEST_FIELD = 2_000  # characters of a field that are looked at

PROGRAM = "The file contains macros or programs. Save it without them and upload it again."
FETCHES = (
    "The file fetches {what} from elsewhere when it is opened. Put that into the file, or save it "
    "as a PDF."
)
STARTS = "The file has a field or formula that starts another program. Replace it by its text."
OLD_INSIDE = (
    "The file has one of an older kind inside that cannot be checked. Take it out and upload it "
    "again."
)
CHUNK = "The file takes in another file of another kind when it is opened. Copy its text instead."
# What a reader follows or is asked about: links, and cells of other workbooks, which published
# workbooks have too.
_ASKED_FOR = frozenset({"hyperlink", "externallinkpath", "externallinklongpath", "xlpathmissing"})
_KINDS = {"attachedtemplate": "its template", "image": "a picture", "oleobject": "an object"}


def is_markup(name: str, content: bytes) -> bool:
    """Whether a part is XML, whatever its name says; old drawings are nearly XML, and are none."""
    lowered = name.casefold()
    if lowered.endswith((".xml", ".rels")):
        return True
    return not lowered.endswith(".vml") and content[:200].lstrip(_BEFORE_MARKUP).startswith(b"<")


def check_member(name: str, content: bytes) -> None:
    """Raises `RefusedFile` for a part of an Office file that does something by itself."""
    if content.startswith(_PROGRAMS) or _RUNS.search(name):
        raise RefusedFile(PROGRAM)
    if content.startswith(OLD_OFFICE):
        raise RefusedFile(OLD_INSIDE)
    if not is_markup(name, content):
        return
    part = _Part()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = part.start
    parser.EndElementHandler = part.end
    parser.CharacterDataHandler = part.characters
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise RefusedFile("A part of the file is damaged. Save it again.") from error


def check_cells(rows: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
    """The rows again; raises `RefusedFile` at a cell for which a spreadsheet starts a program."""
    for row in rows:
        if any(
            cell[:1] in "=+-@" and _FORMULA.search(cell[:_LONGEST_FIELD]) for cell in row if cell
        ):
            raise RefusedFile(STARTS)
        yield row


@dataclass(slots=True)
class _Part:
    """Fields and formulas of a part; the text of a field may be spread over many elements."""

    _field: list[str] = field(default_factory=list)
    _in: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        given = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if kind == "Relationship":
            _check_relationship(given)
        elif kind == "altChunk":
            raise RefusedFile(CHUNK)
        elif kind == "connection" and given.get("refreshOnLoad", "0") in _TRUE:
            raise RefusedFile(FETCHES.format(what="a table"))
        elif (
            _ACTION.match(given.get("action", ""))
            or kind in ("ddeLink", "oleLink")
            or kind == "fldSimple"
            and _FIELD.match(given.get("instr", ""))
        ):
            raise RefusedFile(STARTS)
        elif kind == "fldChar":
            self._check_field()
        elif kind in ("instrText", "f"):
            self._in = kind

    def end(self, name: str) -> None:
        kind = name.rpartition(":")[2]
        if kind == "f" and _FORMULA.search("".join(self._field)[:_LONGEST_FIELD]):
            raise RefusedFile(STARTS)
        if kind in ("f", "p"):
            self._check_field()
        if kind == self._in:
            self._in = ""

    def characters(self, text: str) -> None:
        if self._in:
            self._field.append(text)

    def _check_field(self) -> None:
        if _FIELD.match("".join(self._field)):
            raise RefusedFile(STARTS)
        self._field.clear()


def _check_relationship(given: dict[str, str]) -> None:
    kind = given.get("Type", "").rpartition("/")[2].casefold()
    if kind == "afchunk":
        raise RefusedFile(CHUNK)
    if given.get("TargetMode", "").casefold() != "external" or kind in _ASKED_FOR:
        return
    raise RefusedFile(FETCHES.format(what=_KINDS.get(kind, "a part of itself")))
