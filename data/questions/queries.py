"""Questions a page, an export or the API asks of a version. Every surface asks them here.

All functions take a `Snapshot`, so that one answer never mixes two versions. Missing is None.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import cast

import numpy as np

from data import periods
from data.questions.areas import above, beside
from data.questions.stats import byar, wilson
from data.remembered import remembered
from data.spec import ENGLAND, LEVELS, Breakdown, Dataset, Level, Measure, PeriodKind
from data.versions.orgs import Org, Organisations
from data.versions.snapshot import Floats, Membership, Snapshot

SIMILAR_LIST = 1.25  # a similar list is between 1/1.25 and 1.25 times as long
FEW_PEERS = 5  # with fewer others a percentile says nothing


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it is made of. `low` and `high` are 95 % limits in its own unit."""

    measure: Measure
    org: Org
    period: date
    value: float | None
    numerator: float | None
    denominator: float | None
    published: tuple[float | None, float | None] | None = None  # limits that the publisher gave
    kind: PeriodKind = "month"

    @property
    def when(self) -> str:
        """Its period as sentences say it: September 2026, 2025/26."""
        return periods.label(self.kind, self.period)

    @property
    def when_short(self) -> str:
        """Its period as tables say it: Sep 2026, 2025/26."""
        return periods.short(self.kind, self.period)

    @property
    def low(self) -> float | None:
        return self.interval[0]

    @property
    def high(self) -> float | None:
        return self.interval[1]

    @property
    def interval(self) -> tuple[float | None, float | None]:
        return self.published or limits(self.measure, self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a value lies among its peers; itself not counted. Percentages are 0 to 100."""

    percentile: float  # ties count half: where to draw the mark
    higher_than: float  # share of peers with a strictly lower value
    lower_than: float
    peers: int
    median: float
    same: int  # peers with the same value


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a breakdown: its number and its percentage of the whole."""

    part: str
    label: str
    count: float | None
    percent: float | None


def optional(value: float) -> float | None:
    """NaN is how arrays say missing; everything outside them says None."""
    return None if math.isnan(value) else float(value)


def limits(
    measure: Measure, numerator: float | None, denominator: float | None
) -> tuple[float | None, float | None]:
    """95 % limits of a measure in its own unit, by the method that its declaration implies."""
    if numerator is None or denominator is None or denominator <= 0:
        return (None, None)
    if measure.interval == "wilson" and numerator <= denominator:
        low, high = wilson(numerator, denominator)
        return (low * measure.multiplier, high * measure.multiplier)
    if measure.interval == "byar":
        low, high = byar(numerator)
        scale = measure.multiplier / denominator
        return (low * scale, high * scale)
    return (None, None)


def _figure(
    measure: Measure,
    org: Org,
    period: date,
    kind: PeriodKind,
    *,
    value: float,
    numerator: float,
    denominator: float,
) -> Figure:
    n, d = optional(numerator), optional(denominator)
    return Figure(measure, org, period, optional(value), n, d, kind=kind)


def figure(
    snapshot: Snapshot,
    measure: Measure,
    org: Org,
    *,
    month: date,
    membership: Membership = "dated",
) -> Figure:
    """A measure of one organisation in one month, with its interval."""
    value, numerator, denominator = snapshot.at(
        measure, org.level, org.code, month=month, membership=membership
    )
    plain = _figure(
        measure,
        org,
        month,
        snapshot.dataset.period,
        value=value,
        numerator=numerator,
        denominator=denominator,
    )
    return _published_limits(snapshot, plain, membership) if measure.low else plain


def _published_limits(snapshot: Snapshot, plain: Figure, membership: Membership) -> Figure:
    """The figure with the publisher's own 95 % limits in place of ours."""
    parts: dict[str, float | None] = {}
    if plain.period in snapshot.months:
        org = plain.org
        parts = snapshot.parts_at(org.level, org.code, month=plain.period, membership=membership)
    return replace(plain, published=(parts.get(plain.measure.low), parts.get(plain.measure.high)))


def trend(
    snapshot: Snapshot,
    measure: Measure,
    org: Org,
    *,
    months: Sequence[date] | None = None,
    membership: Membership = "dated",
) -> list[Figure]:
    """A measure over months (all of the version's by default); gaps are Figures without a value."""
    values, numerators, denominators = snapshot.trend(
        measure, org.level, org.code, membership=membership
    )
    wanted = set(months) if months is not None else None
    figures = [
        _figure(
            measure,
            org,
            month,
            snapshot.dataset.period,
            value=value,
            numerator=numerator,
            denominator=denominator,
        )
        for month, value, numerator, denominator in zip(
            snapshot.months,
            values.tolist(),
            numerators.tolist(),
            denominators.tolist(),
            strict=True,
        )
        if wanted is None or month in wanted
    ]
    if not measure.low:
        return figures
    return [_published_limits(snapshot, each, membership) for each in figures]


def values(
    snapshot: Snapshot,
    measure: Measure,
    org: Org,
    *,
    months: Sequence[date],
    membership: Membership = "dated",
) -> tuple[float | None, ...]:
    """The values alone of `trend`, one for each of the months, also those that are not held."""
    values, _, _ = snapshot.trend(measure, org.level, org.code, membership=membership)
    by_month = dict(zip(snapshot.months, values.tolist(), strict=True))
    return tuple(optional(by_month.get(month, math.nan)) for month in months)


def months_before(month: date, count: int) -> date:
    """The first of the month `count` months earlier."""
    return periods.add_months(month, -count)


def last_months(snapshot: Snapshot, month: date, count: int) -> list[date]:
    """Periods up to and including `month`, at most `count`, whether or not each is held."""
    kind = snapshot.dataset.period
    earliest = max(periods.before(kind, month, count - 1), snapshot.months[0])
    span = periods.apart(kind, earliest, month)
    return [periods.before(kind, month, back) for back in range(span, -1, -1)]


def peer_codes(
    snapshot: Snapshot,
    directory: Organisations,
    org: Org,
    *,
    month: date,
    group: str,
    membership: Membership = "dated",
    lists: Snapshot | None = None,
) -> list[str]:
    """Codes of the organisations of the same level to compare with, `org` itself included.

    `group` is a level above the organisation, `england`, `similar` (practices whose list is
    within a factor of `SIMILAR_LIST`, which needs the list sizes of the month) or `supplier`
    (practices with the same supplier of their clinical system).
    """
    if group == "similar":
        return _similar_lists(lists, org, month) if org.level == "practice" else []
    if group == "england":
        return list(snapshot.codes(org.level))
    if org.level == "practice":
        home = snapshot.home(org.code, month if membership == "dated" else None)
        label = home.get(group, "")
        if not label:
            return []
        return snapshot.practices_in(group, label, month, membership=membership)
    level = cast("Level", group)
    return beside(snapshot, directory, org, level=level, month=month, membership=membership)


def _similar_lists(lists: Snapshot | None, org: Org, month: date) -> list[str]:
    if lists is None or month not in lists.months:
        return []
    registered = lists.dataset.measure(lists.dataset.headline)
    sizes = lists.distribution(registered, "practice", month)
    own, _, _ = lists.at(registered, "practice", org.code, month=month)
    if math.isnan(own):
        return []
    with np.errstate(invalid="ignore"):
        near = (sizes >= own / SIMILAR_LIST) & (sizes <= own * SIMILAR_LIST)
    codes = lists.codes("practice")
    return [codes[row] for row in np.flatnonzero(near)]


@remembered
def spread(snapshot: Snapshot, measure: Measure, level: Level, month: date) -> Floats:
    """Comparable values of every organisation of a level, in the order of `codes(level)`.

    NaN where missing. Kept per version, because every page of a month asks for the same ones.
    """
    values = snapshot.comparable(measure, level, month)
    values.setflags(write=False)
    return values


@remembered
def _ranked(snapshot: Snapshot, measure: Measure, level: Level, month: date) -> Floats:
    """The values of `spread` that are not missing, smallest first."""
    values = spread(snapshot, measure, level, month)
    return np.sort(values[~np.isnan(values)])


@remembered
def places(snapshot: Snapshot, level: Level) -> dict[str, int]:
    """Where each organisation of a level stands in `spread` and `codes`."""
    return {code: row for row, code in enumerate(snapshot.codes(level))}


def peer_values(
    snapshot: Snapshot, measure: Measure, level: Level, *, month: date, codes: Iterable[str] | None
) -> Floats:
    """Comparable values of a level's organisations, or of some of them, smallest first."""
    if codes is None:
        return _ranked(snapshot, measure, level, month)
    at = places(snapshot, level)
    rows = [at[code] for code in codes if code in at]
    values = spread(snapshot, measure, level, month)[rows]
    return np.sort(values[~np.isnan(values)])


def _around(values: Floats, value: float) -> tuple[int, int]:
    """How many of sorted `values` are below `value`, and how many are not above it."""
    edge = abs(value) * 1e-12
    low = int(np.searchsorted(values, value - edge, side="left"))
    return low, int(np.searchsorted(values, value + edge, side="right"))


def middle(values: Floats) -> float:
    """The median of sorted values: the mean of the middle two of an even number of them."""
    half = len(values) // 2
    return float(values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2)


def is_comparable(snapshot: Snapshot, now: Figure) -> bool:
    """Whether a figure stands on enough to be set among others, whoever has the same value."""
    row = places(snapshot, now.org.level).get(now.org.code)
    if row is None or now.period not in snapshot.months:
        return False
    return not math.isnan(spread(snapshot, now.measure, now.org.level, now.period)[row])


def position(
    snapshot: Snapshot, now: Figure, *, codes: Iterable[str] | None = None
) -> Position | None:
    """Where a figure lies among its peers; None where there is no value or too few others."""
    if now.value is None or now.org.level == "england" or now.period not in snapshot.months:
        return None
    if not is_comparable(snapshot, now):
        return None
    values = peer_values(snapshot, now.measure, now.org.level, month=now.period, codes=codes)
    below, up_to = _around(values, now.value)
    if up_to == below:
        return None  # it is not among these peers
    others = len(values) - 1
    if others < FEW_PEERS:
        return None
    above = len(values) - up_to
    ties = others - below - above
    return Position(
        percentile=100 * (below + ties / 2) / others,
        higher_than=100 * below / others,
        lower_than=100 * above / others,
        peers=others,
        median=middle(values),
        same=ties,
    )


def percentile_of(
    snapshot: Snapshot, measure: Measure, value: float | None, level: Level, *, month: date
) -> float | None:
    """Where any value, such as an area's, would lie among the organisations of a level."""
    if value is None or month not in snapshot.months:
        return None
    values = _ranked(snapshot, measure, level, month)
    if not values.size:
        return None
    below, up_to = _around(values, value)
    return 100 * (below + up_to) / 2 / len(values)


def breakdown(
    snapshot: Snapshot,
    split: Breakdown,
    org: Org,
    *,
    month: date,
    membership: Membership = "dated",
) -> list[Share]:
    """The parts of a whole in the order of the declaration, with shares of their sum."""
    parts = snapshot.parts_at(
        org.level, org.code, month=month, membership=membership, parts=split.parts
    )
    counts = list(parts.values())
    known = [count for count in counts if count is not None]
    whole = sum(known) if len(known) == len(counts) else 0
    return [
        Share(
            part,
            _part_label(snapshot.dataset, part),
            count,
            100 * count / whole if whole and count is not None else None,
        )
        for part, count in zip(split.parts, counts, strict=True)
    ]


@lru_cache(maxsize=1024)
def _part_label(declared: Dataset, part: str) -> str:
    """What a part counts, without the whole that it is of."""
    return declared.part(part).label.split(": ", 1)[-1]


@remembered
def members(
    snapshot: Snapshot,
    directory: Organisations,
    org: Org,
    *,
    month: date,
    membership: Membership = "dated",
) -> tuple[Org, ...]:
    """Practices that an area has in a month, by name; the practice itself for a practice."""
    if org.level == "practice":
        return (org,)
    if org.level == "england":
        codes: Sequence[str] = snapshot.codes("practice")
    else:
        codes = snapshot.practices_in(org.level, org.code, month, membership=membership)
    practices = [directory.at("practice", code) for code in codes]
    return tuple(sorted((o for o in practices if o), key=lambda o: (o.name.casefold(), o.code)))


def comparators(
    snapshot: Snapshot,
    directory: Organisations,
    org: Org,
    *,
    month: date,
    membership: Membership = "dated",
) -> list[Org]:
    """The areas above an organisation in that month, nearest first, England last."""
    if org.level == "england":
        return []
    home = above(snapshot, directory, org, month=month, membership=membership)
    nearest_first = []
    for level in LEVELS[LEVELS.index(org.level) + 1 : -1]:
        code = home.get(level)
        area = directory.at(level, code) if code else None
        if area:
            nearest_first.append(area)
    england = directory.at("england", ENGLAND)
    return [*nearest_first, *([england] if england else [])]
