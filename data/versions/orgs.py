"""Practice → PCN → sub-ICB location → ICB → region → England: names, history and search."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache

import duckdb
from rapidfuzz import fuzz, process

from data.remembered import Owner
from data.spec import ENGLAND, LEVELS, UNALLOCATED, Level
from data.versions.search import TextIndex
from data.versions.snapshot import ORGANISATIONS, Snapshot

FUZZY_WORD = 72  # of 100: below this a misspelling is as likely to be another word
FUZZY_NAME = 65  # the same for whole names
LONGEST = 80  # characters that are looked at of what somebody typed
_CODE = re.compile(  # at the end of a sub-ICB location's name: 16C, D9Y0V, but not 1ST
    r"(?!\d+(?:ST|ND|RD|TH)$)(?=.*\d)(?=.*[A-Z])[A-Z0-9]{3,5}"
)
_POSTCODE = re.compile(r"^([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})$")


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

    @property
    def label(self) -> str:
        """Name and code, as people cite it: Millbrook Surgery (Y99001)."""
        return self.name if self.level == "england" else f"{self.name} ({self.code})"


ENGLAND_ORG = Org("england", ENGLAND, "England", None, None)


_SMALL = frozenset({"AND", "OF", "THE", "FOR", "AT", "IN", "ON", "BY", "TO"})
_ACRONYMS = frozenset({"PCN", "NHS", "ICB", "GP", "PCC", "UK", "CIC", "APMS", "UHS"})
_TITLES = frozenset({"DR", "DRS"})


def display_name(name: str) -> str:
    """A published name as people write it: capitals only where a word needs them."""
    if name != name.upper():
        return name
    return " ".join(_word(text, index == 0) for index, text in enumerate(name.split()))


@lru_cache(maxsize=8192)  # names share most of their words
def _word(text: str, first: bool) -> str:
    bare = text.strip("().,&'-/")
    if _CODE.fullmatch(bare) or bare in _ACRONYMS:
        return text
    if bare in _TITLES:
        return text.title()
    if not first and bare in _SMALL:
        return text.lower()
    if re.fullmatch(r"[A-Z]+['’][A-Z]{2,}", bare):  # O'BRIEN, but not ANNE'S
        head, tail = re.split(r"['’]", bare, maxsplit=1)
        return text.replace(bare, f"{head.capitalize()}'{tail.capitalize()}")
    return "-".join(
        "/".join(piece[:1] + piece[1:].lower() for piece in part.split("/"))
        for part in text.split("-")
    )


_NEWEST = """
    SELECT level, code, arg_max(nullif(name, ''), age), arg_max(nullif(postcode, ''), age),
        min(first_month), max(last_month), arg_max(nullif(home.pcn, ''), age),
        arg_max(nullif(home.sub_icb, ''), age), arg_max(nullif(home.icb, ''), age),
        arg_max(nullif(home.region, ''), age)
    FROM (SELECT *, list_position(?, filename) AS age FROM read_parquet(?, filename = true))
    GROUP BY level, code
    ORDER BY level, code
"""  # what the newest of the files says where it says anything; of them all, the months


def read_organisations(
    cursor: duckdb.DuckDBPyConnection, snapshots: Sequence[Snapshot]
) -> dict[tuple[Level, str], Org]:
    """Every organisation that any of the versions names; the newest name wins."""
    found: dict[tuple[Level, str], Org] = {}
    by_age = [s.path(ORGANISATIONS) for s in sorted(snapshots, key=lambda s: s.latest)]
    rows = cursor.execute(_NEWEST, [by_age, by_age]).fetchall() if by_age else []
    for level, code, name, postcode, first, last, pcn, *areas in rows:
        sub_icb, icb, region = (area or "" for area in areas)
        found[level, code] = Org(
            level=level,
            code=code,
            name=display_name(name or code),
            first_month=first,
            last_month=last,
            postcode=postcode or "",
            pcn="" if pcn == UNALLOCATED else pcn or "",
            sub_icb=sub_icb,
            icb=icb,
            region=region,
        )
    for snapshot in snapshots:
        if snapshot.dataset.id == "practices":
            _add_register(cursor, snapshot, found)
    found["england", ENGLAND] = ENGLAND_ORG
    return found


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
        base = known or Org("practice", code, display_name(name), None, None)
        found["practice", code] = replace(
            base,
            name=display_name(name),
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
        self.matching("a")
        self._words  # noqa: B018

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
    def _listed(self) -> dict[Level, list[Org]]:
        """Organisations of each level in the order in which equally good matches are shown."""
        found: dict[Level, list[Org]] = {level: [] for level in LEVELS}
        for org in self._by_level.values():
            found[org.level].append(org)
        for orgs in found.values():
            orgs.sort(key=lambda org: (org.status != "active", org.name.casefold(), org.code))
        return found

    @cached_property
    def _texts(self) -> dict[Level, TextIndex]:
        return {
            level: TextIndex([self._search_text(org) for org in orgs])
            for level, orgs in self._listed.items()
        }

    def _search_text(self, org: Org) -> str:
        pcn = self._by_level.get(("pcn", org.pcn))
        compact = org.postcode.replace(" ", "")
        pcn_name = pcn.name if pcn else ""
        words = (org.name, org.code, org.postcode, compact, org.town, org.address, pcn_name)
        return " ".join(word for word in words if word).casefold()

    @cached_property
    def _exact(self) -> dict[str, list[Org]]:
        """Organisations by casefolded code and by casefolded name."""
        found: dict[str, list[Org]] = {}
        for org in self._by_level.values():
            for key in {org.code.casefold(), org.name.casefold()}:
                found.setdefault(key, []).append(org)
        return found

    @cached_property
    def _names(self) -> dict[tuple[Level, str], str]:
        return {key: f"{org.name} {org.town}".casefold() for key, org in self._by_level.items()}

    def search(
        self, text: str, *, levels: Collection[Level] = LEVELS, limit: int = 10
    ) -> list[Org]:
        """Organisations for what somebody typed, or near it when nothing matches.

        A postcode finds its district, a misspelt name the names like it.
        """
        text = text.strip()[:LONGEST]
        if not text:
            return []
        found = self.matching(text, levels=levels, limit=limit)
        if found:
            return found
        postcode = _POSTCODE.match(text.upper())
        if postcode:
            return self.matching(postcode[1], levels=levels, limit=limit)
        return self.similar(text, levels=levels, limit=limit)

    def matching(
        self, text: str, *, levels: Collection[Level] = LEVELS, limit: int | None = None
    ) -> list[Org]:
        """Organisations by name, code, postcode, outcode or town, as it is written.

        Every word must occur, at the start of a word before the middle of one; open practices
        come before closed.
        """
        text = text.strip()[:LONGEST]
        wanted = text.casefold().split()
        if not wanted:
            return []
        postcode = _POSTCODE.match(text.upper())
        if postcode:
            wanted = [f"{postcode[1]}{postcode[2]}".casefold()]
        exact = [
            org
            for org in self._exact.get(" ".join(wanted), [])
            if org.level in levels and not postcode
        ]
        ranked = []
        for level in levels:
            listed = self._listed[level]
            for starts, place in self._texts[level].find(wanted, limit=limit):
                org = listed[place]
                rank = (-starts, org.status != "active", LEVELS.index(level), place)
                ranked.append((rank, org))
        ranked.sort(key=lambda pair: pair[0])
        found = dict.fromkeys([*exact, *(org for _, org in ranked)])
        return list(found)[:limit]

    def similar(
        self, text: str, *, levels: Collection[Level] = LEVELS, limit: int = 10
    ) -> list[Org]:
        """Organisations whose name is close to a misspelt one.

        Each word is read as the nearest word of any name. Where that finds nothing, as with words
        run together, whole names are compared.
        """
        text = text.strip()[:LONGEST]
        meant = [self._nearest_word(word) for word in text.casefold().split()]
        if all(meant):
            found = self.matching(" ".join(meant), levels=levels, limit=limit)
            if found:
                return found
        ranked = process.extract(
            text.casefold(),
            self._names,
            scorer=fuzz.ratio,
            limit=limit * 3,
            score_cutoff=FUZZY_NAME,
        )
        near = [self._by_level[key] for _, _, key in ranked]
        return [org for org in near if org.level in levels][:limit]

    @cached_property
    def _words(self) -> tuple[list[str], str]:
        """Every word of names and towns, one by one and as one text."""
        words = sorted({word for name in self._names.values() for word in name.split()})
        return words, "\n".join(words)

    def _nearest_word(self, typed: str) -> str:
        """The word itself where a name holds it, else the one most like it; empty for none."""
        words, text = self._words
        if typed in text:
            return typed
        near = process.extractOne(typed, words, scorer=fuzz.ratio, score_cutoff=FUZZY_WORD)
        return near[0] if near else ""

    def nearest_codes(self, code: str, limit: int = 3) -> list[Org]:
        """Organisations whose code looks most like one that does not exist."""
        ranked = process.extract(code.strip()[:LONGEST].upper(), list(self._by_code), limit=limit)
        return [self._by_code[match] for match, _, _ in ranked]
