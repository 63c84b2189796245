"""England as a whole: how organisations are spread now and then, areas, openings and closures.

Everything is counted once per version and kept, because every visitor asks for the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.formula import ratio
from data.list_bands import SIZE_BANDS
from data.questions.change import Change, change
from data.questions.deciles import DECILES
from data.questions.landscape import Bin, growth, round_step
from data.questions.queries import figure, optional, spread
from data.remembered import remembered
from data.spec import Level, Measure
from data.versions.orgs import Organisations
from data.versions.snapshot import Floats, Snapshot

FEWEST = 30  # organisations below which a histogram shows noise


@dataclass(frozen=True, slots=True)
class Spread:
    """How organisations are spread in one month. `outside` are beyond the bins."""

    month: date
    bins: tuple[Bin, ...]
    outside: int
    deciles: tuple[float, ...]  # 10th … 90th

    @property
    def median(self) -> float:
        return self.deciles[4]


@dataclass(frozen=True, slots=True)
class Area:
    """One area: its value, and how it changed over a year with the practices of today."""

    code: str
    now: float | None
    year: Change


@dataclass(frozen=True, slots=True)
class Flow:
    """A practice that began or ceased to have a list, with its patients when it had one."""

    code: str
    patients: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """Practices of a list size: how many, and their measure as a ratio of sums."""

    low: int
    high: int
    practices: int
    value: float | None


def _known(snapshot: Snapshot, measure: Measure, level: Level, month: date) -> Floats:
    values = spread(snapshot, measure, level, month)
    return values[~np.isnan(values)]


@remembered
def spreads(
    snapshot: Snapshot, measure: Measure, level: Level, months: tuple[date, ...], *, bins: int = 22
) -> tuple[Spread, ...]:
    """The distribution in each of some months over the same bins; too thin months are left out.

    The bins run between the 1st and 99th percentile of all these months together.
    """
    by_month = {
        month: _known(snapshot, measure, level, month)
        for month in months
        if month in snapshot.months
    }
    by_month = {month: values for month, values in by_month.items() if len(values) >= FEWEST}
    if not by_month:
        return ()
    low, high = (
        float(q) for q in np.quantile(np.concatenate(list(by_month.values())), (0.01, 0.99))
    )
    if high <= low:
        return ()
    step = round_step((high - low) / bins)
    first = np.floor(low / step) * step
    edges = np.array([round(first + i * step, 6) for i in range(int((high - first) / step) + 2)])
    return tuple(_spread(month, values, edges) for month, values in by_month.items())


def _spread(month: date, values: Floats, edges: Floats) -> Spread:
    inside = values[(values >= edges[0]) & (values < edges[-1])]
    counts, _ = np.histogram(inside, bins=edges)
    bins = tuple(
        Bin(float(low), float(high), int(count))
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
    )
    cuts = tuple(float(cut) for cut in np.quantile(values, DECILES))
    return Spread(month, bins, len(values) - len(inside), cuts)


@remembered
def growth_deciles(
    snapshot: Snapshot, measure: Measure, level: Level, month: date, months: int
) -> tuple[float, ...]:
    """The 10th … 90th percentile of growth (%) over some months; empty where none is known."""
    values = growth(snapshot, measure, level, month, months)
    values = values[~np.isnan(values)]
    if not values.size:
        return ()
    return tuple(float(cut) for cut in np.quantile(values, DECILES))


@remembered
def areas(
    snapshot: Snapshot, directory: Organisations, measure: Measure, level: Level, month: date
) -> tuple[Area, ...]:
    """Every area of a level in use in a month."""
    found = []
    for code in snapshot.codes(level):
        org = directory.at(level, code)
        if org is None or not snapshot.published_in(level, code, month):
            continue
        now = figure(snapshot, measure, org, month=month, membership="current")
        year = change(snapshot, directory, now, months=12, membership="current")
        found.append(Area(code, now.value, year))
    return tuple(found)


@remembered
def flows(lists: Snapshot, month: date, before: date) -> tuple[tuple[Flow, ...], tuple[Flow, ...]]:
    """(practices with a list now and none then, practices with one then and none now).

    Largest first. Empty where the version does not hold both months.
    """
    if month not in lists.months or before not in lists.months:
        return (), ()
    registered = lists.dataset.measure(lists.dataset.headline)
    codes = lists.codes("practice")
    now = lists.distribution(registered, "practice", month)
    then = lists.distribution(registered, "practice", before)

    def gained(here: Floats, there: Floats) -> tuple[Flow, ...]:
        rows = np.flatnonzero(~np.isnan(here) & np.isnan(there))
        flows = [Flow(codes[row], float(here[row])) for row in rows]
        return tuple(sorted(flows, key=lambda flow: -(flow.patients or 0)))

    return gained(now, then), gained(then, now)


@remembered
def by_size(snapshot: Snapshot, lists: Snapshot, measure: Measure, month: date) -> tuple[Band, ...]:
    """A measure for practices of each list size, as sum over sum. `SIZE_BANDS` are the edges."""
    if month not in lists.months or month not in snapshot.months or not measure.den:
        return ()
    registered = lists.dataset.measure(lists.dataset.headline)
    sizes = dict(
        zip(lists.codes("practice"), lists.distribution(registered, "practice", month), strict=True)
    )
    codes = snapshot.codes("practice")
    counts = snapshot.counts([("practice", code, month) for code in codes], "dated")
    own = np.array([sizes.get(code, np.nan) for code in codes])
    top = _sum(snapshot, counts, measure.num_parts)
    bottom = _sum(snapshot, counts, measure.den_parts)
    known = ~np.isnan(top) & ~np.isnan(bottom)
    bands = []
    for low, high in zip(SIZE_BANDS, SIZE_BANDS[1:], strict=False):
        chosen = known & (own >= low) & (own < high)
        value = ratio(measure.multiplier, top[chosen].sum(), bottom[chosen].sum())
        bands.append(Band(low, high, int(chosen.sum()), optional(float(value))))
    return tuple(bands)


def _sum(snapshot: Snapshot, counts: Floats, parts: tuple[str, ...]) -> Floats:
    return np.asarray(counts[:, [snapshot.part_position(part) for part in parts]].sum(axis=1))
