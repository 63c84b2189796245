"""How many regions, ICBs, sub-ICB locations and PCNs there are, and which lies in which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.demo import names

Indices = NDArray[np.int64]

_PRACTICES_PER_ICB = 30  # until the real number of ICBs, 42, is reached
_SUB_ICBS_PER_ICB = (2, 1, 3, 2, 4, 2, 3)
_SMALLEST_SUB_ICB = 10
_PRACTICES_PER_PCN = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """Who belongs to whom, as positions. ICBs are those before April 2026."""

    region_of_icb: Indices
    icb_of_sub_icb: Indices
    sub_icb_of_pcn: Indices
    pcn_of_practice: Indices
    icb_mergers: tuple[tuple[int, int], ...]

    @property
    def sub_icb_of_practice(self) -> Indices:
        return self.sub_icb_of_pcn[self.pcn_of_practice]


def share_out(total: int, weights: NDArray[np.float64], *, least: int) -> Indices:
    """Whole numbers in proportion to the weights, none below `least`, that sum to `total`."""
    spare = total - least * len(weights)
    exact = weights / weights.sum() * spare
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(exact - counts)[::-1]
    counts[order[: spare - counts.sum()]] += 1
    return counts + least


def lay_out(practices: int, rng: np.random.Generator) -> Layout:
    """Divide that many practices; the first five form Hartley Vale, in the first of everything."""
    icbs = min(42, max(4, round(practices / _PRACTICES_PER_ICB)))
    regions = min(len(names.REGIONS), icbs // 2 if icbs < 8 else icbs - 3)
    region_of_icb = np.arange(icbs) % regions
    pairs = [(a, a + regions) for a in range(icbs) if (a // regions) % 2 == 0]
    mergers = tuple(pair for pair in pairs if pair[1] < icbs)[: max(1, icbs // 4)]

    weights = rng.lognormal(0, 0.3, icbs)
    weights[0] = 1.3
    per_icb = share_out(practices, weights, least=min(_SMALLEST_SUB_ICB, practices // icbs))
    icb_of_sub: list[int] = []
    sub_of_pcn: list[int] = []
    pcn_of_practice: list[int] = []
    for icb, practices_here in enumerate(per_icb):
        parts = min(_SUB_ICBS_PER_ICB[icb % 7], max(1, int(practices_here) // _SMALLEST_SUB_ICB))
        least = min(_SMALLEST_SUB_ICB, int(practices_here) // parts)
        for size in share_out(int(practices_here), rng.lognormal(0, 0.5, parts), least=least):
            sub_icb = len(icb_of_sub)
            icb_of_sub.append(icb)
            for members in _pcn_sizes(int(size), rng, first=sub_icb == 0):
                pcn_of_practice += [len(sub_of_pcn)] * members
                sub_of_pcn.append(sub_icb)
    return Layout(
        region_of_icb,
        np.array(icb_of_sub),
        np.array(sub_of_pcn),
        np.array(pcn_of_practice),
        mergers,
    )


def _pcn_sizes(practices: int, rng: np.random.Generator, *, first: bool) -> list[int]:
    hartley = [len(names.HARTLEY)] if first else []
    rest = practices - sum(hartley)
    pcns = max(1, round(rest / _PRACTICES_PER_PCN))
    others = share_out(rest, rng.lognormal(0, 0.4, pcns), least=min(2, rest // pcns))
    return hartley + [int(n) for n in others]
