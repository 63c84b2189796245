"""Which lines of a text hold the words somebody typed, fast enough to ask at every key press."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

SAMPLE = 50_000  # characters by which the rarest of several words is chosen


class TextIndex:
    """Casefolded lines, in the order in which equally good ones are wanted.

    All lines stand in one string, because one search through a megabyte costs less than a
    thousand searches through a line. Each line starts with a newline and a space, so that a space
    before a word means that a word of the line starts with it.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        spaced = [f"\n {' '.join(line.split())}" for line in lines]
        self._text = "".join(spaced)
        self._starts: list[int] = []
        at = 0
        for line in spaced:
            self._starts.append(at)
            at += len(line)
        self._starts.append(at)

    def _line(self, number: int) -> str:
        return self._text[self._starts[number] : self._starts[number + 1]]

    def _holding(self, needle: str) -> Iterator[int]:
        at = self._text.find(needle)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield number
            at = self._text.find(needle, self._starts[number + 1])

    def _all(self, needles: Sequence[str]) -> Iterator[int]:
        """Lines with every needle, in order. The rarest, as the first lines go, leads."""
        first, *rest = sorted(needles, key=lambda needle: self._text.count(needle, 0, SAMPLE))
        for number in self._holding(first):
            start, end = self._starts[number], self._starts[number + 1]
            if all(self._text.find(needle, start, end) >= 0 for needle in rest):
                yield number

    def find(self, words: Sequence[str], *, limit: int | None = None) -> list[tuple[int, int]]:
        """(score, line number) of the lines that hold every word, best first.

        The score is the number of words at the start of a word, and one more where the line
        starts with all of them as typed. `words` are casefolded. With a limit the search ends as
        soon as enough is found.
        """
        wanted = list(dict.fromkeys(words))
        if not wanted or max(wanted, key=len) not in self._text:
            return []
        found: dict[int, int] = {}
        begins = self._holding(f"\n {' '.join(words)}")
        for number in islice(begins, limit):
            found[number] = len(wanted) + 1
        for number in self._all([f" {word}" for word in wanted]):
            if limit is not None and len(found) >= limit:
                break
            found.setdefault(number, len(wanted))
        if limit is None or len(found) < limit:
            for number in self._all(wanted):
                if number not in found:
                    line = self._line(number)
                    found[number] = sum(f" {word}" in line for word in wanted)
        ranked = sorted(((score, number) for number, score in found.items()), key=_best_first)
        return ranked[:limit]


def _best_first(pair: tuple[int, int]) -> tuple[int, int]:
    return -pair[0], pair[1]
