"""How practices are spread over a measure and its growth, counted once per version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.questions.queries import months_before, peer_values, spread
from data.remembered import remembered
from data.spec import Level, Measure
from data.versions.snapshot import Floats, Snapshot

GROWTH_EDGES = tuple(float(edge) for edge in range(-10, 11))


@dataclass(frozen=True, slots=True)
class Bin:
    """Organisations whose value is at least `low` and below `high`."""

    low: float
    high: float
    organisations: int


def _bins(values: Floats, edges: tuple[float, ...]) -> list[Bin]:
    counts, _ = np.histogram(values, bins=np.array(edges))
    return [
        Bin(low, high, int(count))
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
    ]


@remembered
def growth(snapshot: Snapshot, measure: Measure, level: Level, month: date, months: int) -> Floats:
    """Change in % over `months` of each organisation, in the order of `codes(level)`.

    NaN where either month has no value. Empty months give no growth at all.
    """
    before = months_before(month, months)
    now = spread(snapshot, measure, level, month)
    if before not in snapshot.months:
        return np.full_like(now, np.nan)
    earlier = spread(snapshot, measure, level, before)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = 100 * (now / earlier - 1)
    change[~np.isfinite(change)] = np.nan
    return change


@remembered
def growths(
    snapshot: Snapshot, measure: Measure, level: Level, month: date, months: int
) -> tuple[tuple[Bin, ...], float | None, int]:
    """(bins of one point each from -10 to 10 %, median, organisations beyond those limits)."""
    values = growth(snapshot, measure, level, month, months)
    values = values[~np.isnan(values)]
    if not values.size:
        return (), None, 0
    low, high = GROWTH_EDGES[0], GROWTH_EDGES[-1]
    beyond = int(((values < low) | (values > high)).sum())
    return tuple(_bins(values, GROWTH_EDGES)), float(np.median(values)), beyond


@remembered
def histogram(
    snapshot: Snapshot,
    measure: Measure,
    level: Level,
    month: date,
    *,
    codes: tuple[str, ...] | None = None,
    bins: int = 24,
) -> tuple[tuple[Bin, ...], int]:
    """(equal bins between the 1st and 99th percentile, organisations outside them).

    Of every organisation of the level, or of those with the codes.
    """
    values = peer_values(snapshot, measure, level, month=month, codes=codes)
    if len(values) < bins:
        return (), 0
    low, high = (float(edge) for edge in np.quantile(values, (0.01, 0.99)))
    if high <= low:
        return (), 0
    step = round_step((high - low) / bins)
    first = np.floor(low / step) * step
    edges = tuple(
        float(round(first + index * step, 6)) for index in range(int((high - first) / step) + 2)
    )
    inside = (values >= edges[0]) & (values <= edges[-1])
    return tuple(_bins(values[inside], edges)), int((~inside).sum())


def round_step(step: float) -> float:
    """The nearest of 1, 2, 2.5 and 5 times a power of ten that is not below `step`."""
    power = 10.0 ** np.floor(np.log10(step))
    return next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= step * (1 - 1e-9))
