"""The words of a name and of what somebody typed, so that both ways of writing one thing meet.

St and Saint, Dr and doctor, `&` and and, med ctr and medical centre, with or without dots,
apostrophes and brackets: whatever is only a way of writing is gone here, on both sides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_SHORT = """
    st saint, ste saint, dr doctor, drs doctors, med medical, meds medical, ctr centre,
    ctrs centres, ctre centre, cntr centre, cntre centre, cnt centre, cent centre, center centre,
    centers centres, prac practice, pract practice, prct practice, practise practice, surg surgery,
    surgey surgery, surgry surgery, hc health centre, mc medical centre, hth health, hlth health,
    pship partnership, ptnr partner, ptnrs partners, partn partners, grp group, fam family,
    gen general, comm community, gt great, mt mount, nth north, sth south, rd road, ave avenue,
    av avenue, ln lane, sq square, cres crescent, gdns gardens, ct court, cl close, pl place,
    pk park, hse house, nr near, ltd limited, univ university, uni university, hosp hospital,
    coll college, bham birmingham, icb integrated care board, pcn primary care network,
    pcns primary care network, gps doctors, gp doctor
"""
SHORT: dict[str, tuple[str, ...]] = {
    short: tuple(long)
    for short, *long in (entry.split() for entry in " ".join(_SHORT.split()).split(","))
}
_SILENT = frozenset({"and", "the"})
_COMMON = """
    practice practices practise surgery surgeries medical health centre centres center clinic
    doctor doctors dr drs gp gps of in at near by for all hc mc ctr med pcn primary care network
"""
_GENERIC = frozenset(_COMMON.split())
_IRISH = re.compile(r"\b[od]['’‘`´ʼ′](?=\w\w)", re.IGNORECASE)
_LETTERS = re.compile(r"\b([a-z])[./](?=[a-z]\b)")
_INITIALS = re.compile(r"\b[a-z](?: [a-z]\b)+")
_MARKS = str.maketrans("", "", "'’‘`´ʼ′")
_OTHER = re.compile(r"[^a-z0-9]+")
_POSTCODE = re.compile(r"([a-z]{1,2}\d[a-z\d]?)(\d[a-z]{2})")


def plain(text: str) -> list[str]:
    """The words of a text without accents, case, apostrophes and other punctuation."""
    letters = text.translate(_MARKS)
    if not letters.isascii():
        split = unicodedata.normalize("NFKD", letters)
        letters = "".join(letter for letter in split if not unicodedata.combining(letter))
    return _OTHER.sub(" ", _LETTERS.sub(r"\1", letters.casefold())).split()


def key(text: str) -> list[str]:
    """The words by which names are put side by side: `&` and `The` are no difference."""
    words = plain(text)
    return [word for word in words if word not in _SILENT] or words


def in_full(text: str) -> list[str]:
    """The words of a name with those written out that are shortened: NHS Kent ICB."""
    return [word for short in key(text) for word in SHORT.get(short, (short,))]


def indexed(text: str) -> set[str]:
    """Every word by which a text is found: as written, in full, and with its neighbour as one."""
    words = key(text)
    found = {*words, *(f"{one}{other}" for one, other in zip(words, words[1:], strict=False))}
    for word in words:
        found.update(SHORT.get(word, ()))
    for initials in _INITIALS.findall(" ".join(words)):  # C M Patel is looked for as CM Patel too
        found.add(initials.replace(" ", ""))
    if _IRISH.search(text):  # O'Brien is looked for as `o brien` too
        found.update(plain(_IRISH.sub(" ", text)))
    return found - _SILENT


def typed(text: str) -> list[str]:
    """The words that somebody typed, initials and the two halves of a postcode as one."""
    words = list(dict.fromkeys(_INITIALS.sub(_together, " ".join(key(text))).split()))
    for place, (one, other) in enumerate(zip(words, words[1:], strict=False)):
        if _POSTCODE.fullmatch(f"{one}{other}"):
            return [*words[:place], f"{one}{other}", *words[place + 2 :]]
    return words


def _together(initials: re.Match[str]) -> str:
    return initials[0].replace(" ", "")


def outcode(word: str) -> str:
    """The district of a postcode without its space; empty when it is none."""
    match = _POSTCODE.fullmatch(word)
    return match[1] if match else ""


def telling(words: Sequence[str]) -> list[str]:
    """The words without those that most names hold, such as surgery."""
    return [word for word in words if word not in _GENERIC]


def begin(text: str, name: str) -> bool:
    """Whether each word that was typed begins a word of a name."""
    held = indexed(name)
    return all(any(word.startswith(start) for word in held) for start in typed(text))
