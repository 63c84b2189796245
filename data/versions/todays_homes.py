"""Where practices that are gone would be today: in the areas that their own areas became.

A practice is today where its last month has it. If it closed before the codes of areas changed,
its ICB of then is no area of today, and an ICB would lack patients that its region has: parts
would not add up to the whole. So it goes where the smallest of its areas that is still there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from data.spec import UNALLOCATED

Home = tuple[str, ...]  # PCN, sub-ICB, ICB, region
_LENGTH = 4
_NOWHERE = ("", UNALLOCATED)


def carried_on(gone: Iterable[Home], present: Iterable[Home]) -> dict[Home, Home]:
    """By home of a practice that is gone: its home of today, as those present have theirs.

    Its PCN stays what it was, as does every area that is still there; those above it are the ones
    that this one has now.
    """
    counts = Counter(present)
    now = [_by_area(counts, level) for level in range(_LENGTH - 1)]
    return {home: _today(home, now) for home in set(gone)}


def _by_area(counts: Counter[Home], level: int) -> dict[str, Home]:
    """By area of a level, the areas above most of its practices; the first by name of several."""
    homes: dict[str, Counter[Home]] = {}
    for home, practices in counts.items():
        if home[level] and home[level] not in _NOWHERE:
            homes.setdefault(home[level], Counter())[home[level + 1 :]] += practices
    return {
        area: min(found, key=lambda above: (-found[above], tuple(map(str, above))))
        for area, found in homes.items()
    }


def _today(home: Home, now: Sequence[dict[str, Home]]) -> Home:
    pcn, sub_icb, icb, _ = home
    of_pcns, of_sub_icbs, of_icbs = now
    if sub_icb in of_sub_icbs:
        return (pcn, sub_icb, *of_sub_icbs[sub_icb])
    if pcn in of_pcns:
        return (pcn, *of_pcns[pcn])
    if icb in of_icbs:
        return (pcn, sub_icb, icb, *of_icbs[icb])
    return home


def of_numbers(homes: NDArray[np.int32], labels: Sequence[str]) -> NDArray[np.int32]:
    """Homes of today, of those of (practice, month, column) as numbers of labels."""
    there = homes[:, :, 0] >= 0
    last = there.shape[1] - 1 - there[:, ::-1].argmax(axis=1)
    found = np.array(homes[np.arange(len(last)), last])
    here, rows = there[:, -1], found[:, :_LENGTH]
    named = [tuple(labels[number] for number in home) for home in rows.tolist()]
    gone = np.flatnonzero(~here).tolist()
    moved = carried_on((named[row] for row in gone), (named[row] for row in np.flatnonzero(here)))
    numbers = {label: number for number, label in enumerate(labels)}
    for row in gone:
        rows[row] = [numbers[area] for area in moved[named[row]]]
    return found
