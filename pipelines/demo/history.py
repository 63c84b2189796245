"""What happens to practices over time: openings, mergers, dormancy, moves between PCNs, growth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.demo import names
from pipelines.demo.layout import Indices, Layout

_PER_YEAR = {"merge": 0.016, "dormant": 0.003, "open": 0.004, "move": 0.012}
_UNALLOCATED_SHARE = 0.007
_OPENING_SHARE = 0.12  # of its later list, in the month a new practice opens
_CROSSING = 6  # every sixth move leaves the sub-ICB location
UNALLOCATED = -1
NOT_YET_OPEN = -1


@dataclass(frozen=True, slots=True)
class History:
    """One row per practice, one column per month.

    A practice's people stay together: when it closes, `holder` says which practice holds
    them from then on, so a merger neither loses nor gains anyone.
    """

    holder: Indices  # position of the practice on whose list they are, or NOT_YET_OPEN
    pcn: Indices  # position of the practice's PCN, or UNALLOCATED
    people: Indices  # how many they are
    dormant: frozenset[int]

    def registered(self, month: int) -> Indices:
        """List size of every practice on the first of that month; 0 where it has no list."""
        held = self.holder[:, month]
        there = held >= 0
        lists = np.bincount(held[there], self.people[there, month], minlength=len(held))
        return lists.astype(np.int64)

    def listed(self, month: int) -> Indices:
        """Positions of the practices that have a list in that month."""
        return np.flatnonzero(self.holder[:, month] == np.arange(len(self.holder)))


def live_through(
    layout: Layout,
    months: int,
    *,
    size: NDArray[np.float64],
    growth: NDArray[np.float64],
    rng: np.random.Generator,
) -> History:
    """Draw the events. `size` holds for the last month but one; `growth` is yearly (0.01 = 1%)."""
    practices = len(layout.pcn_of_practice)
    everyone = np.arange(practices)
    holder = np.repeat(everyone[:, None], months, axis=1)
    pcn = np.repeat(layout.pcn_of_practice[:, None], months, axis=1)
    step = growth[:, None] / 12 + rng.normal(0, 0.0025, (practices, months))

    years = (months - 1) / 12
    wanted = {event: max(1, round(rate * practices * years)) for event, rate in _PER_YEAR.items()}
    quiet = [int(p) for p in rng.permutation(practices) if p >= len(names.HARTLEY)]

    dormant = []
    for number, (leaver, heir) in enumerate(
        _neighbours(layout, quiet, wanted["merge"] + wanted["dormant"])
    ):
        month = int(rng.integers(1, months))
        holder[leaver, month:] = heir
        step[[leaver, heir], month] = 0
        if number >= wanted["merge"]:
            dormant.append(leaver)
    for _ in range(min(wanted["open"], len(quiet))):
        newcomer, month = quiet.pop(), int(rng.integers(1, months))
        holder[newcomer, :month] = NOT_YET_OPEN
        step[newcomer, month:] += _settling(months - month)
    for _ in range(max(1, round(_UNALLOCATED_SHARE * practices))):
        pcn[quiet.pop()] = UNALLOCATED
    for mover, destination in _moves(layout, quiet, wanted["move"]):
        pcn[mover, int(rng.integers(1, months)) :] = destination

    path = np.cumsum(step, axis=1)
    people = np.rint(size[:, None] * np.exp(path - path[:, [months - 2]])).astype(np.int64)
    return History(holder, pcn, np.maximum(people, 1), frozenset(dormant))


def _settling(months: int) -> NDArray[np.float64]:
    """Monthly growth (log) of a new practice, most of it in the first year."""
    share = 1 - (1 - _OPENING_SHARE) * np.exp(-np.arange(months) / 5)
    return np.diff(np.log(share), prepend=np.log(share[0]))


def _neighbours(layout: Layout, quiet: list[int], wanted: int) -> Iterator[tuple[int, int]]:
    """Pairs in the same PCN to merge, taken out of `quiet`."""
    by_pcn: dict[int, list[int]] = {}
    for practice in quiet:
        by_pcn.setdefault(int(layout.pcn_of_practice[practice]), []).append(practice)
    willing = [members for members in by_pcn.values() if len(members) > 2]
    for leaver, heir, *_ in willing[:wanted]:
        quiet.remove(leaver)
        quiet.remove(heir)
        yield leaver, heir


def _moves(layout: Layout, quiet: list[int], wanted: int) -> Iterator[tuple[int, int]]:
    """Practices that join another PCN; one in six joins across a sub-ICB boundary."""
    icb_of_pcn = layout.icb_of_sub_icb[layout.sub_icb_of_pcn]
    found = 0
    for practice in quiet:
        home = int(layout.pcn_of_practice[practice])
        same_sub_icb = layout.sub_icb_of_pcn == layout.sub_icb_of_pcn[home]
        same_sub_icb[home] = False
        across = (icb_of_pcn == icb_of_pcn[home]) & (
            layout.sub_icb_of_pcn != layout.sub_icb_of_pcn[home]
        )
        others = np.flatnonzero(across if found % _CROSSING == _CROSSING - 1 else same_sub_icb)
        if found == wanted:
            return
        if len(others):
            found += 1
            yield practice, int(others[practice % len(others)])
