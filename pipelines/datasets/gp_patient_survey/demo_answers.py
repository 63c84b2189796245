"""What the fictional patients answer: poorer where calls are missed and GPs are few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.datasets.vocabulary.survey import questions
from pipelines.datasets.cloud_telephony.demo_calls import Telephones
from pipelines.demo.characters import Floats
from pipelines.demo.world import World

_MEAN_DEPRIVATION = 23.0
_ADULTS = 0.82  # share of the list, aged 16 and over
_SENT = 480  # questionnaires to a practice of middling size
_RATE = -1.06  # log odds of returning one
_AVERAGE_MISSED = 0.12
_OLDEST = 0.03  # a year, on the log odds of a good answer


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: answers that say something come first, and of those the positive ones.

    `good` is the log odds of a positive answer, `calls` and `poverty` how far it leans, `share`
    of patients who are asked it.
    """

    stem: str
    evaluative: int
    positive: int = 2
    good: float = 0.0
    calls: float = 0.0
    poverty: float = -0.1
    share: float = 1.0

    @property
    def options(self) -> int:
        return questions()[self.stem].options

    @property
    def is_summarised(self) -> bool:
        return bool(questions()[self.stem].results)


ASKED = (
    Asked("localgpservicesphone", 4, good=0.25, calls=-5.0),
    Asked("localgpserviceswebsite", 4, good=0.15, calls=-1.0, share=0.99),
    Asked("localgpservicesapp", 4, good=0.05, calls=-0.5, share=0.98),
    Asked("localgpservicesreception", 4, good=1.65, calls=-1.5),
    Asked("localgpservicesused", 8, positive=1, share=0.99),
    Asked("localgpservicesprefhpsee", 4, good=-0.35, calls=-1.0, share=0.4),
    Asked("gpcontactoverall", 5, good=0.9, calls=-3.0, share=0.98),
    Asked("lastgpapptwait", 2, positive=1, good=0.65, calls=-2.0, share=0.98),
    Asked("lastgpapptlisten", 5, good=1.95, share=0.97),
    Asked("lastgpapptcare", 5, good=1.8, share=0.97),
    Asked("lastgpapptmental", 4, good=1.1, share=0.97),
    Asked("lastgpapptconf", 3, good=2.5, share=0.97),
    Asked("lastgpapptdecision", 3, good=2.3, share=0.97),
    Asked("lastgpapptneeds", 3, good=2.2, share=0.97),
    Asked("overallexp", 5, good=1.25, calls=-2.5, poverty=-0.15),
    Asked("gpclosedoverall", 4, good=0.35, share=0.15),
    Asked("healthltcondition", 17, positive=1, share=0.96),
    Asked("healthconfidence", 4, good=1.4, share=0.6),
    Asked("healthsupport", 4, good=0.8, share=0.45),
    Asked("pharmacyoverall", 4, good=1.9, share=0.9),
)


@dataclass(frozen=True, slots=True)
class Told:
    """The answers to one question. Rows are organisations."""

    asked: Floats  # people who answered at all
    evaluative: Floats  # people whose answer says something
    weighted: Floats  # (organisation, option): weighted answers

    def added(self, add: Callable[[Floats], Floats]) -> Told:
        return Told(add(self.asked), add(self.evaluative), add(self.weighted))


class Answers:
    """One year of every practice that has a list in March. Arrays are in their order."""

    def __init__(self, world: World, number: int) -> None:
        self._world, self._number = world, number
        self._rows = world.history.listed(number)
        self._rng = world.random(71, number)
        who = world.characters
        self._poverty = ((who.deprivation - _MEAN_DEPRIVATION) / 10)[self._rows]
        self._missed = Telephones(world).missed_share[self._rows] - _AVERAGE_MISSED
        self._older = who.older[self._rows]

    @cached_property
    def adults(self) -> NDArray[np.int64]:
        listed = self._world.history.registered(self._number)[self._rows]
        return np.maximum(np.rint(listed * _ADULTS), 1).astype(np.int64)

    @cached_property
    def sent(self) -> NDArray[np.int64]:
        most = _SENT * np.exp(0.12 * self._poverty) * (self.adults / 7000) ** 0.1
        return np.minimum(np.rint(most), self.adults).astype(np.int64)

    @cached_property
    def received(self) -> NDArray[np.int64]:
        odds = _RATE - 0.22 * self._poverty + 0.5 * self._older
        return self._rng.binomial(self.sent, _logistic(odds))

    @cached_property
    def _weight(self) -> Floats:
        """Weighted answers for each person, so that practices count by their adults."""
        scale = self.received.sum() / self.adults.sum()
        return np.asarray(self.adults * scale / np.maximum(self.received, 1))

    @cached_property
    def told(self) -> dict[str, Told]:
        """The answers by question, in the order of `ASKED`."""
        years = (self._number - len(self._world.months)) / 12
        character = self._world.random(72).normal(0, 1, (len(self._world.practices), len(ASKED)))
        return {
            one.stem: self._answered(one, character[self._rows, at], years)
            for at, one in enumerate(ASKED)
        }

    def _answered(self, one: Asked, own: Floats, years: float) -> Told:
        rng = self._rng
        asked = rng.binomial(self.received, one.share)
        says = 0.93 if one.evaluative < one.options else 1.0
        evaluative = rng.binomial(asked, says)
        leaning = one.good + one.calls * self._missed + one.poverty * self._poverty
        share = _logistic(leaning + 0.28 * own + _OLDEST * years)
        positive = rng.binomial(evaluative, share)
        counts = np.zeros((len(asked), one.options))
        _spread(counts, positive, 0, one.positive, rng)
        _spread(counts, evaluative - positive, one.positive, one.evaluative, rng)
        _spread(counts, asked - evaluative, one.evaluative, one.options, rng)
        weight = self._weight[:, None] * rng.normal(1, 0.04, counts.shape)
        return Told(asked.astype(float), evaluative.astype(float), counts * weight)


def _spread(
    counts: Floats, people: NDArray[np.int64], start: int, stop: int, rng: np.random.Generator
) -> None:
    """Share people out over the options from `start` to `stop`, fewer for each further one."""
    left = people
    for option in range(start, stop - 1):
        taken = rng.binomial(left, 0.55)
        counts[:, option] += taken
        left = left - taken
    if stop > start:
        counts[:, stop - 1] += left


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
