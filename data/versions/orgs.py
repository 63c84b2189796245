"""Practice → PCN → sub-ICB location → ICB → region → England: names, history and search."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import duckdb
import numpy as np
from rapidfuzz import process

from data.names import index, words
from data.names.display import display_name
from data.names.index import Entry, Found, NameIndex
from data.remembered import Owner
from data.spec import ENGLAND, LEVELS, UNALLOCATED, Level
from data.versions.snapshot import ORGANISATIONS, Snapshot

LONGEST = 80  # characters that are looked at of what somebody typed


@dataclass(frozen=True, slots=True)
class Org:
    """One organisation at one level, as the newest file that names it describes it."""

    level: Level
    code: str
    name: str
    first_month: date | None
    last_month: date | None
    postcode: str = ""
    town: str = ""
    address: str = ""
    status: str = "active"  # active | closed | dormant | proposed
    opened: date | None = None
    closed: date | None = None
    pcn: str = ""
    sub_icb: str = ""
    icb: str = ""
    region: str = ""
    successors: tuple[str, ...] = field(default=())
    former: tuple[str, ...] = ()  # other names that it had in the files

    @property
    def label(self) -> str:
        """Name and code, as people cite it: Millbrook Surgery (Y99001), NHS Kent ICB - 91Q."""
        if self.level == "england" or self.name.endswith(f" {self.code}"):
            return self.name
        return f"{self.name} ({self.code})"


ENGLAND_ORG = Org("england", ENGLAND, "England", None, None)


_NEWEST = """
    SELECT level, code, arg_max(nullif(name, ''), age), arg_max(nullif(postcode, ''), age),
        min(first_month), max(last_month), arg_max(nullif(home.pcn, ''), age),
        arg_max(nullif(home.sub_icb, ''), age), arg_max(nullif(home.icb, ''), age),
        arg_max(nullif(home.region, ''), age), list_distinct(flatten(list(names)) || list(name))
    FROM (SELECT *, list_position(?, filename) AS age FROM (
        SELECT NULL::VARCHAR[] AS names WHERE false -- not in versions of before names were kept
        UNION ALL BY NAME FROM read_parquet(?, filename = true, union_by_name = true)))
    GROUP BY level, code
    ORDER BY level, code
"""  # what the newest of the files says where it says anything; of them all, months and names


def read_organisations(
    cursor: duckdb.DuckDBPyConnection, snapshots: Sequence[Snapshot]
) -> dict[tuple[Level, str], Org]:
    """Every organisation that any of the versions names; the newest name wins."""
    found: dict[tuple[Level, str], Org] = {}
    by_age = [s.path(ORGANISATIONS) for s in sorted(snapshots, key=lambda s: s.latest)]
    rows = cursor.execute(_NEWEST, [by_age, by_age]).fetchall() if by_age else []
    for level, code, name, postcode, first, last, pcn, *areas, names in rows:
        sub_icb, icb, region = (area or "" for area in areas)
        shown = display_name(name or code)
        found[level, code] = Org(
            level=level,
            code=code,
            name=shown,
            first_month=first,
            last_month=last,
            postcode=postcode or "",
            pcn="" if pcn == UNALLOCATED else pcn or "",
            sub_icb=sub_icb,
            icb=icb,
            region=region,
            former=_others(names or (), shown),
        )
    for snapshot in snapshots:
        if snapshot.dataset.id == "practices":
            _add_register(cursor, snapshot, found)
    found["england", ENGLAND] = ENGLAND_ORG
    return found


def _others(names: Iterable[str | None], now: str) -> tuple[str, ...]:
    """The names that are more than another way of writing the present one."""
    by_words = {tuple(words.in_full(now)): now}
    for name in sorted(filter(None, names)):
        shown = display_name(name)
        by_words.setdefault(tuple(words.in_full(shown)), shown)
    return tuple(by_words.values())[1:]


def _add_register(
    cursor: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    found: dict[tuple[Level, str], Org],
) -> None:
    """Addresses, status and dates from the Organisation Data Service, closed practices too."""
    rows = cursor.execute(
        """SELECT practice, name, address, town, postcode, status, opened, closed, pcn,
           sub_icb, icb, region FROM read_parquet(?)""",
        [snapshot.fact_path(snapshot.latest)],
    ).fetchall()
    for code, name, address, town, postcode, status, opened, closed, *home in rows:
        pcn, sub_icb, icb, region = home
        known = found.get(("practice", code))
        shown = display_name(name)
        base = known or Org("practice", code, shown, None, None)
        found["practice", code] = replace(
            base,
            name=shown,
            former=_others((*base.former, base.name), shown),
            address=display_name(address),
            town=display_name(town),
            postcode=postcode or base.postcode,
            status=status,
            opened=opened,
            closed=closed,
            pcn=base.pcn or pcn,
            sub_icb=base.sub_icb or sub_icb,
            icb=base.icb or icb,
            region=base.region or region,
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """An organisation that was found, and the former name by which, if it was one."""

    org: Org
    formerly: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """All organisations that were found for a text, best first."""

    text: str
    found: Found
    orgs: Sequence[Org]
    level_of: np.ndarray[tuple[int], np.dtype[np.int8]]

    @property
    def near(self) -> bool:
        """Whether nothing matched as it was typed, and these are like it."""
        return self.found.near

    def _among(self, levels: Collection[Level]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        wanted = [LEVELS.index(level) for level in levels]
        return np.flatnonzero(np.isin(self.level_of[self.found.places], wanted))

    def count(self, levels: Collection[Level]) -> int:
        return len(self._among(levels))

    def first(
        self, levels: Collection[Level], limit: int | None = None, *, start: int = 0
    ) -> list[Hit]:
        """Those of some levels; with a limit, that many from `start` on."""
        end = None if limit is None else start + limit
        return [self._hit(at) for at in self._among(levels)[start:end]]

    def _hit(self, at: int) -> Hit:
        org = self.orgs[self.found.places[at]]
        if self.found.tiers[at] != index.FORMER:
            return Hit(org)
        fitting = (name for name in org.former if words.begin(self.text, name))
        return Hit(org, next(fitting, org.former[0]))


class Organisations(Owner):
    """Organisations by code, their members and ancestors month by month, and search."""

    def __init__(
        self, organisations: dict[tuple[Level, str], Org], snapshots: Sequence[Snapshot]
    ) -> None:
        self._by_level = organisations
        self._snapshots = {snapshot.dataset.id: snapshot for snapshot in snapshots}
        self._by_code: dict[str, Org] = {}
        for level in reversed(LEVELS):
            for (org_level, code), org in organisations.items():
                if org_level == level:
                    self._by_code[code.upper()] = org

    def prepare(self) -> None:
        """Build what search needs now, not while the first reader types."""
        self.find("a")

    def get(self, code: str) -> Org | None:
        """The organisation with that code at any level, in either case of letters."""
        return self._by_code.get(code.strip().upper()) if code.isascii() else None

    def at(self, level: Level, code: str) -> Org | None:
        return self._by_level.get((level, code.strip().upper()))

    def all(self, level: Level) -> Sequence[Org]:
        """Every organisation of a level, by name."""
        return self._named[level]

    @cached_property
    def _named(self) -> dict[Level, Sequence[Org]]:
        found: dict[Level, list[Org]] = {level: [] for level in LEVELS}
        for org in sorted(self._by_level.values(), key=lambda o: (o.name.casefold(), o.code)):
            found[org.level].append(org)
        return {level: tuple(orgs) for level, orgs in found.items()}

    @property
    def lists(self) -> Snapshot | None:
        """The live list sizes, whose maps say where everything belonged month by month."""
        return self._snapshots.get("list-sizes")

    def with_lists(self, lists: Snapshot) -> Organisations:
        """The same organisations beside an earlier version of the list sizes."""
        other = copy(self)
        other._snapshots = {**self._snapshots, lists.dataset.id: lists}
        return other

    def __len__(self) -> int:
        return len(self._by_level)

    def parents(self, org: Org) -> list[Org]:
        """PCN, sub-ICB, ICB, region and England of today, as far as they are known."""
        above: list[tuple[Level, str]] = [
            ("pcn", org.pcn),
            ("sub_icb", org.sub_icb),
            ("icb", org.icb),
            ("region", org.region),
        ]
        found = [self._by_level.get(key) for key in above if key[1]]
        return [
            *(parent for parent in found if parent),
            *([] if org.code == ENGLAND else [ENGLAND_ORG]),
        ]

    @cached_property
    def _ordered(self) -> list[Org]:
        """Organisations in the order in which equally good matches are shown."""
        return sorted(
            self._by_level.values(),
            key=lambda org: (LEVELS.index(org.level), words.key(org.name), org.code),
        )

    @cached_property
    def _level_of(self) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
        return np.array([LEVELS.index(org.level) for org in self._ordered], dtype=np.int8)

    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex([self._entry(org) for org in self._ordered])

    def _entry(self, org: Org) -> Entry:
        pcn = self._by_level.get(("pcn", org.pcn))
        network = " ".join(words.telling(words.key(pcn.name))) if pcn else ""
        return Entry(
            code=org.code,
            name=org.name,
            former=org.former,
            postcode=org.postcode,
            town=org.town,
            address=f"{org.address} {network}",
            closed=self.is_over(org),
        )

    def is_over(self, org: Org) -> bool:
        """Whether a practice is not open, or a code of an area is in use no more."""
        if org.level == "practice" or self.lists is None or org.last_month is None:
            return org.status != "active"
        return org.last_month < self.lists.latest

    def find(self, text: str) -> Hits:
        """Organisations for what somebody typed, or like it when nothing matches.

        A code comes before a postcode or its district, then names, former names, towns and
        addresses; what is closed comes last.
        """
        text = text.strip()[:LONGEST]
        return Hits(text, self._index.find(text), self._ordered, self._level_of)

    def search(
        self, text: str, *, levels: Collection[Level] = LEVELS, limit: int | None = 10
    ) -> list[Org]:
        """The first organisations of `find` at some levels; all of them without a limit."""
        return [hit.org for hit in self.find(text).first(levels, limit)]

    def nearest_codes(self, code: str, limit: int = 3) -> list[Org]:
        """Organisations whose code looks most like one that does not exist."""
        ranked = process.extract(code.strip()[:LONGEST].upper(), list(self._by_code), limit=limit)
        return [self._by_code[match] for match, _, _ in ranked]
