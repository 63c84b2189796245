"""Limits of a funnel: what they colour of simulated practices, and a slow second working."""

from __future__ import annotations

import math
from datetime import date
from statistics import fmean

import numpy as np
import pytest

from data.datasets.gp_appointments import DATASET
from data.questions import funnel
from data.questions.queries import Figure
from data.questions.verdict import difference
from data.spec import Measure
from data.versions.orgs import Org
from data.versions.snapshot import Floats

MANY = 6000
MISSED, RATE = DATASET.measure("dna_rate"), DATASET.measure("per_1000")
TRUE = {MISSED.id: 0.05, RATE.id: 0.5}
SEPTEMBER = date(2026, 9, 1)
MILLBROOK = Org("practice", "Y99001", "Millbrook Surgery", None, None)
both = pytest.mark.parametrize("measure", [MISSED, RATE], ids=lambda measure: measure.id)


def figure(measure: Measure, top: float, bottom: float) -> Figure:
    value = measure.multiplier * top / bottom
    return Figure(measure, MILLBROOK, SEPTEMBER, value, top, bottom)


def simulated(measure: Measure, *, spread: float) -> tuple[Floats, Floats]:
    """Numerators and denominators of practices whose true rates differ by `spread` of the rate."""
    chance = np.random.default_rng(20261201)
    bottoms = np.round(chance.lognormal(8.5, 0.6, MANY))
    rates = TRUE[measure.id] * np.clip(chance.normal(1, spread, MANY), 0.05, None)
    if measure.unit == "percent":
        return chance.binomial(bottoms.astype(int), np.clip(rates, 0, 1)).astype(float), bottoms
    return chance.poisson(bottoms * rates).astype(float), bottoms


@both
def test_practices_with_one_rate_are_hardly_ever_unusual(measure: Measure) -> None:
    tops, bottoms = simulated(measure, spread=0)
    overall = measure.multiplier * tops.sum() / bottoms.sum()
    between = funnel.beyond_chance(measure, tops, bottoms)
    figures = [figure(measure, *pair) for pair in zip(tops, bottoms, strict=True)]
    coloured = [now for now in figures if funnel.outside(now, overall, between)]
    clear = [now for now in figures if difference(now, overall) in ("above", "below")]
    assert len(coloured) <= 0.01 * MANY
    assert 0.03 * MANY <= len(clear) <= 0.06 * MANY


@both
def test_practices_that_all_differ_are_not_all_unusual(measure: Measure) -> None:
    tops, bottoms = simulated(measure, spread=0.25)
    overall = measure.multiplier * tops.sum() / bottoms.sum()
    figures = [figure(measure, *pair) for pair in zip(tops, bottoms, strict=True)]
    between = funnel.beyond_chance(measure, tops, bottoms)
    assert len([now for now in figures if funnel.outside(now, overall, 0.0)]) > 0.3 * MANY
    assert len([now for now in figures if funnel.outside(now, overall, between)]) < 0.03 * MANY
    few, many = (figure(measure, times * TRUE[measure.id] * 1e5, 1e5) for times in (0.1, 2.5))
    assert funnel.outside(few, overall, between) == "low"
    assert funnel.outside(many, overall, between) == "high"


def slowly(measure: Measure, tops: list[float], bottoms: list[float]) -> float:
    """Tau squared as the papers write it, practice by practice."""
    overall = sum(tops) / sum(bottoms)
    pairs = []
    for top, bottom in zip(tops, bottoms, strict=True):
        if measure.unit == "percent":
            distance = math.asin(math.sqrt(top / bottom)) - math.asin(math.sqrt(overall))
            pairs.append((distance, 1 / (2 * math.sqrt(bottom))))
        else:
            expected = bottom * overall
            pairs.append((math.sqrt(top / expected) - 1, 1 / (2 * math.sqrt(expected))))
    scores = sorted(distance / error for distance, error in pairs)
    many = len(scores)

    def at(share: float) -> float:
        place = share * (many - 1)
        low = math.floor(place)
        return scores[low] + (place - low) * (scores[min(low + 1, many - 1)] - scores[low])

    phi = fmean(min(max(score, at(0.1)), at(0.9)) ** 2 for score in scores)
    weights = [1 / error**2 for _, error in pairs]
    below = sum(weights) - sum(weight**2 for weight in weights) / sum(weights)
    return max(0.0, (many * phi - (many - 1)) / below)


@both
@pytest.mark.parametrize("spread", [0.0, 0.1, 0.4])
def test_two_workings_agree(measure: Measure, spread: float) -> None:
    tops, bottoms = (column[:500] for column in simulated(measure, spread=spread))
    assert funnel.beyond_chance(measure, tops, bottoms) == pytest.approx(
        slowly(measure, tops.tolist(), bottoms.tolist()), abs=1e-12
    )


def test_without_enough_organisations_nothing_is_unusual() -> None:
    tops, bottoms = (column[:19] for column in simulated(MISSED, spread=0.1))
    assert funnel.beyond_chance(MISSED, tops, bottoms) is None
    assert funnel.outside(figure(MISSED, 900, 1000), 5.0, None) is None


def test_a_total_is_never_unusual() -> None:
    total = DATASET.measure("appointments")
    assert funnel.beyond_chance(total, np.full(30, 9.0), np.full(30, np.nan)) is None
    now = Figure(total, MILLBROOK, SEPTEMBER, 9, 9, None)
    assert funnel.outside(now, 5.0, 0.0) is None
