"""What a person is known by in a table or a letter: a name, a date of birth, an address.

Rules, not a model: each is written so that what practices share of themselves (registers of
practices with opening dates, staff lists, counts by year of birth) passes.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

_FORENAMES = frozenset(
    Path(__file__).with_name("forenames.txt").read_text(encoding="utf-8").split()
)
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "master", "mx", "baby", "infant"})
_CLINICIANS = frozenset({"dr", "drs", "doctor", "prof", "professor", "nurse", "sister", "matron"})
_ORGANISATION = re.compile(
    r"\b(?:surgery|surgeries|practices?|medical|medicine|centres?|center|health|healthcare|clinics?"
    r"|house|partners|partnership|group|hospital|pcn|icb|trust|pharmacy|ltd|limited|llp|plc|nhs|gp"
    r"|road|street|lane|avenue|park|hill|green|court|square|team|service|services|community|care"
    r"|primary|network|federation|ward|unit|department|total|england|north|south|east|west)\b",
    re.I,
)
_WORD = r"[^\W\d_](?:['’.-]?[^\W\d_])*"
_NAME_CELL = re.compile(rf"{_WORD}\.?(?:,? +{_WORD}\.?){{1,4}}")
_CAPITALISED = re.compile(  # not from within a word: a text of hyphens would take its square
    rf"(?<![^\W\d_]['’.-])\b{_WORD}(?:,? +{_WORD}){{1,3}}"
)
LONGEST_NAME = 60

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH = "|".join(_MONTHS)
DATE = re.compile(
    r"(?<![\d/.-])(?:"
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[/.\- ]{{1,2}}(?:(?P<month>\d{{1,2}})|(?P<named>{_MONTH})"
    r"[a-z]{0,6}\.?)[/.\-, ]{1,2}(?P<year>\d{4}|\d{2})"
    r"|(?P<iso>\d{4})[-/.]\d{1,2}[-/.]\d{1,2}"
    rf"|(?:{_MONTH})[a-z]{{0,6}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?P<american>\d{{4}})"
    r"|(?P<packed>(?:19|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r")(?![\d/-])",
    re.I,
)
_TIME = re.compile(r"[T ]?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?")
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.I)
SEXES = frozenset({"m", "f", "male", "female", "boy", "girl"})
GROWN, OLDEST = 10, 115  # years ago in which a date may be that of a birth, and of little else


def folded(text: str) -> str:
    """Lower case without accents, as names are looked up: zoe for Zoë."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in plain if not unicodedata.combining(mark)).casefold()


def is_forename(word: str) -> bool:
    return folded(word.strip(" ,.")) in _FORENAMES


def certainty(cell: str) -> int:
    """How surely a cell is the name of a person who is not a clinician: 0, 1 or 2."""
    cell = cell.strip()
    if len(cell) > LONGEST_NAME or not _NAME_CELL.fullmatch(cell) or _ORGANISATION.search(cell):
        return 0
    words = [folded(word.strip(",.")) for word in cell.split()]
    if words[0] in _CLINICIANS:
        return 0
    if words[0] in _TITLES or not _FORENAMES.isdisjoint(words):
        return 2
    return 1 if _is_capitalised(cell) else 0


def _is_capitalised(text: str) -> bool:
    return all(word[:1].isupper() for word in text.replace(",", " ").split())


def named_in(text: str) -> bool:
    """Whether a few words of a text name a person: Mrs Smith, JANE SMITH, Smith, Zoë."""
    for match in _CAPITALISED.finditer(text):
        words = match[0].replace(",", " ").split()
        for first, second in zip(words, words[1:], strict=False):
            pair = f"{first} {second}"
            if not _is_capitalised(pair) or _ORGANISATION.search(pair):
                continue
            known = folded(first), folded(second)
            if known[0] in _CLINICIANS:
                continue
            if known[0] in _TITLES or is_forename(first) or is_forename(second):
                return True
            if not {word.strip(".") for word in known} & _COMMON:
                return True
    return False


_COMMON = frozenset(
    [
        *("date", "of", "birth", "dob", "born", "patient", "name", "the", "and", "for", "with"),
        *("was", "seen", "is", "in", "on", "at", "to", "by", "from", "re", "dear", "address"),
        *("telephone", "number", "sex", "male", "female", "age", "note", "notes", "report"),
        *("page", "table", "figure", "form", "section", "our", "your", "this", "that"),
        *("january", "february", "march", "april", "may", "june", "july", "august"),
        *("september", "october", "november", "december", "monday", "tuesday", "wednesday"),
        *("thursday", "friday", "saturday", "sunday"),
    ]
)


def years_ago(match: re.Match[str], today: date) -> int | None:
    """Years between a date that was found and today; None for one that is none or to come."""
    text = match["year"] or match["iso"] or match["american"] or match["packed"]
    year = int(text)
    if len(text) == 2:
        year += 2000 if year <= today.year % 100 else 1900
    if match["day"] and not (1 <= int(match["day"]) <= 31 and int(match["month"] or 1) <= 31):
        return None
    ago = today.year - year
    return ago if 0 <= ago <= OLDEST else None


def date_in(cell: str, today: date) -> int | None:
    """Years ago of a cell that is a date and nothing else but a time."""
    cell = cell.strip()
    match = DATE.match(cell) if 6 <= len(cell) <= 40 and cell[-1].isalnum() else None
    if match is None or (cell[match.end() :] and not _TIME.fullmatch(cell[match.end() :])):
        return None
    return years_ago(match, today)
