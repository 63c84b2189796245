"""Appointments in general practice, month by month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain

import holidays
import numpy as np
from numpy.typing import NDArray

from pipelines.demo import mix, names
from pipelines.demo.characters import Floats
from pipelines.demo.layout import Indices
from pipelines.demo.world import World

_ENGLAND = holidays.country_holidays("GB", subdiv="ENG")
_YEARLY_GROWTH = 0.018
_FAILED_FILES = 0.006  # share of practices in a month: half never come, half a release later
_MOST_FAILED = 75  # never more than one practice in so many
_LAST_TO_ARRIVE = 0.2  # share of late appointments that need a second release
_LEAST_PER_PATIENT = 1 / 12  # a month; below that a practice is left out
_SHIFTED = 1  # Hartley Road Medical Centre re-maps its routine consultations as acute ...
_SHIFT_MONTHS = 8  # ... that many months before the end, with its total unchanged
_SHIFT_SHARE = 0.7
_MISSING_AT_THE_END = 3  # St Anne's Lane Surgery is not in the latest month
_SLOTS_AT_ONCE = 20_000
_OUTCOMES = (len(mix.WAITS), len(mix.STATUSES))

SLOTS = tuple(
    (staff, mode, number)
    for number, category in enumerate(mix.CATEGORIES)
    for staff, mode, _, _ in category.slots
)
"""(staff, mode, category) as positions in the vocabularies of `mix`."""


@dataclass(frozen=True, slots=True)
class Appointments:
    """Rows of the practice-level file, as positions; `count` is 1 or more."""

    practice: Indices
    slot: Indices
    wait: Indices
    status: Indices
    count: Indices


def working_days(month: date) -> int:
    """Weekdays of the month that are not bank holidays in England."""
    days = (month + timedelta(days=n) for n in range(31))
    return sum(
        day.month == month.month and day.weekday() < 5 and day not in _ENGLAND for day in days
    )


@dataclass(frozen=True)
class Activity:
    """What every practice does in an ordinary month, as shares over its slots."""

    world: World

    @cached_property
    def _weights(self) -> Floats:
        """Practices x slots: share of the practice's appointments; 0 where it has no such slot."""
        who, rng = self.world.characters, self.world.random(3)
        share = np.array([slot[2] for slot in _all_slots()])
        prevalence = np.array([slot[3] for slot in _all_slots()])
        staff, mode, category = (np.array(column) for column in zip(*SLOTS, strict=True))
        shape = (len(self.world.practices), len(SLOTS))
        variety = rng.uniform(0.5, 1.25, shape[0])[:, None]
        has = rng.random(shape) < np.where(prevalence > 0.8, prevalence, prevalence * variety)
        has[: len(names.HARTLEY)] |= prevalence > 0.6
        weights = has * (share / prevalence) * rng.lognormal(-0.2, 0.65, shape)
        weights *= np.exp(np.where(mode == mix.PHONE, who.telephone[:, None], 0))
        weights *= np.exp(np.where(mode == mix.ONLINE, who.online[:, None], 0))
        _scale(weights, staff == mix.GP, who.gp_share, within=staff != mix.NO_STAFF)
        for name, wanted in ((mix.INCONSISTENT, who.inconsistent), (mix.UNMAPPED, who.unmapped)):
            _scale(weights, category == _category(name), wanted, within=np.full(len(SLOTS), True))
        return weights / weights.sum(axis=1, keepdims=True)

    @cached_property
    def _slots(self) -> tuple[Indices, Indices]:
        """Practice and slot of every slot in use."""
        practice, slot = np.nonzero(self._weights)
        return practice.astype(np.int64), slot.astype(np.int64)

    @cached_property
    def _outcomes(self) -> Floats:
        """Slots in use x waits x statuses: shares that sum to 1 over the last two."""
        who, rng = self.world.characters, self.world.random(4)
        practice, slot = self._slots
        staff, mode, category = (np.array(column)[slot] for column in zip(*SLOTS, strict=True))
        usual = np.array([each.waits for each in mix.CATEGORIES])[category]
        days = np.append(np.linspace(-1, 1, len(mix.WAITS) - 1), 0)
        waits = usual * np.exp(who.patience[practice][:, None] * days)
        waits = rng.gamma(np.maximum(waits * 0.06, 0.01))
        waits /= waits.sum(axis=1, keepdims=True)
        missed = (
            who.dna[practice][:, None]
            * np.array(mix.DNA_BY_WAIT)
            * np.array(mix.DNA_BY_STAFF)[staff][:, None]
            * np.array(mix.DNA_BY_MODE)[mode][:, None]
        )
        unmarked = who.no_status[practice][:, None] * np.array(mix.NO_STATUS_BY_WAIT)
        missed, unmarked = np.minimum(missed, 0.45), np.minimum(unmarked, 0.5)
        status = np.stack([1 - missed - unmarked, missed, unmarked], axis=2)
        return waits[:, :, None] * status

    def expected(self, month: int) -> Floats:
        """Appointments each practice should have in that month, before chance."""
        world, first = self.world, self.world.months[month]
        patients = world.history.registered(month).astype(float)
        following = world.history.registered(month + 1)
        starting = (patients == 0) & (world.history.holder[:, month] < 0)
        patients[starting] = following[starting]  # opens during the month, before its first list
        years = (first - world.months[-2]).days / 365.25
        season = mix.SEASON[first.month - 1] * (1 + _YEARLY_GROWTH * years)
        noise = world.random(5, month).lognormal(0, 0.03, len(patients))
        per_day = patients / 1000 * world.characters.rate * season * noise
        return per_day * working_days(first)

    def published(self, month: int, *, release: int) -> Appointments:
        """That month as it stood in the given release: 0 its first, 1 the next, 2 the last."""
        world, rng = self.world, self.world.random(6, month)
        practice, slot = self._slots
        expected = self.expected(month)
        lists = world.history.registered(month)
        others = rng.permutation(np.arange(len(names.HARTLEY), len(lists)))
        failures = min(rng.binomial(len(lists), _FAILED_FILES), len(lists) // _MOST_FAILED)
        tardy, never = others[:failures:2], others[1:failures:2]
        present = world.characters.takes_part.copy()
        present[never] = False
        present[_MISSING_AT_THE_END] = month < len(world.months) - 2
        present &= (expected > 0) & (expected >= lists * _LEAST_PER_PATIENT)

        mean = expected[practice] * self._weights[practice, slot] * self._emphasis(month)
        lateness = world.characters.late[practice][:, None, None]
        shown = _drawn(
            lambda part: rng.poisson(self._outcomes[part] * mean[part, None, None]), mean
        )
        late = _drawn(lambda part: rng.binomial(shown[part], lateness[part]), mean)
        if release == 1:
            late = _drawn(lambda part: rng.binomial(late[part], _LAST_TO_ARRIVE), mean)
        if release < 2:
            shown -= late
        if release == 0:
            present[tardy] = False
        shown *= present[practice][:, None, None]
        row, wait, status = np.nonzero(shown)
        return Appointments(
            practice[row], slot[row], wait, status, shown[row, wait, status].astype(np.int64)
        )

    def _emphasis(self, month: int) -> Floats:
        """How much each slot in use differs from an ordinary month."""
        calendar_month = self.world.months[month].month
        category = np.array([slot[2] for slot in SLOTS])
        factor = np.ones(len(SLOTS))
        for name in mix.PLANNED:
            factor[category == _category(name)] *= mix.VACCINATION.get(calendar_month, 1.0)
        factor[category == _category(mix.ACUTE)] *= mix.WINTER_ACUTE.get(calendar_month, 1.0)
        practice, slot = self._slots
        emphasis = factor[slot]
        if month >= len(self.world.months) - 1 - _SHIFT_MONTHS:
            weights = self._weights[_SHIFTED]
            routine, acute = (category == _category(name) for name in (mix.ROUTINE, mix.ACUTE))
            moved = _SHIFT_SHARE * weights[routine].sum() / weights[acute].sum()
            own = practice == _SHIFTED
            emphasis[own & routine[slot]] *= 1 - _SHIFT_SHARE
            emphasis[own & acute[slot]] *= 1 + moved
        return emphasis


def _drawn(draw: Callable[[slice], NDArray[np.int64]], slots: Floats) -> NDArray[np.int32]:
    """What is drawn for each slot in use, a part of them after the other to save memory."""
    drawn = np.empty((len(slots), *_OUTCOMES), dtype=np.int32)
    for start in range(0, len(slots), _SLOTS_AT_ONCE):
        part = slice(start, start + _SLOTS_AT_ONCE)
        drawn[part] = draw(part)
    return drawn


def _all_slots() -> list[tuple[int, int, float, float]]:
    return list(chain.from_iterable(category.slots for category in mix.CATEGORIES))


def _category(name: str) -> int:
    return next(n for n, category in enumerate(mix.CATEGORIES) if category.name == name)


def _scale(
    weights: Floats, chosen: NDArray[np.bool_], wanted: Floats, *, within: NDArray[np.bool_]
) -> None:
    """Make the chosen slots the wanted share of those within, where a practice has any."""
    part = weights[:, chosen].sum(axis=1)
    rest = weights[:, within & ~chosen].sum(axis=1)
    possible = (part > 0) & (rest > 0)
    factor = np.where(possible, wanted / (1 - wanted) * rest / np.where(possible, part, 1), 1)
    weights[:, chosen] *= factor[:, None]
