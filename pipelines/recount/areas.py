"""Sums of practices over the areas to which they belonged in the month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from data.spec import UNALLOCATED, Level

Parts = dict[str, int | Decimal | None]
Cells = dict[tuple[str, ...], Decimal | None]  # numbers by practice and labels of dimensions


@dataclass(frozen=True, slots=True)
class Home:
    pcn: str = ""
    sub_icb: str = ""
    icb: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Recounted:
    """One month of a dataset, counted again. `published` are parts given for areas only."""

    parts: dict[str, Parts]
    homes: dict[str, Home]
    published: dict[tuple[str, str], Parts] = field(default_factory=dict)
    not_added: frozenset[str] = frozenset()  # parts that belong to the month, not to a practice
    never_added: frozenset[str] = frozenset()  # parts of areas that only the publisher gives
    named: dict[str, tuple[str, str]] = field(default_factory=dict)  # practice: name, postcode
    cells: dict[str, Cells] = field(default_factory=dict)  # of extra tables, by their id
    _sums: dict[tuple[str, str], Parts] = field(default_factory=dict)

    def at(self, level: Level, code: str) -> Parts:
        """Parts of one organisation; empty when the month does not know it."""
        if level == "practice":
            return self.parts.get(code, {})
        if code in ("", UNALLOCATED):
            return {}
        if (level, code) not in self._sums:
            self._sums[level, code] = self._area(level, code)
        return self._sums[level, code]

    def _area(self, level: Level, code: str) -> Parts:
        members = [
            self.parts[practice]
            for practice, home in self.homes.items()
            if practice in self.parts and (level == "england" or getattr(home, level) == code)
        ]
        known = self.published.get((level, code), {})
        if not members:
            return dict(known) if self.never_added else {}
        total = self._added(members)
        return total | {part: n for part, n in known.items() if total.get(part) is None}

    def _added(self, members: Iterable[Parts]) -> Parts:
        total: Parts = {}
        for parts in members:
            for part, count in parts.items():
                if part in self.never_added:
                    continue
                before = total.get(part)
                if count is None or before is None:
                    total[part] = before if count is None else count
                elif part in self.not_added:
                    total[part] = max(before, count)
                else:
                    total[part] = before + count
        return total


def commonest(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each first member the second that occurs most often with it."""
    counts: dict[str, Counter[str]] = {}
    for first, second in pairs:
        counts.setdefault(first, Counter())[second] += 1
    return {first: seconds.most_common(1)[0][0] for first, seconds in counts.items()}


def rehomed(listed: Mapping[str, tuple[str, str]], homes: Mapping[str, Home]) -> dict[str, Home]:
    """Practices in their own (PCN, sub-ICB), with the ICB and region of their entry in a map.

    Where the entry is of another sub-ICB, or missing, those of most others of the sub-ICB.
    """
    icbs = commonest((home.sub_icb, home.icb) for home in homes.values() if home.icb)
    regions = commonest((home.sub_icb, home.region) for home in homes.values() if home.icb)
    placed = {}
    for practice, (pcn, sub_icb) in listed.items():
        own = homes.get(practice, Home())
        if not (own.icb and sub_icb in ("", own.sub_icb)):
            own = Home(icb=icbs.get(sub_icb, own.icb), region=regions.get(sub_icb, own.region))
        placed[practice] = Home(pcn, sub_icb, own.icb, own.region)
    return placed
