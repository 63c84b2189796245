"""Whether a file looks as if it were about patients who could be told apart by it.

Signs are NHS numbers, and names beside dates of birth, addresses, or sex and age: by the headings
of a table, by what stands in its rows, and in sentences. A file is refused for one sign. What
practices share of themselves passes: registers with opening dates, staff lists, counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from auth.uploads import nhs_numbers, persons

Table = Iterable[Sequence[str]]  # read once, row by row

LONGEST_HEADING = 40
SURE_ROWS, LIKELY_ROWS = 2, 3  # rows that look like persons, before a table is one of patients
_OF_PERSONS = re.compile(  # in any such heading
    r"nhs|name|birth|born|patient|d\.? ?o\.? ?b|child|baby|resident|client|service user", re.I
)
_NHS = re.compile(r"\bnhs[ _-]*(?:no|num|number|id)s?\b", re.I)
_COUNTED = re.compile(
    r"\b(?:count|counts|total|totals|percent|percentage|share|complete\w*|missing|of|with|per"
    r"|number of|rate)\b|%",
    re.I,
)
_BIRTH = re.compile(
    r"\b(?:d\.?[ ]?o\.?[ ]?b\b\.?|(?:date|day)[ _-]+of[ _-]+birth|birth[ _-]*(?:date|day)"
    r"|born[ _]+on\b|(?<!patients )(?<!people )(?<!those )born\b)(?![a-z])",
    re.I,
)
_PERSON = re.compile(
    r"\b(?:(?:patient|client|child|mother|father|full|first|last|middle|given|family|christian"
    r"|fore|sur)(?:['’]?s)?[ _-]*name|surname|forename|patient)\b",
    re.I,
)
_SINGLE = re.compile(r"(?:patient|child|baby|resident|client|service user)", re.I)
_NAME = re.compile(r"\bnames?\b", re.I)
_ADDRESS = re.compile(r"\b(?:post[ _-]*code|address|home[ _-]*(?:phone|tel\w*)|mobile)\b", re.I)
_SEX, _AGE = re.compile(r"\b(?:sex|gender)\b", re.I), re.compile(r"\bage\b", re.I)
_AT_WORK = re.compile(
    r"\b(?:role|job|post|title|grade|band|gmc|nmc|gdc|pin|sessions?|wte|fte|hours|salary|employer"
    r"|organisation|practice|ods|surgery|pcn|department|team|specialty|line manager)\b",
    re.I,
)
_OTHER_DATE = re.compile(
    r"\b(?:start|started|end|ended|join|joined|left|open|opened|opening|close|closed|closing"
    r"|appointed|qualified|regist\w+|appointment|review|due|train\w*|expir\w+|valid|month|period"
    r"|updated|created|published|contract|completed|completion|passed|issued|approved|signed|bought"
    r"|from|until|to)\b",
    re.I,
)
_DESCRIPTION = re.compile(  # heading of a column in which others are explained
    r"(?:description|definition|meaning|explanation|what it is|details?)s?", re.I
)
_PROSE = re.compile(
    r"\b(?:the|an?|this|each|their|is|was|were|are|when|whether|which|that)\b|['’]s\b", re.I
)
_LABELLED = re.compile(rf"{_BIRTH.pattern}[^\n]{{0,12}}?{persons.DATE.pattern}", re.I)
_LABEL_BEHIND = re.compile(rf"[ (,]{{0,3}}{_BIRTH.pattern}", re.I)
_PRACTICE = re.compile(r"[A-Z]\d{5}")
_NEAR = 120  # characters between a date of birth and a name
_BESIDE = 30  # characters between a name and the date that follows it


def objection(
    text: str, tables: Iterable[Table], *, names: Sequence[str] = (), today: date | None = None
) -> str | None:
    """Why the content looks like that of patients; None when it does not.

    `names` are those of the file and of its sheets.
    """
    day = today or date.today()
    titles = "\n".join(re.sub(r"[_+]|(?<=\D)-|-(?=\D)", " ", name) for name in names)
    whole = f"{titles}\n{text}"
    read = [_read(table, day) for table in tables]
    count = nhs_numbers.in_text(whole) + sum(rows.numbers.count for rows in read)
    if count:
        found = "a number" if count == 1 else f"{count:,} numbers"
        return (
            f"The file holds {found} that could be NHS numbers: ten digits with the right check "
            "digit."
        )
    if _born_beside_name(whole, day):
        return "The file holds a date of birth beside a name."
    return next((said for rows in read if (said := rows.objection)), None)


def names_birth(cell: str) -> bool:
    """Whether a cell says of a date that somebody was born then."""
    return bool(_LABELLED.search(cell))


def _read(table: Table, today: date) -> _Rows:
    rows = _Rows(today)
    for row in table:
        rows.add(row)
    return rows


def _born_beside_name(text: str, today: date) -> bool:
    """A labelled date near a name; or names followed by dates long past, as in lists of people."""
    for found in _LABELLED.finditer(text):
        if _has_name(text, found.start(), found.end()):
            return True
    unlabelled = 0
    for found in persons.DATE.finditer(text):
        if _LABEL_BEHIND.match(text, found.end()) and _has_name(text, found.start(), found.end()):
            return True
        ago = persons.years_ago(found, today)
        if ago is None or ago < persons.GROWN:
            continue
        before = text[max(0, found.start() - _BESIDE) : found.start()].rpartition("\n")[2]
        if any(persons.is_forename(word) for word in before.split()) and persons.named_in(before):
            around = text[max(0, found.start() - _NEAR) : found.end() + _NEAR]
            unlabelled += 1 + bool(persons.POSTCODE.search(around))
    return unlabelled >= SURE_ROWS


def _has_name(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - _NEAR) : end + _NEAR]
    return persons.named_in(_BIRTH.sub(" ", around))


@dataclass(slots=True)
class _Rows:
    """What has been seen of a table, row by row: it is read once and may be long."""

    today: date
    numbers: nhs_numbers.InTable = field(default_factory=nhs_numbers.InTable)
    said: str | None = None  # what its headings say, wherever they stand
    _headings: list[str] = field(default_factory=list)  # the first text of each column
    _described: set[int] = field(default_factory=set)  # columns that explain others
    _coded: int = 0  # rows with the code of a practice
    _codes: set[str] = field(default_factory=set)
    _of_practices: list[int] = field(default_factory=lambda: [0, 0])  # likely and sure rows
    _of_others: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, row: Sequence[str]) -> None:
        self.numbers.add(row)
        cells = [cell.strip() for cell in row]
        self._headings += [""] * (len(cells) - len(self._headings))
        for at, cell in enumerate(cells):
            self._headings[at] = self._headings[at] or cell
        if self.said is None and _OF_PERSONS.search("\n".join(cells)):
            self.said = self._as_headings(cells)
        if sum(map(bool, cells)) > 1:
            self._described |= {at for at, c in enumerate(cells) if _DESCRIPTION.fullmatch(c)}
        practice = next((c for c in cells if len(c) == 6 and _PRACTICE.fullmatch(c)), "")
        tally = self._of_others
        if practice:
            self._coded += 1
            self._codes.add(practice)
            if not any(cell.casefold() in persons.SEXES for cell in cells):
                tally = self._of_practices
        certainty = _certainty(cells, self._headings, self.today)
        tally[0] += certainty >= 1
        tally[1] += (certainty >= 2) + (certainty >= 3)

    def _as_headings(self, cells: Sequence[str]) -> str | None:
        """What a row says, if it is one of headings: not one that explains a column of others."""
        explained = {at for at, cell in enumerate(cells) if cell and at in self._described}
        explained |= _explaining(cells)
        plain = [
            cell if len(cell) <= LONGEST_HEADING and at not in explained else ""
            for at, cell in enumerate(cells)
        ]
        return _in_headings(plain, alone=bool(explained))

    @property
    def objection(self) -> str | None:
        if self.said:
            return self.said
        likely, sure = self._of_others
        if len(self._codes) <= self._coded / 2:  # else a register, some called by a doctor's name
            likely, sure = likely + self._of_practices[0], sure + self._of_practices[1]
        if sure >= SURE_ROWS or likely >= LIKELY_ROWS:
            return f"{likely:,} rows hold what looks like a name and a date of birth."
        return None


def _explaining(cells: Sequence[str]) -> set[int]:
    """Cells that say in a sentence what another one says in a word: DOB, Date of birth of …

    Or that are alone in their row, as texts are that a workbook keeps apart.
    """
    sentences = {at for at, cell in enumerate(cells) if _PROSE.search(cell)}
    if len({cell for cell in cells if cell}) < 2:
        return sentences
    words = "\n".join(cell for at, cell in enumerate(cells) if at not in sentences)
    named = [kind for kind in (_BIRTH, _NHS, _ADDRESS, _SEX, _AGE) if kind.search(words)]
    return {at for at in sentences if any(kind.search(cells[at]) for kind in named)}


def _in_headings(cells: Sequence[str], *, alone: bool = False) -> str | None:
    """What headings say of a table; `alone` where the row explains the one that it names."""

    def first(pattern: re.Pattern[str]) -> str:
        return next((cell.strip() for cell in cells if pattern.search(cell)), "")

    births, person = first(_BIRTH), first(_PERSON)
    if births and (name := person or first(_NAME)):
        return f"The columns “{births}” and “{name}” look like dates of birth beside names."
    number = first(_NHS)
    if number and len(cells) > 1 and not alone and not _COUNTED.search(_NHS.sub("", number)):
        return f"The column “{number}” looks like NHS numbers."
    person = person or next((c for c in cells if _SINGLE.fullmatch(c)), "")
    if person and not first(_AT_WORK):
        beside = first(_ADDRESS) or (first(_SEX) and first(_AGE))
        if beside:
            return f"The columns “{person}” and “{beside}” look like those of single persons."
    return None


def _certainty(cells: Sequence[str], headings: Sequence[str], today: date) -> int:
    """How surely a row is of one person: 0 no, 1 perhaps, 2 yes, 3 one row is enough.

    A date counts unless the heading of its column says that it is another one.
    """
    dates = [
        ago
        for cell, heading in zip(cells, headings, strict=False)
        if (ago := persons.date_in(cell, today)) is not None and not _OTHER_DATE.search(heading)
    ]
    if not dates:
        return 0
    name = max((persons.certainty(cell) for cell in cells), default=0)
    if name < 2 and _has_split_name(cells):
        name = 2
    detailed = any(
        cell.casefold() in persons.SEXES or persons.POSTCODE.fullmatch(cell) for cell in cells
    )
    if name == 2 and detailed:
        return 3
    return name if max(dates) >= persons.GROWN else 0


def _has_split_name(cells: Sequence[str]) -> bool:
    """Forename and surname in cells of their own, side by side."""
    for one, other in zip(cells, cells[1:], strict=False):
        for forename, surname in ((one, other), (other, one)):
            if (
                persons.is_forename(forename)
                and surname.replace("-", "").replace("'", "").replace("’", "").isalpha()
                and surname[:1].isupper()
            ):
                return True
    return False
