"""Finds names, codes, postcodes and towns for what somebody typed, at every key press.

Each field keeps its words in order with the lines that hold them, so that all words that begin
alike are one slice. How good a match is, is a small number for each line: arithmetic on arrays of
ten thousand numbers takes microseconds, so every match is found and counted, not only the first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
from rapidfuzz import fuzz, process

from data.names.words import SHORT, indexed, key, outcode, telling, typed

CODE, POSTCODE, NAME, FORMER, TOWN, ADDRESS, NONE = range(7)  # where the words were found
EQUAL, BEGINS, WHOLE, STARTS = range(4)  # how well a name fits, best first
MIDDLE = 4  # letters of a word that may also be looked for inside words
NEAR_WORD = 72  # of 100: below this a misspelling is as likely to be another word
NEAR_NAME = 65  # the same for whole names
AFTER_ALL = "\uffff"

Places = np.ndarray[tuple[int], np.dtype[np.int32]]
Ranks = np.ndarray[tuple[int], np.dtype[np.uint8]]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one organisation is found by."""

    code: str
    name: str
    former: tuple[str, ...] = ()
    postcode: str = ""
    town: str = ""
    address: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Numbers of the entries that fit, best first, and where the words of each were found.

    `near`: nothing fits as it was typed; these are like it.
    """

    places: Places
    tiers: Ranks
    near: bool = False


NOTHING = Found(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.uint8))


class _Field:
    """The words of one field in order, and the numbers of the entries that hold each."""

    def __init__(self, texts: Sequence[Iterable[str]]) -> None:
        held: dict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(texts):
            for word in words:
                held[word].append(place)
        self.words = sorted(held)
        self._ends = [0, *accumulate(len(held[word]) for word in self.words)]
        joined = chain.from_iterable(held[word] for word in self.words)
        self._places: Places = np.fromiter(joined, dtype=np.int32, count=self._ends[-1])

    def starting(self, start: str) -> Places:
        first = bisect_left(self.words, start)
        return self._slice(first, bisect_left(self.words, start + AFTER_ALL, first))

    def whole(self, word: str) -> Places:
        first = bisect_left(self.words, word)
        return self._slice(first, first + (self.words[first : first + 1] == [word]))

    def _slice(self, first: int, last: int) -> Places:
        return self._places[self._ends[first] : self._ends[last]]


class NameIndex:
    """Entries by their words. Equally good matches keep the order in which entries are given."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._count = len(entries)
        self._closed = np.array([entry.closed for entry in entries], dtype=bool)
        self._names = _Field([indexed(entry.name) for entry in entries])
        self._fields = (
            (ADDRESS, _Field([_address(entry) for entry in entries])),
            (TOWN, _Field([indexed(entry.town) for entry in entries])),
            (FORMER, _Field([set().union(*map(indexed, entry.former)) for entry in entries])),
            (NAME, self._names),
        )
        self._codes = _Field([[entry.code.casefold()] for entry in entries])
        self._postcodes = _Field([_postcode(entry) for entry in entries])
        self._keys = [f"{' '.join(key(entry.name))} " for entry in entries]
        self._by_key = sorted(range(self._count), key=self._keys.__getitem__)
        self._sorted = [self._keys[place] for place in self._by_key]
        spoken = (self._names, self._fields[1][1], self._fields[2][1])
        self._vocabulary = sorted({word for field in spoken for word in field.words})

    def find(self, text: str) -> Found:
        """Everything that fits; else what is like it: words run together or misspelt."""
        words = typed(text)
        if not words or not self._count:
            return NOTHING
        tried: Sequence[str]
        for tried in (words, *_joined(words)):
            found = self._ranked(tried, [(word,) for word in tried])
            if len(found.places):
                return found
        for tried, meant in self._like(words):
            found = self._ranked(tried, meant) if all(meant) else NOTHING
            if len(found.places):
                return Found(found.places, found.tiers, near=True)
        return self._of_whole_names(words)

    def _like(self, words: Sequence[str]) -> Iterator[tuple[Sequence[str], list[Words]]]:
        """Ways to read words of which nothing holds all: each a try of its own.

        Without the words that most names hold; with the words nearest to those not known.
        """
        bare = telling(words)
        if 0 < len(bare) < len(words):
            yield bare, [(word,) for word in bare]
        yield words, [self._meant(word) for word in words]
        if 0 < len(bare) < len(words):
            yield bare, [self._meant(word) for word in bare]

    def _of_whole_names(self, words: Sequence[str]) -> Found:
        like = process.extract(
            " ".join(words), self._keys, scorer=fuzz.ratio, limit=30, score_cutoff=NEAR_NAME
        )
        ordered = sorted((bool(self._closed[place]), -score, place) for _, score, place in like)
        places = np.array([place for *_, place in ordered], dtype=np.int32)
        return Found(places, np.full(len(places), NAME, dtype=np.uint8), near=True)

    def _meant(self, word: str) -> Words:
        """The word where it is known, else words that hold it, else those most like it."""
        if bool((self._tiers(word) < NONE).any()):
            return (word,)
        if len(word) >= MIDDLE and (inside := [one for one in self._vocabulary if word in one]):
            return tuple(inside)
        if len(word) < MIDDLE:
            return ()
        near = process.extract(
            word, self._vocabulary, scorer=fuzz.ratio, limit=3, score_cutoff=NEAR_WORD
        )
        return tuple(one for one, score, _ in near if score >= near[0][1] - 3)

    def _ranked(self, words: Sequence[str], meant: Sequence[Words]) -> Found:
        """Entries that hold every word, or one of what is meant by it."""
        tiers = np.zeros(self._count, dtype=np.uint8)
        for choices in meant:
            best = np.full(self._count, NONE, dtype=np.uint8)
            for word in choices:
                np.minimum(best, self._tiers(word), out=best)
            np.maximum(tiers, best, out=tiers)
        places = np.flatnonzero(tiers < NONE)
        if not len(places):
            return NOTHING
        fits = self._fits(words)
        rank = self._closed * 100 + tiers * 10 + np.where(tiers == NAME, fits, 0)
        rank[tiers == CODE] = 0
        ordered = places[np.argsort(rank[places], kind="stable")]
        return Found(ordered.astype(np.int32), tiers[ordered])

    def _tiers(self, word: str) -> Ranks:
        """Where each entry holds a word that begins like this, or is what this is short for."""
        tiers = np.full(self._count, NONE, dtype=np.uint8)
        for tier, field in self._fields:
            tiers[field.starting(word)] = tier
        if in_full := SHORT.get(word):
            np.minimum(tiers, self._phrase(in_full), out=tiers)
        tiers[self._postcodes.whole(word)] = POSTCODE
        if (district := outcode(word)) and not len(self._postcodes.whole(word)):
            tiers[self._postcodes.whole(district)] = POSTCODE
        tiers[self._codes.whole(word)] = CODE
        return tiers

    def _phrase(self, words: Words) -> Ranks:
        tiers = np.zeros(self._count, dtype=np.uint8)
        for word in words:
            holds = np.full(self._count, NONE, dtype=np.uint8)
            for tier, field in self._fields:
                holds[field.whole(word)] = tier
            np.maximum(tiers, holds, out=tiers)
        return tiers

    def _fits(self, words: Sequence[str]) -> Ranks:
        """How well each name fits the words as they were typed."""
        fits = np.full(self._count, STARTS, dtype=np.uint8)
        whole = np.ones(self._count, dtype=bool)
        for word in words:
            holds = np.zeros(self._count, dtype=bool)
            holds[self._names.whole(word)] = True
            if in_full := SHORT.get(word):
                holds |= self._phrase(in_full) == NAME
            whole &= holds
        fits[whole] = WHOLE
        start = f"{' '.join(words)} "
        first = bisect_left(self._sorted, start)
        last = bisect_left(self._sorted, start + AFTER_ALL, first)
        fits[self._by_key[first:last]] = BEGINS
        fits[self._by_key[first : bisect_left(self._sorted, start + "\0", first)]] = EQUAL
        return fits


def _postcode(entry: Entry) -> set[str]:
    """A postcode and its district."""
    whole = entry.postcode.replace(" ", "").casefold()
    return {whole, outcode(whole)} - {""}


def _address(entry: Entry) -> set[str]:
    """What says least: the street, and parts of a code or postcode."""
    parts = (*entry.postcode.casefold().split(), entry.code.casefold())
    return {*indexed(entry.address), *_postcode(entry), *parts}


def _joined(words: Sequence[str]) -> Iterable[list[str]]:
    """The words with two neighbours written as one: river side, c m."""
    for place, (one, other) in enumerate(zip(words, words[1:], strict=False)):
        yield [*words[:place], f"{one}{other}", *words[place + 2 :]]
