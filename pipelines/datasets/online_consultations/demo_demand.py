"""How many online requests each fictional practice receives, of what type and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipelines.datasets.gp_appointments.demo_activity import working_days
from pipelines.demo.characters import Floats
from pipelines.demo.layout import Indices
from pipelines.demo.world import World

SUPPLIERS = (
    "ACCURX LIMITED",
    "ECONSULT HEALTH LIMITED",
    "PATCHS HEALTH LIMITED",
    "TPP",
    "CONTINUUM HEALTH LIMITED",
    "EVERGREEN HEALTH SOLUTIONS",
    "SILICON PRACTICE LTD",
    "Klinik Healthcare Solutions UK Ltd",
)
_SHARES = np.array([0.45, 0.18, 0.12, 0.09, 0.06, 0.04, 0.04, 0.02])
_NEVER_SPLIT = (5, 6)  # positions of suppliers that cannot tell clinical requests from others
_SECOND = 0.06  # share of practices with a second supplier
_NOT_SENDING = 0.05  # share of practices without supplier data at first; half begin later
_REFUSING = 0.006
_LATE = 0.01  # share of practices whose data miss the first release of a month
_MEDIAN_RATE = 105.0  # submissions a month per 1,000 patients at the end, in 22 working days
_STEP = date(2025, 10, 1)  # the month from which access online all day is in the contract
_BEFORE_STEP = 0.76
_YEARLY_GROWTH = 0.10
_WORKING_DAYS = 22

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BANDS = (
    "00:00 - 05:59",
    "06:00 - 07:59",
    "08:00 - 09:59",
    "10:00 - 11:59",
    "12:00 - 13:59",
    "14:00 - 15:59",
    "16:00 - 17:59",
    "18:00 - 23:59",
)
# Thousands on an average day, after the publication of December 2025 (NHS England, OGL v3.0).
_PROFILE = np.array(
    [
        [1.4, 18.2, 208.2, 101.1, 64.7, 51.5, 31.4, 10.5],
        [1.2, 10.6, 128.6, 71.4, 48.5, 40.8, 25.4, 8.7],
        [1.1, 8.8, 105.4, 58.6, 39.9, 33.0, 19.7, 6.7],
        [0.9, 7.9, 89.5, 49.2, 34.0, 29.1, 18.7, 6.8],
        [0.8, 7.7, 86.0, 46.1, 32.1, 26.9, 14.7, 3.9],
        [0.4, 0.4, 1.2, 1.5, 1.2, 0.8, 0.7, 1.8],
        [0.4, 0.3, 1.0, 1.4, 1.3, 1.2, 1.3, 4.6],
    ]
)


@dataclass(frozen=True)
class OnlineDemand:
    """Requests of a month as arrays with one row per practice of the world."""

    world: World

    @cached_property
    def suppliers(self) -> list[str]:
        """The supplier cell of each practice while it sends data."""
        rng = self.world.random(51)
        count = len(self.world.practices)
        first = rng.choice(len(SUPPLIERS), count, p=_SHARES)
        other = rng.choice(len(SUPPLIERS), count, p=_SHARES)
        second = (rng.random(count) < _SECOND) & (other != first)
        return [
            ", ".join([SUPPLIERS[a], SUPPLIERS[b]]) if two else SUPPLIERS[a]
            for a, b, two in zip(first, other, second, strict=True)
        ]

    @cached_property
    def participating(self) -> NDArray[np.bool_]:
        found = self.world.random(52).random(len(self.world.practices)) >= _REFUSING
        found[:5] = True
        return np.asarray(found)

    @cached_property
    def _first_month(self) -> Indices:
        """Position of the month from which each practice's supplier sends data."""
        rng, months = self.world.random(53), len(self.world.months)
        count = len(self.world.practices)
        begins = np.where(rng.random(count) < 0.5, rng.integers(1, months, count), months)
        found = np.where(rng.random(count) < _NOT_SENDING, begins, 0)
        found[:5] = 0
        return np.asarray(np.where(self.participating, found, months))

    @cached_property
    def _rate(self) -> Floats:
        """Requests per 1,000 patients and working day: more where people are younger and online."""
        who, rng = self.world.characters, self.world.random(54)
        effect = 0.3 * who.online - 0.35 * who.older + rng.normal(0, 0.45, len(who.size))
        return np.asarray(_MEDIAN_RATE / _WORKING_DAYS * np.exp(effect))

    @cached_property
    def _clinical(self) -> Floats:
        drawn = self.world.random(55).normal(0.72, 0.07, len(self.world.practices))
        return np.asarray(np.clip(drawn, 0.3, 0.95))

    @cached_property
    def _open_hours(self) -> Floats:
        """How much of the usual demand outside core hours each practice's form lets in."""
        return np.asarray(self.world.random(56).beta(1.2, 1.2, len(self.world.practices)) * 2)

    def sends(self, month: int, *, release: int) -> NDArray[np.bool_]:
        """Practices with data of the month in the release of a month: late ones come later."""
        late = self.world.random(57, month).random(len(self.world.practices)) < _LATE
        late[:5] = False
        return np.asarray((self._first_month <= month) & ~(late & (release == month)))

    def submissions(self, month: int, *, release: int) -> NDArray[np.int64]:
        """Practices x (clinical, administrative, other); 0 where there are no data."""
        world, first = self.world, self.world.months[month]
        rng = world.random(58, month)
        years = (first - world.months[-2]).days / 365.25
        step = 1.0 if first >= _STEP else _BEFORE_STEP
        per_day = world.history.registered(month) / 1000 * self._rate * step
        mean = per_day * (1 + _YEARLY_GROWTH * years) * working_days(first)
        total = rng.poisson(mean * rng.lognormal(0, 0.05, len(mean)))
        clinical = rng.binomial(total, self._clinical)
        split = np.stack([clinical, total - clinical, np.zeros_like(total)], axis=1)
        never = [any(SUPPLIERS[n] in cell for n in _NEVER_SPLIT) for cell in self.suppliers]
        split[never] = np.stack([0 * total, 0 * total, total], axis=1)[never]
        return np.asarray(split * self.sends(month, release=release)[:, None])

    def by_time(self, month: int, totals: NDArray[np.int64]) -> NDArray[np.int64]:
        """Practices x 7 days x 8 bands that add up to `totals`."""
        rng = self.world.random(59, month)
        outside = np.zeros(_PROFILE.shape, dtype=bool)
        outside[:, [0, 1, 7]] = True
        outside[5:] = True
        weights = _PROFILE * np.where(outside[None], self._open_hours[:, None, None], 1.0)
        cells = weights.reshape(len(totals), -1)
        cells /= cells.sum(axis=1, keepdims=True)
        return np.asarray(rng.multinomial(totals, cells).reshape(-1, *_PROFILE.shape))
