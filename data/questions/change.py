"""How a figure changed between two periods: decided here once, printed by every surface.

An area changes like for like: both of its figures are of the practices that have one in both
periods, and those left out are named. A stock, such as registered patients, counts everybody:
practices that closed stay in the earlier figure, and only those that sent no return are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from data import format as fmt
from data import periods
from data.formula import ratio
from data.provenance import Moved
from data.questions.coverage import ENOUGH, members, nearest_list, sizes
from data.questions.queries import Figure, figure, months_before, optional, places
from data.remembered import remembered
from data.spec import Level, Measure
from data.versions.orgs import Org, Organisations
from data.versions.snapshot import Floats, Membership, Snapshot

Flags = NDArray[np.bool_]
Clear = Literal["up", "down", "unclear", "alike"]
Reason = Literal["closed", "opened", "left", "joined", "silent"]

DECIMALS = 6  # of a decimal part
MOST_NAMED = 3
NAMED_ONE_BY_ONE = 6  # of more practices left out, the number alone is said in a sentence


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
        return f"{self.name} {_MOVES[self.reason]}"


_MOVES: dict[Reason, str] = {
    "closed": "closed since",
    "opened": "opened since",
    "left": "left since",
    "joined": "joined since",
    "silent": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure and an earlier one, of the same practices; `why` there is no change otherwise.

    `kept` of the `of` practices of an area are in both figures. `left_out` are the largest of the
    others, whose patients are `left_percent` of all.
    """

    now: Figure
    earlier: Figure
    kept: int = 1
    of: int = 1
    left_out: tuple[LeftOut, ...] = ()
    left_percent: float = 0.0
    moved: tuple[LeftOut, ...] = ()  # of a stock: counted, and no longer where they were
    why: str = ""
    is_held: bool = True  # whether the earlier period is

    @property
    def absolute(self) -> float | None:
        if self.why or self.now.value is None or self.earlier.value is None:
            return None
        return self.now.value - self.earlier.value

    @property
    def percent(self) -> float | None:
        """None for measures that are percentages: they change by points."""
        if self.absolute is None or self.now.measure.unit == "percent" or not self.earlier.value:
            return None
        return 100 * self.absolute / self.earlier.value

    @property
    def size(self) -> float | None:
        """In the unit in which a change is said: points of a percentage, else %."""
        return self.absolute if self.now.measure.unit == "percent" else self.percent

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """95 % limits of the difference of two rates, of their own limits (Newcombe 1998)."""
        now, then = self.now, self.earlier
        if self.absolute is None or now.value is None or then.value is None:
            return (None, None)
        if None in (now.low, now.high, then.low, then.high):
            return (None, None)
        assert now.low is not None and now.high is not None
        assert then.low is not None and then.high is not None
        down = math.hypot(now.value - now.low, then.high - then.value)
        up = math.hypot(now.high - now.value, then.value - then.low)
        return (self.absolute - down, self.absolute + up)

    @property
    def clear(self) -> Clear | None:
        """Up, down, no clear change, or about the same; None where there is no change."""
        if self.absolute is None:
            return None
        if self._size in ("No change", "About the same"):
            return "alike"
        low, high = self.interval
        if low is not None and high is not None and low <= 0 <= high:
            return "unclear"
        return "up" if self.absolute > 0 else "down"

    @property
    def _size(self) -> str:
        unit = self.now.measure.unit
        if self.earlier.value == 0 and self.absolute:
            return (
                f"{fmt.value(abs(self.absolute), unit)} {'more' if self.absolute > 0 else 'fewer'}"
            )
        return fmt.change(self.now.value, self.earlier.value, unit)

    @property
    def words(self) -> str:
        """3.9% more than in September 2025; about the same as in September 2025."""
        return self._than(f"in {self.earlier.when}")

    @property
    def short(self) -> str:
        """3.9% more than Sep 2025; why there is no change where there is none."""
        return self.why or self._than(self.earlier.when_short)

    def _than(self, then: str) -> str:
        if self.clear is None:
            return ""
        if self.clear == "unclear":
            return f"no clear change from {then.removeprefix('in ')}"
        if self.clear == "alike":
            return f"{self._size.replace('No change', 'the same').lower()} as {then}"
        return f"{self._size} than {then}"

    @property
    def card(self) -> str:
        """As a line under a number: 3.9% more than Sep 2025 (4 of 5 practices)."""
        words = fmt.sentence_case(self.short)
        if self.why or not self.left_out:
            return words
        return f"{words} ({fmt.decimal(self.kept, 0)} of {fmt.plural(self.of, *_PRACTICES)})"

    @property
    def moved_words(self) -> Moved:
        """As workings, tables and downloads give it, with its interval."""
        low, high = self.interval
        unit = self.now.measure.unit
        between = ""
        if low is not None and high is not None and self.clear != "alike":
            between = f" (95% interval {fmt.moved_between(low, high, unit)})"
        said = (f"{self.short}{between}", "" if self.why else self.basis, self.moves)
        return Moved(
            words=". ".join(fmt.sentence_case(words) for words in said if words),
            since=self.earlier.when_short,
            value=self.absolute,
            low=low,
            high=high,
        )

    @property
    def basis(self) -> str:
        """4 of 5 practices; St Anne's published nothing in September 2025. Empty for all."""
        if not self.left_out:
            return ""
        practices = f"{fmt.decimal(self.kept, 0)} of {fmt.plural(self.of, *_PRACTICES)}"
        if self.of - self.kept > NAMED_ONE_BY_ONE:
            return f"{practices}, {fmt.decimal(100 - self.left_percent, 1)}% of patients"
        return f"{practices}; {_named(self.left_out, self.of - self.kept)}"

    @property
    def moves(self) -> str:
        """Of a stock: Hill House closed since. Empty where nothing moved."""
        return _named(self.moved, len(self.moved)) if self.moved else ""


_PRACTICES = ("practice", "practices")


def _named(practices: Sequence[LeftOut], count: int) -> str:
    words = [one.words for one in practices[:MOST_NAMED]]
    more = count - len(words)
    if more > 0:
        words.append(f"{fmt.plural(more, 'other', 'others')}")
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def change(
    snapshot: Snapshot,
    directory: Organisations,
    now: Figure,
    *,
    months: int,
    membership: Membership = "dated",
) -> Change:
    """Change since the period `months` months earlier, like for like."""
    then = months_before(now.period, months)
    earlier = figure(snapshot, now.measure, now.org, month=then, membership=membership)
    plain = Change(now=now, earlier=earlier, is_held=then in snapshot.months)
    if why := _why_not(snapshot, plain, membership):
        return replace(plain, why=why)
    declared = snapshot.dataset
    if now.org.level == "practice" or not declared.has_practices or _is_published(snapshot, now):
        return plain
    return _like_for_like(snapshot, directory, plain, membership)


def _is_published(snapshot: Snapshot, now: Figure) -> bool:
    """Whether the publisher gives the areas of a measure, so that nothing is added up here."""
    measure = now.measure
    if measure.rollup == "published_only":
        return True
    return "published" in _spreads(snapshot, (*measure.num_parts, *measure.den_parts))


def _spreads(snapshot: Snapshot, parts: Sequence[str]) -> set[str]:
    return {snapshot.dataset.part(part).spread for part in parts}


def _why_not(snapshot: Snapshot, plain: Change, membership: Membership) -> str:
    """Why two figures cannot be set against each other, whoever is in them; empty if they can."""
    now, earlier = plain.now, plain.earlier
    for one in now.measure.breaks:
        if earlier.period < one.period <= now.period:
            return f"not comparable with {earlier.when}: {one.why}"
    if not plain.is_held:
        return f"{earlier.when_short} is not loaded here"
    if now.value is None:
        return f"nothing published for {now.when_short}"
    if earlier.value is not None:
        return ""
    org = now.org
    begun = snapshot.published(org.level, org.code, membership=membership)
    if begun and begun[0] > earlier.period and org.level not in ("practice", "england"):
        since = min(begun[0], org.first_month or begun[0])
        if since > earlier.period:
            return f"no earlier figure: new since {periods.label(now.kind, since)}"
    return f"nothing published for {earlier.when_short}"


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


def _like_for_like(
    snapshot: Snapshot, directory: Organisations, plain: Change, membership: Membership
) -> Change:
    now, earlier, lists = plain.now, plain.earlier, directory.lists
    measure, pair = now.measure, (now.period, earlier.period)
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
        return replace(plain, kept=len(kept), of=len(kept))
    told = Change(
        now=_without(snapshot, now, ground.rows[here & left]),
        earlier=_without(snapshot, earlier, ground.rows[there & left]),
        kept=int(kept.sum()),
        of=len(kept),
        left_out=tuple(_why_left(directory, known, row, plain) for row in known.largest(left)),
        left_percent=known.share(left),
        moved=tuple(_why_left(directory, known, row, plain) for row in known.largest(moved)),
    )
    if told.left_percent > 100 - ENOUGH:
        gone = f"{fmt.decimal(told.left_percent, 0)}% of patients"
        why = f"no change stated: {gone} are left out ({told.basis})"
        return replace(told, now=now, earlier=earlier, why=why)
    if (share := known.share(moved)) > 100 - ENOUGH:
        why = f"no change stated: its boundary changed for {fmt.decimal(share, 0)}% of patients"
        return replace(told, why=why)
    return told


def _counts_practices(measure: Measure) -> bool:
    """Whether who is missing is what a measure counts."""
    return measure.num_parts == ("practices",) and not measure.den


def _why_left(directory: Organisations, known: _Known, row: int, plain: Change) -> LeftOut:
    ground, code = known.ground, known.ground.codes[row]
    org = directory.at("practice", code)
    (after, before), (here, there) = known.anywhere, known.here
    (later, sooner), has_lists = ground.listed, ground.has_lists
    reason: Reason = "silent"
    period = ""
    if there[row] and not here[row]:
        period = plain.now.when
        if after[row]:
            reason = "left"
        elif _is_closed(org, plain.now.period) or (has_lists and not later[row]):
            reason = "closed"
    elif here[row] and not there[row]:
        period = plain.earlier.when
        if before[row]:
            reason = "joined"
        elif _is_opened(org, plain.earlier.period) or (has_lists and not sooner[row]):
            reason = "opened"
    return LeftOut(code, org.name if org else code, reason, period)


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
    if denominator is not None and _spreads(snapshot, measure.den_parts) == {"sum"}:
        denominator = round(denominator - float(halves.denominators[rows].sum()), DECIMALS)
    value = numerator
    if measure.den:
        value = float(ratio(measure.multiplier, numerator, denominator))
    return replace(
        whole, value=optional(value), numerator=numerator, denominator=denominator, published=None
    )
