"""Which values are unusual: outside a funnel around a comparator, widened for overdispersion.

Source: Spiegelhalter, Stat Med 2005;24:1185-1202 and Qual Saf Health Care 2005;14:347-351, with
the transformations of the CQC: arcsine of proportions, square root of ratios. Practices differ by
more than chance; limits of chance alone would call almost every one of them unusual.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Literal

import numpy as np

from data.questions.queries import Figure
from data.remembered import remembered
from data.spec import Level, Measure
from data.versions.snapshot import Floats, Snapshot

Z998 = 3.090232
FEWEST = 20  # organisations: fewer do not tell by how much organisations differ
WINSORISED = 0.1  # share of z scores at either end that count as the score at its edge

Outside = Literal["high", "low"]


def outside(figure: Figure, target: float | None, between: float | None) -> Outside | None:
    """Whether a figure lies outside the 99.8 % limits around `target`, in the measure's unit.

    The limits hold for the figure's own denominator; `between` is `between_variance`. None also
    where no limits can be drawn: a measure without a denominator, a target of nothing.
    """
    own = _score_of(figure, target)
    if own is None or between is None:
        return None
    distance, error = own
    if abs(distance) <= Z998 * math.sqrt(error**2 + between):
        return None
    return "high" if distance > 0 else "low"


def _score_of(figure: Figure, target: float | None) -> tuple[float, float] | None:
    """(distance from the target, its standard error), both transformed."""
    top, bottom = figure.numerator, figure.denominator
    if top is None or bottom is None or target is None or bottom <= 0 or target <= 0 or top < 0:
        return None
    expected = target / figure.measure.multiplier
    distance, error = _scores(figure.measure, np.array([top]), np.array([bottom]), expected)
    return float(distance[0]), float(error[0])


def _scores(
    measure: Measure, numerators: Floats, denominators: Floats, expected: float
) -> tuple[Floats, Floats]:
    """Distances from an expected fraction, and standard errors, of numerators over denominators."""
    if measure.unit == "percent":
        fractions = np.clip(numerators / denominators, 0, 1)
        distance = np.arcsin(np.sqrt(fractions)) - math.asin(math.sqrt(min(expected, 1)))
        return distance, 1 / (2 * np.sqrt(denominators))
    counts = denominators * expected
    return np.sqrt(numerators / counts) - 1, 1 / (2 * np.sqrt(counts))


@remembered
def between_variance(
    snapshot: Snapshot, measure: Measure, level: Level, month: date
) -> float | None:
    """`beyond_chance` of the organisations of a level that have comparable values."""
    if month not in snapshot.months:
        return None
    comparable, tops, bottoms = snapshot.fractions(measure, level, month)
    rows = ~np.isnan(comparable)
    return beyond_chance(measure, tops[rows], bottoms[rows])


def beyond_chance(measure: Measure, tops: Floats, bottoms: Floats) -> float | None:
    """By how much fractions differ beyond chance: tau squared, on the transformed scale.

    None of fewer than 20 organisations, and without denominators.
    """
    with np.errstate(invalid="ignore"):
        rows = (bottoms > 0) & (tops >= 0)
    tops, bottoms = tops[rows], bottoms[rows]
    if len(tops) < FEWEST or tops.sum() <= 0:
        return None
    distances, errors = _scores(measure, tops, bottoms, float(tops.sum() / bottoms.sum()))
    scores = distances / errors
    edges = np.quantile(scores, (WINSORISED, 1 - WINSORISED))
    excess = float(np.square(np.clip(scores, *edges)).sum()) - (len(scores) - 1)
    weights = 1 / np.square(errors)
    return max(0.0, excess / float(weights.sum() - np.square(weights).sum() / weights.sum()))
