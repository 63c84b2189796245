"""Which measures somebody means: by label, by the other words declared with them, by formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data.names import words
from data.spec import Measure

EQUAL, BEGINS, NAMED, DESCRIBED = range(4)  # how well a measure fits, best first


def fit(typed: Sequence[str], measure: Measure) -> int | None:
    """How well the words fit a measure; None where it does not hold them all."""
    names = [words.key(name) for name in (measure.label, measure.short, *measure.synonyms) if name]
    if list(typed) in names:
        return EQUAL
    if any(" ".join(name).startswith(" ".join(typed)) for name in names):
        return BEGINS
    if any(_holds(name, typed) for name in names):
        return NAMED
    every = [*(word for name in names for word in name), *words.key(measure.what)]
    return DESCRIBED if _holds(every, typed) else None


def _holds(name: Iterable[str], typed: Sequence[str]) -> bool:
    """Whether each word that was typed begins a word of a name."""
    held = tuple(name)
    return bool(typed) and all(any(word.startswith(start) for word in held) for start in typed)
