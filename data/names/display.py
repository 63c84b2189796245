"""Published names as people write them: capitals only where a word needs them.

Most publishers write names in capitals. Which letters stay capitals is decided here once, where
names are read, so that a page, a file and the API show one name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SMALL = _set("AND OF THE FOR AT IN ON BY TO WITH UPON UNDER LE")
_ACRONYMS = _set(
    """
    PCN NHS ICB ICS GP GPS PCC UK CIC APMS GMS PMS UHS SAS PSU WIC UCC UTC OOH AWC UEA EMC HIV
    ABC BHR APL FABB EBHC
    """
)
_SHORTENED = _set(  # words without vowels that are no initials
    """
    DR DRS ST STS MR MRS MS CTR CTRS CTRE CNTR CNT LTD RD RDS HTH HLTH GRP PTNR PTNRS PRCT GT MT
    FT LN SQ BLVD WLK NTH STH NR CWM NG LWIN
    """
)
_SHORT_WORDS = _set(  # of two letters, that are no initials
    """
    UP DE LA LE TY YR AR MY ME SU JO AL EL OM GO NO WE SO OR IF IS IT AN BE DO HE US CO AV BY
    """
)
_PARTICLES = _set("DE LA LE DA DU EL AL VAN VON ST BIN DI DEL")
_GIVEN = _set(  # first names of three letters, that are no initials
    """
    ALI ROY RAJ JAI SAI TOM JIM TIM BEN DAN SAM ANN EVE JOY KAY LEE RAY REX RON SID VIC ZOE IAN
    KEN LEN MAX MAY PAM PAT RAM ROB SUE TED UNA AMY ADA ANA ASA DEE EVA GUY IDA IVY JAN JAY JOE
    JON KIM LEO LIZ MIA NED NIA
    """
)
_GENERIC = _set(  # what follows a surname, not initials
    """
    PRACTICE PRACTICES PRACT PRAC SURGERY SURGERIES MEDICAL MED CENTRE CENTER CTR HEALTH FAMILY
    CLINIC GROUP HOUSE PARTNER PARTNERS PARTNERSHIP ASSOCIATES COLLEAGUES AND THE
    """
)
_CODE = re.compile(r"[-–\s]{0,6}\b(?:[A-Z]\d{5}|[A-Z]{2}\d{3,4})\b")
_EMPTY = re.compile(r"\(\s{0,6}[-–]?\s{0,6}\)")
_TOKEN = re.compile(r"[A-Z0-9]+(?:['’][A-Z]+)*")
_ORDINAL = re.compile(r"\d+(?:ST|ND|RD|TH)")
_TITLES = ("DR", "DRS")


@lru_cache(maxsize=32_768)  # versions name the same organisations
def display_name(name: str) -> str:
    """A published name as people write it, without a code of the organisation inside."""
    name = without_codes(name)
    if name != name.upper():
        return name
    name = re.sub(r",(?=\S)", ", ", name.replace("_", " - "))
    return "".join(_written(name))


def without_codes(name: str) -> str:
    """`BRACE STREET HC (M91659)` without what is no name."""
    bare = _EMPTY.sub("", _CODE.sub("", name))
    bare = " ".join(bare.split()).strip(" -–,")
    if bare.startswith("(") and bare.endswith(")") and bare.count("(") == 1:
        bare = bare[1:-1]
    return bare or name


def _written(name: str) -> list[str]:
    """The name piece by piece: words as they are written, and what stands between them."""
    tokens = list(_TOKEN.finditer(name))
    words = [match[0] for match in tokens]
    acronyms = _ACRONYMS | _spelt_out(words)
    pieces, end, is_titled = [], 0, False
    for place, match in enumerate(tokens):
        between = name[end : match.start()]
        word, before = match[0], words[place - 1] if place else ""
        is_titled = is_titled and not between.strip(" .")
        initials = is_titled and _are_initials(name, match, words[place + 1 :])
        opens = not place or _opens(before, between, word)
        if word in acronyms or initials:
            written = word
        elif is_titled and len(word) == 2:
            written = word.capitalize()  # a surname
        else:
            written = _word(word, opens=opens)
        pieces += [between, written]
        end = match.end()
        is_titled = word in _TITLES or initials
    return [*pieces, name[end:]]


def _spelt_out(words: Sequence[str]) -> frozenset[str]:
    """Words that are the first letters of others, as ABC beside `ABOUT BETTER CARE`."""
    firsts = "".join(word[0] if word not in _SMALL else "" for word in words)
    return frozenset(
        word
        for place, word in enumerate(words)
        if 3 <= len(word) <= 6 and any(word in part for part in _without(place, words, firsts))
    )


def _without(place: int, words: Sequence[str], firsts: str) -> tuple[str, str]:
    """First letters of the words before a place, and of those after it."""
    before = sum(word not in _SMALL for word in words[:place])
    return firsts[:before], firsts[before + 1 :]


def _opens(before: str, between: str, word: str) -> bool:
    """Whether a word begins a part of the name. `on-the-Wold` is one part, `JS-The Surgery` two."""
    if between == "-":
        return word == "THE" and before not in _SMALL
    return between.endswith(("(", "- ", "– ", ", ", ": "))


def _are_initials(name: str, match: re.Match[str], after: Sequence[str]) -> bool:
    """Whether a short word after `DR` or initials is initials: another name must follow it."""
    word = match[0]
    if not word.isalpha() or len(word) > 3 or word in _PARTICLES or word in _GIVEN:
        return False
    gap = re.compile(r"[ .]{0,6}(?=[A-Z])").match(name, match.end())
    return bool(gap and gap[0] and after and after[0] not in _GENERIC)


def _word(word: str, *, opens: bool) -> str:
    if _ORDINAL.fullmatch(word):
        return word.lower()
    if any(letter.isdigit() for letter in word):  # E12 and 16C, but Together4Healthcare
        return re.sub(r"[A-Z]{4,}", lambda part: part[0].capitalize(), word)
    if len(word) == 1:
        return word
    if word in _SMALL:
        return word.capitalize() if opens else word.lower()
    if word in _SHORTENED or word in _SHORT_WORDS:
        return word.capitalize()
    if len(word) == 2 or (len(word) <= 5 and not re.search("[AEIOU]|.Y", word)):
        return word
    if "'" in word or "’" in word:
        return _with_apostrophe(word)
    if re.fullmatch(r"MC[A-Z]{4,}", word):
        return f"Mc{word[2:].capitalize()}"
    return word.capitalize()


def _with_apostrophe(word: str) -> str:
    """O'Brien, but Anne's and P'ship."""
    head, mark, tail = re.split(r"(['’])", word, maxsplit=1)
    if head in ("O", "D") and len(tail) > 1:
        return f"{head}{mark}{tail.capitalize()}"
    first = head if len(head) > 2 or tail != "S" else head.capitalize()
    return f"{first.capitalize()}{mark}{tail.lower()}"
