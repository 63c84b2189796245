"""Questions about areas: their members side by side, and what replaced them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from data.spec import UNALLOCATED, Level, Measure
from data.versions import area_changes
from data.versions.orgs import Org, Organisations
from data.versions.snapshot import Membership, Snapshot

AREAS_ABOVE = ("pcn", "sub_icb", "icb", "region")


def together(
    snapshot: Snapshot,
    measures: Sequence[Measure],
    orgs: Sequence[Org],
    *,
    month: date,
    membership: Membership = "dated",
) -> list[tuple[float | None, ...]]:
    """One row of values for each organisation, in the order of `measures`."""
    if not orgs or month not in snapshot.months:
        return [(None,) * len(measures) for _ in orgs]
    keys = [(org.level, org.code) for org in orgs]
    grid = snapshot.values(measures, keys, month=month, membership=membership)
    missing = np.isnan(grid)
    known = grid.astype(object)
    known[missing] = None
    return [tuple(row) for row in known.tolist()]


def above(
    snapshot: Snapshot,
    directory: Organisations,
    org: Org,
    *,
    month: date,
    membership: Membership = "dated",
) -> dict[str, str]:
    """Codes by level of the areas that an organisation belonged to in a month.

    As the version's own map has them, or else that of the month's list sizes; where neither has
    the organisation, and with `membership="current"`, as they are today.
    """
    today = {level: code for level in AREAS_ABOVE if (code := getattr(org, level, ""))}
    if membership == "current":
        return _home(snapshot, org, None) or today
    lists = directory.lists
    listed = _home(lists, org, month) if lists else {}
    return {**listed, **_home(snapshot, org, month)} or today


def _home(snapshot: Snapshot, org: Org, month: date | None) -> dict[str, str]:
    if org.level == "practice":
        home = snapshot.home(org.code, month)
        return {level: home[level] for level in AREAS_ABOVE if home.get(level)}
    return snapshot.area_homes.above(org.level, org.code, month)


def beside(
    snapshot: Snapshot,
    directory: Organisations,
    org: Org,
    *,
    level: Level,
    month: date,
    membership: Membership = "dated",
) -> list[str]:
    """Codes of the areas that shared an area's own area of a level in a month, itself included."""
    own = above(snapshot, directory, org, month=month, membership=membership).get(level)
    if not own:
        return []
    inside = _inside(snapshot, directory, org.level, (level, own), month, membership) | {org.code}
    return [code for code in snapshot.codes(org.level) if code in inside]


def _inside(
    snapshot: Snapshot,
    directory: Organisations,
    level: Level,
    area: tuple[Level, str],
    month: date,
    membership: Membership,
) -> set[str]:
    """Codes of the areas of a level that lie in an area, given as level and code."""
    homes = snapshot.area_homes
    above_it, own = area
    dated = month if membership == "dated" else None
    inside = set(homes.within(level, above_it, own, dated))
    for code in snapshot.codes(level):
        known = None if homes.is_mapped(level, code) else directory.at(level, code)
        if known and getattr(known, above_it) == own:
            inside.add(code)
    return inside


def below(
    snapshot: Snapshot,
    directory: Organisations,
    area: Org,
    *,
    level: Level,
    month: date,
    membership: Membership = "dated",
) -> list[Org]:
    """The areas of a level that lie in an area and have figures in a month, by name."""
    codes: set[str] = set(snapshot.codes(level))
    if area.level != "england":
        where = (area.level, area.code)
        codes &= _inside(snapshot, directory, level, where, month, membership)
    listed = (directory.at(level, code) for code in codes)
    held = [
        org
        for org in listed
        if org is not None and snapshot.published_in(level, org.code, month, membership=membership)
    ]
    return sorted(held, key=lambda org: (org.name.casefold(), org.code))


@dataclass(frozen=True, slots=True)
class Successor:
    """An area that took over practices of one that is no longer used."""

    org: Org
    practices: int
    percent: float  # of the practices that still have a home


def successors(snapshot: Snapshot, directory: Organisations, org: Org) -> list[Successor]:
    """Where the practices of an abolished area are today, most practices first.

    Empty for an area still in use and for practices. An area that took less than a twentieth is
    left out: single practices move for reasons of their own. Where the months held do not say, the
    reference table of changes does.
    """
    if org.level in ("practice", "england") or org.last_month is None:
        return []
    if org.last_month >= snapshot.latest:
        return []
    if org.last_month not in snapshot.months:
        return _known_successors(directory, org)
    then = snapshot.practices_in(org.level, org.code, org.last_month)
    now = [snapshot.home(code).get(org.level, "") for code in then]
    counts = Counter(code for code in now if code and code not in (org.code, UNALLOCATED))
    total = sum(counts.values())
    successors = []
    for code, practices in counts.most_common():
        area = directory.at(org.level, code)
        if area and practices >= total / 20:
            successors.append(Successor(area, practices, 100 * practices / total))
    return successors or _known_successors(directory, org)


def _known_successors(directory: Organisations, org: Org) -> list[Successor]:
    known = area_changes.successors(org.level, org.code)
    total = sum(change.practices for change in known)
    return [
        Successor(area, change.practices, 100 * change.practices / total)
        for change in known
        if (area := directory.at(org.level, change.new_code))
    ]
