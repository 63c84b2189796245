"""Which periods fit one another, and which are refused because they do not.

The answer depends on what the periods hold: of all that is there, the longest run of periods
stands of which each fits the one before it. Those with few of the practices of the periods around
them do not count, nor do new ones outweigh two or more of the live version that fit each other. One
that a person has accepted by name always stands, and the others need not fit it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import duckdb

from data import periods
from data.versions.manifest import Check, PeriodRecord
from pipelines.engine.checks import PLACED, beside, instead_of, lacks_rows
from pipelines.engine.sizes import Size, measure
from pipelines.engine.units import Series

_REACH = 12  # periods that may be left out between two of a run
_AROUND = 36  # months among which a period is compared by its practices
_WHOLE = 0.8  # least share of the most practices around it that a whole period has


@dataclass(frozen=True)
class Candidate:
    """A period that is to be published: built now, or taken over from the live version."""

    con: duckdb.DuckDBPyConnection
    series: Series
    month: date
    folder: Path
    record: PeriodRecord
    accepted: bool
    live: bool  # taken over as it is
    stays: bool = False  # made of the same files as in the live version

    @cached_property
    def size(self) -> Size:
        return measure(self.con, self.folder, self.month, self.record, series=self.series)

    @property
    def compared_as(self) -> tuple[str, ...]:
        """What it must have in common with those it is compared with; empty for whole periods."""
        return self.record.parts if self.record.partial else ()

    def failed_beside(self, other: Candidate) -> list[Check]:
        found = beside(self.series, self.size, other.size)
        return [check for check in found if not check.passed]

    def failed_instead_of(self, before: Candidate) -> list[Check]:
        found = instead_of(self.series, self.size, before.size)
        return [check for check in found if not check.passed]


Fits = Callable[[Candidate, Candidate], bool]


def misfits(candidates: Sequence[Candidate], *, live: Collection[date]) -> dict[date, Check]:
    """Periods that are not of the longest run, each with what is wrong with it.

    Periods that lack parts are compared only with periods of the same parts. `live` are the
    periods of the live version: neighbours there that are as they were have been judged.
    """
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for one in sorted(candidates, key=lambda one: one.month):
        groups.setdefault(one.compared_as, []).append(one)
    return {month: check for group in groups.values() for month, check in _misfits(group, live)}


def _misfits(group: Sequence[Candidate], live: Collection[date]) -> list[tuple[date, Check]]:
    known: dict[tuple[date, date], bool] = {
        (earlier.month, later.month): True
        for earlier, later in pairwise(group)
        if earlier.live
        and later.live
        and not any(earlier.month < month < later.month for month in live)
    }

    def fits(earlier: Candidate, later: Candidate) -> bool:
        pair = earlier.month, later.month
        if pair not in known:
            known[pair] = not later.failed_beside(earlier)
        return known[pair]

    judged = [one for one in group if not one.accepted]
    accepted = [one for one in group if one.accepted]

    def follows(earlier: Candidate, later: Candidate) -> bool:
        """Whether the later one fits the earlier, or one that was accepted in between."""
        between = (one for one in accepted if earlier.month < one.month < later.month)
        return fits(earlier, later) or any(fits(one, later) for one in between)

    vouched = _settled(judged, fits)
    whole = _whole(judged)

    def worth(run: Sequence[Candidate]) -> tuple[int, int, int, int]:
        return (
            sum(one.month in vouched for one in run),
            sum(one.month in whole for one in run),
            len(run),
            sum(one.record.practices for one in run),
        )

    run = _best(judged, follows, worth)
    standing = [one for one in judged if one in run] or accepted
    return [(one.month, _reason(one, standing)) for one in judged if one not in run]


def _whole(candidates: Sequence[Candidate]) -> set[date]:
    """Periods with about as many practices as any of those around them has."""
    return {
        one.month
        for one in candidates
        if one.record.practices
        >= _WHOLE
        * max(
            other.record.practices
            for other in candidates
            if periods.months_apart(*sorted((one.month, other.month))) <= _AROUND
        )
    }


def _settled(candidates: Sequence[Candidate], fits: Fits) -> set[date]:
    """Whole periods of the live version of which at least two in a row fit each other.

    What comes later and fits none of them does not outweigh them, however much of it there is. One
    alone is whole where nothing new beside it has more than it, and some has less.
    """
    whole = _whole(candidates)
    live = [one for one in candidates if one.stays and one.month in whole]
    pairs = [pair for pair in pairwise(live) if fits(*pair)]
    settled = {one.month for pair in pairs for one in pair}
    return settled | {one.month for one in live if not settled and _has_most(one, candidates)}


def _has_most(one: Candidate, candidates: Sequence[Candidate]) -> bool:
    """Whether of all the periods that are new none has more rows a practice, and some have less."""
    new = [other for other in candidates if not other.stays]
    return any(lacks_rows(one.series, other.size, one.size) for other in new) and not any(
        lacks_rows(one.series, one.size, other.size) for other in new
    )


def _best(
    candidates: Sequence[Candidate],
    follows: Fits,
    worth: Callable[[Sequence[Candidate]], tuple[int, ...]],
) -> list[Candidate]:
    """The run of most worth; of equal ones the earliest."""
    if all(follows(earlier, later) for earlier, later in pairwise(candidates)):
        return list(candidates)
    runs: list[list[Candidate]] = []
    for position, later in enumerate(candidates):
        before: list[Candidate] = []
        for earlier, run in list(zip(candidates, runs, strict=False))[-_REACH:]:
            if worth(run) > worth(before) and follows(earlier, later):
                before = run
        runs.append([*before, candidates[position]])
    return max(runs, key=worth)


def _reason(one: Candidate, standing: Sequence[Candidate]) -> Check:
    """What is wrong with a period beside its nearest neighbours that stand."""
    earlier = [other for other in standing if other.month < one.month][-1:]
    later = [other for other in standing if other.month > one.month][:1]
    failed = [check for other in (*earlier, *later) for check in one.failed_beside(other)]
    first = failed[0] if failed else Check("fits its neighbours", False, "the longer run does not")
    return Check(first.name, False, "; ".join(dict.fromkeys(check.found for check in failed)))


def lesser(
    pairs: Sequence[tuple[Candidate, Candidate]], candidates: Sequence[Candidate]
) -> dict[date, Check]:
    """Periods that may not replace their live versions, the second of each pair.

    One may, whatever it changes, where it fits its neighbours and the live version does not. What
    comes with it is no neighbour to judge by: several files that lack the same would vouch for
    one another.
    """
    failed = {new.month: found for new, before in pairs if (found := new.failed_instead_of(before))}
    sound = sorted(
        (one for one in candidates if one.stays and one.month not in failed and not one.accepted),
        key=lambda one: one.month,
    )
    return {
        new.month: Check(
            failed[new.month][0].name, False, "; ".join(c.found for c in failed[new.month])
        )
        for new, before in pairs
        if new.month in failed and not _is_odd(before, sound)
    }


def _is_odd(one: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether a period does not fit one of its nearest neighbours by what it holds.

    Practices in other areas than beside it excuse no loss.
    """
    same = [other for other in others if other.compared_as == one.compared_as]
    earlier = [other for other in same if other.month < one.month][-1:]
    later = [other for other in same if other.month > one.month][:1]
    failed = (check for other in (*earlier, *later) for check in one.failed_beside(other))
    return any(check.name != PLACED for check in failed)
