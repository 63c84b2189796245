"""A figure against its own earlier periods, by the rules of control charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from data import periods
from data.questions import queries
from data.questions.laney import Counted, laney
from data.questions.stats import FIRM_LIMITS, Spc, SpcMark, xmr
from data.spec import Level, Measure, PeriodKind
from data.versions.orgs import Org
from data.versions.snapshot import Membership, Snapshot

LARGE: frozenset[Level] = frozenset({"sub_icb", "icb", "region", "england"})
MONTHS = 24  # of periods that a figure is set beside, unless a reader chose others

Signal = Literal["usual", "above", "below", "rising", "falling"]
_SIGNALS: dict[SpcMark, Signal] = {
    "common": "usual",
    "high": "above",
    "low": "below",
    "rising": "rising",
    "falling": "falling",
}


@dataclass(frozen=True, slots=True)
class History:
    """What the newest period is beside the organisation's own earlier ones, and since when."""

    signal: Signal
    since: date  # the first period of which the same is true without a break
    latest: date
    kind: PeriodKind

    @property
    def words(self) -> str:
        """Below its own usual level since May 2026; nothing about anybody else."""
        since = periods.label(self.kind, self.since)
        if self.signal == "usual":
            return "within its own usual variation"
        if self.signal in ("rising", "falling"):
            return f"{self.signal} since {since}"
        when = f"in {since}" if self.since == self.latest else f"since {since}"
        return f"{self.signal} its own usual level {when}"


def recent(snapshot: Snapshot, month: date) -> tuple[date, ...]:
    """The periods by which history is judged: up to `month`, whether or not each is held."""
    count = MONTHS // periods.MONTHS_IN[snapshot.dataset.period]
    return tuple(queries.last_months(snapshot, month, count))


def control(
    snapshot: Snapshot,
    measure: Measure,
    org: Org,
    *,
    months: Sequence[date],
    membership: Membership = "dated",
) -> Spc | None:
    """Mean, limits and signals of the periods; None where fewer than twelve have a value.

    Limits of the shares and rates of areas follow the size of each period.
    """
    values = queries.values(snapshot, measure, org, months=months, membership=membership)
    if sum(value is not None for value in values) < FIRM_LIMITS:
        return None
    sized = None
    if org.level in LARGE and measure.interval != "none" and measure.rollup == "ratio_of_sums":
        sized = _sized(snapshot, measure, org, months, membership)
    return sized or xmr(values)


def _sized(
    snapshot: Snapshot,
    measure: Measure,
    org: Org,
    months: Sequence[date],
    membership: Membership,
) -> Spc | None:
    """By the counts behind each period; None where a value has none, as published ones may."""
    figures = queries.trend(snapshot, measure, org, months=months, membership=membership)
    counts: dict[date, Counted | None] = dict.fromkeys(months)
    for figure in figures:
        if figure.value is None:
            continue
        if figure.numerator is None or not figure.denominator:
            return None
        counts[figure.period] = Counted(figure.numerator, figure.denominator)
    share = measure.interval == "wilson"
    return laney([counts[month] for month in months], scale=measure.multiplier, share=share)


def history(spc: Spc | None, months: Sequence[date], kind: PeriodKind) -> History | None:
    """What a control chart says of its last period; None without limits or without a value."""
    if spc is None or spc.marks[-1] is None:
        return None
    mark = spc.marks[-1]
    since = months[-1]
    for month, earlier in zip(reversed(months), reversed(spc.marks), strict=True):
        if earlier is None:
            continue
        if earlier != mark:
            break
        since = month
    return History(_SIGNALS[mark], since, months[-1], kind)
