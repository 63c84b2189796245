"""Registered patients by sex and single year of age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.demo import mix
from pipelines.demo.characters import Floats
from pipelines.demo.layout import Indices
from pipelines.demo.world import World

SEXES = ("MALE", "FEMALE")
AGES = (*(str(age) for age in range(95)), "95+")
BANDS = (*(f"{age}_{age + 4}" for age in range(0, 95, 5)), "95+")
_BAND_STARTS = np.arange(0, 96, 5)
_AGEING = 0.006  # a year: how fast the older half gains on the younger


@dataclass(frozen=True, slots=True)
class Population:
    """Age structure of every practice's people; `counts` gives the lists of one month."""

    world: World
    shares: Floats  # practices x (2 sexes x 96 ages), each row sums to 1
    tilt: Floats  # per age and sex, below 0 young and above 0 old

    @classmethod
    def of(cls, world: World) -> Population:
        who, rng = world.characters, world.random(2)
        age = np.arange(len(AGES))
        older = np.clip((age - 42) / 40, -0.4, 1.2)
        families = np.exp(-(((age - 7) / 6) ** 2)) + np.exp(-(((age - 37) / 6) ** 2))
        campus = np.exp(-(((age - 20.5) / 1.8) ** 2))
        effect = (
            who.older[:, None] * older
            + who.children[:, None] * families
            + np.log1p(40 * who.students)[:, None] * campus
        )
        weights = np.tile(np.exp(effect), 2) * np.concatenate(
            [_single_years(mix.MALE_BANDS), _single_years(mix.FEMALE_BANDS)]
        )
        weights /= weights.sum(axis=1, keepdims=True)
        # A small list is uneven: each cell varies about as much as a count of its size does.
        weights = rng.gamma(np.maximum(weights * who.size[:, None], 1e-3))
        weights /= weights.sum(axis=1, keepdims=True)
        return cls(world, weights, np.tile(older, 2))

    def counts(self, month: int) -> NDArray[np.int64]:
        """Practices x 2 sexes x 96 ages on the first of that month; whole numbers."""
        past = self.world.history
        years = (month - len(self.world.months) + 2) / 12
        shares = self.shares * np.exp(_AGEING * years * self.tilt)
        upto = np.cumsum(shares, axis=1)
        upto *= (past.people[:, month] / upto[:, -1])[:, None]
        people = np.diff(np.rint(upto).astype(np.int64), axis=1, prepend=0)
        held = past.holder[:, month]
        everyone = np.arange(len(held))
        lists = np.where((held == everyone)[:, None], people, 0)
        for joined in np.flatnonzero((held != everyone) & (held >= 0)):
            lists[held[joined]] += people[joined]
        return lists.reshape(-1, len(SEXES), len(AGES))


def in_bands(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Single years (last axis) to five-year bands."""
    return np.add.reduceat(counts, _BAND_STARTS, axis=-1)


def sum_by(
    groups: Indices, counts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The groups that occur, in order, and the sum of `counts` (by row) in each."""
    order = np.argsort(groups, kind="stable")
    found, starts = np.unique(groups[order], return_index=True)
    return found, np.add.reduceat(counts[order], starts, axis=0)


def _single_years(bands: tuple[int, ...]) -> Floats:
    """Band totals spread over single years; 95+ stays one value."""
    middles = np.arange(2, 95, 5)
    ages = np.arange(len(AGES) - 1)
    smooth = np.interp(ages, middles, np.array(bands[:-1]) / 5)
    scale = np.array(bands[:-1]) / smooth.reshape(-1, 5).sum(axis=1)
    return np.append(smooth * np.repeat(scale, 5), bands[-1])
