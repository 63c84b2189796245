"""How a measure is spread over organisations, period by period, in tenths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.questions.queries import FEW_PEERS, peer_values
from data.remembered import remembered
from data.spec import ENGLAND, Level, Measure
from data.versions.snapshot import Snapshot

DECILES = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, slots=True)
class Deciles:
    """Distribution of a measure over organisations in one month; `deciles` are the 10th … 90th."""

    period: date
    organisations: int
    mean: float
    deciles: tuple[float, ...]


def deciles(
    snapshot: Snapshot,
    measure: Measure,
    *,
    level: Level = "practice",
    peer: str = ENGLAND,
) -> list[Deciles]:
    """The distribution of a measure in each month that has one, over a level in one area."""
    spread = snapshot.spread_of(measure, level, peer)
    if spread is None:
        return []
    return [
        Deciles(month, int(row[0]), row[1], tuple(row[2:]))
        for month, row in zip(snapshot.months, spread.tolist(), strict=True)
        if row[0] == row[0]  # NaN: no organisation had a value that month
    ]


@remembered
def deciles_among(
    snapshot: Snapshot, measure: Measure, level: Level, codes: tuple[str, ...]
) -> tuple[Deciles, ...]:
    """The distribution of a measure over the same organisations in each month.

    Only of months in which enough of them have a value to place one among the others.
    """
    spreads = (
        (month, peer_values(snapshot, measure, level, month=month, codes=codes))
        for month in snapshot.months
    )
    return tuple(
        Deciles(
            month,
            len(values),
            float(values.mean()),
            tuple(float(cut) for cut in np.quantile(values, DECILES)),
        )
        for month, values in spreads
        if len(values) > FEW_PEERS
    )
