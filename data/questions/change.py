"""How a figure changed between two periods: decided here once, printed by every surface.

An area changes like for like: both of its figures are of the practices that have one in both
periods, and those left out are named. A stock, such as registered patients, counts everybody:
practices that closed stay in the earlier figure, and only those that sent no return are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from data import format as fmt
from data import periods
from data.provenance import Moved
from data.questions.coverage import ENOUGH
from data.questions.like_for_like import LeftOut, is_partial, like_for_like, spreads
from data.questions.queries import Figure, figure, months_before
from data.versions.orgs import Organisations
from data.versions.snapshot import Membership, Snapshot

Clear = Literal["up", "down", "unclear", "alike"]

NAMED_ONE_BY_ONE = 6  # of more practices left out, the number alone is said in a sentence


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
    moved_practices: int = 0
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
        return _named(self.moved, self.moved_practices) if self.moved else ""


_PRACTICES = ("practice", "practices")


def _named(practices: Sequence[LeftOut], count: int) -> str:
    words = [one.words for one in practices]
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
    alike = like_for_like(snapshot, directory, now, earlier, membership)
    told = replace(
        plain,
        now=alike.now,
        earlier=alike.earlier,
        kept=alike.kept,
        of=alike.of,
        left_out=alike.left_out,
        left_percent=alike.left_percent,
        moved=alike.moved,
        moved_practices=alike.moved_practices,
    )
    if alike.left_percent > 100 - ENOUGH:
        gone = f"{fmt.decimal(alike.left_percent, 0)}% of patients"
        why = f"no change stated: {gone} are left out ({told.basis})"
        return replace(told, now=now, earlier=earlier, why=why)
    if alike.moved_percent > 100 - ENOUGH:
        share = fmt.decimal(alike.moved_percent, 0)
        why = f"no change stated: its boundary changed for {share}% of patients"
        return replace(told, why=why)
    return told


def _is_published(snapshot: Snapshot, now: Figure) -> bool:
    """Whether the publisher gives the areas of a measure, so that nothing is added up here."""
    measure = now.measure
    if measure.rollup == "published_only":
        return True
    return "published" in spreads(snapshot, (*measure.num_parts, *measure.den_parts))


def _why_not(snapshot: Snapshot, plain: Change, membership: Membership) -> str:
    """Why two figures cannot be set against each other, whoever is in them; empty if they can."""
    now, earlier = plain.now, plain.earlier
    for one in now.measure.breaks:
        if earlier.period < one.period <= now.period:
            return f"not comparable with {earlier.when}: {one.why}"
    if not plain.is_held:
        return f"{earlier.when_short} is not loaded here"
    if now.value is None:
        return _nothing(snapshot, now)
    if earlier.value is not None:
        return ""
    org = now.org
    begun = snapshot.published(org.level, org.code, membership=membership)
    if begun and begun[0] > earlier.period and org.level not in ("practice", "england"):
        since = min(begun[0], org.first_month or begun[0])
        if since > earlier.period:
            return f"no earlier figure: new since {periods.label(now.kind, since)}"
    return _nothing(snapshot, earlier)


def _nothing(snapshot: Snapshot, lacking: Figure) -> str:
    if is_partial(snapshot, lacking):
        return f"not loaded here for {lacking.when_short}"
    return f"nothing published for {lacking.when_short}"
