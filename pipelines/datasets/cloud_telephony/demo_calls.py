"""How many calls each fictional practice takes, how they end and when they come."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipelines.datasets.gp_appointments.demo_activity import working_days
from pipelines.demo.characters import Floats
from pipelines.demo.world import World

BANDS = (
    "00:00 - 05:59",
    "06:00 - 07:59",
    "08:00 - 09:59",
    "10:00 - 11:59",
    "12:00 - 13:59",
    "14:00 - 15:59",
    "16:00 - 17:59",
    "18:00 - 18:29",
    "18:30 - 23:59",
)
# Share of a month's calls, after the publication of February 2026 (NHS England, OGL v3.0).
_BAND_SHARES = np.array([0.001, 0.052, 0.285, 0.211, 0.163, 0.171, 0.104, 0.0065, 0.0065])
_DAY_SHARES = np.array([0.265, 0.2, 0.19, 0.18, 0.158, 0.0055, 0.0015])  # Monday to Sunday
_MEDIAN_RATE = 540.0  # calls a month per 1,000 patients in 22 working days
_WORKING_DAYS = 22
_MENU = 0.26
_CALL_BACKS = 0.075
_NO_CALL_BACKS = 0.12  # share of practices that offer none
_COVERED = (0.5, 0.86)  # share of practices with data in the first and the last month
_AGREED = 0.6  # share of practices without data that have agreed to send it
_SHARED = 0.03  # share of PCNs whose practices share one account
_DURATIONS = np.array([0.231, 0.359, 0.332, 0.078])

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calls:
    """One month. Rows are practices; the last axes are outcomes or bands of time."""

    inbound: Counts
    menu: Counts
    answered: Counts
    missed: Counts
    call_backs: Counts
    made: Counts
    waits: Counts  # of answered calls: practices x 4
    missed_waits: Counts
    durations: Counts


@dataclass(frozen=True)
class Telephones:
    """Calls of every practice of the world; a deprived practice has more and misses more."""

    world: World

    @cached_property
    def _rate(self) -> Floats:
        who, rng = self.world.characters, self.world.random(61)
        poverty = (who.deprivation - 23) / 10
        effect = 0.12 * poverty + 0.1 * who.older + rng.normal(0, 0.35, len(poverty))
        return np.asarray(_MEDIAN_RATE / _WORKING_DAYS * np.exp(effect))

    @cached_property
    def missed_share(self) -> Floats:
        """Share of calls missed: more where people are poorer and GPs fewer."""
        who, rng = self.world.characters, self.world.random(62)
        poverty = (who.deprivation - 23) / 10
        effect = 0.25 * poverty - 1.2 * (who.gp_share - 0.43) + rng.normal(0, 0.5, len(poverty))
        return np.asarray(np.clip(0.11 * np.exp(effect), 0.01, 0.45))

    @cached_property
    def _call_backs(self) -> Floats:
        rng, count = self.world.random(63), len(self.world.practices)
        share = np.clip(rng.lognormal(np.log(_CALL_BACKS), 0.6, count), 0.0, 0.3)
        return np.asarray(np.where(rng.random(count) < _NO_CALL_BACKS, 0.0, share))

    @cached_property
    def _from(self) -> NDArray[np.int64]:
        """Position of the month from which each practice's supplier sends data."""
        count, months = len(self.world.practices), len(self.world.months)
        first, last = _COVERED
        draw = self.world.random(64).random(count)
        steps = np.ceil((draw - first) / (last - first) * (months - 1))
        found = np.where(draw < first, 0, np.where(draw < last, steps, months)).astype(np.int64)
        found[:5] = 0
        return np.asarray(found)

    @cached_property
    def shared_pcns(self) -> NDArray[np.int64]:
        """PCNs, by position, whose practices are behind one number."""
        count = len(self.world.pcns)
        quiet = self.world.random(65).permutation(np.arange(1, count))
        return np.asarray(quiet[: max(1, round(_SHARED * count))])

    def covered(self, month: int) -> NDArray[np.bool_]:
        there = self.world.history.registered(month) > 0
        return np.asarray(there & (self._from <= month))

    def agreed(self, month: int) -> NDArray[np.bool_]:
        """Practices that agreed to take part: all those with data, and some whose is to come."""
        willing = self.world.random(68).random(len(self._from)) < _AGREED
        return np.asarray(self.covered(month) | willing)

    def on_shared_account(self, month: int) -> NDArray[np.bool_]:
        return np.isin(self.world.history.pcn[:, month], self.shared_pcns)

    def calls(self, month: int) -> Calls:
        """0 for practices without data."""
        world, first = self.world, self.world.months[month]
        rng = world.random(66, month)
        mean = world.history.registered(month) / 1000 * self._rate * working_days(first)
        mean *= rng.lognormal(0, 0.05, len(mean)) * self.covered(month)
        inbound = rng.poisson(mean)
        missed = rng.binomial(inbound, self.missed_share)
        menu = rng.binomial(inbound - missed, _MENU)
        call_backs = rng.binomial(inbound - missed - menu, self._call_backs)
        answered = inbound - missed - menu - call_backs
        patience = np.clip(0.46 - 1.1 * (self.missed_share - 0.11), 0.1, 0.9)
        rest = np.array([0.26, 0.35, 0.39])
        waits = np.concatenate([patience[:, None], (1 - patience)[:, None] * rest[None]], axis=1)
        return Calls(
            inbound=inbound,
            menu=menu,
            answered=answered,
            missed=missed,
            call_backs=call_backs,
            made=rng.binomial(call_backs, 0.996),
            waits=rng.multinomial(answered, waits),
            missed_waits=rng.multinomial(missed, np.array([0.52, 0.16, 0.16, 0.16])),
            durations=rng.multinomial(answered, _DURATIONS),
        )

    def by_time(self, month: int, totals: Counts, *, purpose: int) -> Counts:
        """Rows x 7 weekdays x 9 bands that add up to `totals`."""
        cells = (_DAY_SHARES[:, None] * _BAND_SHARES[None]).ravel()
        rng = self.world.random(67, month, purpose)
        drawn = rng.multinomial(totals, cells / cells.sum())
        return np.asarray(drawn.reshape(len(totals), len(_DAY_SHARES), len(BANDS)))
