"""The two figures of a change, of the same practices in both periods.

An area's figures are of the practices that have one in both periods, and those left out are named.
A stock, such as registered patients, counts everybody: practices that closed stay in the earlier
figure, and only those that are open in both periods and sent no return in one are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from data.formula import ratio
from data.questions.coverage import members, nearest_list, sizes
from data.questions.queries import Figure, optional, places
from data.remembered import remembered
from data.spec import Level, Measure
from data.versions.orgs import Org, Organisations
from data.versions.snapshot import Floats, Membership, Snapshot

Flags = NDArray[np.bool_]
Reason = Literal["closed", "opened", "left", "joined", "silent", "not_held"]

DECIMALS = 6  # of a decimal part
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A practice that is not counted in both periods, and the period that lacks it."""

    code: str
    name: str
    reason: Reason
    period: str  # as sentences say it; empty where it has no figure in either

    @property
    def words(self) -> str:
        """St Anne's published nothing in September 2025."""
        if self.reason == "silent":
            return f"{self.name} published nothing in {self.period or 'either'}"
        if self.reason == "not_held":
            return f"{self.name} is not loaded here for {self.period}"
        return f"{self.name} {_MOVES[self.reason]}"


_MOVES: dict[Reason, str] = {
    "closed": "closed since",
    "opened": "opened since",
    "left": "left since",
    "joined": "joined since",
    "silent": "",
    "not_held": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Two figures of the same practices: `kept` of the `of` that the area has in either period.

    `left_out` and `moved` are the largest of those that are not in both, or not at the same place.
    """

    now: Figure
    earlier: Figure
    kept: int
    of: int
    left_out: tuple[LeftOut, ...] = ()
    left_percent: float = 0.0  # of patients
    moved: tuple[LeftOut, ...] = ()
    moved_practices: int = 0
    moved_percent: float = 0.0


@dataclass(frozen=True, slots=True)
class _Ground:
    """The practices that an area has in either of two periods, and the patients of each.

    `rows` are their places in `codes("practice")` of the version, after the last for practices
    that only the lists have. They are inside by the version's own map, or listed by the lists'.
    """

    codes: tuple[str, ...]
    rows: NDArray[np.intp]
    inside: tuple[Flags, Flags]  # the later period, then the earlier one
    listed: tuple[Flags, Flags]
    patients: Floats  # of the later period, else of the earlier one; NaN where there is no list
    has_lists: bool


@remembered
def _ground(
    snapshot: Snapshot,
    lists: Snapshot | None,
    org: tuple[Level, str],
    pair: tuple[date, date],
    membership: Membership,
) -> _Ground:
    codes = snapshot.codes("practice")
    members_of = [members(snapshot, *org, period, membership) for period in pair]
    of_lists = [_listed(snapshot, lists, org, period, membership) for period in pair]
    every = dict.fromkeys(codes[row] for rows in members_of for row in rows.tolist())
    every |= dict.fromkeys(code for sizes_of in of_lists for code in sizes_of)
    names = tuple(every)
    at, place = places(snapshot, "practice"), {code: n for n, code in enumerate(names)}
    inside = (np.zeros(len(names), bool), np.zeros(len(names), bool))
    for flags, rows in zip(inside, members_of, strict=True):
        flags[[place[codes[row]] for row in rows.tolist()]] = True
    anywhere = [_patients(snapshot, lists, period) for period in pair]
    patients = [np.array([known.get(code, np.nan) for code in names]) for known in anywhere]
    later, earlier = patients
    return _Ground(
        codes=names,
        rows=np.array([at.get(code, len(codes)) for code in names], dtype=np.intp),
        inside=inside,
        listed=(~np.isnan(later), ~np.isnan(earlier)),
        patients=np.where(np.isnan(later), earlier, later),
        has_lists=lists is not None,
    )


def _listed(
    snapshot: Snapshot,
    lists: Snapshot | None,
    org: tuple[Level, str],
    period: date,
    membership: Membership,
) -> list[str]:
    """Practices of an area with a list at about the end of a period."""
    if lists is None:
        return []
    month = nearest_list(snapshot, lists, period)
    rows, codes = members(lists, *org, month, membership), lists.codes("practice")
    known = ~np.isnan(sizes(lists, month)[rows])
    return [codes[row] for row in rows[known].tolist()]


@remembered
def _patients(snapshot: Snapshot, lists: Snapshot | None, period: date) -> dict[str, float]:
    """Patients by practice at about the end of a period; those without a list are left out."""
    if lists is None:
        return {}
    known = sizes(lists, nearest_list(snapshot, lists, period))
    pairs = zip(lists.codes("practice"), known.tolist(), strict=True)
    return {code: size for code, size in pairs if size == size}


@dataclass(frozen=True, slots=True)
class _Halves:
    """Numerators and denominators of every practice in a period, and of none at the end."""

    known: Flags
    numerators: Floats
    denominators: Floats


@remembered
def _halves(snapshot: Snapshot, measure: Measure, month: date) -> _Halves:
    _, numerators, denominators = snapshot.fractions(measure, "practice", month)
    known = ~np.isnan(numerators)
    if measure.den:
        known &= ~np.isnan(denominators)
    return _Halves(
        np.append(known, False), np.append(numerators, np.nan), np.append(denominators, np.nan)
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """Which practices of a ground have a figure in the later and in the earlier period."""

    ground: _Ground
    anywhere: tuple[Flags, Flags]

    @property
    def here(self) -> tuple[Flags, Flags]:
        (after, before), (now, then) = self.ground.inside, self.anywhere
        return after & now, before & then

    def share(self, some: Flags) -> float:
        """% of patients that some of the practices have; of practices where there are no lists."""
        if not some.any():
            return 0.0
        total = float(np.nansum(self.ground.patients))
        if total <= 0:
            return 100 * float(some.sum()) / len(some)
        return 100 * float(np.nansum(self.ground.patients[some])) / total

    def largest(self, some: Flags) -> list[int]:
        rows = np.flatnonzero(some)
        order = np.argsort(-np.nan_to_num(self.ground.patients[rows]), kind="stable")
        return [int(row) for row in rows[order[:MOST_NAMED]]]


def like_for_like(
    snapshot: Snapshot,
    directory: Organisations,
    now: Figure,
    earlier: Figure,
    membership: Membership,
) -> Alike:
    """Both figures of an area without the practices that are not counted in both."""
    measure, pair, lists = now.measure, (now.period, earlier.period), directory.lists
    ground = _ground(snapshot, lists, (now.org.level, now.org.code), pair, membership)
    after, before = (_halves(snapshot, measure, period).known[ground.rows] for period in pair)
    known = _Known(ground, (after, before))
    here, there = known.here
    kept, moved = here & there, np.zeros(len(here), bool)
    if measure.stock:
        moved = (here & ~there & before) | (there & ~here & after)
        kept = here | there
        if lists is not snapshot and not _counts_practices(measure):
            later, sooner = ground.listed
            kept &= ~(later & sooner & ~(after & before))  # open in both, silent in one
    left = ~kept
    if not left.any() and not moved.any():
        return Alike(now=now, earlier=earlier, kept=len(kept), of=len(kept))

    def named(some: Flags) -> tuple[LeftOut, ...]:
        rows = known.largest(some)
        return tuple(_why_left(snapshot, directory, known, row, now, earlier) for row in rows)

    return Alike(
        now=_without(snapshot, now, ground.rows[here & left]),
        earlier=_without(snapshot, earlier, ground.rows[there & left]),
        kept=int(kept.sum()),
        of=len(kept),
        left_out=named(left),
        left_percent=known.share(left),
        moved=named(moved),
        moved_practices=int(moved.sum()),
        moved_percent=known.share(moved),
    )


def _counts_practices(measure: Measure) -> bool:
    """Whether who is missing is what a measure counts."""
    return measure.num_parts == ("practices",) and not measure.den


def _why_left(
    snapshot: Snapshot,
    directory: Organisations,
    known: _Known,
    row: int,
    now: Figure,
    then: Figure,
) -> LeftOut:
    ground, code = known.ground, known.ground.codes[row]
    org = directory.at("practice", code)
    (after, before), (here, there) = known.anywhere, known.here
    (later, sooner), has_lists = ground.listed, ground.has_lists
    reason: Reason = "silent"
    lacking: Figure | None = None
    if there[row] and not here[row]:
        lacking = now
        if after[row]:
            reason = "left"
        elif _is_closed(org, now.period) or (has_lists and not later[row]):
            reason = "closed"
    elif here[row] and not there[row]:
        lacking = then
        if before[row]:
            reason = "joined"
        elif _is_opened(org, then.period) or (has_lists and not sooner[row]):
            reason = "opened"
    if reason == "silent":
        # Of a period that comes in parts nobody knows what a part that is not loaded holds.
        lacking = lacking or next((one for one in (now, then) if is_partial(snapshot, one)), None)
        if lacking is not None and is_partial(snapshot, lacking):
            reason = "not_held"
    return LeftOut(code, org.name if org else code, reason, lacking.when if lacking else "")


def is_partial(snapshot: Snapshot, one: Figure) -> bool:
    """Whether a part of the figure's period is not loaded."""
    return snapshot.manifest.periods[one.period].partial


def _is_closed(org: Org | None, by: date) -> bool:
    return org is not None and org.closed is not None and org.closed <= by


def _is_opened(org: Org | None, after: date) -> bool:
    return org is not None and org.opened is not None and org.opened > after


def _without(snapshot: Snapshot, whole: Figure, rows: NDArray[np.intp]) -> Figure:
    """An area's figure less some practices. What belongs to no practice stays in it."""
    measure = whole.measure
    if not rows.size or whole.numerator is None:
        return whole
    halves = _halves(snapshot, measure, whole.period)
    numerator = round(whole.numerator - float(halves.numerators[rows].sum()), DECIMALS)
    denominator = whole.denominator
    if denominator is not None and spreads(snapshot, measure.den_parts) == {"sum"}:
        denominator = round(denominator - float(halves.denominators[rows].sum()), DECIMALS)
    value = numerator
    if measure.den:
        value = float(ratio(measure.multiplier, numerator, denominator))
    return replace(
        whole, value=optional(value), numerator=numerator, denominator=denominator, published=None
    )


def spreads(snapshot: Snapshot, parts: Sequence[str]) -> set[str]:
    """How some parts of a measure come to areas."""
    return {snapshot.dataset.part(part).spread for part in parts}
